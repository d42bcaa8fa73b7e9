"""What would be sent to whom, in lines, before a person agrees to it."""

from __future__ import annotations

from collections.abc import Sequence

from .lines import counted

NOBODY = "No credential was found about which anybody can be asked; nothing is sent"
SEEN = "Whoever runs such a host sees the question, and so may whoever watches for it."


def question(groups: Sequence[tuple[int, str, Sequence[str]]], not_checked: int) -> list[str]:
    """groups: (how many, kind, hosts); not_checked: about how many nobody can be asked."""
    if not groups:
        return [NOBODY]
    total = sum(count for count, _, _ in groups)
    hosts = {host for _, _, to in groups for host in to}
    works = "it still works" if total == 1 else "they still work"
    return [
        f"{counted(total, 'credential')} will be sent to {counted(len(hosts), 'host')}, to ask "
        f"whether {works}:",
        *(f"  {count:,} {kind} to {', '.join(to)}" for count, kind, to in groups),
        SEEN,
        *([f"Not checked: {counted(not_checked, 'credential')}"] if not_checked else []),
    ]
