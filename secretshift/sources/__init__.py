"""Places that can hold plaintext: git work trees, what changed in one, folders, function
environments.

A source knows nothing of detection. What it could not read it says, as a SourceError: a failed
look is never the same as nothing found.
"""
