"""Where a file assigns a literal to a telling name: dotenv, YAML, JSON, TOML, properties, XML, HCL,
shell, Dockerfiles, and the string literals of programs.

Lines without a telling word are never looked at by a regular expression.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from .. import names, values
from ..candidate import Place
from ..late import late
from ..looks import Look, look
from ..value_words import DEFAULT_PASSWORDS
from ..vocabulary import HARMLESS_KEYS, TELLING
from .literals import (
    QUOTED,
    Assignment,
    bare,
    doubled,
    literal,
    may_connect,
    plain_markup,
    without_entities,
)
from .named_fields import named_fields

KEYED = (
    "alchemy.com/v2/", "infura.io/v3/", "quiknode.pro/", "rpc.ankr.com/", "getblock.io/",
    "chainstack.com/",
)  # fmt: skip
"""In addresses of services that take their key as a part of the path."""
_ASSIGNED = late(
    r"""(?x)
    (?:(?<![\w.$-])|(?<=\)\.)|(?<=[-D])(?:(?<=[\s"'`]--)|(?<=\s-D)|(?<=\s-)))
    (?P<name>(?!\$?env:)[A-Za-zÀ-ž_$][\wÀ-ž.$-]{0,79}+(?=["'`\\)\]\s:=!?<>,-]|\[\d{0,6}\]))
    (?:\[\d{0,6}\])?(?P<close>\\?["'`]?[ \t]{0,2}[\])]?)[ \t]{0,40}
    (?P<sign>
        (?:[ \t]As[ \t][\w.]{1,40}[ \t]{1,4}=(?!=)) | <-(?!-)
      | (?::[ \t]{0,4}+(?!<)[\w\[\]<>|?.&*, ]{1,40}(?<![ ]))?[ \t]{0,4}(?::=|\?=|(?<![=!<>])=(?!=|>|~))
      | => | -> | (?<=-)> | (?<=["'][ ])to(?=[ ]{1,4}") | :(?![:=/]) | (?<=["'`]),
      | ===? | !==? | ,[ ]do:(?=[ ]") | ,[ ](?:_|err|ok)[ ]:?=
    )
    [ \t]{0,40}
    (?P<value>[rbuRBUL@]{0,2}(?:"""
    + QUOTED
    + r""")|\\"(?:[^"\\\n]|\\[^"\n]){0,2000}\\"|(?!\\")[^\s"'`][^\n]{0,1000})
    """
)
"""A name is never given back letter by letter: what ends it is known. That it takes the dash of
``->`` with it is put right by ``_name_and_sign``."""
_NEXT_NAME = late(r"[ \t]{0,4}:|,[ \t]{0,4}\\\"(?:[^\"\\\n]{0,80}\\\"(?:,|[ \t]{0,4}\])|$)")
_SIGN = late(r"[=:,]|<-|->| to ")
_RUN = late(r"[\w.$-]+")
_NEAR = 200
_WORD = 16
"""Characters of a line before a name that say what it is: a line without an end is not gone through anew
for each."""
_LONG = 400
"""Characters of a line from which on it is worth a look where its telling names stand."""
_SIGNS = frozenset("_.$-")
"""Of names, beside letters and digits."""
_CALLED = late(
    r"(?<![\w$])(?P<name>[A-Za-z_$][\w$]{1,79}+)[ \t]?\([ \t]{0,8}(?:\([\w *]{1,30}\)[ \t]?|Base64\.getDecoder\(\)\.decode\()?(?P<value>"
    + QUOTED
    + r")(?:\.(?:toCharArray|getBytes|encode|to_string|into|to_owned)\([^()\n]{0,40}\))?[ \t]{0,8}[,)]"
)
_PUT = late(
    r"(?<![\w$])(?:[pP]ut|[sS]et|[aA]dd|[aA]ppend|with|param|env|header|curl_easy_setopt|curl_url_set)\w{0,20}\([ \t]{0,4}"
    r"(?:[&*]?\w{1,40},[ ]?)?(?:\w{1,60}\.){0,4}"
    r"(?P<name>[A-Z][A-Z0-9_]{2,60}|(?:[A-Z][A-Za-z]{0,30})?(?:Password|Secret))[ \t]{0,4},[ \t]{0,4}(?P<value>"
    + QUOTED
    + r")[ \t]{0,4}[,)]"
)
"""``properties.put(Keys.PASSWORD, "value")``."""
_USER_NAMED = late(r"(?i)(?:user|name|login|email)\(")
_LET = late(
    r"\blet!?\(:(?P<name>[a-z]\w{1,60})\)[ ]{0,4}\{[ ]{0,4}(?P<value>" + QUOTED + r")[ ]{0,4}\}"
)
"""What RSpec keeps for its examples."""
_SPACED = late(
    r"""(?x)(?:^[ \t]{0,20}(?:ENV|ARG)[ \t]{1,8}(?P<name>[A-Za-z_]\w{1,79})
       |(?:^|(?<=[\s"'\[,]))--(?P<option>[A-Za-z][\w.-]{2,60})(?:["'],)?
       |(?:^|[ \t])(?P<netrc>password))[ \t]{1,8}(?P<value>"""
    + QUOTED
    + r"""|[^\s"'`,\])]{1,500})"""
)
_OF_NETRC = late(
    r"(?:^|\s)(?:machine|login|account)\s{1,8}(?!anonymous\s)\S{0,199}[^\s,;:.]\s{1,8}$"
)
_ELEMENT = late(
    r"<(?P<name>[A-Za-z][\w.:-]{1,79})(?:[ \t][^<>\n]{0,200})?>[ \t]{0,20}"
    r"(?P<value>[^<>\n]{1,2000}?)[ \t]{0,20}</"
)
_HEADER = late(
    r"(?i)\b(?P<name>(?:proxy-)?authorization)\b[\"'`\]]{0,2}[ \t]{0,4}(?:[:=,][ \t]{0,4}[\"'`]?|[\"'`])"
    r"(?P<value>(?:basic|bearer|token)[ \t][A-Za-z0-9+/=._~-]{8,4000})"
)
_URL = late(
    r"(?i)(?<![a-z0-9+.-])jdbc:oracle:\w{2,8}:[^\s\"'`<>/@]{1,100}/[^\s\"'`<>@]{1,200}@[^\s\"'`<>]{1,300}|(?<![a-z0-9+.-])(?:jdbc:)?[a-z][a-z0-9+.-]{1,40}://[^\s\"'`<>\\^|]{3,2000}"
)
_CARRIES = late(
    r"(?i)://[^/\s]*@|://[^/:\s]*:[^#]*@|^jdbc:oracle:|hook|/bot|"
    + "|".join(map(re.escape, KEYED))
    + r"|\?.{0,1900}?(?:sig|code|"
    + "|".join(TELLING)
    + ")"
)
_FILLS = late(
    r"(?<!\w)(?:(?:add|set|put|with|append|form|query|request)_?(?:[pP]aram(?:eter)?|[fF]ield|[vV]alue|[fF]orm|[aA]ttribute)?"
    r"|param|field|attribute)s?\([ ]?$"
)
"""``request.addParameter("password", "…")``, ``params.put("password", "…")``: fills in a form."""
_ITEM = late(r'(?:^[ \t]*-[ ]{1,4}|[ \t](?:-e|--env|--build-arg)[ =])"$')
_OPTIONAL = late(r"://\[[^@\s]{0,80}@\]")
"""As documents write down what an address may hold: ``scheme://[user:password@]host``."""
_TRAILING = late(r"[.,;:!?)\]}]+$")


def assignments(
    text: str, begin: int, end: int, place: Place, markup: bool
) -> Iterator[Assignment]:
    """Literals that one line assigns to telling names, and connection strings under any name."""
    line = text[begin:end]
    if _SIGN.search(line) is not None:
        at = 0
        tellings = _tellings(line) if len(line) > _LONG else None
        whole = len(line) <= _LONG and text[begin - 1 : begin] in ("", "\n")
        while tellings is None or (at := _next_telling(line, tellings, at)) >= 0:
            found = _ASSIGNED.search(line, at)
            if found is None:
                break
            name, value = _name_and_sign(found)[0], found["value"]
            telling = names.sense(name.rsplit("$", 1)[-1]).telling
            # Most are neither, and code without line ends is full of them.
            if not telling and not may_connect(value):
                at = found.start("value")
                continue
            here = list(_assigned(found, line, begin, place, telling=telling, whole=whole))
            at = here[-1].end - begin if here else found.start("value")
            yield from (plain_markup(item) for item in here) if markup else here
    if "(" in line and ('"' in line or "'" in line):
        for found in _CALLED.finditer(line):
            if names.sense(found["name"]).telling and _hands_over(found["name"], found["value"]):
                item = literal(found["name"], found["value"], begin + found.start("value"))
                yield item._replace(placed=item.placed or _builds(line, found.start()))
        for found in _PUT.finditer(line):
            if names.sense(found["name"]).strength == 2 and "_KEY" not in found["name"][-4:]:
                yield literal(found["name"], found["value"], begin + found.start("value"))
    for found in _LET.finditer(line) if "let" in line and "{" in line else ():
        if names.sense(found["name"]).telling:
            yield literal(found["name"], found["value"], begin + found.start("value"))
    if markup or "</" in line:
        for found in _ELEMENT.finditer(line):
            if names.sense(found["name"]).telling:
                yield Assignment(
                    found["name"], without_entities(found["value"]),
                    begin + found.start("value"), begin + found.end("value"), True,
                )  # fmt: skip
    if "--" in line or "ENV" in line or "ARG" in line or "machine" in line or "password" in line:
        yield from _spaced(line, begin, place)
    if "authorization" in line.lower():
        for found in _HEADER.finditer(line):
            yield Assignment(
                found["name"],
                found["value"],
                begin + found.start("value"),
                begin + found.end("value"),
                True,
            )
    for item in named_fields(text, begin, end):
        if place is Place.CODE and not item.quoted:
            continue
        yield plain_markup(item) if markup else item


def _name_and_sign(found: re.Match[str]) -> tuple[str, str]:
    name, sign = found["name"], found["sign"]
    return (name[:-1], "->") if sign == ">" else (name, sign)


def _tellings(line: str) -> list[int] | None:
    """Where the names begin that may claim anything, in order; None where any name may have a
    connection for its value."""
    if may_connect(line):
        return None
    return [found.start() for found in _RUN.finditer(line) if names.may_tell(found[0])]


def _next_telling(line: str, tellings: list[int], at: int) -> int:
    """From where to look for an assignment so that the first name from an offset on that may claim
    anything is met as if all before it had been read; -1 if there is none."""
    first = bisect_left(tellings, at)
    # A name that was begun before the offset goes on behind it.
    if first and line[at - 1 : at] and _RUN.match(line, tellings[first - 1]).end() > at:  # type: ignore[union-attr]
        return at
    if first == len(tellings):
        return -1
    end = tellings[first]
    # Behind one of these, and the name before it, what is assigned does not depend on what was before.
    begin = max(
        line.rfind('"', at, end), line.rfind("{", at, end),
        line.rfind(";", at, end), line.rfind("(", at, end),
    )  # fmt: skip
    while begin > at and (line[begin - 1].isalnum() or line[begin - 1] in _SIGNS):
        begin -= 1
    return max(at, begin)


_DEFAULT = late(
    r"\$\{(?!(?:self|env|opt|file|ssm|cf|s3|sls|param|aws):[^-])[A-Za-z_][\w.]{0,80}:[-=]?[\"']?(?P<value>[^\s${}?+\"'][^${}\"'\n]{2,200})[\"']?\}[\"']?$"
)
"""``${NAME:-value}`` of a shell and ``${name:value}`` of Spring, not ``${self:custom.value}`` of the
Serverless Framework."""
_LOOKED_UP = ("lookup('", 'lookup("', "query('", 'query("', "data_bag_item('", 'data_bag_item("')
"""Before the name of a plugin of Ansible, with what it looks for behind it."""
_OF_MAVEN = ("io.", "com.", "org.", "net.")
"""How groups of artifacts begin: ``io.jsonwebtoken:jjwt-jackson``. Source: Maven, "Naming conventions"."""
_PAIR_ENDS = late(r"[ ]{0,4}\}")
_LDAP_MAP = late(r"\w=\w{1,40},$")
_FALLBACK = late(
    r"^[\w.$\[\]\"']{2,80}(?:\(.{0,80}\))?[ \t]*(?:\|\||\?\?|\?:|\bor\b)[ \t]*"
    r"(?:(?![\"'])[\w.$\[\]\"']{2,80}(?:\(.{0,80}\))?[ \t]*(?:\|\||\?\?|\?:|\bor\b)[ \t]*){0,3}(?P<value>"
    + QUOTED
    + r")"
)


_WRAPPED = late(
    r"(?:new[ ])?(?:\[\]byte|Some|JSON\.stringify|hex|hex\.DecodeString|bytes\.fromhex|hex2bytes|(?:System\.Text\.)?Encoding\.\w{2,8}\.GetBytes|Convert\.FromBase64String|Base64\.getDecoder\(\)\.decode|std::string|(?:binascii\.)?unhexlify|Buffer\.from|String::from|new String|Q(?:ByteArray|String)(?:Literal)?|QLatin1String|SecretStr|Secret(?:String)?(?:::new|::from)?|bytes)"
    r"[ ]{0,2}\([ ]{0,4}(?P<value>"
    + QUOTED
    + r")|[\[(][ ]{0,8}(?P<first>"
    + QUOTED
    + r")[ ]{0,8}[,\])]"
)
"""A literal that is made into something else, or the first of a list."""
_CHAINED = late(
    r"[\w.$]{1,60}(?:\[[\w.$\"']{1,60}\])?[ ]=[ ](?P<value>" + QUOTED + r")[ \t]{0,8}(?:;|\#|//|$)"
)
"""What two names are set to at once."""
_DECLARES = late(
    r"(?:\b(?:[Ss]tring|str|char|var|let|const|val|final|auto|[Dd]im|my|static|private|protected|public)"
    r"[ ?*]{1,3}|[$@]|\b(?:this|self)(?:\.|->))$"
)
"""Before the name of a variable or a field that is made, or of an object's own."""
_COMMAND = late(r":[a-z]+(?:-[a-z]+)+\b")
"""``secrets:encrypt-from-local``, as a document calls it."""
_SPEAKING = frozenset(
    [
        "load", "get", "read", "fetch", "find", "check", "validate", "verify", "is", "has", "to",
        "hash", "encode", "decode", "encrypt", "decrypt", "sign", "parse", "compare", "match",
        "generate", "create", "make", "new", "authorize", "delete", "remove", "reset", "forgot", "change",
        "require", "assert", "expect", "contain", "have", "test", "describe", "it", "log", "print", "render", "show",
        "contains", "exists", "bind", "sort", "group", "order", "map", "update", "on", "handle", "send", "request", "query", "lookup", "resolve", "mask",
    ]
)  # fmt: skip
"""First words of functions that do something with the name of what they are handed."""


_THUMBPRINT = late(r"[0-9A-F]{40}")
"""Of a certificate, by which IdentityServer knows a client. Source: .NET, X509Certificate2.Thumbprint."""


def _hands_over(name: str, value: str) -> bool:
    """``setPassword("…")``, ``password("…")`` and ``access_token("…")``, not
    ``load_private_key("…")``. A type may be made from what a key is called."""
    if names.words(name)[0] in _SPEAKING:
        return False
    if name == "Secret" and _THUMBPRINT.fullmatch(value, 1, len(value) - 1) is not None:
        return False
    return not name[0].isupper() or look(value[1:-1]) is Look.RANDOM


def _builds(line: str, at: int) -> bool:
    """Whether a user is put together: ``.withUsername("ann").password("password")``, or
    ``.password("password")`` on a line of its own."""
    before = line[:at].strip()
    return before == "." or (before.endswith(".") and _USER_NAMED.search(before) is not None)


def _assigned(
    found: re.Match[str], line: str, begin: int, place: Place, *, telling: bool, whole: bool
) -> Iterator[Assignment]:
    """telling: whether the name is; where it is not, the value may hold a connection; whole:
    whether the line is no part of a long one, and quotes can be counted."""
    (name, sign), value = _name_and_sign(found), found["value"]
    compared = sign in ("==", "===", "!=", "!==") and not line.lstrip().startswith("assert ")
    at = begin + found.start("value")
    quoted = value[:1] in "\"'`" or (
        value[-1:] in "\"'`" and value.lstrip("rbuRBUL@")[:1] in "\"'`"
    )
    if value.startswith('\\"') and value.endswith('\\"') and len(value) > 4:
        # Behind a comma it may be the next name, or the next word, in the text of an object.
        names_another = sign == "," and _NEXT_NAME.match(line, found.end("value")) is not None
        if telling and not names_another:
            yield Assignment(name, value[2:-2], at + 2, at + len(value) - 2, True, compared)
        return
    paired = sign == "to" or (sign == "," and _is_a_pair(line, found))
    if (not quoted or sign == ",") and not paired and _is_in_slot(line, found.start()):
        return
    if sign == ":" and line[: found.start("name")].endswith(("://", "/etc/")):
        return  # a user, and the password of an address; a file, and what is said of it
    if sign == ":" and not quoted and name.startswith(_OF_MAVEN):
        return
    if sign == "," and line[: found.start("name")].endswith(_LOOKED_UP):
        return
    if name == "userPassword" and sign == "=" and _LDAP_MAP.search(line, 0, found.start("name")):
        return  # an attribute, and which one it becomes
    if sign == "=" and not quoted and line[: found.start("name")].endswith("= "):
        return  # of several that a command is to find empty
    if not quoted and name == "key" and place is not Place.CODE and _is_behind(line, found):
        return
    if line[: found.start("name")].endswith(("checksum/", "kubernetes.io/")):
        return  # what Helm's charts note, so that pods are started anew; which secret Ingress takes
    if compared and line[found.end("name") : found.end("name") + 1] == "[":
        return  # one of several words that a program looks at
    if sign == ":" and (_is_within(line, found) or _is_of_a_type(line, found)):
        return
    if quoted:
        if place is Place.CODE and whole and _closes(line, found):
            return
        in_call = line[: max(0, found.start("name") - 1)].endswith(("(", "( "))
        if sign == "," and not in_call and not paired:
            return
        if sign == "to" and place is not Place.CODE:
            return
        if paired and values.is_identifier(value[1:-1]):
            if not _is_of_a_secret(name):
                return
        elif sign == "," and place is Place.CODE and values.is_identifier(value[1:-1]):
            filled_in = _FILLS.search(line, 0, max(0, found.start("name") - 1)) is not None
            if not filled_in or names.sense(name).sense is not names.Sense.PASSWORD:
                return
        twice = doubled(line, found.start("value")) if place is Place.SETTING else None
        if twice is None:
            yield _set(literal(name, value, at, compared), line, found)
        else:
            end = at + len(twice) - 1
            yield Assignment(name, twice[1:-1].replace("''", "'"), at + 1, end, True)
        return
    if telling and (left := _DEFAULT.match(value.lstrip("\"'"))) is not None:
        start = at + len(value) - len(value.lstrip("\"'")) + left.start("value")
        yield Assignment(name, left["value"], start, start + len(left["value"]), False)
        return
    for form in (_FALLBACK, _WRAPPED, _CHAINED) if telling and sign != "->" else ():
        if (within := form.match(value)) is not None:
            group = "first" if form is _WRAPPED and within["value"] is None else "value"
            yield literal(name, within[group], at + within.start(group), compared)
            return
    if place is Place.CODE or compared or sign in (",", "->"):
        return
    if place is Place.PROSE and _COMMAND.match(line, found.end("name")) is not None:
        return
    for quote in '"`':
        if line.count(quote, 0, found.start("name")) % 2 and quote not in found["close"]:
            value = value.partition(quote)[0]
    text = bare(value, sign, line)
    amid = line.count('"', 0, found.start("name")) % 2 == 1
    if line.lstrip()[:1] == ";" and text in DEFAULT_PASSWORDS:
        return  # in a comment of an INI file, which says what holds where nobody sets it
    if text and amid and look(text) is Look.WORDS and not _is_an_item(line, found, text):
        return
    if text:
        yield Assignment(name, text, at, at + len(text), False)


def _set(item: Assignment, line: str, found: re.Match[str]) -> Assignment:
    if item.compared or not found["sign"].endswith("="):
        return item
    at = found.start("name")
    before = line[max(0, at - _NEAR) : at]
    if ("<" in before and ">" not in before) or "]" in found["close"]:
        return item  # an attribute, or one of many texts
    declared = found["name"][0] == "$" or _DECLARES.search(before[-_WORD:]) is not None
    return item._replace(assigned=True, declared=declared)


def _is_a_pair(line: str, found: re.Match[str]) -> bool:
    """``{ "client_secret", "…" }`` in a dictionary of C#, a table of Go or a map of C++, not
    ``new[] { "client_secret", "…" }``, which are names."""
    before = line[: max(0, found.start("name") - 1)].rstrip(" ")
    if not before.endswith("{") or _PAIR_ENDS.match(line, found.end("value")) is None:
        return False
    return before[:-1].rstrip(" \t")[-1:] in ("", "{", "}", ",", "(")


def _is_of_a_secret(name: str) -> bool:
    claim = names.sense(name)
    return claim.strength == 2 and claim.sense in (names.Sense.PASSWORD, names.Sense.SECRET)


def _is_an_item(line: str, found: re.Match[str], text: str) -> bool:
    """Whether all of a literal is the assignment: ``- "NAME=value"`` in a list of YAML,
    ``-e "NAME=value"`` on a command line."""
    return (
        found["sign"] == "="
        and _ITEM.search(line, 0, found.start("name")) is not None
        and line.startswith(f'{text}"', found.start("value"))
    )


def _is_in_slot(line: str, at: int) -> bool:
    """Within ``{{ … }}`` names have their values by name, and functions take what they are told."""
    return line.rfind("{{", 0, at) > line.rfind("}}", 0, at)


def _is_behind(line: str, found: re.Match[str]) -> bool:
    """``partition key: x``: the word before says that it finds something."""
    before = line[: found.start("name")].rsplit(maxsplit=1)[-1:]
    return bool(before) and before[0].lower() in HARMLESS_KEYS


def _closes(line: str, found: re.Match[str]) -> bool:
    """Whether the quote behind the name is the end of a literal in which the name stands:
    ``"X_PASSWORD=" + value + ";"``."""
    if found["value"][:1] != '"' or '"' in found["close"] or found["sign"] not in ("=", ":"):
        return False
    before = line[: found.start("name")]
    return (before.count('"') - before.count('\\"')) % 2 == 1 and "'" not in before


def _is_within(line: str, found: re.Match[str]) -> bool:
    """Whether name and colon are a part of an ARN, or all of a text: ``"password:"``."""
    before = line[max(0, found.start("name") - 1) : found.start("name")]
    if before == ":":
        return found.string[found.start("value") - 1] == ":"
    return (
        before in "\"'`" and found["value"].startswith(before or " ") and not found["close"].strip()
    )


def _is_of_a_type(line: str, found: re.Match[str]) -> bool:
    """``"AWS::IAM::AccessKey":`` in quotes is the name of a type, and what follows is about it."""
    start = found.start("name")
    return line[max(0, start - 2) : start] == "::" and found["close"].lstrip("\\")[:1] in ('"', "'")


_OF_SENTENCES = frozenset(
    [
        "command",
        "via",
        "on",
        "in",
        "is",
        "for",
        "from",
        "or",
        "and",
        "with",
        "to",
        "was",
        "has",
        "must",
        "should",
        "may",
        "can",
        "option",
        "flag",
        "argument",
        "credentials",
    ]
)


_NO_VALUE = late(r"\w{2,20}=(?:True|False|None)\b|@[%./~]")
"""The next argument of a function that an option is declared with, and a file to read."""


def _spaced(line: str, begin: int, place: Place) -> Iterator[Assignment]:
    for found in _SPACED.finditer(line):
        name = found["name"] or found["option"] or found["netrc"]
        if found["netrc"] and not (
            _is_of_netrc(line, found.start("netrc"), place) or _is_directive(line, found, place)
        ):
            continue
        if place is Place.CODE and not found["value"].startswith(("'", '"')):
            continue
        if not names.sense(name).telling or found["value"].startswith(("-", "$", "{", "<", "=")):
            continue
        if found["value"] in _OF_SENTENCES or _NO_VALUE.match(found["value"]) is not None:
            continue
        value, at = found["value"], begin + found.start("value")
        if value[0] in "\"'`":
            yield literal(name, value, at)
        else:
            yield Assignment(name, value, at, at + len(value), False)


def _is_directive(line: str, found: re.Match[str], place: Place) -> bool:
    """``password x`` and nothing else on the line of a setting; prose has no digit there."""
    alone = line.strip(" \t\r;") == f"{found['netrc']} {found['value']}".strip(";")
    return place is Place.SETTING and alone and any(sign.isdigit() for sign in found["value"])


def _is_of_netrc(line: str, at: int, place: Place) -> bool:
    before = line[max(0, at - 240) : at]
    if place is Place.PROSE and "machine" not in before:
        return False
    return _OF_NETRC.search(before) is not None


def urls(text: str, begin: int, end: int) -> Iterator[Assignment]:
    """Addresses in a line that may carry a credential."""
    line = text[begin:end]
    if "://" not in line and "@" not in line:
        return
    if not any(sign in line for sign in ("@", "?", "hook", "/bot", *KEYED)):
        return
    for found in _URL.finditer(line):
        if _CARRIES.search(found[0]) is None or _OPTIONAL.search(found[0]) is not None:
            continue
        address = _TRAILING.sub("", found[0])
        yield Assignment(
            "", address, begin + found.start(), begin + found.start() + len(address), False
        )


_LAST_NAME = late(
    r"(?<![\w.-])([A-Za-z_$][\w.$-]{1,79})[\"'`\])]{0,3}"
    r"[ \t]{0,8}(?:=>|:=|=|:|,|\()[ \t]{0,8}[rbuRBUL@]{0,2}[\"'`]?$"
)


def last_name(before: str) -> str:
    """The name to which the text that ends here assigns what follows, "" if it names none."""
    found = _LAST_NAME.search(before)
    return found[1] if found is not None else ""
