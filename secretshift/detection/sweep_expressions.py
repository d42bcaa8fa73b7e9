"""The expressions of the first, native pass, in the order of how closely a line has to be looked at.

They are written in what hyperscan knows, for bytes, and case does not count.
"""

from __future__ import annotations

import re
from typing import Final

from .grammars import commands, devices, idioms, logins
from .grammars.issued import SWEPT
from .grammars.lines import KEYED
from .grammars.placed import SAID_MARKS
from .vocabulary import PERSONAL, TELLING


def _in_bytes(word: str) -> str:
    """As an expression finds it in UTF-8."""
    return "".join(
        sign if sign.isascii() else "".join(f"\\x{byte:02x}" for byte in sign.encode())
        for sign in word
    )


_WORD: Final = "(?:" + "|".join(map(_in_bytes, (*TELLING, "erlang", "signing"))) + ")"
_CONSTANT: Final = "(?:" + "|".join(word.upper() for word in TELLING if word.isascii()) + ")"
"""In capitals alone: with a comma and a quote behind it, a word in any case takes four times as long
as all other expressions together."""
_NAME: Final = r"[\w.$\x80-\xff-]{0,79}"
_QUOTE: Final = r"[\"'\x60]"
_BEGIN: Final = r"(?:^|\n)(?:\xef\xbb\xbf)?"
"""Of a line, also of the first one behind a mark of byte order."""
_COMMANDS: Final = (
    "curl|wget|login|sshpass|mysql|mariadb|mongo|redis-cli|ldap|sqlcmd|twine|plink|pscp|openssl"
    "|keytool|htpasswd|smbclient"
)
_OPTIONS: Final = (
    r"[a-z]{0,20}u|p|a[ ]|w[ ]|k[ ]|(?:store|key|src|dest)[a-z]{0,10}pass[ ]|[a-z]{0,20}b[a-z]{0,20}[ ]"
    r"|-(?:proxy-)?user|-pass[ ]"
)
"""Of these, behind which a password stands. Other commands have expressions of their own."""
_FUNCTIONS: Final = (
    "credentials?|credentialsprovider|credentials\\.new|cryptojs\\.\\w{2,12}\\.(?:encrypt|decrypt)|passwordauthentication|auth|basicauthentication|http_?basic|login|log_in|sign_?in(?:withemailandpassword)?|createuserwithemailandpassword"
    "|[.]authenticate|plainsaslserver|getconnection|mysqli_connect|mysql_p?connect|new mysqli|new sequelize|pdo"
    "|odbc_connect|ftp_connect|awsbasiccredentials[.]create|signingkey|from_secret|fernet|hmacshakeyfor|db[.]auth"
    "|hmac(?:256|384|512)|hmac\\.(?:new|hmac)|secretkeyspec|cookie_secret|cookieparser"
    "|(?:jwt|jsonwebtoken|jose)(?:\\.|::)(?:sign|verify|encode|decode)|createhmac|cipheriv"
    "|withbasicauth|credentials\\.basic|withauthcredentials|wifi\\.(?:softap|begin)|restclient\\.new|->connect|(?:mysql|mysqldb)\\.connect"
    "|hash_hmac|newcookiestore|symmetricsecuritykey|plainauth|create_(?:super)?user|ftp(?:_tls)?|ssh2_auth_password"
    "|bcrypt|hashpw|(?:hash|make|encode|check|verify|validate)_?password(?:_hash)?|password_(?:hash|verify)"
    "|hash::(?:make|check)|hash_pwd_salt|bcrypt\\.(?:hash|compare)(?:sync)?|passwordencoder(?:\\(\\))?\\.encode"
    "|minio(?:client)?|generatefrompassword|valid_password\\?|[.]hs(?:256|384|512)"
)
_WRAPPERS: Final = (
    r"\[\]byte|some|buffer\.from|string::from|new string|secret(?:str|string)?(?:::new|::from)?|bytes"
    r"|q(?:bytearray|string)(?:literal)?|qlatin1string|json\.stringify|hex(?:\.decodestring)?|bytes\.fromhex|unhexlify"
    r"|hex2bytes|(?:system\.text\.)?encoding\.\w{2,8}\.getbytes|convert\.frombase64string|base64\.getdecoder\(\)\.decode|std::string"
)
_COMMA: Final = r"[^\w\s\"'\x60:=)\]}>;(\[{<.?!/+*&|-]"
"""Or another sign that hardly ever stands there: a quote and a comma alone are a text that the
engine would look for first, and that all of a JSON file is full of."""
QUOTED: Final = (
    # NAME = value, in every language of files
    _WORD + _NAME + r"(?:\[\d{0,6}\])?\\?" + _QUOTE + r"?[ \t]{0,2}[\])]?[ \t]{0,40}"
    r"(?::[ \t]{0,4}[\w\[\]<>|?.&*, ]{1,40}|As[ \t][\w.]{1,40})?[ \t]{0,4}"
    r"(?::=|\?=|=>|->|===?|!==?|=|:|<-|, do:|, (?:_|err|ok) :?=)[ \t]{0,40}(?:[^\s\[{(]|(?:"
    + _WRAPPERS
    + r")\([ ]{0,4}[\"'\x60]|[\[{(][ \t]{0,8}[^\s,\])}])",
)
"""What counts in programs only where it is in quotes."""
ASSIGNED: Final = (
    # f("NAME", "value")
    _WORD + _NAME + r"\\?" + _QUOTE + _COMMA + r"[ \t]{0,40}[^\s]",
    # "NAME" to "value"
    _WORD + _NAME + r"\"[ ]to[ ]{1,4}\"",
    # setName(Base64.getDecoder().decode("value"))
    _WORD + r"\w{0,79}[ \t]?\([ \t]{0,8}base64\.getdecoder",
    # setName("value")
    _WORD + r"\w{0,79}[ \t]?\([ \t]{0,8}(?:\([\w *]{1,30}\)[ \t]?)?" + _QUOTE,
    # put(X.NAME, "value")
    r"(?-i:" + _CONSTANT + r"[A-Z0-9_]{0,60})[ \t]{0,4},[ \t]{0,4}" + _QUOTE,
    r"(?-i:Password|Secret)[ \t]{0,4},[ \t]{0,4}" + _QUOTE,
    # let(:name) { "value" }
    r"let!?\(:\w{0,60}" + _WORD + r"\w{0,60}\)[ ]{0,4}\{[ ]{0,4}" + _QUOTE,
    # <name>value</name>, and name="…" value="…"
    _WORD + r"[\w.:-]{0,79}[\"']?(?:[ \t][^<>\n]{0,200})?>[ \t]{0,20}[^<>\s]",
    _WORD + _NAME + _QUOTE + r"[ \t]{1,8}value[ \t]{0,4}=",
    # ENV NAME value, --name value, machine … password value
    r"(?:ENV|ARG)[ \t]{1,8}\w{0,79}" + _WORD + r"\w{0,79}[ \t]",
    r"--[\w.-]{0,60}" + _WORD + r"[\w.-]{0,60}[\"']?,?[ \t]{1,8}[^\s]",
    r"password[ \t]{1,8}[^\s]",
    # GH_PAT = value, --gh-pat value
    "(?:" + "|".join(PERSONAL) + r"|\$pat)\\?" + _QUOTE + r"?[ \t]{0,2}[\])]?[ \t]{0,80}"
    r"(?:(?::=|=>|==|=|:)[ \t]{0,80}|[ \t])[^\s\[{(]",
)
ADDRESSED: Final = (
    # a header, which has no quotes in programs either
    r"authorization[\"'\x60\])(,:= \t]{1,12}(?:basic|bearer|token)[ \t]",
    # addresses that carry something
    r"@(?:tcp|unix)\(",
    r"://(?:[^\s\"'\x60<>@/]{1,300}|[^\s\"'\x60<>@/:]{0,300}:[^\s\"'\x60<>@#]{0,300})@",
    r"://[^\s\"'\x60<>]{0,300}(?:hook|/bot|" + "|".join(map(re.escape, KEYED)) + ")",
    r"jdbc:oracle:\w{2,8}:[^\s/@\"'\x60]{1,100}/[^\s@\"'\x60]{1,200}@",
    r"[;\"'\x60?&][ \t]{0,4}(?:password|pwd|accountkey|(?:shared)?accesskey|signature|sig)=[^\s]",
    r"://[^\s\"'\x60<>]{3,200}\?[^\s\"'\x60<>]{0,300}(?:sig|code|tok|" + _WORD + ")",
    # one of many things that are asked for in an address
    r"[?&][\w.-]{0,40}(?:sig|code|tok|" + _WORD + r")[\w.-]{0,40}=",
)
# How a line begins that one of these ends on, ``leans`` in history/_native.c has to know.
ABOVE: Final = (
    # name: X, and the value on the same line or the next; a parameter and its default
    r"[:=][ \t]{0,4}"
    + _QUOTE
    + r"?[\w.:/-]{0,79}"
    + _WORD
    + r"[\w.:/-]{0,79}"
    + _QUOTE
    + r"?[ \t]{0,4},?[ \t\r]{0,8}"
    r"(?:\n[ \t]{0,80}(?:type[ \t]{0,4}[=:][^\n]{2,40}\n[ \t]{0,80})?)?"
    + _QUOTE
    + r"?(?:value|parametervalue|string|default)",
    # a block of text below its name, an element within the one that says the name
    _WORD + r"[\w.-]{0,79}[\"']?:[ ]{1,4}[|>][+-]?[ \t\r]{0,4}\n[ ]{1,48}[^\s#{}<>$]",
    _WORD + r"[\w.:-]{0,79}[\"']?(?:[ \t][^<>\n]{0,200})?>\s{0,60}<value>[^<>\n]",
    _WORD + r"[\w.:-]{0,79}</key>\s{0,60}<string>[^<>\n]",
    _WORD + r"\w{0,79}[\"']?[ \t]{0,4}:?[ \t]{0,4}\{?[ \t\r]{0,8}\n"
    r"(?:[^\n{}]{0,200}\n){0,6}[ \t]{0,80}[\"']?(?:default|value)[\"']?[ \t]{0,4}[:=]",
)
FAR: Final = (
    # keys in armour, the ids that make a secret of what stands beside them, objects of secrets
    r"-----BEGIN[ A-Z]{0,40}PRIVATE KEY",
    r"A[KS]IA[A-Z0-9]{16}",
    r"kind[\"']?:[ ]{0,4}[\"']?Secret\b",
)
OTHERS: Final = (
    *SWEPT,
    *idioms.SWEPT,
    *logins.SWEPT,
    *devices.SWEPT,
    *commands.SWEPT,
    # name: &anchor value, name = one ? "x" : "y", name => q{value}, name={'value'}
    _WORD + _NAME + r":[ ]{1,4}&[\w-]{1,40}[ ]",
    _WORD + _NAME + r"[\"']?[ ]{0,4}(?::[ ]?\w{1,30}[ ])?(?:=>?|:)[^\n\"'?:]{1,86}\?[ ]{0,4}[\"']",
    _WORD + _NAME + r"[\"']?[ ]{0,4}(?:=|<-)[^\n]{1,240}[ ]else[ ]{1,4}[\"']",
    _WORD + _NAME + r"[\"']?[ ]{0,4}(?:=>|[:=])[ ]{0,4}(?:qq?|~s|%q)[{(\[|]",
    _WORD + r"\w{0,60}[ ]?:[^\n=\"']{1,60}=[ ]?(?:[\w.]{1,30}\.)?(?:field|ib)\(",
    _WORD + r"[\w-]{0,60}=\{[ ]?[\"']",
    _WORD
    + r"\w{0,60}(?:\[[\w ]{0,20}\])?(?:[ ]progmem)?[ ]{0,2}=[ ]{0,2}[^\n{\[\"']{0,60}[{\[][ ]{0,4}0x",
    _WORD + r"\w{0,60}[ ]{0,4}=[ ]{0,4}n'",
    r"://[\w.-]{1,60}:(?:\{\}|%s)@",
    r"openweathermap\.org/[^\s\"'<>]{0,300}appid=",
    r"(?:getenv|get_env|environ\.get|env\.get|env\.fetch|env)\([^\n)]{3,90}\)[ ]{0,4}(?:or|\|\||\?\?|\?:)[ ]{1,4}"
    + _QUOTE,
    r"process\.env[^\n]{3,90}(?:\|\||\?\?)[ ]{0,4}" + _QUOTE,
    _QUOTE
    + r"(?:--?)?\w[\w-]{2,60}"
    + _QUOTE
    + r"[^\n]{0,200}default[ ]{0,2}[=:][ ]{0,2}"
    + _QUOTE,
    # what is looked up by its name, or something else
    _WORD + r"[\w:.-]{0,79}[\"'][\])][ ]{0,4}(?:\|\||\?\?|\?:)[ ]{0,4}" + _QUOTE,
    _WORD + r"\w{0,79}[\"']?\}[ ]{0,4}(?:\|\||//|or)[ ]{0,4}" + _QUOTE,
    _WORD + r"\w{0,79}\"\)\.unwrap_or",
    _WORD + r"\w{0,79}[\"']?\)[ ]{0,2}\{[ ]{0,2}" + _QUOTE,
    r"stringvarp?\([ ]{0,2}&|getvalue<string>\(",
    # "NAME=value" in a list, and with the end of its line
    "(?:"
    + _WORD
    + r"\w{0,60}|"
    + "|".join(PERSONAL)
    + r")=[^\s\"'$%{}<>&\x5c]{3,200}(?:\x5cn|[\"'][ ]{0,4}[,\])}])",
    r"[.-][a-z0-9]{0,20}" + _WORD + r"[a-z0-9.-]{0,40}:[^\s\"'$%{}<>&\x5c:/]{3}",
    # amid a text, and behind the name of a variable in quotes
    "(?:" + "|".join(PERSONAL) + r")=[^\s\"'\x60&$<>{}()\\]{4}",
    r"[\"']\$[a-z]\w{2,80}:[^\s${}?+\"':/]{3}",
    r"\$\{[a-z_][\w.-]{0,80}" + _WORD + r"[\w.-]{0,80}:-?[^\s${}+?\"']",
    r"curlopt_(?:proxy)?userpwd[ ]{0,4},",
    r"(?:buildconfigfield|resvalue)[ (]",
    r"[:.](?:auth|authenticate)\([ ]{0,4}" + _QUOTE,
    r"connection(?:factory)?\([ ]{0,4}(?:[\w.]{1,40}(?:\(\))?[ ]{0,4},[ ]{0,4})?[\"'](?:admin|root|guest|sa|system|user)",
    r"\"\.tochararray\(\)",
    r"accounts[ ]{0,4}:[ ]{0,4}\[[ ]{0,4}" + _QUOTE,
    r"chpasswd|wpa_passphrase|authtoken[ ]|wandb[ ]login|netsh[ ]wlan|nuget[ ]|mosquitto_",
    r"user[ ]\S{1,80}[ ](?:[^\n>]{0,200}[ ])?>[^\s>]{4}",
    r"(?:host|hostaddr|dbname|user|port|sslmode)=[^\s\"'\x60]{1,100}[ ][^\n]{0,300}password=[^\s]{3}",
    r"password=[^\s\"'\x60]{3,100}[ ](?:host|hostaddr|dbname|user|port|sslmode)=",
    "(?:" + "|".join(map(_in_bytes, SAID_MARKS)) + r")[^\n]{0,120}[!-~]{5}",
    r"(?:password|passwort|kennwort|contrase\xc3\xb1a|senha|mot[ ]de[ ]passe)[ \t:(]{1,3}(?:[\"'\x60]|\xe2)",
    r"(?:requirepass|masterauth|auth_pass|bindpw|rootpw|insecure-password|(?:fastcgi|uwsgi)_param|proxy_set_header|add_header|setenv|setx)[ \t]{1,8}[^\s]",
    r"(?:log ?(?:in|on)|sign ?in|credential|account|user|password)[^\n\"'\x60]{0,70}"
    + _QUOTE
    + r"[\w.@+\x80-\xff-]{2,240}[\"'\x60][ ]?/[ ]?[\"'\x60][!-~]{5}",
    r"[\"'\x60](?:admin|root|administrator)[\"'\x60][ ]/[ ][\"'\x60][!-~]{5}",
    r"user(?:name)?[ :]{0,3}[\"'\x60][^\s\"'\x60]{1,60}[\"'\x60],?[ ][^\n]{0,16}pass",
    r"/[\w-]{0,30}pass(?:word)?(?:[_-]again)?[ \t]{1,4}password[ \t]",
    r"rootpw[ ]--\w",
    _BEGIN + r"\$\{[\w ]{0,60}" + _WORD + r"[\w ]{0,60}\}[ \t]{2}",
    _BEGIN + r"[ \t]{0,40}[a-z]{1,40}" + _WORD + r"[a-z]{0,20}[ \t]{1,8}[!-~]{3,300}[ \t\r]{0,8}\n",
    r"(?:username[ ]\S{1,60}|enable)[ ][^\n]{0,20}(?:password|secret)[ ]",
    r"snmp-server[ ]community[ ]|(?:tacacs|radius)-server[ ]|isakmp[ ]key[ ]|key-string[ ]|authentication-key[ ]",
    r":[ ]{1,4}(?:psk|eap|xauth|ntlm)[ ]{1,4}\"",
    r"-define\(\w{0,40}" + _WORD + r"\w{0,40},",
    r"set :\w{0,40}" + _WORD + r"\w{0,40},",
    r"rabbitmqctl|pulumi[ ]config[ ]set|\bmc[ ](?:alias|config)[ ]|influx[ ]-",
    r"sonar\.login|newrelic[^\n]{0,8}license",
    # names without a telling word, which count where there is one on their line
    r"(?:^|[^a-z])tok[\"']?[\])]?[ \t]{0,40}(?::=|=>|=|:)[ \t]{0,40}[\"'\x60]?[^\s\"'\x60]{4}",
    r"(?:client|consumer|app|api)[_-]?sec[\"']?[ \t]{0,40}[=:][ \t]{0,40}[\"'\x60]?[^\s\"'\x60]{6}",
    r"(?:licen[cs]e|recovery[_-]?codes?|backup[_-]?codes|(?:access|entry|door|unlock|alarm|installer|gate|pin)[_-]?code"
    r"|(?:toegangs|zugangs|zugriffs)code|api[_-]?hash|app[_-]?certificate|cert[_-]?id|p24_crc|community[_-]?string"
    r"|origin[_-]?verify)[\w.-]{0,40}[\"']?[\])]?[ \t]{0,40}(?::=|=>|=|:)[ \t]{0,40}"
    r"[\"'\x60]?[^\s\"'\x60]{12}",
    # what is typed into a field, answered by a stand-in, or kept in a form
    r"[.>](?:type|fill|fillfield|typetext|setvalue(?:attribute)?|set_value|setinputvalue|inputtext|send_?keys|then_?return|and_?return|willreturn"
    r"|mockreturnvalue|returns)[ ]?\([ ]{0,4}" + _QUOTE,
    r"fill_?in[ (]{1,5}" + _QUOTE,
    r"input password[ \t]{2,80}[^\s]",
    r"password[\"'][ ](?:field[ ])?with[ ][\"']",
    r"<input[^<>\n]{0,300}value=[\"']",
    # names beside values in Erlang, Lisp and Tcl
    r"\{[ ]{0,2}[\w.]{0,60}" + _WORD + r"\w{0,60}[ ]{0,2},[ ]{0,4}(?:<<)?\"",
    _WORD + r"\w{0,40}[\"']?\]\[[\"':]\w{1,40}[\"']?\][ ]{0,4}=[ ]{0,4}" + _QUOTE,
    # what a value's place in a statement says
    r"zip[ ]-[^\n|;&]{0,400}p",
    r"\|[ ]{0,4}(?:sudo[ ])?(?:sudo|docker|podman|helm|buildah|skopeo|gpg2?|gh|cryptsetup|passwd|vncpasswd|kinit)\b",
    r"codecov[^\n|;&]{0,100}[ ]-t[ ]",
    r"net1?(?:\.exe)?[ ]user[ ][^\n]{1,200}[ ]/",
    r"reg(?:\.exe)?[ ]add[ ][^\n]{1,400}/d[ ]",
    r"[ ]-value[ ]{1,4}[\"']",
    r"slack:[ ]{1,4}[\"']?[\w-]{2,40}:[a-z0-9]{24}",
    r"user(?:name)?=[^\s,\"'=]{1,80},[^\s\"']{0,400}pass(?:word)?=[^\s]{3}",
    r"pass(?:word)?=[^\s,\"']{3,100},user",
    r"(?:" + _COMMANDS + r")[^\n|;&]{0,400}[ \t\"',\[]-(?:" + _OPTIONS + ")",
    r"smbclient[ ][^\n]{0,400}[ ]-|openssl[ ]passwd[ ]",
    r"net use[^\n]{0,200}/user:",
    r"sqlplus[ ][^\n]{0,60}/|lftp[ ][^\n]{0,60}-u|schtasks[^\n]{0,300}/rp|signtool[^\n]{0,200}/p[ ]",
    r"securestring",
    r"(?:" + _FUNCTIONS + r")[ \t]?\([^\n]{0,300}" + _QUOTE,
    r"(?:x509certificate2?|\.createasync|passwordauthenticationtoken|usernamepasswordtoken|usernamepasswordmetadata|testingauthenticationtoken|simpleauthenticationinfo|new user)\([^\n]{0,300}"
    + _QUOTE,
    r"(?-i:new \w{1,40}User)\([^\n]{0,300}" + _QUOTE,
    r"str(?:n|case)?c(?:mp|py)\([^\n\"']{0,50}(?:pass|pwd|secret)[^\n\"']{0,12}" + _QUOTE,
    r"(?:login|log_in|sign_?in)\w{0,20}\([ ]{0,4}[\w.]{1,40},[ ]{0,4}" + _QUOTE,
    r"(?:\b|_)auth[\"']?[ \t]{0,4}(?:=>|[=:])[ \t]{0,4}(?:[\w. ]{1,40}[ ]else[ ])?[(\[]",
    r"configure[ \t]{1,8}set[ \t]",
    r"(?:omniauth|provider)[ (][ \t]{0,4}:\w",
    _QUOTE + r"AC[0-9a-f]{32}" + _QUOTE,
    r"(?:(?:create|alter|grant|connect)[ \t][^\n]{0,200}|\n[ \t]{0,40})identified[ \t]{1,8}(?:with|by)[ \t]",
    r"(?:insert|replace)[ \t]{1,8}into[ \t]{1,8}[^\n]{1,2200}values",
    r"passw(?:or[dt]|d)[ \t]{1,3}(?:is|was|ist|lautet)[ \t]{1,3}[\"'\x60]?[^\s\"'\x60]{0,40}[0-9]",
    r"password(?:\s{0,8}=\s{0,8}|\s{1,8})n?'",
    r"set[ \t]{1,8}password[^\n=]{1,160}=[ \t]{0,8}(?:password[ ]?\()?n?'",
    r";[ \t]{0,3}(?:password|pwd)[ \t]{0,3}=[^\"'\n]",
)

BROAD: Final = (
    # name "value"
    _WORD + r"[\w.*-]{0,79}[ \t]{1,8}@?" + _QUOTE,
    # name=value amid a text
    _WORD + r"[\w.-]{0,79}=[^\s\"'\x60&$<>{}()\\]{4}",
    # "name: value
    _WORD + r"[a-z0-9-]{0,79}:[ \t]{0,4}[^\"'\x60\s$<{%]{6}",
)
"""What counts only where something else stands before the name, as ``sweep_narrow`` says. To look
for both in all bytes takes half of the time of all expressions together."""

SLOW: Final = (r"storage[_\s.-]{0,20}(?:account|name)",)
"""What holds the rules up, and is looked for here because it costs nothing beside the rest."""

PATTERNS: Final = (*QUOTED, *ASSIGNED, *ADDRESSED, *ABOVE, *OTHERS, *FAR, *SLOW, *BROAD)
