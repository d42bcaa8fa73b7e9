"""Passwords on command lines: the option or the place in which each program takes them.

Sources: the manual pages of the programs, and Microsoft's page on ConvertTo-SecureString.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..late import late
from ..value_words import DOCUMENTED_PASSWORDS
from .literals import Assignment
from .marks import Table

MARKS: Final = (
    "psexec",
    "openssl enc",
    "composer config",
    "-setcookie",
    "jarsigner",
    "operator unseal",
    "cypress run",
)
"""What of commands is on lines without a telling word, and points at the line by itself."""
SWEPT: Final = (
    r"psexec[^\n]{0,300}-p[ ]|\bblat[ ][^\n]{0,300}-pw[ ]|composer[ ]config[ ]|-setcookie[ ]|jarsigner[ ]",
    r"vault[ ]operator[ ]unseal[ ]|cypress[ ]run[^\n]{0,200}--key[ ]|[ ]-\w{0,20}password[ :]{1,2}[^\s$(]",
    r"net use[^\n]{0,100}\\\\[^\n]{0,200}/user:",
)
_VALUE: Final = (
    r"(?:\"(?P<d>[^\"\n]{2,200})\"|'(?P<s>[^'\n]{2,200})'"
    r"|(?P<b>[^\s\"'`$%<>{(\[|;&-][^\s\"'`|;&<>)\]]{1,199}))"
)
_PAIR: Final = (
    r"(?:(?P<q>[\"'])[^\s:\"'/$@]{1,100}:(?P<p>[^\"'\n]{2,200})(?P=q)"
    r"|[^\s:\"'/$@]{1,100}:(?P<b>[^\s\"'`|;&<>)\]]{2,200}))"
)


def _after(programs: str, option: str, value: str = _VALUE) -> re.Pattern[str]:
    return late(
        rf"(?i:(?<![\w.-])(?:{programs})(?:\.exe)?(?![\w.-]))[^\n|;&]{{0,400}}?(?<=[ \t\"',\[])(?:{option}){value}"
    )


_COMMANDS: Final = (
    (("curl", "wget"), _after("curl|wget", r"(?:-[a-zA-Z]*u|--user|--proxy-user|-U)(?:[ =]{0,2})", _PAIR)),
    (("login",), _after(r"(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|helm registry|az|oc|cf|bw) login", r"-p[ =]")),
    (("sshpass",), _after("sshpass", r"-p[ ]?")),
    (("mysql", "mariadb"), _after(r"(?:mysql|mariadb)(?:dump|admin|import|show|check|-\w+)?", r"-p(?=\S)")),
    (("mongo",), _after(r"mongo(?:sh|dump|restore|export|import)?", r"-p[ ]")),
    (("redis-cli",), _after("redis-cli", r"(?:-a|--pass)[ ]")),
    (("ldap",), _after(r"ldap(?:search|add|modify|delete|passwd|whoami|compare)", r"-w[ ]")),
    (("sqlcmd",), _after("sqlcmd|bcp|osql", r"-P[ ]?")),
    (("twine",), _after("twine", r"-p[ ]")),
    (("plink", "pscp", "psftp"), _after("plink|pscp|psftp", r"-pw[ ]")),
    (("openssl",), _after("openssl", r"-pass(?:in|out)?[ ]pass:|-k[ ]")),
    (("keytool", "jarsigner"), _after("keytool|jarsigner", r"-(?:store|key|src|dest)[a-z]{0,10}pass[ ]")),
    (("htpasswd",), _after("htpasswd", r"-[a-zA-Z]*b[a-zA-Z]*[ ]\S{1,200}[ ]\S{1,100}[ ]")),
    (("net use",), _after("net use", r"/user:\S{1,100}[ ](?!/)")),
    (("configure",), _after("aws configure set", r"(?:\S{1,60}\.)?aws_secret_access_key[ ]")),
    (("smbclient",), _after("smbclient", r"(?:-U|--user)[ =]?[\"']?[^\s%\"']{1,100}%")),
    (("securestring",), _after("ConvertTo-SecureString", r"(?=[\"'])|(?i:-String)[ ](?=[\"'])")),
    (
        ("chpasswd",),
        late(r"(?:echo|printf)[ ](?:-\w+[ ])?(?:(?P<q>[\"'])[\w.-]{1,60}:(?P<p>[^\"'\n$]{3,200}?)(?:\\n)?(?P=q)"
                   r"|[\w.-]{1,60}:(?P<b>[^\s\"'`|;&<>$]{3,200}))[ ]{1,4}\|[ ]{0,4}(?:sudo[ ])?chpasswd"),
    ),
    (
        ("wpa_passphrase",),
        late(r"wpa_passphrase[ ](?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|\S{1,60})[ ]" + _VALUE),
    ),
    (("authtoken",), late(r"ngrok[ ](?:config[ ]add-)?authtoken[ ](?P<b>[A-Za-z0-9_-]{16,200})")),
    (("wandb",), late(r"wandb[ ]login[ ](?:--relogin[ ])?(?P<b>[A-Za-z0-9_-]{16,200})")),
    (("netsh",), late(r"netsh[ ]wlan[ ][^\n]{0,200}?\bkey=" + _VALUE)),
    (("nuget",), _after("nuget", r"(?i:-ApiKey|-k|--api-key)[ ]")),
    (("mosquitto",), _after("mosquitto_(?:pub|sub|rr)", r"(?:-P|--pw)[ ]")),
    (("zip -",), _after("(?:un)?zip", r"-P[ ]?")),
    (
        ("sudo -", "stdin", "passphrase-fd", "passwd", "kinit", "with-token", "luks"),
        late(
            r"(?:echo|printf)[ ](?:-\w+[ ])?(?:(?P<q>[\"'])(?P<p>[^\"'\n$]{3,200}?)(?:\\n)?(?P=q)"
            r"|(?P<b>[^\s\"'`|;&<>$]{3,200}))[ ]{0,4}\|[ ]{0,4}(?:sudo[ ](?:-\w+[ ]){0,3}-\w*S\b"
            r"|(?:sudo[ ])?(?:(?:docker|podman|helm|buildah|skopeo)\b[^\n|;&]{0,200}--password-stdin"
            r"|gpg2?\b[^\n|;&]{0,200}--passphrase-fd|gh[ ]auth[ ]login[^\n|;&]{0,60}--with-token"
            r"|cryptsetup\b[^\n|;&]{0,60}luks|passwd\b[^\n|;&]{0,60}--stdin|kinit\b|vncpasswd[ ]-f))"
        ),
    ),
    # Source: curl's manual and Stripe's API reference: a key for a user, and no password
    (("curl",), late(r"\bcurl[ ][^\n|;&]{0,400}?(?<=[ ])(?:-u|--user)[ ][\"']?(?P<b>(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,200}):(?=[\"'\s]|$)")),
    (("psexec",), _after(r"psexec(?:64)?", r"-p[ ]")),
    (("blat",), _after("blat", r"-pw[ ]")),
    (("composer config",), late(
        r"\bcomposer[ ]config[ ](?:(?:-g|--global|-a|--auth)[ ]){0,2}(?:(?:github-oauth|gitlab-token|gitlab-oauth|bearer)\.\S{1,100}|http-basic\.\S{1,100}[ ][^\s$]{1,100})[ ]" + _VALUE
    )),
    (("-setcookie",), late(r"(?:^|\s)-setcookie[ ]" + _VALUE)),
    (("smbclient",), late(r"\bsmbclient[ ][\"']?(?://|\\\\)[^\s\"']{1,100}[\"']?[ ]" + _VALUE + r"(?=[ ]-)")),
    (("net use",), late(r"(?i)\bnet[ ]use[ ](?:(?:[a-z]:|\*)[ ])?\\\\\S{1,100}[ ](?!/)" + _VALUE + r"(?=[ ]/user:)")),
    # Source: PowerShell's help, "about_Parameters": verb and noun, and an option that is spelled out
    (
        ("-password ", "-password:"),
        late(r"\b[A-Z][a-zA-Z]{1,20}-[A-Z]\w{1,40}\b[^\n|;]{0,400}?[ ]-\w{0,20}[pP]assword[ :]{1,2}" + _VALUE),
    ),
    (("unseal",), late(r"\bvault[ ]operator[ ]unseal[ ](?:-\S{1,60}[ ]){0,3}(?P<b>[A-Za-z0-9+/]{40,80}={0,2})(?=\s|$)")),
    (("cypress run",), late(r"\bcypress[ ]run\b[^\n|;&]{0,200}?[ ]--key[ ](?P<b>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")),
    (("lftp",), _after("lftp", r"(?:-u|--user)[ ][^\s,\"'$]{1,60},")),
    (("schtasks",), _after("schtasks", r"(?i:/rp)[ ]")),
    (("signtool",), _after("signtool", r"/p[ ]")),
    (
        ("sqlplus",),
        late(r"\bsqlplus[ ](?:-\w+[ ]){0,4}[\"']?[A-Za-z][\w$#]{0,40}/(?P<b>[^\s/@\"'$<%&]{3,60})(?=[@\s\"']|$)"),
    ),
    (("mysqladmin",), _after("mysqladmin", r"password[ ]")),
    (("openssl passwd",), _after("openssl passwd", r"-(?:1|5|6|apr1|crypt)[ ]")),
    (("rabbitmqctl",), _after("rabbitmqctl", r"(?:add_user|change_password)[ ][^\s$\"']{1,60}[ ]")),
    (("influx",), _after("influx", r"-password[ ]")),
    (("mc alias", "mc config"), late(
        r"\bmc[ ](?:alias|config[ ]host)[ ](?:set|add)[ ]\S{1,60}[ ]\S{1,120}[ ][^\s$\"']{2,80}[ ]" + _VALUE
    )),
    (
        ("pulumi config",),
        late(r"\bpulumi[ ]config[ ]set[ ](?:--path[ ](?:'[^'\n]{1,100}'|\S{1,100})[ ]|--secret[ ]){0,2}[\w:-]{1,60}[ ]" + _VALUE + r"(?=[ ]--secret)"),
    ),
    (("codecov",), late(r"codecov(?:\.io/bash)?\)?[^\n|;&]{0,80}?[ ]-t[ ](?P<b>[A-Za-z0-9-]{20,80})(?!\S)")),
    (("net user",), late(r"(?i)\bnet1?(?:\.exe)?[ ]user[ ](?:\"[^\"\n]{1,60}\"|[^\s/*\"]{1,60})[ ]" + _VALUE + r"(?=[ ]/)")),
    (
        ("/v ",),
        late(r"(?i)\breg(?:\.exe)?[ ]add[ ][^\n]{1,300}?/v[ ]\"?\w{0,40}pass(?:word)?\w{0,20}\"?[ ][^\n]{0,40}?/d[ ]" + _VALUE),
    ),
)  # fmt: skip


TABLE: Final = Table(_COMMANDS, lambda row: row[0])
_OF_WINDOWS: Final = frozenset(("schtasks", "signtool", "net use", "net user", "/v "))
"""Programs of a shell that fills nothing in for a dollar sign."""


def passwords(line: str, there: Iterable[str], begin: int) -> Iterator[Assignment]:
    """The passwords of the commands in one line that starts at an offset. there: the marks that it
    holds."""
    for marks, pattern in TABLE.worth(there):
        for found in pattern.finditer(line):
            group = next(name for name in ("d", "s", "b", "p") if _has(found, name))
            start, end = found.span(group)
            text = found[group]
            filled_in = "$" in text and group != "s" and marks[0] not in _OF_WINDOWS
            if filled_in or text.startswith(("%", "<", "{")) or text in DOCUMENTED_PASSWORDS:
                continue
            yield Assignment("password", text, begin + start, begin + end, True, placed=True)


def _has(found: re.Match[str], group: str) -> bool:
    return group in found.re.groupindex and found[group] is not None
