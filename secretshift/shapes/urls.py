"""URLs that carry a credential: in front of the host, or in the query.

Sources: RFC 3986 section 3.2; the MongoDB connection string page (several hosts); libpq
"Connection URIs" (query keywords); GitHub and GitLab pages on cloning over HTTPS with a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fields import Connection, Field, assemble, make_field, percent_decoded, plain_field

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.\-]{0,40})://")
_PORT = re.compile(r"[0-9]{1,5}")
_WEB = frozenset({"http", "https", "ws", "wss", "git", "git+https", "git+http"})
_TOKEN_WITHOUT_PASSWORD = re.compile(
    r"(?=.*[0-9])[A-Za-z0-9_\-]{20,}"  # long and with a digit: hardly a login name
)
_NO_PASSWORD = frozenset({"x-oauth-basic", "x-access-token", "oauth2"})
"""What stands beside a token that is the user name (or is the user name beside a token)."""

QUERY_KEYS = {
    "password": "password",
    "passwd": "password",
    "pass": "password",
    "pwd": "password",
    "sslpassword": "sslpassword",
    "token": "token",
    "access_token": "token",
    "accesstoken": "token",
    "api_key": "token",
    "apikey": "token",
    "api-key": "token",
    "auth_token": "token",
    "authtoken": "token",
    "sig": "sharedaccesssignature",
    "client_secret": "secret",
    "user": "username",
    "username": "username",
    "uid": "username",
    "truststorepassword": "truststorepassword",
    "keystorepassword": "keystorepassword",
    "trustcertificatekeystorepassword": "truststorepassword",
    "clientcertificatekeystorepassword": "keystorepassword",
    "tlscertificatekeyfilepassword": "certificatepassword",
    "host": "host",
    "hostaddr": "hostaddr",
    "port": "port",
    "dbname": "dbname",
}
"""Query keys, lower case, and the field that each is."""

_PUBLIC_QUERY = frozenset({"host", "hostaddr", "port", "dbname"})


def url(text: str) -> Connection | None:
    match = _SCHEME.match(text)
    if match is None:
        return None
    scheme = match[1].lower()
    fields = url_fields(text, match.end(), scheme)
    if fields is None:
        return None
    form = "mongodb" if scheme in {"mongodb", "mongodb+srv"} else "url"
    return assemble(form, scheme, fields)


def url_fields(text: str, begin: int, scheme: str) -> list[Field] | None:
    """The fields of a URL whose authority begins at ``begin``; None where it is ambiguous."""
    end = len(text.rstrip())
    address = text[begin:end]
    if " " in address or not address.isprintable():
        return None
    split = _split(text, begin, end, scheme)
    if split is None:
        return None
    user_end, host_begin, host_end = split
    fields: list[Field] = []
    if user_end is not None:
        host = text[host_begin:host_end].lower()
        fields.extend(_userinfo(text, begin, user_end, scheme, host))
    fields.extend(_hosts(text, host_begin, host_end))
    fields.extend(_path(text, host_end, end, scheme))
    if scheme.startswith("postgres"):
        present = {field.key for field in fields}
        fields.extend(
            f
            for f in query_fields(text, host_end, end, plus_is_space=False)
            if f.key not in present or f.is_secret
        )
    else:
        fields.extend(f for f in query_fields(text, host_end, end) if f.key not in _PUBLIC_QUERY)
    return fields


def _split(text: str, begin: int, end: int, scheme: str) -> tuple[int | None, int, int] | None:
    """Where the user information ends (None without any), where the hosts begin and end."""
    host_end = begin
    while host_end < end and text[host_end] not in "/?#":
        host_end += 1
    at = text.rfind("@", begin, host_end)
    if at < 0:
        return _split_unencoded(text, begin, host_end, end, scheme)
    if scheme not in _WEB and _may_hold_more_of_the_password(text[host_end:end]):
        return None
    return at, at + 1, host_end


def _may_hold_more_of_the_password(rest: str) -> bool:
    """Whether an ``@`` in path, query or fragment could be the one that ends the password."""
    path, _, query = rest.partition("?")
    if "@" in path:
        return True
    before, at, _ = query.partition("@")
    return bool(at) and "=" not in before


def _split_unencoded(
    text: str, begin: int, host_end: int, end: int, scheme: str
) -> tuple[int | None, int, int] | None:
    """A password with an unencoded ``/``, ``?`` or ``#``, as SQLAlchemy and others accept it.

    Only where what seems to be the port is no port, and one ``@`` alone can end the password.
    """
    colon = text.find(":", begin, host_end)
    seems_port = text[colon + 1 : host_end]
    if (
        scheme in _WEB
        or colon < 0
        or text[begin] == "["
        or _PORT.fullmatch(seems_port)
        or "," in seems_port
        or text.count("@", host_end, end) != 1
    ):
        return None, begin, host_end
    at = text.find("@", host_end, end)
    real_end = at + 1
    while real_end < end and text[real_end] not in "/?#":
        real_end += 1
    return at, at + 1, real_end


def _userinfo(text: str, begin: int, end: int, scheme: str, host: str) -> Iterator[Field]:
    colon = text.find(":", begin, end)
    user_end = end if colon < 0 else colon
    user = text[begin:user_end]
    secret = text[user_end + 1 : end]
    if scheme in _WEB and secret in {"", *_NO_PASSWORD}:
        # Without a password the user is a token or nothing secret. The key in an error
        # collector's address ("https://key@o1.ingest.sentry.io/2") is public by design.
        if (secret or _TOKEN_WITHOUT_PASSWORD.fullmatch(user)) and "sentry" not in host:
            yield _encoded("token", user, begin)
        return
    yield _encoded("username", user, begin)
    yield _encoded("password", secret, user_end + 1)


def _encoded(key: str, spelled: str, start: int) -> Field:
    return make_field(key, percent_decoded(spelled), spelled, start, ("urlencode",))


def _hosts(text: str, begin: int, end: int) -> Iterator[Field]:
    hosts = text[begin:end]
    if "," in hosts:
        yield plain_field("hosts", hosts, begin)
        return
    if hosts.startswith("["):
        close = hosts.find("]")
        if close < 0:
            return
        yield plain_field("host", hosts[1:close], begin + 1)
        if hosts[close + 1 : close + 2] == ":":
            yield from _port(hosts[close + 2 :], begin + close + 2)
        return
    name, colon, port = hosts.partition(":")
    yield make_field("host", percent_decoded(name), name, begin, (), ("urlencode",))
    if colon:
        yield from _port(port, begin + len(name) + 1)


def _port(spelled: str, start: int) -> Iterator[Field]:
    if _PORT.fullmatch(spelled):
        yield plain_field("port", spelled, start)


def _path(text: str, begin: int, end: int, scheme: str) -> Iterator[Field]:
    if scheme in _WEB or begin >= end or text[begin] != "/":
        return
    stop = begin + 1
    while stop < end and text[stop] not in "?#;":
        stop += 1
    name = text[begin + 1 : stop]
    if "/" not in name:
        yield _encoded("vhost" if scheme.startswith("amqp") else "dbname", name, begin + 1)


def query_fields(text: str, begin: int, end: int, *, plus_is_space: bool = True) -> Iterator[Field]:
    """The fields of a query that begins somewhere after ``begin``.

    plus_is_space: as forms and JDBC drivers read it; libpq does not.
    """
    hash_at = text.find("#", begin, end)
    if hash_at >= 0:
        end = hash_at
    at = text.find("?", begin, end)
    if at < 0:
        return
    start = at + 1
    while start < end:
        stop = text.find("&", start, end)
        stop = end if stop < 0 else stop
        name, equals, spelled = text[start:stop].partition("=")
        key = QUERY_KEYS.get(name.lower())
        if equals and key is not None:
            decoded = percent_decoded(spelled, plus_is_space=plus_is_space)
            yield make_field(key, decoded, spelled, start + len(name) + 1, ("urlencode",))
        start = stop + 1
