"""One secret of a plan: where it will stand, and from where each of its parts comes."""

from __future__ import annotations

from secretshift.model.plans import Piece, Readers, SecretPlan

from .lines import Line, Span, Style, counted, line

MAX_READERS = 8

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
    return [*lines, *readers_lines(secret)]


def readers_lines(secret: SecretPlan) -> list[Line]:
    """Who can read the value before and after; nothing where nobody looked."""
    found = secret.readership
    if found is None:
        return []
    if found.unseen:
        lines = _readers("readers", f"not known who can read it, before and after: {found.unseen}")
        hint = "        do: Allow iam:GetAccountAuthorizationDetails to see it"
        return [*lines, line(hint)]
    if any(piece.variable is not None for piece in secret.pieces):
        now = f"{_people(found.before)} can see an environment that holds it{_named(found.before)}"
    else:
        now = "whoever can read the files that it lies in"
    after = f"the functions of this plan, and {_people(found.after)}{_named(found.after)}"
    return [*_readers("now", now), *_readers("afterwards", after), *gain_lines(secret)]


def gain_lines(secret: SecretPlan) -> list[Line]:
    """Who may read the secret and could not see the value before."""
    text = gain_text(secret)
    return [line("      ", (f"! {text}", Style.WARNING))] if text else []


def gain_text(secret: SecretPlan) -> str:
    """The same in words without a full stop; "" where nobody gains, or nobody looked."""
    found = secret.readership
    if found is None or not found.gain.count:
        return ""
    return f"{_people(found.gain)} could not see it before{_named(found.gain)}"


def _readers(name: str, text: str) -> list[Line]:
    return [line((f"      {name:<11}", Style.FAINT), text)]


def _people(readers: Readers) -> str:
    return counted(readers.count, "user or role", "users and roles")


def _named(readers: Readers) -> str:
    shown = readers.names[:MAX_READERS]
    more = readers.count - len(shown)
    if not shown:
        return ""
    return f": {', '.join(shown)}{f' and {more:,} more' if more else ''}"


def origin(piece: Piece) -> str:
    """Where a part of a secret comes from, by name."""
    if piece.variable is not None:
        source = piece.variable
        part = f" ({source.part})" if source.part else ""
        return f"from {source.variable}{part} of {source.function}"
    if piece.file is not None:
        return f"from {piece.file.location}"
    return f"is {piece.constant}"
