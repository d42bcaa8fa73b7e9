"""Files that are judged as a whole, since any line may depend on any other."""

from __future__ import annotations

from .grammars.credential_files import is_netrc, is_pgpass, is_relays


def whole_form(path: str) -> str:
    """Which sort of file it is if any line of it may depend on any other, else ""."""
    if path.endswith(".ipynb"):
        return "ipynb"
    if is_pgpass(path):
        return "pgpass"
    if path.endswith("userlist.txt"):
        return "userlist"
    if is_relays(path):
        return "relays"
    return "netrc" if is_netrc(path) else ""
