"""Strings of ``name=value`` pairs with separators: ADO.NET, ODBC, Azure, StackExchange.Redis.

Sources: Microsoft, "Connection strings in ADO.NET" (quotes, doubled quotes; read 2026-11),
"SQLDriverConnect" (braces), "Configure Azure Storage connection strings"; StackExchange.Redis
issue 680 (a password has no way to hold a comma; read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .fields import Connection, Field, assemble, make_field, plain_field


@dataclass(frozen=True, slots=True)
class Pair:
    """name: lower case, single blanks; spelled: the characters from ``start``, quotes outside."""

    name: str
    decoded: str
    spelled: str
    start: int

    def __repr__(self) -> str:
        return f"Pair({self.name})"


_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9 _.\-]{0,60}?)\s*=(?!=)\s*")
_ADO_KEYS = {
    "password": "password",
    "pwd": "password",
    "user id": "username",
    "userid": "username",
    "uid": "username",
    "user": "username",
    "username": "username",
    "user name": "username",
    "server": "host",
    "data source": "host",
    "datasource": "host",
    "address": "host",
    "addr": "host",
    "network address": "host",
    "host": "host",
    "hostname": "host",
    "port": "port",
    "initial catalog": "dbname",
    "database": "dbname",
    "dbname": "dbname",
    "dbq": "dbname",
    "access token": "token",
    "ssl password": "sslpassword",
    "certificate password": "certificatepassword",
    "certificatepassword": "certificatepassword",
    "proxy password": "proxypassword",
}
_SERVER = re.compile(
    r"(?:(?:tcp|np|lpc|admin):)?(?P<host>[^,\\:\s]+)(?:\\[\w$]+)?(?:,\s*(?P<port>[0-9]{1,5}))?"
)
_AZURE_SECRETS = {
    "accountkey": "accountkey",
    "sharedaccesskey": "sharedaccesskey",
    "sharedaccesssignature": "sharedaccesssignature",
    "accesskey": "accountkey",
    "secret": "secret",
}
_AZURE_PUBLIC = {
    "accountname": "accountname",
    "endpoint": "endpoint",
    "accountendpoint": "endpoint",
    "blobendpoint": "endpoint",
    "hostname": "host",
    "sharedaccesskeyname": "sharedaccesskeyname",
    "entitypath": "entitypath",
    "deviceid": "deviceid",
    "id": "id",
}


def ado_net_pairs(text: str, begin: int = 0) -> list[Pair] | None:
    """Pairs by the rules of ADO.NET; None where the text does not follow them to its end."""
    pairs = []
    at = _next_name(text, begin)
    while at < len(text):
        match = _NAME.match(text, at)
        if match is None:
            return None
        at = match.end()
        quote = text[at : at + 1]
        if quote in {"'", '"'}:
            value = re.compile(rf"{quote}((?:[^{quote}]|{quote}{quote})*){quote}\s*(?:;|\Z)").match(
                text, at
            )
            if value is None:
                return None
            spelled, start, at = value[1], value.start(1), value.end()
            decoded = spelled.replace(quote * 2, quote)
        else:
            stop = text.find(";", at)
            stop = len(text) if stop < 0 else stop
            spelled = decoded = text[at:stop].rstrip()
            start, at = at, stop + 1
        pairs.append(Pair(_name(match[1]), decoded, spelled, start))
        at = _next_name(text, at)
    return pairs


def braced_pairs(text: str, begin: int = 0) -> list[Pair] | None:
    """Pairs by the rules of ODBC and SQL Server's JDBC driver: ``{…}`` with ``}}`` for ``}``."""
    pairs = []
    at = _next_name(text, begin)
    while at < len(text):
        match = _NAME.match(text, at)
        if match is None:
            return None
        at = match.end()
        if text[at : at + 1] == "{":
            value = re.compile(r"\{((?:[^}]|\}\})*)\}\s*(?:;|\Z)").match(text, at)
            if value is None:
                return None
            spelled, start, at = value[1], value.start(1), value.end()
            decoded = spelled.replace("}}", "}")
        else:
            stop = text.find(";", at)
            stop = len(text) if stop < 0 else stop
            spelled = decoded = text[at:stop].rstrip()
            start, at = at, stop + 1
        pairs.append(Pair(_name(match[1]), decoded, spelled, start))
        at = _next_name(text, at)
    return pairs


def _next_name(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n;":
        at += 1
    return at


def _name(spelled: str) -> str:
    return " ".join(spelled.lower().split())


def ado_net_or_odbc(text: str) -> Connection | None:
    if "=" not in text or ";" not in text:
        return None
    odbc = re.search(r"(?:^|;)\s*(?:driver|dsn|filedsn)\s*=", text, re.IGNORECASE) is not None
    pairs = braced_pairs(text) if odbc else ado_net_pairs(text)
    if pairs is None:
        return None
    known = [(pair, _ADO_KEYS[pair.name]) for pair in pairs if pair.name in _ADO_KEYS]
    if len(known) < 2 and not odbc:
        return None  # one known word alone does not make a connection string
    fields: list[Field] = []
    for pair, key in known:
        if key == "host":
            fields.extend(_server(pair))
        else:
            fields.append(make_field(key, pair.decoded, pair.spelled, pair.start))
    scheme = _odbc_make(pairs) if odbc else _ado_net_make(pairs)
    return assemble("odbc" if odbc else "adonet", scheme, fields)


_MAKES = {
    "sql server": "sqlserver",
    "freetds": "sqlserver",
    "postgres": "postgresql",
    "psqlodbc": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "oracle": "oracle",
    "snowflake": "snowflake",
    "redshift": "redshift",
    "db2": "db2",
}
_ONLY_SQL_SERVER = frozenset(
    {
        "initial catalog",
        "multipleactiveresultsets",
        "trustservercertificate",
        "trust server certificate",
        "applicationintent",
    }
)
_ONLY_MYSQL = frozenset({"allowuservariables", "allow user variables", "allowpublickeyretrieval"})


def _odbc_make(pairs: list[Pair]) -> str:
    """The database that the driver's name tells, "" if it tells none."""
    driver = next((pair.decoded.lower() for pair in pairs if pair.name == "driver"), "")
    return next((make for word, make in _MAKES.items() if word in driver), "")


def _ado_net_make(pairs: list[Pair]) -> str:
    """The database that words only one provider knows tell, "" if there is none of them."""
    names = {pair.name for pair in pairs}
    servers = [pair.decoded.lower() for pair in pairs if _ADO_KEYS.get(pair.name) == "host"]
    azure_sql = any(s.startswith("tcp:") or ".database.windows.net" in s for s in servers)
    if azure_sql or names & _ONLY_SQL_SERVER:
        return "sqlserver"
    if names & _ONLY_MYSQL:
        return "mysql"
    return "postgresql" if {"host", "username"} <= names else ""  # Npgsql's own words


def _server(pair: Pair) -> Iterator[Field]:
    match = _SERVER.fullmatch(pair.spelled)
    if match is None or pair.decoded != pair.spelled:
        return
    yield plain_field("host", match["host"], pair.start + match.start("host"))
    if match["port"]:
        yield plain_field("port", match["port"], pair.start + match.start("port"))


def azure(text: str) -> Connection | None:
    """Azure's own connection strings: no quotes, a value goes to the next semicolon."""
    if ";" not in text:
        return None
    pairs = []
    at = 0
    for part in text.split(";"):
        match = re.fullmatch(r"(\s*)([A-Za-z][A-Za-z ]{0,40}?)\s*=(.*)", part, re.DOTALL)
        if match is not None:
            spelled = match[3].strip()
            start = at + match.start(3) + len(match[3]) - len(match[3].lstrip())
            pairs.append(Pair(_name(match[2]), spelled, spelled, start))
        elif part.strip():
            return None
        at += len(part) + 1
    names = {pair.name for pair in pairs}
    service = _azure_service(names, {pair.name: pair.decoded.lower() for pair in pairs})
    if not service:
        return None
    keys = {**_AZURE_SECRETS, **_AZURE_PUBLIC}
    fields: dict[str, Field] = {}
    for pair in pairs:
        key = keys.get(pair.name)
        if key is not None:
            if key in fields and key in _AZURE_SECRETS.values():
                return None
            fields.setdefault(key, plain_field(key, pair.spelled, pair.start))
    return assemble("azure", service, fields.values())


def _azure_service(names: set[str], values: dict[str, str]) -> str:
    """Which service, "" where the pairs are not Azure's."""
    endpoint = values.get("endpoint", "")
    if "accountendpoint" in names and "accountkey" in names:
        return "cosmos"
    if names & {"accountkey", "sharedaccesssignature"} and (
        "accountname" in names or any(name.endswith("endpoint") for name in names)
    ):
        return "storage"
    if "sharedaccesskey" in names:
        return "iothub" if "hostname" in names else "servicebus"
    if {"id", "secret"} <= names and endpoint.startswith("https://"):
        return "appconfiguration"
    if "accesskey" in names and endpoint.startswith("https://"):
        return "signalr" if "signalr" in endpoint or "version" in names else "communication"
    return ""


_REDIS_PLACE = re.compile(r"\s*(?P<host>[A-Za-z0-9._\-]+):(?P<port>[0-9]{1,5})\s*")


def stackexchange(text: str) -> Connection | None:
    """``host:6380,password=…,ssl=True``: no quotes, so a password has no comma."""
    parts = text.split(",")
    place = _REDIS_PLACE.fullmatch(parts[0])
    if place is None:
        return None
    fields = [plain_field(key, place[key], place.start(key)) for key in ("host", "port")]
    at = len(parts[0]) + 1
    for part in parts[1:]:
        name, equals, value = part.partition("=")
        if not equals and _REDIS_PLACE.fullmatch(part) is None:
            return None
        key = {"password": "password", "user": "username"}.get(name.strip().lower())
        if equals and key is not None:
            start = at + len(part) - len(value.lstrip())
            fields.append(plain_field(key, value.strip(), start))
        at += len(part) + 1
    return assemble("stackexchange", "redis", fields)
