"""Users with their passwords, as servers list them and as tests log in and look at them.

Sources: the manuals of the servers and libraries, by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..candidate import Place
from ..late import late
from .literals import Assignment
from .placed_forms import Form, table
from .placed_forms import assignments as _assignments

_D: Final = r"\"(?:[^\"\\\n]|\\.){1,200}\""
_Q: Final = rf"(?:{_D}|'(?:[^'\\\n]|\\.){{1,200}}')"
_V: Final = rf"(?P<value>{_Q})"
_NEXT: Final = r"[ ]{0,4},[ ]{0,4}"
_SAYS_SO: Final = (
    r"(?!(?i:pass(?:word|wd)?|pwd|secret),)[\w.@!$-]{0,20}(?:pass|pwd|secret)[\w.@!$-]{0,20}"
)
"""A password that says that it is one, and more than that."""

LISTS: Final = (
    # Source: Apache Shiro, "PropertiesRealm"
    Form(
        ("user.",),
        late(r"^[ \t]{0,8}user\.[\w.@-]{1,40}[ ]?=[ ]?(?P<value>[^\s,=$#{}()]{3,60})[ ]?,[ ]?[A-Za-z*]"),
        "password",
        r"(?:^|\n)[ \t]{0,8}user\.[\w.@-]{1,40}[ ]?=[ ]?[^\s,=$#{}()]{3,60}[ ]?,[ ]?[a-z*]",
    ),
    # Source: Apache Shiro, "INI Sections", [users]
    Form(
        ("pass", "pwd", "secret"),
        late(rf"^[ \t]{{0,8}}[\"']?[A-Za-z][\w.@-]{{1,30}}[ ]?=[ ]?(?P<value>{_SAYS_SO}),[ ]?[A-Za-z*]"),
        "password",
        r"=[ ]?[\w.@!$-]{0,20}(?:pass|pwd|secret)[\w.@!$-]{0,20},[ ]?[a-z*]",
    ),
    # Source: Eclipse Jetty, HashLoginService
    Form(
        (",role_", ", role_"),
        late(r"^[ \t]{0,8}[\w.@-]{2,40}:[ ]{0,4}(?!(?:MD5|OBF|CRYPT):)(?P<value>[^\s,:$#{}()]{3,60}),[ ]?ROLE_[A-Z]"),
        "password",
        r":[ ]{0,4}[^\s,:$#{}()]{3,60},[ ]?role_[a-z]",
    ),
)  # fmt: skip
"""Rows of settings: a user, its password, its roles."""
FORMS: Final = (
    # Source: SimpleSAMLphp, exampleauth:UserPass
    Form(
        ("=> array(", "=> ["),
        late(r"[\"'][\w.@-]{1,40}:(?P<value>[^\s:\"'$]{0,30}pass[^\s:\"'$]{0,20})[\"'][ ]=>[ ](?:array\(|\[)"),
        "password",
        r":[^\s:\"'$]{0,30}pass[^\s:\"'$]{0,20}[\"'][ ]=>[ ](?:array\(|\[)",
    ),
    # Source: Duende IdentityServer, "Client authentication"
    Form(
        ("secret(",),
        late(rf"\bSecret\([ ]?(?P<value>{_D})\.(?:To)?Sha(?:256|512)\(\)"),
        "client secret",
        r"secret\([ ]?\"[^\"\n]{1,200}\"\.(?:to)?sha",
    ),
    # Source: RFC 7628; curl(1), --oauth2-bearer
    Form(
        ("auth=bearer ",),
        late(r"auth=Bearer[ ](?P<value>[\w.~+/-]{8,2000}={0,2})(?=%01|\\x01|\\u0001|\^A|\x01|[\"'\s]|$)"),
        "bearer token",
        r"auth=bearer[ ][\w.~+/-]{8}",
    ),
    Form(
        ("--oauth2-bearer",),
        late(r"--oauth2-bearer[ =][\"']?(?P<value>[\w.~+/-]{8,2000}={0,2})(?=[\"'\s]|$)"),
        "bearer token",
        r"--oauth2-bearer[ =][\"']?[\w.~+/-]{8}",
    ),
    # Who logs in with its own name
    Form(
        ("token(",),
        late(rf"\b(?:get|fetch|obtain|request)\w{{0,12}}[tT]oken\((?P<user>{_Q}){_NEXT}(?P<value>(?P=user))[ ]?\)"),
        "password",
        r"token\([\"'][^\"'\n]{1,60}[\"'][ ]{0,4},[ ]{0,4}[\"'][^\"'\n]{1,60}[\"'][ ]?\)",
    ),
    Form(
        ("check_password(", "checkpassword(", "verify_password(", "verifypassword("),
        late(rf"\b(?:check|verify)_?[pP]assword\([ ]?[\"'](?:user\w{{0,8}}|admin|root|guest|[\w.+-]{{1,40}}@[\w.-]{{3,40}})[\"']{_NEXT}{_V}[ ]?\)"),
        "password",
        r"(?:check|verify)_?password\([ ]?[\"'][\w.@+-]{2,60}[\"'][ ]{0,4},[ ]{0,4}[\"']",
    ),
    # What a test expects to be the one that it has set. Source: AssertJ, JUnit
    Form(
        (".isequalto(", ".is("),
        late(rf"\b[a-z]\w{{1,30}}Password\(\)\)[ ]?\.(?:isEqualTo|is)\([ ]?(?P<value>{_D})[ ]?\)"),
        "password",
        r"password\(\)\)[ ]?\.is(?:equalto)?\([ ]?\"",
    ),
    Form(
        ("assertequals(",),
        late(rf"\bassertEquals\([ ]?(?P<value>{_D}){_NEXT}[\w.()]{{0,60}}\.get\w{{0,30}}Password\(\)[ ]?\)"),
        "password",
        r"assertequals\([ ]?\"[^\"\n]{1,200}\"[ ]{0,4},[ ]{0,4}[\w.()]{0,60}\.get\w{0,30}password\(\)",
    ),
    Form(
        (".equals(",),
        late(rf"\bget\w{{0,30}}(?:Password|Secret)\(\)\.equals\([ ]?(?P<value>{_D})[ ]?\)"),
        "password",
        r"(?:password|secret)\(\)\.equals\([ ]?\"",
    ),
    # Source: STOMP 1.2, "CONNECT"
    Form(
        ("passcode:",),
        late(r"(?:(?<![\w-])|(?<=\\n))passcode:[ ]?(?P<value>[^\s\\\"'${}<]{3,60})(?=\\n|\\r|$)"),
        "password",
        r"passcode:[ ]?[^\s\\\"'${}<]{3,60}(?:\\[nr]|\n|$)",
    ),
    # Source: Java, JMXConnector.CREDENTIALS
    Form(
        ("credentials,",),
        late(rf"\bCREDENTIALS,[ ]{{0,4}}new[ ]String\[\][ ]?\{{[ ]?{_D}{_NEXT}{_V}"),
        "password",
        r"credentials,[ ]{0,4}new[ ]string\[",
    ),
    # Source: RFC 7518, 6.2.2 and 6.3.2: what of a key in JSON nobody else may know
    Form(
        ("d:", 'd":', "d':", "p:", 'p":', "p':", "q:", 'q":', "q':", "qi:", 'qi":', "qi':"),
        late(r"(?<![\w.$-])[\"']?(?:d|p|q|dp|dq|qi)[\"']?[ ]{0,2}:[ ]{0,2}(?P<value>[\"'](?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}[a-z])(?=[\w-]{0,60}\d)(?:[\w-]{43}|[\w-]{64}|[\w-]{86}|[\w-]{88}|[\w-]{170,172}|[\w-]{256}|[\w-]{340,344}|[\w-]{512}|[\w-]{680,684})[\"'])"),
        "private key",
        r"(?:^|[^\w.$-])[\"']?(?:d|p|q|dp|dq|qi)[\"']?[ ]{0,2}:[ ]{0,2}[\"'][\w-]{43}",
    ),
)  # fmt: skip
MARKS: Final = ("d: '", 'd: "', '"d":', "'d':", "p: '", 'p: "', '"p":', "q: '", 'q: "', '"q":', "qi: '", 'qi: "', '"qi":', '"dp":', '"dq":', "passcode:", "connection(\"", "connectionfactory(\"", ".auth(", ".authenticate(")  # fmt: skip
"""On lines without a telling word."""
SWEPT: Final = tuple(form.swept for form in (*LISTS, *FORMS))
TABLE: Final = table(FORMS)
OF_LISTS: Final = table(LISTS)


def assignments(line: str, there: Iterable[str], begin: int, place: Place) -> Iterator[Assignment]:
    """Of one line that begins at an offset. there: the marks that it holds."""
    yield from _assignments(TABLE, line, there, begin)
    if place is Place.CODE:
        return
    yield from _assignments(OF_LISTS, line, there, begin)
