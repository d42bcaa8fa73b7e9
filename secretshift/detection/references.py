"""Values that name a secret, or where one is kept, instead of being it."""

from __future__ import annotations

import re

from .late import late
from .names import sense

_REFERENCE = late(
    r"""(?ix)
      arn:[\w-]+:[\w-]+:.*
    | @microsoft\.(?:keyvault|appconfiguration)\(.*
    | \{\{.*\}\} | \{%.*%\} | <%.*%> | \#\{.*\}\#? | rds!(?:db|cluster)-[\w-]+ | \[\[.*\]\]
    | \$\{\{?.*\}?\} | \$\(.*\) | \$\[.*\] | \$(?:[A-Z_]\w*|\d|[@*?\#]) | %\w+%
    | %\([\w.]+\)s
    | \{[A-Z_][\w.:-]*\} | @@?[A-Z_][\w.]*@@? | __[A-Z][A-Z0-9_]*__
    | !(?:ref|sub|getatt|importvalue|vault|secret|reference|env)\b.*
    | (?:ssm|aws-ssm|awsssm|secretsmanager|aws-sm|asm|aws-secret|awssecret|sm
       |bref-ssm|gsm|gcp|gcpsm|akv|azurekeyvault
       |keyvault|vault|hvault|op|bws|doppler|infisical|conjur|summon|cyberark|keyring|keychain
       |env|file|secret|secrets|secretref|secretkeyref|ref|kms|berglas|chamber|credstash|param|parameter|s3|k8s
       |kubernetes|sops|pass|lastpass|bitwarden|keeper|tss|delinea|akeyless)
      :{1,2}(?:/{0,3})(?!v\d+:)[\w./@$:+*{}\#?=&-]+
    | exec:/[\w./-]+
    | projects/[\w.:-]+/secrets/[\w-]+(?:/versions/[\w-]+)?
    | https://[\w-]+\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/.*
    | (?:process\.env|os\.environ|os\.getenv|env|var|local|data|module|secrets|vars|config|settings
       |self|this|params?|options|props|args|request|ctx|context|inputs|parameters|values|window|document|import\.meta\.env)
      (?:\.[A-Za-z_]\w*|\[.{1,80}\])+(?:\(.*\))?[)}\],;]{0,4}
    | %[a-z_][\w.()]{1,60}% | %env\([^()%\n]{1,200}\)%
    | urn:k8s:secret:[\w:.-]+ | ms-resource:[\w./-]+
    | resolve:(?:ssm|ssm-secure|secretsmanager):.* | \{\{resolve:.*
    | file\(.*\) | env\(.*\) | getenv\(.*\) | lookup\(.*\) | ref\(.*\) | secret\(.*\)
    | (?:ref|fn::\w+|valuefrom)\s?:\s?.* | secretref:.* | valuefrom:.*
    """,
    re.DOTALL,
)

_INTERPOLATED = late(
    r"\$\{[^{}\n]{1,200}\}|\{\{[^{}\n]{1,200}\}\}|\$\([^()\n]{1,200}\)|<[A-Z_a-z][\w -]{0,60}>"
)

_NAME_SEGMENT = r"(?:[A-Z]{1,12}|[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,6})[0-9]{0,3}"
_SECRET_NAME = late(
    rf"/?(?:{_NAME_SEGMENT}(?:[-_.]{_NAME_SEGMENT}){{0,8}})(?:/{_NAME_SEGMENT}(?:[-_.]{_NAME_SEGMENT}){{0,8}}){{1,10}}"
)

_CIPHERTEXT = late(
    r"""(?x)
      AQIC[A-Za-z0-9+/]{60,}={0,2} | AQEC[A-Za-z0-9+/]{60,}={0,2}
    | ENC(?:\[|\().*(?:\]|\)) | vault:v\d+:[A-Za-z0-9+/=]+ | \$ANSIBLE_VAULT;.* | !vault\b.*
    | -----BEGIN\ (?:AGE\ ENCRYPTED\ FILE|PGP\ MESSAGE|PKCS7)-----.* | age-encryption\.org/.*
    | \{cipher\}.+ | kms:[A-Za-z0-9+/=]{40,} | Ag[A-D][A-Za-z0-9+/]{100,}={0,2}
    | CiQ[A-Za-z0-9+/]{60,}={0,2}
    | gAAAAA[A-Za-z0-9_-]{90,}={0,2} | U2FsdGVkX1[A-Za-z0-9+/]{20,}={0,2}
    | [A-Za-z0-9+/]{14,24}={0,2}\|\|[A-Za-z0-9+/]{16,}={0,2}          # as Apache NiFi keeps it
    | secure:[A-Za-z0-9+/=]{60,} | DPAPI:.* | encrypted:.{8,}
    """,
    re.DOTALL,
)


def is_reference(value: str) -> bool:
    """Whether the whole value points at a secret, a variable or a template slot."""
    text = value.strip()
    return len(text) <= 2048 and _REFERENCE.fullmatch(text) is not None


def is_interpolated(value: str) -> bool:
    """Whether part of the value is filled in elsewhere."""
    return _INTERPOLATED.search(value[:2048]) is not None


_OPENERS = {"${": "}", "$(": ")", "{{": "}", "[[": "]", "{%": "}", "<%": ">", "#{": "}", "$[": "]"}
_NAMED_LIKE_A_PROGRAM = late(r"\$(?:[A-Z_][A-Z0-9_]*|[a-z]+(?:_[a-z0-9]+)*|\d|[@*?#])")
_OF_A_TOOL = late(
    r"\$\{\{|\{\{[ \t]*(?:\.|resolve:)|\$\{[A-Za-z]\w{0,30}::"
    r"|\$\{(?:self|env|ssm|opt|cf|s3|sls|param|custom|aws|file\()[:.~]?[\w.]{0,80}[:.~(]"
    r"|\$\{(?:var|local|data|module|each|path)\.[a-z_]"
)


def is_literal_reference(value: str) -> bool:
    """Whether the whole value is a reference, where nothing was going to be filled in any more.

    ``${X}`` and ``$(cmd)`` are, ``a$(b)c`` and ``$ummer24`` are not.
    """
    text = value.strip()
    if not is_reference(text):
        return False
    closer = _OPENERS.get(text[:2])
    if closer is not None:
        return _is_one_group(text, text[1], closer)
    if text[0] == "$" and text[1:2].isalpha():
        found = _NAMED_LIKE_A_PROGRAM.fullmatch(text)
        if found is None:
            return False
        return text[1].isupper() or "_" in text or sense(text[1:]).telling
    return True


def _is_one_group(text: str, opener: str, closer: str) -> bool:
    """Whether what the first bracket opens is closed by the last character and not before."""
    opener = opener if opener in "({[<" else text[0]
    depth = 0
    for position, char in enumerate(text):
        if char == opener:
            depth += 1
        elif char == closer:
            depth -= 1
            if depth == 0:
                return text[position + 1 :] in ("", "}", "]", "#")
    return True


def is_unresolved(value: str) -> bool:
    """Whether a deployment tool's own placeholder is left in the value: ``${AWS::StackName}-x``."""
    return _OF_A_TOOL.search(value[:2048]) is not None


_TEMPLATE = late(
    r"\{[^{}\n]{0,80}\}|\{(?=[\s\"':{]|[A-Za-z_]{0,40}$)|%[sdr](?![a-z])|%\(|\$\{|\$[A-Za-z_]|<[^<>]{1,80}>|\\[bdwsS]|\[\^?[A-Za-z0-9]-|\(\?"
)


_SPOKEN = late(r"[a-z]{5}|[A-Z]{5}|[A-Za-z]{7}")
_NAMED_SLOT = late(r"\{\{|\$\{|%\(|\$\(|<[A-Za-z_][\w -]*>|\{[A-Za-z_][\w.]*\}|\\[bdwsS]")


_OF_DJANGO = late(r"(?:django-insecure-)?(?=.*[0-9])[a-z0-9!@#$%^&*(\-_=+)]{50}")
"""Source: Django's ``get_random_secret_key`` and ``startproject``."""

_LENGTH_OF_WORDPRESS = 64
"""Source: WordPress's ``wp_generate_password`` as its installation calls it."""


def is_jumble(value: str) -> bool:
    """Signs of every sort by chance, as Django and WordPress make their keys: what looks like a
    slot or a variable in it is none."""
    if not 32 <= len(value) <= 128:
        return False
    letters = sum(sign.isalnum() for sign in value)
    signs = {sign for sign in value if not sign.isalnum() and not sign.isspace()}
    if _OF_DJANGO.fullmatch(value) is not None:
        return len(signs) >= 5
    if len(value) == _LENGTH_OF_WORDPRESS and len(signs) >= 12:
        return "\\" not in value and "(?=" not in value  # else it is an expression
    if _SPOKEN.search(value) or _NAMED_SLOT.search(value):
        return False
    return len(signs) >= 8 and 0.5 <= letters / len(value) <= 0.9


def is_template(value: str) -> bool:
    """Whether a program fills it in, or matches texts with it."""
    return _TEMPLATE.search(value[:2048]) is not None and not is_jumble(value[:2048])


_VARIABLE = late(
    r"\$(?:[A-Z][A-Z0-9_]{2,}|[a-z][a-z_]{2,}|[a-z]+(?:[A-Z][a-z]+){1,4})(?![A-Za-z0-9])"
)


def has_dollars_by_chance(value: str) -> bool:
    """``J6aV@?5l!Zk$P``: what stands behind its dollar signs is no name of anything, and the rest is a
    jumble."""
    if len(value) < 12 or "$" not in value or " " in value or _NAMED_SLOT.search(value):
        return False
    if _VARIABLE.search(value) is not None:
        return False
    signs = {sign for sign in value if not sign.isalnum()}
    return len(signs) >= 3 and all(
        any(map(of, value)) for of in (str.islower, str.isupper, str.isdigit)
    )


def is_secret_name(value: str) -> bool:
    """A path of words, as in ``prod/db/password``: what stores call a secret."""
    return len(value) <= 512 and _SECRET_NAME.fullmatch(value) is not None


def is_ciphertext(value: str) -> bool:
    """Already encrypted: of no use to whoever reads it here."""
    return _CIPHERTEXT.fullmatch(value.strip()) is not None
