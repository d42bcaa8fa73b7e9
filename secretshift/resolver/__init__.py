"""What is put into the user's function, and what the operator's side needs to know of it.

layer/    the exec wrapper and its two resolvers; they import nothing of ours
probe/    handlers of the throw-away function that tries a reading before anything is changed
packing   both as reproducible archives
protocol  the line that the resolver logs, and the rules both sides share
"""
