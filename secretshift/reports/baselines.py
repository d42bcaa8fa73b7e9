"""What became of a baseline, for a person."""

from __future__ import annotations

from collections.abc import Sequence

from secretshift.model.findings import SourceError

from .findings_table import error_lines
from .lines import Line, counted, line


def renewed_lines(total: int, added: int, gone: int, errors: Sequence[SourceError]) -> list[Line]:
    """total: findings that the baseline stands for now; added, gone: since it was read."""
    changed = f"{added:,} new, {gone:,} gone" if added or gone else "as before"
    lines = [line(f"The baseline knows {counted(total, 'finding')}: {changed}")]
    if errors:
        lines += error_lines(errors)
        lines.append(line("Because of that nothing was taken out of the baseline"))
    return lines


def taken_lines(decided: int, entries: int, unknown: int) -> list[Line]:
    """entries: of the baseline of detect-secrets; unknown: those that fit nothing found."""
    lines = [line(f"{counted(entries, 'entry', 'entries')} of detect-secrets were compared")]
    if decided:
        lines.append(line(f"{counted(decided, 'credential')} decided to be a false positive"))
    if unknown:
        lines.append(
            line(
                f"{counted(unknown, 'entry', 'entries')} fit nothing that was found: gone, or no "
                "credential to secretshift"
            )
        )
    return lines
