"""How languages write down what stands for a secret where it is no plain ``name = "value"``:
defaults, conditions, quotes of their own, tables of bytes, calls of their libraries.

Sources: the reference pages of the languages and libraries, by the names of the functions.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Final

from .. import names
from ..late import late
from .literals import Assignment
from .placed_forms import Form, table
from .placed_forms import assignments as _assignments

_D: Final = r"\"(?:[^\"\\\n]|\\.){1,400}\""
_Q: Final = rf"(?:{_D}|'(?:[^'\\\n]|\\.){{1,400}}')"
_V: Final = rf"(?P<value>{_Q})"
_N: Final = r"(?P<name>[A-Za-z_][\w-]{1,60})"
_NEXT: Final = r"[ ]{0,4},[ ]{0,4}"
_BYTE: Final = r"0[xX][0-9a-fA-F]{2}"
_BYTES: Final = late(
    rf"(?<!\w)(?P<name>[A-Za-z_]\w{{1,60}})(?:\[[\w ]{{0,20}}\])?(?:[ ]PROGMEM)?[ ]{{0,2}}=[ ]{{0,2}}[^\n{{\[\"']{{0,60}}[{{\[][ ]{{0,4}}"
    rf"(?P<value>{_BYTE}(?:,[ ]{{0,2}}{_BYTE}){{15,63}})[ ]{{0,4}}[}}\]]"
)
"""A key as a table of bytes. Source: The Things Network's pages on LMIC, ``APPKEY[16]``."""

FORMS: Final = (
    # Source: Scala's sys.env, java.util.Map, Python's os.environ, Julia's ENV
    Form(
        ("getorelse(", "getordefault(", "getenv(", "environ.get(", "get(env"),
        late(rf"(?:getOrElse|getOrDefault|os\.getenv|environ\.get|\bget)\((?:ENV,)?[ ]{{0,4}}[\"']{_N}[\"']{_NEXT}{_V}[ ]{{0,4}}\)"),
        swept=r"(?:getorelse|getordefault|getenv|environ\.get|get)\((?:env,)?[ ]{0,4}[\"'][\w-]{2,60}[\"'][ ]{0,4},[ ]{0,4}(?:\"[^\"\n]|'[^'\n])",
    ),
    # Source: Dart, String.fromEnvironment
    Form(
        ("fromenvironment(",),
        late(rf"fromEnvironment\([ ]{{0,4}}[\"']{_N}[\"'],[ ]{{0,4}}defaultValue:[ ]{{0,4}}{_V}"),
        swept=r"fromenvironment\([^\n]{1,90}defaultvalue:",
    ),
    # Source: Programming in Lua, long strings
    Form(
        ("getenv(",),
        late(r"os\.getenv[ ]?\(?[ ]?[\"'](?P<name>\w{2,80})[\"'][ ]?\)?[ ]{1,4}or[ ]{1,4}\[\[(?P<value>[^\]\n]{3,400})\]\]"),
        swept=r"getenv[^\n]{3,90}or[ ]{1,4}\[\[",
    ),
    # Source: Clojure, clojure.core/or, and binding and let
    Form(
        ("(or (",),
        late(rf":(?P<name>[a-z][\w-]{{1,60}})[ ]{{1,20}}\(or[ ]\([^()\n]{{1,80}}\)[ ]{{1,4}}(?P<value>{_D})"),
        swept=r"\(or[ ]\([^()\n]{1,80}\)[ ]{1,4}\"",
    ),
    Form(
        ("(binding [", "(let ["),
        late(rf"\((?:binding|let)[ ]\[(?P<name>[A-Za-z*][\w*-]{{1,60}})[ ]{{1,4}}(?P<value>{_D})"),
        swept=r"\((?:binding|let)[ ]\[[\w*-]{2,60}[ ]{1,4}\"",
    ),
    Form(
        ("(def",),
        late(rf"\(def(?:once)?[ ]\^[^\s\"]{{1,40}}[ ](?P<name>[A-Za-z*][\w*-]{{1,60}})[ ]{{1,4}}(?P<value>{_D})"),
        swept=r"\(def(?:once)?[ ]\^",
    ),
    # One of two values, as a condition says
    Form(
        ('? "', "? '", '?"', "?'"),
        late(rf"(?<![\w$]){_N}[\"']?[ ]{{0,4}}(?::[ ]?\w{{1,30}}[ ])?(?:=>?|:)[ ]{{0,4}}[\w.!()&|$>-][^\n\"'?:]{{0,80}}\?[ ]{{0,4}}{_Q}[ ]{{0,4}}:[ ]{{0,4}}{_V}"),
    ),
    Form(
        ("else ",),
        late(rf"(?<![\w$]){_N}[\"']?[ ]{{0,4}}(?:=|<-)[ ]{{0,4}}(?:if[ ]?\([^\n]{{1,160}}?\)|[\w.]{{1,60}}[ ]if[ ][^\n\"']{{1,80}}?|{_Q}[ ]if[ ][^\n\"']{{1,80}}?)[ ]else[ ]{{1,4}}{_V}"),
    ),
    # Source: perlop, q{}; Elixir, ~s sigils; Ruby, %q
    Form(
        ("q{", "q(", "q[", "q|", "~s(", "~s|", "~s{", "~s["),
        late(rf"(?<![\w$]){_N}[\"']?[ ]{{0,4}}(?:=>|[:=])[ ]{{0,4}}(?:qq?|~[sS]|%[qQ])[{{(\[|](?P<value>[^\s{{}}()\[\]|#]{{4,200}})[}})\]|]"),
    ),
    # Source: Python's dataclasses.field, pydantic.Field, attrs
    Form(
        ("field(", "attr.ib("),
        late(rf"{_N}[ ]?:[^\n=\"']{{1,60}}=[ ]?(?:[\w.]{{1,30}}\.)?(?:field|Field|ib)\((?:[^\n\"'()]{{0,60}}?default=)?[ ]?(?:bytes\.fromhex\()?{_V}"),
    ),
    # Source: WordPress and WooCommerce, Settings API; Symfony's and Drupal's arrays of options
    Form(
        ("'default'", '"default"'),
        late(rf"[\"']{_N}[\"'][ ]{{0,4}}=>[ ]{{0,4}}(?:array[ ]?\(|\[)[^\n()\[\]]{{0,300}}?[\"']default[\"'][ ]{{0,4}}=>[ ]{{0,4}}{_V}"),
        swept=r"[\"']default[\"'][ ]{0,4}=>[ ]{0,4}[\"']",
    ),
    # Source: PHP manual, hash() and hash_equals()
    Form(
        ("hash(",),
        late(rf"[\"']{_N}[\"'][ ]{{0,4}}=>[ ]{{0,4}}hash\([\"']\w{{2,12}}[\"']{_NEXT}{_V}"),
        swept=r"=>[ ]{0,4}hash\([\"']",
    ),
    Form(
        ("hash_equals(",),
        late(rf"hash_equals\([ ]{{0,4}}{_V}{_NEXT}\$(?:\w{{1,40}}->)?{_N}"),
        swept=r"hash_equals\([ ]{0,4}[\"']",
    ),
    # Source: JSX, "JavaScript in JSX with curly braces"
    Form(
        ("={'", '={"', "={`", "={ "),
        late(rf"(?<![\w$]){_N}=\{{[ ]?{_V}[ ]?\}}"),
    ),
    # Source: the Rust Reference, byte string literals
    Form(
        ("[u8",),
        late(rf"{_N}:[ ]?&?(?:'static[ ])?\[u8(?:;[ ]?\w{{1,20}})?\][ ]=[ ][*&]?b(?P<value>{_D})"),
        swept=r"\[u8[^\n\]]{0,22}\][ ]=[ ][*&]?b\"",
    ),
    # Source: Rust's secrecy, pydantic's SecretStr, Jenkins' hudson.util.Secret
    Form(
        ("secretstr", "secret::new", "secretbox", "secret.fromstring"),
        late(rf"\b(?:Secret(?:String|Box)?::(?:new|from)|SecretStr|Secret\.fromString)\([ ]{{0,4}}(?:Box::new\()?(?:String::from\()?{_V}"),
        "app secret",
        r"secret(?:str|string|box)?(?:::new|::from|\.fromstring)\(",
    ),
    # Source: Rust's format!, Go's fmt: what goes in behind the user of an address
    Form(
        (":{}@", ":%s@"),
        late(rf"://[\w.-]{{1,60}}:(?:\{{\}}|%s)@[^\"\s]{{1,200}}\"{_NEXT}(?P<value>{_D})"),
        "password",
    ),
    # Source: Julia, type annotations and hex2bytes
    Form(
        ("::",),
        late(rf"(?<![\w$]){_N}::[\w{{}}]{{1,40}}[ ]=[ ](?:hex2bytes\()?(?P<value>{_D})"),
        swept=r"::[\w{}]{1,40}[ ]=[ ](?:hex2bytes\()?\"",
    ),
    # Source: Arduino, PROGMEM
    Form(
        ("progmem",),
        late(rf"{_N}\[\w{{0,10}}\][ ]PROGMEM[ ]?=[ ]?(?P<value>{_D})"),
        swept=r"\][ ]progmem[ ]?=[ ]?\"",
    ),
    # Source: Java, Map.of
    Form(
        ("map.of(",),
        late(rf"Map\.of\((?:[ ]?\"[^\"\n]{{1,60}}\",[ ]?[^,\n\"]{{0,60}}(?:\"[^\"\n]{{0,200}}\")?,){{0,6}}?[ ]?\"(?P<name>(?=[\w.-]{{0,60}}(?i:pass|pwd|secret|token|key|cred))[A-Za-z][\w.-]{{1,60}})\",[ ]?(?P<value>{_D})"),
        swept=r"map\.of\([^\n]{1,600}\",[ ]?\"",
    ),
    # Source: libwww-perl, LWP::UserAgent->credentials
    Form(
        ("->credentials(",),
        late(rf"->credentials\([ ]?(?:{_Q}{_NEXT}){{3}}{_V}"),
        "password",
    ),
    # Source: R, httr::authenticate
    Form(
        ("authenticate(",),
        late(rf"[,=+][ ]{{0,4}}(?:httr::)?authenticate\({_Q}{_NEXT}{_V}(?:{_NEXT}{_Q})?\)"),
        "password",
        r"authenticate\([\"']",
    ),
    # Source: RFC 6238, as libraries of many languages spell it
    Form(
        ("totp(", "totp  ", "totp\t"),
        late(r"[tT][oO][tT][pP](?:\([ ]?(?:\w{1,20}[ ]?[=:][ ]?)?[\"']|[ \t]{2,8})(?P<value>[A-Z0-9]{16,64})(?![\w-])"),
        "totp secret",
        r"totp(?:\([ ]?(?:\w{1,20}[ ]?[=:][ ]?)?[\"']|[ \t]{2,8})[a-z0-9]{16}",
    ),
    # Source: Microsoft's page on IXMLHTTPRequest, open and setRequestHeader
    Form(
        tuple(f'.open{sign}"{verb}"' for sign in (" ", "(", "( ") for verb in ("get", "post", "put", "delete", "patch")),
        late(rf"(?i)\.open[ (]{{1,2}}\"(?:get|post|put|delete|patch)\",[^\n,]{{1,300}},[ ]?(?:true|false),[ ]?[^,\n]{{1,80}},[ ]?(?P<value>{_D})"),
        "password",
        r"\.open[ (]{1,2}\"(?:get|post|put|delete|patch)\",[^\n]{1,400}(?:true|false),[^\n]{1,100}\"",
    ),
    Form(
        ("setrequestheader",),
        late(rf"setRequestHeader[ ]\"(?P<name>[\w-]{{2,60}})\",[ ]?(?P<value>{_D})"),
        swept=r"setrequestheader[ ]\"",
    ),
    # Source: the Transact-SQL reference, parameters and DECLARE
    Form(
        ("@",),
        late(r"@(?P<name>[A-Za-z]\w{1,60})[ \t]{1,20}(?:[nN]?(?:var)?char[ ]?\([ ]?(?:\d{1,5}|max)[ ]?\)|sysname)[ \t]{0,4}=[ \t]{0,4}[nN]?(?P<value>'[^'\n]{3,200}')", re.I),
        swept=r"(?:char[ ]?\([ ]?(?:\d{1,5}|max)[ ]?\)|sysname)[ \t]{0,4}=[ \t]{0,4}n?'",
    ),
    Form(
        ("@",),
        late(r"@(?P<name>[A-Za-z]\w{1,60})[ ]{0,4}=[ ]{0,4}[nN](?P<value>'[^'\n]{3,200}')"),
    ),
    # Source: IBM's COBOL reference, VALUE clause
    Form(
        (" value ",),
        late(r"(?i)(?P<name>[A-Z][A-Z0-9-]{1,40})[ ]{1,40}PIC(?:TURE)?[ ]{1,4}(?:IS[ ])?X[^\s]{0,10}[ ]{1,20}VALUE[ ]{1,4}(?:IS[ ])?(?P<value>'[^'\n]{3,100}'|\"[^\"\n]{3,100}\")"),
        swept=r"pic(?:ture)?[ ]{1,4}(?:is[ ])?x[^\n]{0,30}value[ ]",
    ),
    # Source: Erlang's reference manual, "Distributed Erlang"
    Form(
        ("-define(cookie", "set_cookie("),
        late(r"(?:-define\(COOKIE,[ ]?|set_cookie\((?:node\(\),[ ]?)?)(?P<value>'[^'\n]{4,200}')"),
        "erlang cookie",
        r"-define\(cookie,|set_cookie\(",
    ),
    # Source: RFC 7617, the scheme and user and password in base64
    Form(
        ("basic ",),
        late(r"[\"'](?P<value>Basic[ ][A-Za-z0-9+/]{10,400}={0,2})[\"']"),
        "authorization",
        r"[\"']basic[ ][a-z0-9+/]{10}",
    ),
    Form(
        ("basic ",),
        late(r"(?:btoa|base64_encode|b64encode|Buffer\.from)\([ ]?b?(?:[\"'][\w.@-]{1,60}:[\"'][ ]?\+[ ]?[\"']|[\"'][\w.@-]{1,60}:)(?P<value>[^\"'\n$]{2,100}[^\"'\n$=:])[\"']"),
        "password",
        r"(?:btoa|base64_encode|b64encode|buffer\.from)\([ ]?b?[\"'][\w.@-]{1,60}:",
    ),
    # Rows of people with whom a test logs in
    Form(
        (".test\"", ".test'", ".com\"", ".com'", ".org\"", ".org'", ".example\"", ".example'", ".net\"", ".net'", ".local\"", ".local'"),
        late(r"[(\[{][ ]{0,4}[\"'][\w.+-]{1,60}@[\w.-]{3,60}[\"'],[ ]{1,8}(?P<value>[\"'](?=[^\"'\s]{0,40}[A-Za-z])(?=[^\"'\s]{0,40}\d)(?=[^\"'\s]{0,40}[!#$%&*?^+.])(?![^\"'\s]{0,40}(?:\.[a-z]|[@/:<({]))[^\"'\s]{6,40}[\"'])"),
        "password",
        r"@[\w.-]{3,60}[\"'],[ ]{1,8}[\"'][^\"'\s]{6,40}[\"']",
    ),
    # Source: Twilio's libraries, Client(account, token)
    Form(
        ("client('ac", 'client("ac'),
        late(rf"\bClient\([\"']AC[0-9a-fA-F]{{30,40}}[\"']{_NEXT}{_V}"),
        "auth token",
        r"client\([\"']ac[0-9a-f]{30}",
    ),
    Form(
        ("$pat",),
        late(r"\$(?P<name>pat)[ ]{0,2}=[ ]{0,2}(?P<value>\"[^\"\n$]{20,200}\"|'[^'\n]{20,200}')"),
        swept=r"\$pat[ ]{0,2}=[ ]{0,2}[\"']",
    ),
)  # fmt: skip
MARKS: Final = (
    "totp", ".open \"", ".open(\"", "set_cookie", "-define(cookie", "$pat",
    "client('ac", 'client("ac',
    '.test", "', ".test', '", '.com", "', ".com', '", '.org", "', ".org', '", '.example", "', ".example', '",
)  # fmt: skip
"""On lines without a telling word."""
_UNQUOTED: Final = ("totp", "q{", "q(", "q[", "q|", "~s", "[[", "0x")
"""On lines with a literal that is in no quotes."""
SWEPT: Final = tuple(form.swept for form in FORMS if form.swept)
TABLE: Final = table(FORMS)


def assignments(line: str, lowered: str, there: Iterable[str], begin: int) -> Iterator[Assignment]:
    """Of one line that begins at an offset. lowered: the line in small letters; there: the marks
    that it holds."""
    if '"' not in line and "'" not in line and not any(sign in lowered for sign in _UNQUOTED):
        return
    yield from _assignments(TABLE, line, there, begin)
    if "0x" in lowered:
        yield from _tables(line, begin)


def _tables(line: str, begin: int) -> Iterator[Assignment]:
    for found in _BYTES.finditer(line):
        made = re.findall(r"0[xX]([0-9a-fA-F]{2})", found["value"])
        if names.sense(found["name"]).strength and _is_made(made):
            start, end = found.span("value")
            yield Assignment(found["name"], "".join(made).lower(), begin + start, begin + end, True)


def _is_made(pairs: list[str]) -> bool:
    """No row of numbers and no filling, such as tests and tables of constants have."""
    values = [int(pair, 16) for pair in pairs]
    steps = {after - before for before, after in itertools.pairwise(values)}
    return len(set(values)) >= len(values) * 0.6 and len(steps) >= len(values) // 2
