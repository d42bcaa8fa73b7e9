"""Passwords in the settings of servers, devices and tools that have a grammar of their own.

Sources: the manuals of the programs, by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..candidate import Place
from ..late import late
from ..looks import Look, look
from .literals import Assignment
from .placed_forms import Form, table
from .placed_forms import assignments as _assignments

_BARE: Final = r"(?P<value>[^\s\"'$<{%][^\s\"']{2,200})"
_OF_A_SERVER: Final = late(
    r"^[ \t]{1,20}(?P<name>shared_key|hec_token|auth_token|access_token|api_key|secret_key|secret_access_key|self_shared_key)"
    r"[ \t]{1,8}(?P<value>[^\s\"'$#/<{%][^\s\"']{7,300})[ \t\r]*$"
)
"""Source: fluentd's pages on out_forward and its plugins: a setting, a blank and its value."""
_OF_A_BLOCK: Final = late(r"^[ ]key[ ](?:0[ ])?(?P<value>[A-Za-z0-9][^\s\"']{9,100})[ \r]*$")
"""Source: Cisco IOS Security Command Reference, ``radius server`` and ``tacacs server``."""

FORMS: Final = (
    # Source: Barcode Contents, "Wi-Fi Network config" of ZXing
    Form(
        ("wifi:",),
        late(r"\bWIFI:(?:[A-OQ-Z]:(?:[^;\\\n\"]|\\.){0,80};){0,4}P:(?P<value>(?:[^;\\\n\"]|\\.){4,63});"),
        "wifi password",
        r"wifi:[^\n]{0,300}p:[^\n]{4,126};",
    ),
    # Source: HAProxy's configuration manual, "stats auth", "req.hdr"
    Form(
        ("stats auth",),
        late(r"^[ \t]{0,20}stats[ ]{1,4}auth[ ]{1,4}[^\s:]{1,60}:" + _BARE),
        "password",
        r"stats[ ]{1,4}auth[ ]",
    ),
    Form(
        ("-m str ",),
        late(r"hdr\((?P<name>[\w-]{2,60})\)[ ]-m[ ]str[ ]" + _BARE),
        swept=r"hdr\([\w-]{2,60}\)[ ]-m[ ]str[ ]",
    ),
    # Source: Asterisk's sip.conf, register
    Form(
        ("register =>", "register=>"),
        late(r"^[ \t]{0,8};{0,2}[ ]?register[ ]{0,2}=>[ ]{0,2}(?:\w{1,10}://)?[^\s:@/]{1,60}:(?P<value>[^\s:@/<>]{4,100})(?::[^\s:@]{1,60})?@[\w.-]{3,100}"),
        "password",
        r"register[ ]{0,2}=>",
    ),
    # Source: WildFly's and Elytron's documentation, credential-reference and secret
    Form(
        ("clear-text=",),
        late(r"credential-reference[^<>\n]{0,120}[ ]clear-text=[\"'](?P<value>[^\"'\n$]{3,200})[\"']"),
        "password",
        r"credential-reference[^<>\n]{0,120}[ ]clear-text=",
    ),
    Form(
        ("<secret ", "<password "),
        late(r"<(?P<name>secret|password)[ ](?:[^<>\n]{0,100}[ ])?value=\"(?P<value>[^\"\n$]{3,300})\"[ ]?/>"),
        swept=r"<(?:secret|password)[ ][^<>\n]{0,110}value=\"",
    ),
    # Source: PostgreSQL manual, "The Password File"
    Form(
        (":5432:", ":5433:", ":6432:", ":*:"),
        late(r"^(?:[\w.-]{1,100}|\*):(?:5432|5433|6432|\*):[\w*-]{1,60}:[\w.-]{1,60}:(?P<value>(?:[^:\\\s]|\\[:\\]){4,100})$"),
        "password",
        r":(?:5432|5433|6432|\*):[\w*-]{1,60}:[\w.-]{1,60}:[^\s:]",
    ),
    # Source: ipsec.secrets(5): the file of a key and what opens it; 0s, and what is in base64
    Form(
        (": rsa", ": ecdsa", ": pkcs8", ": p12"),
        late(r":[ ]{1,4}(?:RSA|ECDSA|PKCS8|P12)[ ]{1,4}\S{1,100}[ ]{1,4}\"(?P<value>[^\"\n]{3,200})\""),
        "password",
        r":[ ]{1,4}(?:rsa|ecdsa|pkcs8|p12)[ ]{1,4}[^\s]{1,100}[ ]{1,4}\"",
    ),
    Form(
        (": psk", ": eap", ": xauth"),
        late(r":[ ]{1,4}(?:PSK|EAP|XAUTH)[ ]{1,4}(?P<value>0s[A-Za-z0-9+/]{6,200}={0,2})(?=\s|$)"),
        "password",
        r":[ ]{1,4}(?:psk|eap|xauth)[ ]{1,4}0s",
    ),
    # Source: Cisco IOS SNMP Support Command Reference, snmp-server user
    *(
        Form(
            ("snmp-server user",),
            late(rf"^\s{{0,4}}snmp-server[ ]user[ ][^\n]{{3,200}}?[ ]{word}[ ](?!\d[ ])" + _BARE),
            "password",
            r"snmp-server[ ]user[ ]" if word.startswith("auth") else "",
        )
        for word in ("auth[ ](?:md5|sha)", r"priv[ ](?:des|3des|aes[ ]\d{3})")
    ),
    # Source: OWASP's note on Jet: the data source names its password with three words
    Form(
        ("database password=",),
        late(r"OLEDB:Database[ ]Password=(?P<value>[^\s;\"'$&{%<][^;\"'\n]{2,100})"),
        "password",
        r"oledb:database[ ]password=",
    ),
    # Source: OpenWeather, "How to start"
    Form(
        ("appid=",),
        late(r"openweathermap\.org/[^\s\"'<>]{0,300}[?&](?:appid|APPID)=(?P<value>[0-9a-f]{32})(?![0-9a-f])"),
        "openweathermap appid",
    ),
    # Source: Microsoft, "Configure Windows to automate logon"
    Form(
        ("defaultpassword",),
        late(r"\bDefaultPassword[\"']?[ ]{1,4}(?:-Value[ ]{1,4})?(?P<value>\"[^\"\n$]{3,100}\"|'[^'\n]{3,100}')"),
        "password",
    ),
)  # fmt: skip
MARKS: Final = (
    "wifi:", "-m str ", "register =>", "register=>", ":5432:", ":6432:", ":*:",
    ": rsa", ": ecdsa", ": pkcs8", ": p12", "snmp-server user",
)  # fmt: skip
"""On lines without a telling word."""
_ANCHORED: Final = late(
    r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{1,60}):[ ]{1,4}&[\w-]{1,40}[ ]{1,4}"
    r"(?P<value>\"[^\"\n]{3,200}\"|'[^'\n]{3,200}'|[^\s\"'{\[&*!|>][^\s\"'{}]{2,200})[ \t\r]*(?:#[^\n]*)?$"
)
"""Source: YAML 1.2, "Node Anchors"."""
TABLE: Final = table(FORMS)
OF_YAML: Final = table((Form((": &", ":  &"), _ANCHORED),))
SWEPT: Final = (
    *(form.swept for form in FORMS if form.swept),
    r"(?:^|\n)[ ]key[ ][^\s]{8,100}[ \r]{0,8}(?:\n|$)",
    r"(?:^|\n)[ \t]{1,20}(?:(?:self_)?shared_key|hec_token|auth_token|access_token|api_key|secret_key|secret_access_key)[ \t]{1,8}[^\s]",
)


def assignments(line: str, there: Iterable[str], begin: int, place: Place) -> Iterator[Assignment]:
    """Of one line that begins at an offset. there: the marks that it holds."""
    yield from _assignments(TABLE, line, there, begin)
    if place is not Place.SETTING:
        return
    for item in _assignments(OF_YAML, line, there, begin):
        yield item._replace(placed=False, quoted=line[item.start - begin - 1] in "\"'")
    for form, name in ((_OF_A_SERVER, ""), (_OF_A_BLOCK, "shared key")):
        found = form.match(line) if line[:1] in (" ", "\t") else None
        if found is not None and look(found["value"]) in (Look.RANDOM, Look.UUID):
            start, end = found.span("value")
            yield Assignment(
                name or found["name"], found["value"], begin + start, begin + end, False
            )
