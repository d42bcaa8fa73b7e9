"""Writes docs/reference/configuration.md: ``python -m secretshift.settings.reference > FILE``."""

from __future__ import annotations

import sys
from typing import Final

from .keys import describe

_HEAD: Final = """\
# Configuration

<!-- Written by `python -m secretshift.settings.reference`. Change secretshift/settings/keys.py. -->

Settings are optional. They are read from `secretshift.toml` in the current folder, or from the
table `[tool.secretshift]` of `pyproject.toml` there (`[tool.secretshift.scan]` and so on), or from
the file that `--config` names. Settings in both files at once are an error, and so is a key that is
not in this list. Parent folders and the trees that are scanned are not searched for settings.

The table `[tui]` may also stand in a file of your own, `secretshift.toml` in the user's folder of
configuration (on Linux `~/.config/secretshift/`), which holds no other table. Where both files set
a key, the project's file wins, but it takes no protection away: the accounts of both count as
production, `read_only` is true once either says so, and the shorter `reveal_seconds` counts. The
program writes to your own file only, when you change a setting in the terminal interface; comments
and everything else stay as they are.

Paths are relative to the file of settings. They lead out of its folder only if you named the file
with `--config`.

```toml
[scan]
exclude = ["vendor/", "*.min.js"]

[aws]
profiles = ["staging"]
regions = ["eu-central-1", "eu-west-1"]

[plan]
secret_prefix = "team-a"

[tui]
theme = "light"
production = ["111122223333"]

[functions."order-intake"]
test_event = { source = "secretshift", items = [] }
```

| key | type | default | what it means |
| --- | --- | --- | --- |
"""


def render() -> str:
    """The page, as Markdown."""
    rows = []
    for item in describe():
        default = f"`{item.default}`" if item.default else "none"
        rows.append(f"| `{item.key}` | {item.type} | {default} | {item.doc} |\n")
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(render())
