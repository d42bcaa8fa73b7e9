"""The texts in which a credential travels: connection strings, headers, secret JSON, ARNs.

Pure functions on strings: nothing here reads a file or calls a cloud, and nothing here raises on
a text that it does not understand.
"""
