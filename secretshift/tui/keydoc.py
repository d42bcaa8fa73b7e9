"""The page of the documentation that lists the keys, made from the one table.

``python -m secretshift.tui.keydoc`` prints it; a test holds the page current.
"""

from __future__ import annotations

from .keymap import GROUPS, Keymap, of_group, shown


def page() -> str:
    """Markdown, ending in a line break."""
    keymap = Keymap()
    lines = [
        "# Keys",
        "",
        "This page is made from the table of keys; a test holds it current. `?` shows the keys of",
        "the screen that is open. Small letters change no cloud: `R`, `S` and `U` act on a run.",
        "",
        "Any action can have another key: on the Settings screen, or in `[tui.keys]` of the",
        'settings by its name, for instance `leave-out = "X"`.',
    ]
    for group in GROUPS:
        lines += [
            "",
            f"## {group.capitalize()}",
            "",
            "| key | action | what it does |",
            "| --- | --- | --- |",
        ]
        for key in of_group(group):
            names = " ".join(f"`{shown(name)}`" for name in keymap.keys(key.id))
            lines.append(f"| {names} | {key.id} | {key.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
