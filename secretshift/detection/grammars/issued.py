"""Tokens that show by their own form who gave them out, whatever stands around them, and that
kingfisher's rules know only beside a word or not at all.

Sources: the issuers' pages on their tokens: Stripe "API keys" and "Webhooks", Notion
"Authorization", Supabase "API keys", Contentful "Personal access tokens", New Relic "API keys" and
"License keys", Google "OAuth clients", Brevo "SMTP keys", Sonar "User tokens", Linear "OAuth",
Hugging Face "User access tokens", Telegram "Bot API", Discord "Reference: Authentication",
HashiCorp Vault "operator init".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..looks import Look, look

_BEHIND: Final = {
    "whsec_": r"[A-Za-z0-9+/]{24,64}={0,2}",
    "ntn_": r"[A-Za-z0-9]{40,60}",
    "sk_test_": r"[A-Za-z0-9]{20,120}",
    "sb_secret_": r"[A-Za-z0-9_-]{28,60}",
    "CFPAT-": r"[A-Za-z0-9_-]{40,60}",
    "NRAK-": r"[A-Z0-9]{27}",
    "GOCSPX-": r"[A-Za-z0-9_-]{28}",
    "xsmtpsib-": r"[0-9a-f]{64}-[A-Za-z0-9]{16}",
    "sqp_": r"[0-9a-f]{40}",
    "squ_": r"[0-9a-f]{40}",
    "sqa_": r"[0-9a-f]{40}",
    "lin_oauth_": r"[0-9a-f]{64}",
    "hf_": r"[A-Za-z0-9]{34}",
}
"""By how a token begins, what goes on behind that."""
_PRINTED: Final = r"(?:Unseal|Recovery) Key \d{1,2}: (?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{44})"
"""What Vault prints for whoever sets it up: some of these open it."""
SWEPT: Final = "|".join(
    (*(f"{re.escape(prefix)}(?:{rest})" for prefix, rest in _BEHIND.items()), _PRINTED)
)
_FORMS: Final = {prefix: re.compile(rest + r"(?![\w-])") for prefix, rest in _BEHIND.items()}
_TELEGRAM: Final = re.compile(r"(?<![\w:.-])[1-9]\d{7,9}:AA[A-Za-z0-9_-]{33}(?![\w-])")
_NEW_RELIC: Final = re.compile(r"(?<![\w-])[0-9a-f]{36}NRAL(?![\w-])")
_UNSEALS: Final = re.compile(_PRINTED + r"(?![\w+/=])")
_LOGS_IN: Final = (".run(", ".login(")
_BOT: Final = re.compile(
    r"[ ]{0,4}[\"'](?P<token>[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})[\"']"
)
"""What a bot of Discord is started with."""
_MOST: Final = 10_000


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Spans of such tokens, in no order."""
    for prefix, form in _FORMS.items():
        for at in _places(text, prefix):
            found = form.match(text, at + len(prefix)) if _begins(text, at) else None
            if found is not None and look(found[0]) is Look.RANDOM:
                yield at, found.end()
    for at in _places(text, ":AA"):
        found = _TELEGRAM.search(text, max(0, at - 11), at + 40)
        if found is not None:
            yield found.span()
    for at in _places(text, "NRAL"):
        found = _NEW_RELIC.match(text, at - 36) if at >= 36 else None
        if found is not None:
            yield found.span()
    for mark in ("Unseal Key ", "Recovery Key "):
        for at in _places(text, mark):
            found = _UNSEALS.match(text, at)
            if found is not None:
                yield found.start() + found[0].index(":") + 2, found.end()
    for call in _LOGS_IN:
        for at in _places(text, call):
            found = _BOT.match(text, at + len(call))
            if found is not None:
                yield found.span("token")


def _places(text: str, mark: str) -> Iterator[int]:
    """Of a file that was made to keep a scan busy not all."""
    at = text.find(mark)
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(mark, at + len(mark))


def _begins(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return not (before.isalnum() or before in ("_", "-", "."))
