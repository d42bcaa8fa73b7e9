"""URLs that allow something by themselves, because their path or query is a credential."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..late import late
from ..looks import Look, look


class Address(NamedTuple):
    """kind: of the catalogue; start, end: of the part that is secret, in the URL's text."""

    kind: str
    start: int
    end: int


_WEBHOOKS = late(
    r"""(?xi) https?://(?:
      hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[\w/+-]{20,}
    | (?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,22}/[\w-]{30,}
    | (?:[\w-]+\.webhook\.office\.com|outlook\.office(?:365)?\.com)/webhook(?:b2)?/[\w@/.-]{30,}
    | hooks\.zapier\.com/hooks/catch/\d+/\w{4,}/?
    | (?:hook|hooks)\.(?:[\w-]+\.)?(?:make|integromat)\.(?:com|celonis\.com)/\w{16,}
    | maker\.ifttt\.com/(?:trigger|use)/[\w/-]*?(?:with/key/)?[\w-]{20,}
    | chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?[^\s]*token=[\w%=-]{10,}[^\s]*
    | [\w.-]+\.logic\.azure\.com(?::\d+)?/workflows/[^\s]*sig=[\w%-]{20,}[^\s]*
    | api\.telegram\.org/bot\d{6,12}:[\w-]{30,}(?:/\w*)?[^\s]*
    | [\w.-]+/hooks/[a-z0-9]{26}
    | [\w.-]+/hooks/[A-Za-z0-9]{17,24}/[A-Za-z0-9]{30,}
    | qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[\w-]{20,}
    | oapi\.dingtalk\.com/robot/send\?access_token=\w{20,}
    | open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/[\w-]{20,}
    | api\.opsgenie\.com/v\d/json/\w+\?apiKey=[\w-]{20,}
    | events\.pagerduty\.com/integration/\w{20,}/enqueue
    | alert\.victorops\.com/integrations/generic/\d+/alert/[\w-]{20,}[\w/$-]*
    | [\w.-]+\.sumologic\.com/receiver/v1/http/[\w=-]{40,}
    | (?:mandrillapp|hc-ping)\.com/[\w-]{30,}
    )"""
)
_KEY_IN_PATH = late(
    r"""(?xi) (?:https?|wss?)://(?:
      [\w-]{1,60}\.(?:g\.)?alchemy(?:api)?\.(?:com|io)/(?:nft/)?v\d/
    | [\w-]{1,60}\.infura\.io/(?:ws/)?v3/
    | [\w.-]{1,90}\.quiknode\.pro/
    | rpc\.ankr\.com/\w{2,40}/
    | [\w.-]{1,60}\.getblock\.io/
    | [\w.-]{1,60}\.chainstack\.com/
    | logs-01\.loggly\.com/(?:inputs|bulk)/
    | api\.openweathermap\.org/[^\s?]{0,100}\?(?:[^\s#]{0,200}&)?appid=
    | calendar\.google\.com/calendar/ical/[\w%.@+-]{1,200}/private-
    | [\w.-]{1,60}\.azurewebsites\.net/[^\s?]{0,200}\?(?:[^\s#]{0,200}&)?code=
    )(?P<key>[\w-]{20,80}(?:=|%3D){0,2})(?:[/&]|$)"""
)
"""Services that take their key as a part of the address."""
_SIGNED = late(r"[?&](?:sig|X-Amz-Signature|X-Goog-Signature|Signature)=([\w%.~+/=-]{16,})")
_TOKEN_ONLY = late(r"(?i)[a-z][a-z0-9+.-]{1,20}://([^\s:/@'\"<>]{16,200})@([\w.-]+)")
_SENTRY = late(r"(?i)https?://[0-9a-f]{32}(?::([0-9a-f]{32}))?@[\w.-]+(?:/[\w.-]+)*/\d+/?")
_WITH_PATH = late(r"(?i)https?://[\w.-]+(?::\d+)?/\S+")


def webhook(text: str) -> Address | None:
    """A whole URL whose knowledge is enough to post to it."""
    found = _WEBHOOKS.match(text.strip())
    if found is None:
        return None
    lead = len(text) - len(text.lstrip())
    return Address("webhook-url", lead + found.start(), lead + found.end())


def key_in_path(text: str) -> tuple[int, int] | None:
    """The span of the key in the address of a service that takes it there."""
    found = _KEY_IN_PATH.match(text)
    return found.span("key") if found is not None else None


def signed(text: str) -> Address | None:
    """The signature of a signed link or of a shared access token."""
    found = _SIGNED.search(text if text.startswith(("?", "http")) else "?" + text)
    if found is None:
        return None
    shift = 0 if text.startswith(("?", "http")) else 1
    return Address("generic-token", found.start(1) - shift, found.end(1) - shift)


def token_in_place_of_user(text: str) -> tuple[int, int, str] | None:
    """``https://<token>@host``: the token's span and the host."""
    found = _TOKEN_ONLY.match(text)
    if found is None or _SENTRY.match(text) or look(found[1]) not in (Look.RANDOM, Look.UUID):
        return None
    return found.start(1), found.end(1), found[2]


_UNDERSCORED = late(
    r"(?i)([a-z][a-z0-9]{1,20}(?:_[a-z0-9]{1,20}){1,3})://[^\s:/@]{0,200}:([^\s/@]{1,500})@[\w.-]"
)


def password_behind_underscore(text: str) -> tuple[int, int, str] | None:
    """``SASL_SSL://user:password@host``, which no URL may begin with: the span and the scheme."""
    found = _UNDERSCORED.match(text)
    if found is None:
        return None
    scheme = found[1].lower()
    return found.start(2), found.end(2), "kafka" if "sasl" in scheme else scheme.partition("_")[0]


_MARKED = late(
    r"(?i)([a-z][a-z0-9+.-]{1,30})://[^\s:/?#@]{1,100}:"
    r"(?P<password>(?=\d{0,5}[^\d\s/?#@])[^\s/?#@]{1,100}[?#][^\s/@]{0,100})@[\w.-]+(?::\d{1,5})?(?=[/?\s]|$)"
)


def password_with_a_mark(text: str) -> tuple[int, int, str] | None:
    """``http://user:a?b@host``: what stands before the mark is no port, so the mark can only be
    the password's. The span and the scheme."""
    found = _MARKED.match(text)
    return (*found.span("password"), found[1].lower()) if found is not None else None


_BADGE = late(r"https?://[^\s?#@]{1,300}badges?\b[^\s?#@]{0,200}\?")


def is_badge(url: str) -> bool:
    """A picture that says how a project is: whoever reads its page loads it, with its token."""
    return _BADGE.match(url) is not None


def is_sentry_dsn(text: str) -> bool:
    """A Sentry address with its public key alone, which browsers get to see."""
    found = _SENTRY.fullmatch(text.strip())
    return found is not None and found[1] is None


def secret_path_segment(text: str) -> tuple[int, int] | None:
    """The segment of a URL's path that looks made by a machine, if there is one."""
    if _WITH_PATH.fullmatch(text.strip()) is None:
        return None
    for found in re.finditer(r"(?<=/)[\w-]{20,}(?=[/?]|$)", text):
        if look(found[0]) in (Look.RANDOM, Look.UUID):
            return found.span()
    return None
