"""The whole history of a git repository, searched without reading any version of a file twice.

Most blobs lie in a pack as the difference to another blob. What such a difference copies was read
where it was written; so only what it inserts is looked at, with the lines around it. What a blob
is found to hold is then followed through the versions beside it, and to commits, paths and refs.
"""
