"""Where its place in a statement, and not a name beside it, says what a literal is: commands, SQL,
calls, headers in quotes, connection strings in quotes, directives of servers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from .. import names
from ..candidate import Place
from ..late import late
from ..looks import Look, look
from . import calls, commands, defaults, devices, entered, idioms, logins, network, sql, tuples
from .literals import QUOTED, Assignment, literal
from .marks import held

SAID_MARKS: Final = ("密码", "密碼", "пароль", "パスワード", "비밀번호")
"""The word for a password where people do not write in Latin letters."""
MARKS: Final = (
    "curl", "wget", "login", "mysql", "mariadb", "mongo", "redis-cli", "ldap", "sqlcmd", "twine",
    "net use", "smbclient", "securestring", "identified", "connect", "pdo(", "jwt", "hmac", "fernet",
    "cipher", "twilio", "cookiestore", "cookieparser", "jsonwebtoken", "jose.", "plainsasl", "provider",
    "setenv", "setx", "chpasswd", "wpa_passphrase", "wandb login", "netsh wlan", "nuget", "mosquitto_",
    "getenv", "process.env", "env.get", "environ.get", "env.fetch", "softap", "wifi.begin", "plivo",
    ".tochararray(", "accounts", "jdbc:oracle", " on >", "zip -", "sudo -", "create_user", "signin", "sign_in", "withemail", "bcrypt", "hashpw", "hash::", "codecov", "` / `", "' / '", '" / "', "net user", "kinit",
    "luks", "psftp", "minio", "sequelize", "pulumi config", "httpbasic", "rabbitmqctl", "influx", "mc alias", "mc config", "cryptojs", "snmp-server", ": eap", ": xauth", "slack:", ".hs", "ftp(", "ftp_tls(", "x509certificate", "createasync", "sqlplus", "lftp", "schtasks", "signtool", "user(\"", "user('", *SAID_MARKS,
    *idioms.MARKS, *devices.MARKS, *commands.MARKS, *logins.MARKS,
)  # fmt: skip
"""What a line holds in which something stands at a place, where no telling word is on it."""
EVERY_MARK: Final = tuple(
    sorted(
        {
            *SAID_MARKS, *commands.TABLE.marks, *calls.TABLE.marks, *network.MARKS, *entered.MARKS,
            *idioms.TABLE.marks, *devices.TABLE.marks, *devices.OF_YAML.marks, *logins.TABLE.marks,
            *logins.OF_LISTS.marks,
        }
    )
)  # fmt: skip
"""Of all forms, whatever else is on their lines."""
_SAID_MARKS: Final = frozenset(SAID_MARKS)
_HEADER: Final = late(
    r"(?P<q>[\"'`])(?P<name>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+){1,6}):[ \t]{0,4}"
    r"(?P<value>[^\"'`\s$<{%][^\"'`\s$<{]{5,400})(?P=q)"
)
_CONNECTION: Final = late(
    r"[\"'][^\"'\n]{0,500}?(?:=[^\"'\n]{0,500};|;)[ \t]{0,3}(?i:password|pwd)[ \t]{0,3}=[^\"'\n]{1,600}[\"']"
)
_WITHIN: Final = late(
    r"(?<=[\s\"';&?,])(?P<name>[A-Za-z_][\w.-]{2,60})=(?P<value>[A-Za-z0-9+/_.=~-]{16,400})(?=[\s\"';&,]|$)"
)
"""A setting within a literal."""
_IN_A_FORM: Final = late(
    r"(?:(?<=&)|(?<=[\s\"'`])(?=[^\s\"'`&]{4,200}&\w)|^(?=[^\s\"'`&]{4,200}&\w))(?P<name>[A-Za-z_][\w.-]{2,40})="
    r"(?P<value>(?:[^\s\"'`&%$<>{}()\\]|%[0-9A-Fa-f]{2}){4,200})(?=[&\s\"'`]|$)"
)
_OF_A_USER: Final = late(r"(?<![\w-])(?:user(?:name)?|login|email)=[^\s&\"'`]{2,80}(?=&)")
"""A field of a form as it is sent: ``user=a&password=b``."""
_SAID: Final = late(
    r"(?i)\bpassw(?:or[dt]|d)\b[ \t]{1,3}(?:is|was|ist|lautet)[ \t]{1,3}[\"'`]?"
    r"(?P<value>(?=[^\s\"'`]{0,40}\d)[^\s\"'`<>{}()]{5,60}?)[\"'`]?[.,;]?(?=\s|$)"
)
_TOLD: Final = late(
    r"(?i)\b(?:password|passwort|kennwort|contraseña|senha|mot[ ]de[ ]passe)\b[ \t:(]{1,3}[\"'`“]"
    r"(?P<value>(?=[^\s\"'`]{0,40}\d)[^\s\"'`“”<>{}]{5,60})[\"'`”]"
)
"""A password that a text tells between quotes."""
_STEP: Final = late(r"[ \t]{0,20}(?:Given|When|Then|And|But|\*)[ ]")
"""A step of Gherkin is prose wherever it stands."""
_BOTH: Final = late(
    r"(?i)\buser(?:name)?\b[ :]{0,3}[\"'`][^\s\"'`]{1,60}[\"'`],?[ ](?:(?:and|with|/|&)[ ])?(?:the[ ])?pass(?:word)?\b"
    r"(?:[ ]is)?[ :]{0,3}[\"'`](?P<value>[^\s\"'`<>{}]{4,60})[\"'`]"
    r"|(?:log ?(?:in|on)|sign ?in|credentials?|account|user(?:name)?)\b[^\n\"'`]{0,40}[\"'`][\w.@+-]{2,60}[\"'`][ ]?/[ ]?[\"'`](?P<first>(?=[^\s\"'`]{0,40}\d)(?![^\s\"'`]{0,40}pass)[^\s\"'`<>{}/]{5,60})[\"'`]"
    r"|[\"'`](?:admin|root|administrator)[\"'`][ ]/[ ][\"'`](?P<own>(?=[^\s\"'`]{0,40}\d)[^\s\"'`<>{}/]{5,60})[\"'`]"
    r"|(?:log ?(?:in|on)|sign ?in|credentials?|accounts?|passwords?)\b[^\n\"'`]{0,60}[\"'`](?P<twice>[\w.@+-]{4,60})[\"'`](?:[ ]?/[ ]?|[ ]and[ ])[\"'`](?P<same>(?P=twice))[\"'`]"
)
"""A user and its password, side by side."""
_TOLD_ELSEWHERE: Final = late(
    "(?:" + "|".join(SAID_MARKS) + r")[^\n:：=]{0,30}[:：=][ \t]{0,4}[\"'`「]?"
    r"(?P<value>(?=[^\s\"'`]{0,40}\d)[!-~]{5,60}?)[\"'`」]?[.,;。，]?(?=\s|$)"
)
_LIBPQ: Final = late(
    r"(?:^|[\s\"'`(])(?:host|hostaddr|dbname|user|port|sslmode)=[^\s\"'`,()]{1,100}[ ](?:[a-z_]{2,40}=[^\s\"'`,()]{1,100}[ ]){0,8}?"
    r"password=(?P<value>[^\s\"'`,()${}%<>]{3,100})"
    r"|(?:^|[\s\"'`(])password=(?P<first>[^\s\"'`,()${}%<>]{3,100})[ ](?:host|hostaddr|dbname|user|port|sslmode)="
)
"""Keywords and values of libpq. Source: PostgreSQL manual, "Connection Strings"."""
_MOUNTED: Final = late(
    r"(?<![\w.(-])(?:user(?:name)?=[^\s,\"'=]{1,80},(?:[a-z_]{2,20}(?:=[^\s,\"']{0,80})?,){0,8}?pass(?:word)?="
    r"(?P<value>[^\s,\"'`$<{%()]{3,100})|pass(?:word)?=(?P<first>[^\s,\"'`$<{%()]{3,100}),user(?:name)?=)"
)
"""Source: mount.cifs(8)."""
_USERPWD: Final = late(
    r"CURLOPT_(?:PROXY)?USERPWD[ ]{0,4},[ ]{0,4}[\"'][^\"':\n]{0,100}:(?P<value>[^\"'\n$]{3,200})[\"']"
)
"""Source: curl_easy_setopt(3)."""
_ACL: Final = late(
    r"^[ \t]{0,20}(?:ACL[ ]SETUSER|user)[ ]\S{1,80}[ ](?:[^\n>]{0,200}[ ])?>(?P<value>[^\s>]{4,200})(?=\s|$)",
    re.I,
)
"""Source: Redis manual, "ACL": a user and, behind a sign of greater than, its password."""
_SPACED: Final = late(
    r"^[ \t]{0,40}(?:@|(?i:setenv|setx|fastcgi_param|\#define)[ \t]{1,8})?(?P<name>[A-Za-z_][\w.-]{2,60})[ \t]{1,8}"
    rf"(?P<value>@?(?:{QUOTED}))[ \t]{{0,8}};?[ \t\r]*$"
)
_DEBCONF: Final = late(
    r"[\w.-]{1,60}/[\w-]{0,30}pass(?:word)?(?:[_-]again)?[ \t]{1,4}password[ \t]{1,4}(?P<value>[^\s\"'$]{3,100})"
)
"""Source: debconf-set-selections(1)."""
_KICKSTART: Final = late(
    r"^[ \t]{0,8}rootpw[ ](?:--(?:plaintext|allow-ssh)[ ]){1,2}(?P<value>[^\s$\"'-][^\s]{2,100})[ \t\r]*$"
)
_ROBOT: Final = late(
    r"^\$\{(?P<name>[A-Za-z][\w ]{2,60})\}[ \t]{2,20}(?P<value>[^\s$@%{&][^\s]{3,200})[ \t\r]*$"
)
"""A variable of Robot Framework."""
_REGISTERED: Final = late(
    rf"(?i)-Name[ ]{{1,4}}[\"']?(?P<name>[A-Za-z_]\w{{2,60}})[\"']?[ ]{{1,4}}(?:-\w{{2,20}}[ ]\w{{1,20}}[ ]{{1,4}})?-Value[ ]{{1,4}}"
    rf"(?P<value>{QUOTED})"
)
"""Source: Microsoft's page on Set-ItemProperty."""
_NOTIFIED: Final = late(r"\bslack:[ ]{1,4}[\"']?[\w-]{2,40}:(?P<value>[A-Za-z0-9]{24})(?![\w])")
"""Source: Travis CI's page on notifications."""
_BARE: Final = late(
    r"^[ \t]{0,40}(?:(?i:setenv|setx|fastcgi_param|uwsgi_param|proxy_set_header|add_header)[ \t]{1,8}(?P<name>[A-Za-z_][\w.-]{2,60})"
    r"|(?P<camel>[A-Z]{1,8}[a-z]\w{0,30}(?:[A-Z][a-z]+){1,4})|(?P<directive>requirepass|masterauth|auth_pass|bindpw|rootpw|user[ ]\S{1,80}[ ]insecure-password))[ \t]{1,8}(?P<value>[^\s\"'$%{<-]\S{2,300})[ \t\r]*$"
)


def assignments(
    line: str, small: str, begin: int, place: Place, marks: Iterable[str] = EVERY_MARK
) -> Iterator[Assignment]:
    """What stands in one line that begins at an offset. small: the line in small letters; marks:
    those of EVERY_MARK that the line may hold."""
    there = held(small, marks)
    yield from commands.passwords(line, there, begin)
    yield from sql.passwords(line, small, begin)
    yield from calls.secrets(line, there, begin)
    if place is not Place.CODE:
        yield from network.passwords(line, there, begin)
    yield from entered.assignments(line, small, there, begin)
    yield from tuples.assignments(line, begin)
    yield from idioms.assignments(line, small, there, begin)
    yield from devices.assignments(line, there, begin, place)
    yield from logins.assignments(line, there, begin, place)
    if "-" in line and ":" in line:
        for found in _HEADER.finditer(line):
            if names.sense(found["name"]).telling:
                yield _value(found, found["name"], begin)
    if ";" in line and ("pwd" in small or "password" in small):
        for found in _CONNECTION.finditer(line):
            yield literal("", found[0], begin + found.start())
    yield from defaults.assignments(line, small, begin)
    if "CURLOPT" in line:
        yield from _passwords(_USERPWD, line, begin)
    if place is Place.CODE and "=" in line:
        for found in _WITHIN.finditer(line):
            random = look(found["value"]) is Look.RANDOM
            if random and names.sense(found["name"]).telling:
                yield _value(found, found["name"], begin)
    if "&" in line and "=" in line:
        for found in _IN_A_FORM.finditer(line):
            worded = look(found["value"]) is Look.WORDS
            login = worded and found["name"] == "password" and _OF_A_USER.search(line) is not None
            if names.sense(found["name"]).telling and (login or not worded):
                start, end = found.span("value")
                text = unquote(found["value"])
                yield Assignment(found["name"], text, begin + start, begin + end, True)
    if "password=" in small and "=" in line.replace("password=", "", 1):
        yield from _passwords(_LIBPQ, line, begin)
    if "user" in small and "pass" in small and "," in line:
        yield from _passwords(_MOUNTED, line, begin)
    if "-value" in small and "-name" in small:
        for found in _REGISTERED.finditer(line):
            if names.sense(found["name"]).telling:
                yield literal(found["name"], found["value"], begin + found.start("value"))
    if "password" in small and "/" in line:
        yield from _passwords(_DEBCONF, line, begin)
    if "rootpw" in small:
        yield from _passwords(_KICKSTART, line, begin)
    robot = _ROBOT.match(line) if line.startswith("${") else None
    if robot is not None and names.sense(robot["name"]).telling:
        yield _value(robot, robot["name"], begin, quoted=False)
    if "slack:" in small:
        for found in _NOTIFIED.finditer(line):
            yield _value(found, "slack token", begin)
    if ">" in line and "user" in small:
        yield from _passwords(_ACL, line, begin)
    told = [] if _SAID_MARKS.isdisjoint(there) else [_TOLD_ELSEWHERE]
    if place is Place.PROSE:
        told += [_SAID, _BOTH, _TOLD]
    elif place is Place.SETTING and "pass" in small and "user" in small:
        told.append(_BOTH)
    elif "pass" in small and _STEP.match(line) is not None:
        told.append(_TOLD)
    for form in told:
        yield from _passwords(form, line, begin)
    if place is not Place.PROSE:
        yield from _directive(line, begin, place)


def _value(found: re.Match[str], name: str, begin: int, *, quoted: bool = True) -> Assignment:
    start, end = found.span("value")
    return Assignment(name, found["value"], begin + start, begin + end, quoted)


_GROUPS: Final = ("value", "first", "own", "same")


def _has(found: re.Match[str], group: str) -> bool:
    return group in found.re.groupindex and found[group] is not None


def _passwords(form: re.Pattern[str], line: str, begin: int) -> Iterator[Assignment]:
    for found in form.finditer(line):
        group = next(group for group in _GROUPS if _has(found, group))
        start, end = found.span(group)
        yield Assignment("password", found[group], begin + start, begin + end, True, placed=True)


def _directive(line: str, begin: int, place: Place) -> Iterator[Assignment]:
    """``storePassword "x"`` of Gradle and Ruby, ``requirepass x`` of Redis, ``SetEnv X y``."""
    quoted = _SPACED.match(line)
    if quoted is not None and names.sense(quoted["name"]).telling:
        yield literal(quoted["name"], quoted["value"], begin + quoted.start("value"))
        return
    bare = _BARE.match(line)
    if bare is None or bare["value"].startswith(("/", "~/")):
        return
    name = bare["name"] or bare["camel"] or "password"
    if bare["camel"] and not (place is Place.SETTING and names.sense(name).strength == 2):
        return
    if bare["directive"] or names.sense(name).telling:
        value, start = bare["value"].rstrip(";"), begin + bare.start("value")
        yield Assignment(name, value, start, start + len(value), False)
