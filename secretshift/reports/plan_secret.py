"""One secret of a plan: where it will stand, and from where each of its parts comes."""

from __future__ import annotations

from secretshift.model.plans import Piece, SecretPlan

from .lines import Line, Span, Style, line

_WORDS = {
    "create": (Span("+", Style.ADD), Span(" create")),
    "reuse": (Span("=", Style.FAINT), Span(" use again")),
    "restore": (Span("~", Style.CHANGE), Span(" restore")),
}


def action_word(action: str) -> tuple[Span, ...]:
    """The mark and the verb of what happens to a secret."""
    return _WORDS.get(action, (Span("?", Style.WARNING), Span(f" {action}")))


def secret_lines(secret: SecretPlan) -> list[Line]:
    key = f"customer key {secret.kms_key}" if secret.kms_key else "the account's default key"
    lines = [
        line("  ", *action_word(secret.action), " secret ", (secret.name, Style.STRONG)),
        line(f"      in {secret.place}, under {key}"),
        line(f"      {secret.title}", (f"  {secret.credential}", Style.FAINT)),
    ]
    if secret.arn:
        lines.append(line((f"      {secret.arn}", Style.FAINT)))
    width = max((len(piece.key) for piece in secret.pieces), default=0)
    for piece in secret.pieces:
        name = piece.key.ljust(width) if piece.key else "the whole text"
        lines.append(line("      ", ("+ ", Style.ADD), f"{name}  {origin(piece)}"))
    return lines


def origin(piece: Piece) -> str:
    """Where a part of a secret comes from, by name."""
    if piece.variable is not None:
        source = piece.variable
        part = f" ({source.part})" if source.part else ""
        return f"from {source.variable}{part} of {source.function}"
    if piece.file is not None:
        return f"from {piece.file.location}"
    return f"is {piece.constant}"
