"""String literals that programs hand to well-known functions as a password or a key.

What a literal is follows from its position, as no name stands beside it. Sources: the reference
pages of the libraries, by the names of the functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..late import late
from .literals import Assignment, literal
from .marks import Table

_LITERAL: Final = r"[bB]?(?:\"(?:[^\"\\\n]|\\.){1,300}\"|'(?:[^'\\\n]|\\.){1,300}')"
_ANY: Final = r"(?:\w{1,40}\[[\"'][^\"'\n]{1,60}[\"']\]|\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^(),\"'\n]{1,120}(?:\([^()\n]{0,80}\))?)"
_VALUE: Final = (
    r"(?:\[\]byte\(|Some\(|Buffer\.from\(|(?:System\.Text\.)?Encoding\.\w{2,8}\.GetBytes\()?"
    rf"(?P<value>{_LITERAL})(?:\.(?:as_ref|as_bytes|to_string|into|encode|getBytes|bytes)\([^()\n]{{0,40}}\))?"
)

_USER_AND_PASSWORD: Final = (
    "NetworkCredential", "PSCredential", "UsernamePasswordCredentials", "PasswordAuthentication",
    "HTTPBasicAuth", "HTTPDigestAuth", "HttpNtlmAuth", "BasicAuth", "basicAuth", "basic_auth",
    "SetBasicAuth", "httpBasic", "http_basic", "set_basic_auth", "setBasicAuth", "setBasicAuthentication", "authBasic",
    "withBasicAuth", "BasicAuthentication", "login", "logIn", "log_in", "signIn", "sign_in",
    "signInWithEmailAndPassword", "createUserWithEmailAndPassword", r"\.authenticate", r"\.credentials", "PlainSaslServer",
    "WithBasicAuth", r"Credentials\.basic", "withAuthCredentials",
    r"(?!Basic(?:AWS|Session)|New|Get|Load|Default|From|Static)[A-Z]\w{1,40}Credentials", "UsernamePasswordMetadata", "TestingAuthenticationToken", "SimpleAuthenticationInfo",
    "UsernamePasswordAuthenticationToken", "NewBasicCredentials", "UsernamePasswordToken", r"new[ ]User", r"new[ ]\w{1,40}User", r"WiFi\.(?:softAP|begin)", "X509Certificate", "X509Certificate2", r"Plivo::RestClient\.new",
)  # fmt: skip
_KEY_AND_SECRET: Final = (
    "BasicAWSCredentials", r"AwsBasicCredentials\.create", "NewStaticCredentials",
    "NewStaticCredentialsProvider", "StaticCredentialsProvider", "BasicSessionCredentials",
    r"Aws::Credentials\.new",
)  # fmt: skip
_HOST_USER_PASSWORD: Final = (
    "getConnection", "mysqli_connect", "mysql_connect", "mysql_pconnect", r"new[ ]mysqli",
    r"new[ ]\\?PDO", r"new[ ]Sequelize", r"(?:pymysql|MySQLdb|mysql)\.connect", r"\w{1,40}->connect", r"smtp\.PlainAuth", r"DBI->connect", "odbc_connect", "ftp_connect",
    "create_user", "create_superuser", "FTP", "FTP_TLS", "ftp_login", "ssh2_auth_password",
)  # fmt: skip
_SIGNS_WITH: Final = (
    "setSigningKey", "from_secret", "Fernet", "hmacShaKeyFor", "HMAC256", "HMAC384", "HMAC512",
    r"hmac\.new", "SecretKeySpec", r"hmac\.HMAC", r"cookie_secret", "cookieParser",
    "NewCookieStore", "SymmetricSecurityKey", r"\.hs(?:256|384|512)",
)  # fmt: skip
_SECOND_SIGNS: Final = (
    r"jwt\.(?:sign|verify|encode|decode)", r"(?:jsonwebtoken|jose)\.(?:sign|verify|encode|decode)",
    r"JWT::encode", r"JWT::decode", r"JWT\.(?:encode|decode)", "createHmac", "createCipheriv",
    "createDecipheriv", "hash_hmac",
    r"hmac\.New", r"CryptoJS\.\w{2,12}\.(?:encrypt|decrypt)",
)  # fmt: skip


def _call(functions: tuple[str, ...], before: str) -> re.Pattern[str]:
    return late(
        rf"(?<![\w$])(?:{'|'.join(functions)})[ \t]?\([ \t]{{0,8}}{before}{_VALUE}[ \t]{{0,8}}[,)]"
        if not any(name.startswith(r"\.") for name in functions)
        else rf"(?:(?<![\w$])|(?=\.))(?:{'|'.join(functions)})[ \t]?\([ \t]{{0,8}}{before}{_VALUE}[ \t]{{0,8}}[,)]"
    )


_HASHES: Final = (
    "bcrypt", "hashpw", "hash_?[pP]assword", "HashPassword", "make_password", "encode_?[pP]assword",
    "password_hash", "generate_password_hash", r"Hash::make", "hash_pwd_salt", r"bcrypt\.hash(?:Sync)?",
    r"[pP]asswordEncoder(?:\(\))?\.encode", r"bcrypt\.GenerateFromPassword", "add_hash",
)  # fmt: skip
_CHECKS: Final = (
    "check_?[pP]assword", "CheckPassword", "verify_?[pP]assword", "VerifyPassword", "password_verify",
    "validate_?[pP]assword", r"Hash::check", r"bcrypt\.compare(?:Sync)?", r"\.valid_password\?",
)  # fmt: skip
_NEXT: Final = r"[ \t]{0,8},[ \t]{0,8}"
_CHECKED: Final = _call(
    _CHECKS, r"(?!(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}')[ \t]{0,8},[ \t]{0,8}[\"'])"
)
"""Of two literals nobody knows which is the password."""
_CALLS: Final = (
    (("bcrypt", "hash", "password"), "password", _call(_HASHES, "")),
    (("bcrypt", "hash::", "password"), "password", _CHECKED),
    (("cred", "auth", "basic", "login", "log_in", "sign_in", "signin", "sasl", "wifi.", "plivo", "withemail", "x509", "user(", "passwordtoken(", "passwordmetadata"), "password", _call(_USER_AND_PASSWORD, _ANY + _NEXT)),
    (
        ("connect", "mysqli", "pdo", "sequelize", "plainauth", "create_user", "create_superuser", "ftp_login", "ssh2_auth", "ftp(", "ftp_tls("),
        "password",
        _call(_HOST_USER_PASSWORD, _ANY + _NEXT + _ANY + _NEXT),
    ),
    (("credentials",), "secret access key", _call(_KEY_AND_SECRET, _ANY + _NEXT)),
    (
        ("key", "secret", "fernet", "hmac", "cookie", ".hs"),
        "signing key",
        _call(_SIGNS_WITH, r"(?:key:[ ])?"),
    ),
    (
        ("jwt", "jsonwebtoken", "jose", "hmac", "cipher", "cryptojs"),
        "signing key",
        _call(_SECOND_SIGNS, rf"[^\n]{{1,200}}?{_NEXT}"),
    ),
    (
        ("auth",),
        "password",
        late(rf"(?:\bauth|_AUTH|_auth)[\"']?[ \t]{{0,4}}(?:=>|[=:])[ \t]{{0,4}}(?:[\w. ]{{1,40}}[ ]else[ ])?[(\[][ \t]{{0,4}}{_LITERAL}{_NEXT}{_VALUE}[ \t]{{0,4}}[)\]]"),
    ),
    ((".auth(",), "password", late(rf"\bdb\.auth\([ ]{{0,4}}{_LITERAL}{_NEXT}(?P<value>{_LITERAL})[ ]{{0,4}}\)")),
    (
        (":auth(", ".auth("),
        "password",
        late(rf"\b(?:red|redis|rdb|client|r|conn)[:.]auth\([ ]{{0,4}}(?P<value>{_LITERAL})[ ]{{0,4}}\)"),
    ),
    ((".auth(",), "password", late(rf"\.auth\([ ]{{0,4}}{_LITERAL}{_NEXT}{_VALUE}[ ]{{0,4}}\)")),
    (
        (".authenticate(",),
        "password",
        late(r"\.authenticate\([ ]{0,4}(?P<value>[\"'](?=[^\"'\s]{0,40}\d)(?=[^\"'\s]{0,40}[A-Za-z])[^\"'\s]{6,60}[\"'])[ ]{0,4}\)"),
    ),
    (
        ("connection(", "connectionfactory("),
        "password",
        late(rf"[cC]onnection(?:Factory)?\([ ]{{0,4}}(?:[\w.]{{1,40}}(?:\(\))?{_NEXT})?[\"'](?:admin|root|guest|sa|system|user\w{{0,8}})[\"']{_NEXT}{_VALUE}[ ]{{0,4}}[,)]"),
    ),
    (
        (".tochararray()",),
        "password",
        late(r"(?P<value>\"(?=[^\"\n]{0,60}\d)[^\"\\\s$%{}]{6,100}\")\.toCharArray\(\)"),
    ),
    (
        ("accounts",),
        "wallet pk",
        late(r"\baccounts[ ]{0,4}:[ ]{0,4}\[[ ]{0,4}(?P<value>[\"'](?:0x)?[0-9a-f]{64}[\"'])"),
    ),
    (
        ("omniauth", "provider"),
        "client secret",
        late(rf"\b(?:omniauth|provider)[ (][ \t]{{0,4}}:\w{{2,40}}{_NEXT}{_LITERAL}{_NEXT}{_VALUE}"),
    ),
    (
        ("login", "log_in", "signin", "sign_in"),
        "password",
        late(rf"\b(?:login|log_?[iI]n|sign_?[iI]n)\w{{0,20}}\([ ]{{0,4}}[\w.]{{1,40}}{_NEXT}(?:{_LITERAL}{_NEXT}){{1,2}}{_VALUE}[ ]{{0,4}}\)"),
    ),
    (
        ("createasync",),
        "password",
        late(rf"\.CreateAsync\([ ]{{0,4}}(?:\w{{1,40}}|new[ ]\w{{1,40}}[^\n]{{0,200}}?[)}}]){_NEXT}{_VALUE}[ ]{{0,4}}\)"),
    ),
    (
        ("strcmp", "strncmp", "strcasecmp", "strcpy"),
        "password",
        late(rf"\bstr(?:n|case)?c(?:mp|py)\([ ]{{0,4}}[\w.>*-]{{0,40}}(?:[pP]ass(?:w(?:or)?d)?|pwd|PASSWORD|secret)\w{{0,10}}{_NEXT}{_VALUE}[ ]{{0,4}}[,)]"),
    ),
    (
        ("minio",),
        "secret access key",
        _call(("MinioClient", "Minio"), _ANY + _NEXT + _ANY + _NEXT),
    ),
    (("ac",), "auth token", late(rf"[\"']AC[0-9a-f]{{32}}[\"']{_NEXT}{_VALUE}")),
)  # fmt: skip
"""What a line holds in small letters, what the value is, and the call."""
TABLE: Final = Table(_CALLS, lambda row: row[0])


def secrets(line: str, there: Iterable[str], begin: int) -> Iterator[Assignment]:
    """The literals that the calls in one line hand over. there: the marks that it holds."""
    if '"' not in line and "'" not in line:
        return
    for _marks, name, pattern in TABLE.worth(there):
        for found in pattern.finditer(line):
            item = literal(name, found["value"], begin + found.start("value"))
            yield item._replace(placed=name == "password", compared=pattern is _CHECKED)
