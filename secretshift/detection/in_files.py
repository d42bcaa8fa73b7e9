"""What stands in files beside the name of a secret, and is something else: how programs, packages,
editors and tests call things. Pure; says nothing of a function's variables."""

from __future__ import annotations

import itertools
import re
from typing import Final

from . import passwords, placeholders, values
from .candidate import Candidate, Evidence, Place
from .late import late
from .looks import Look, is_word, look
from .names import NameSense, Sense, may_tell, words
from .value_words import TECHNICAL
from .vocabulary import PASSWORDS

_PARTS: Final = late(r"[-_]+")
_OF_A_PROGRAM: Final = late(
    r"""(?x)
      (?:--[a-z][a-z-]{0,40}|-[A-Za-z]|-[a-z]{2,12})=?        # an option, to which a value is joined
    | ["']\s?[.+]\s?[^\n]{1,200}\s?[.+]\s?["']                # what stands between two literals
    | ["']\)\.\w+\([^\n]*
    | \d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]{4,20})?                 # a day
    | (?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}                # an address of IPv6
    | [a-z_]{1,40}(?:\.[a-z_]{1,40}){1,6}:[a-z_]{1,40}        # where a command of a package begins
    | \$[0-9a-z]{1,10}\$(?:\d\d\$)?                           # how a hash begins
    | [A-Z_a-z\\][\w\\]{1,80}(?:::\w{1,80}){1,4}\([^\n]{0,400}  # a call
    | (?:confirmed|nullable|sometimes|bail|(?:required|prohibited|exclude|missing|present|accepted
      |declined)(?:_(?:if|with|unless|without|array)\w{0,12}:[^\n]{1,100})) # rules of a validator
    | (?i:(?:some|an?|any|your|my)?[-_\ ]?random[-_\ ]?(?:string|value|key|secret|chars?)
      [A-Za-z_\ -]{0,20}(?:\d{1,3}[-_\ ]?(?:chars?|bytes?|characters?|letters?|long)\w{0,20})?)
    | 0\d{3}_[a-z][a-z0-9_]{2,80}                              # a migration of Django
    | (?:[0-9A-F]{2}:){15,31}[0-9A-F]{2}                      # a fingerprint
    | r[ow]                                                   # how a file is mounted
    | [a-z]\w{0,40}(?:\.\w{1,40}){1,8}=                       # a setting that is looked for
    | [a-z]\w{1,30}(?:\.\w{1,30}){0,3}\.(?:value|text|data)   # what a page is filled with
    | [)\]}][,;)\]}.][^\n]{0,300}                             # what stands between two literals
    | [a-z][a-z0-9-]{1,30}:[a-z]\w{0,40}(?:/\w{1,60})?:[A-Za-z]\w{1,60}   # a type of Pulumi
    | /[\w/.-]{0,100}/:[a-z][^\n]{0,200}                      # a route
    | @[a-z][A-Za-z]{2,40}                                    # a class of a tokenizer
    | [\w.-]{1,40}\.(?:[\w-]{1,20}-)?\$[A-Z]?\d(?:\.[\w-]{1,20}){0,3}   # and its parts
    | \.[A-Za-z][A-Za-z_-]*(?:\.[A-Za-z][A-Za-z_-]*){1,6}     # the end of a property's name
    | \.[a-z]+(?:[A-Z][a-z]+)*(?:[Kk]ey|[Pp]ass(?:word|wd)?|[Ss]ecret|[Tt]oken)
    | (?i:(?:(?:ctrl|control|alt|shift|cmd|command|meta|option|super|mod)[-+|]){1,4}(?:\S|F\d\d?
      |up|down|left|right|tab|enter|return|space|esc(?:ape)?|home|end|page-?(?:up|down)|del(?:ete)?
      |backspace|ins(?:ert)?|plus|minus|click)(?:\|\S{1,60})?)  # keys that are pressed
    """
)
_PROPERTY: Final = late(r"[a-z][a-z0-9-]{0,30}(?:\.[a-z][a-z0-9_-]{0,30}){2,8}")
_VARIABLE: Final = late(r"[a-z]+(?:[A-Z][a-z]+){1,5},?|[a-z]{2,20}(?:[._][a-z]{2,20}){2,6}")
_SLUG: Final = late(r"[a-z]{2,20}(?:[-_.][a-z0-9]{1,20}){1,8}")
_OF_A_SECRET: Final = late(r"[a-z][a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,6}-secrets?")
_NAMED_AS: Final = late(r"[a-z]{2,20}(?:-[a-z]{1,20}){1,6}\d{0,2}")
_THE_READERS: Final = late(
    r"(?i)(?:your|strong|secure)[-_]?(?:\w{2,12}[-_])?(?:pass(?:word|wd)?|secret|token|key)"
)
_UNFILLED: Final = late(
    r"""(?x)
      (?i:hmac[-_])?(?i:sha-?(?:1|224|256|384|512)|md5)[:=-][A-Za-z0-9+/=_-]{16,}   # a digest
    | (?:plain|sha\d{1,3}|md5):\d{1,3}                       # how much of one is kept
    | (?:%(?:\d\$|\[\d\])?[-+#]?\d{0,3}[sdvqx]){1,4}["'>]{0,3}   # what printf puts in
    | @[a-z]\w{1,40}\([\w.,-]{0,100}\)@?                      # what Maven puts in
    | \\K[^\n]{0,60}                                         # the rest of an expression
    | (?:\\[nrt]){1,8}                                       # nothing but ends of lines
    | [\w-]{0,12}\$\([a-z][^\n]{0,300} | \$\([^()\n]{0,300}     # what a shell runs
    | %[a-z][\w.]{1,30}\([^\n]{0,100}\)                       # what FreeRADIUS puts in
    | [a-z]{2,20}\.[A-Za-z][\w.-]{1,60}\[\d{1,3}\]             # and what it reads
    | \#/[\w$%~./-]{1,300}                                     # a place in the same document
    | @\(?[A-Z]\w{1,30}(?:\.\w{1,40}){1,5}\)?(?:\([^\n]{0,100})?  # what Razor puts in
    | [^\n]{0,60}\#\{[A-Za-z_@][\w.:@]{1,60}[\[(.} ][^\n]{0,200}  # what Ruby puts in
    | NOPASSWD | n?(?:var)?char2?(?:\(\d{1,4}\))?               # of sudoers; a type of SQL
    | &\w{1,40}=[^\n]{0,300}                                # the next field of a form
    | \?[ ,)][^\n]{0,300}                                     # what a statement of SQL is bound to
    | &lt;[\w .:-]{1,60}&gt;\S{0,12}                           # <token>, as markup writes it
    | xox[a-z]-\S{0,11}                                       # how a token of Slack begins
    | (?:[^\n]{0,100}[:@])?\\\([a-z_][\w.]{0,60}\)[^\n]{0,60}       # what Swift puts in
    | <[A-Za-zÀ-ž_-]{2,30}                                    # a slot of several words, cut off at a blank
    | [a-z]+(?:_[a-z0-9]+)+\.\w{1,60}\.(?:result|hex|dec|b64_std|b64_url)   # what Terraform puts in
    | (?:pm_card|tok)_[a-z_]{3,30}                             # a card with which Stripe is tried
    | urn:[a-z0-9][a-z0-9-]{1,31}:\S{1,300}
    """
)
_CALL: Final = late(r"[a-z_]\w{1,40}\([\w., ]{0,200}\)?")
_SLOT: Final = late(r"[A-Z]{2,20}(?:[- ][A-Z]{2,20}){1,6}")
_CROSSED_OUT: Final = late(r"(?:\d{1,12}:)?[A-Za-z]{0,6}[:_-]?(?:x{4,}|X{4,})[@#_-]?\d{0,4}")
_DOCUMENTED: Final = late(
    r"(?i)abc[-_]?123|(?:a|some|any)[-_]value(?:[-_]\w{1,20})?|random|base64[-_]?encoded[\w-]{0,40}"
)
_OF_A_PAGES_ELEMENT: Final = late(r"[#.][a-z]{1,20}\d{0,2}(?:-[a-z0-9]{1,20}){1,8}")
"""``#s3-secret-key``: where a page shows it."""
_MINE: Final = late(r"My(?:[A-Z][A-Za-z]{1,20}){0,4}(?:Key|Token|Secret)(?:Name)?")
_PGP_ID: Final = late(r"0x(?:[0-9A-F]{8}){1,2}|openpgp4fpr:[0-9A-Fa-f]{40}")
_OF_PARTS: Final = late(r"[a-z][a-z0-9]{0,19}(?:[-_.][a-z0-9]{1,20}){1,8}")
_IN_A_BUCKET: Final = late(
    r"(?:[A-Za-z][\w-]{1,30}/){1,6}(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{1,60}\.\w{2,8})"
)
_BELOW: Final = late(r"(?:[\w-]{1,40}/){3,12}[\w-]{1,60}\.[a-z]{2,8}")
_FINGERPRINT: Final = late(r"(?:0x)?[0-9A-F]{40}")
"""Of a key of GnuPG."""
_TYPES: Final = frozenset(("function", "object", "string", "undefined", "number", "boolean"))
"""What ``typeof`` of JavaScript says."""
_FOLDERS: Final = frozenset(("PWD", "OLDPWD"))
"""Where a shell is and was, which scripts compare with names of folders."""
_SIGNED_FOR: Final = ("amz", "credential")
"""Source: AWS, "Signature Version 4": who signed, on which day and for which service."""
_NAMES_ONE: Final = frozenset((("existing", "secrets"), ("cluster", "token"), ("thread", "key")))
_OF_ONE_CALL: Final = frozenset(
    (("change", "token"), ("client", "token"), ("request", "token"), ("idempotency", "token"))
)
"""Source: AWS, "Ensuring idempotency": a call that is made twice does its work once."""
_DASHED: Final = late(r"\w{8}(?:-\w{4}){2,3}-\w{12}")
_OF_A_PAGE: Final = late(r"[bf]/\d{20,80}(?:/s)?")
"""Source: CloudWatch Logs, "GetLogEvents", ``nextBackwardToken``."""
_ASCII_ALONE: Final = frozenset(
    (Sense.KEY, Sense.TOKEN, Sense.PRIVATE_KEY, Sense.SEED, Sense.CREDENTIALS, Sense.AUTH)
)
"""What is made by machines, and never with a letter such as an ä."""
_DASHES: Final = late(r"-----[A-Z0-9 ]{1,60}-----")
_ELLIPSIS: Final = late(r"(?m)^[ \t]*(?:\.{3,}|…|\[[.…]+\])[ \t]*$")
_REFUSED: Final = (("wrong",), ("invalid",), ("incorrect",))
"""First words of what a test hands over to see it refused."""
_HASHED: Final = frozenset(("encoded", "hashed", "hash", "digest", "crypted"))
_HASHES: Final = frozenset(("sha", "md", "bcrypt", "argon"))
_OF_HASH: Final = late(r"[0-9a-fA-F]{32,256}")
_IN_BASE64: Final = late(r"[A-Za-z0-9+/]{26,128}={1,2}")
_OF_SED: Final = late(r"\\[()].{0,80}/[gpI0-9]{0,3}[\"']?$")
"""The rest of ``s/NAME=\\(.*\\)/\\1/p``."""
_ALPHABET: Final = late(r"(?i)abcdefghijk|0123456789abcdef(?:ghi)?$")
_ROW: Final = "01234567890 9876543210 abcdefghijklmnopqrstuvwxyz"


def is_something_else(candidate: Candidate, claim: NameSense) -> bool:
    """Whether what a file says under a telling name is no value of a secret."""
    text = candidate.text
    if candidate.place is Place.ENVIRONMENT:
        return False
    is_password = claim.sense is Sense.PASSWORD
    return (
        _OF_A_PROGRAM.fullmatch(text) is not None
        or values.is_version(text)
        or (values.is_measure(text) and " " in text.strip())
        or passwords.is_refused(text)
        or claim.words[:1] in _REFUSED
        or _says_words(text, is_password=is_password)
        or (is_password and _is_hashed(claim, text))
        or _is_a_property(text, is_password=is_password)
        or _ends_with_its_name(candidate, claim)
        or (not is_password and _is_no_key(candidate, claim))
        or (claim.words == ("key",) and _SLUG.fullmatch(text) is not None)
        or _ALPHABET.search(text) is not None
        or _is_a_variable(candidate)
        or _says_which(candidate, claim)
        or _is_of_documents(candidate, claim)
        or (text.endswith(".") and text[:-1] in TECHNICAL)
        or _OF_SED.search(text) is not None
        or (candidate.quoted and text.endswith(("_", "-")) and look(text) is Look.WORDS)
        or (candidate.compared and (text in _TYPES or candidate.name.strip("$") in _FOLDERS))
        or text in ("userPassword", "unicodePwd")
        or (text.endswith(",") and placeholders.is_placeholder(text[:-1]))
        or (candidate.place is Place.CODE and not candidate.placed and _is_a_sentence(text))
    )


def was_never_filled_in(candidate: Candidate) -> bool:
    """Whether what a file holds in any form is a slot or a digest, or was taken out of it."""
    text = candidate.text
    if candidate.place is Place.ENVIRONMENT or candidate.evidence is Evidence.FORMAT:
        return False
    if candidate.evidence is Evidence.PEM:
        return _ELLIPSIS.search(text) is not None or _is_words_alone(text)
    if candidate.evidence is Evidence.PAIR:
        if _UNFILLED.fullmatch(text) is not None:
            return True
        if text.rstrip(".,;)").isdigit() and len(text) < 5:
            return True  # the number of a field
        return _CALL.fullmatch(text) is not None or candidate.outer.startswith("urn:")
    return _UNFILLED.fullmatch(text) is not None


def _is_words_alone(block: str) -> bool:
    """``privatekeyprivatekey…`` between the dashes."""
    body = re.sub(r"[\s#*/]+", "", _DASHES.sub("", block))
    return body.isalpha() and body.islower()


def _is_no_key(candidate: Candidate, claim: NameSense) -> bool:
    """Whether it may be a password, but nothing that anybody signs or opens something with."""
    text = candidate.text
    return (
        text == "credentials"
        or (placeholders.is_change_me(text.strip("!*")) and not _may_be_left(candidate))
        or _is_a_row(text)
        or _is_encrypted(text, claim)
        or _BELOW.fullmatch(text) is not None
        or (claim.sense is Sense.KEY and claim.strength == 0 and _is_made_of_words(text))
        or _repeats_its_name(candidate, claim)
        or (claim.sense in _ASCII_ALONE and not text.isascii())
        or _OF_A_PAGES_ELEMENT.fullmatch(text) is not None
        or _MINE.fullmatch(text) is not None
        or _is_key_id(text, claim)
    )


def _may_be_left(candidate: Candidate) -> bool:
    if candidate.place is not Place.SETTING or candidate.example_path:
        return False
    return placeholders.is_change_me(candidate.text)


def _says_which(candidate: Candidate, claim: NameSense) -> bool:
    """Whether the value is what something is called, as the name or its own form tells."""
    text, said = candidate.text, claim.words
    if said[-2:] == _SIGNED_FOR or (
        said[-2:] in _NAMES_ONE and (look(text) is not Look.RANDOM or _is_made_of_words(text))
    ):
        return True
    if said[-2:] in _OF_ONE_CALL and _DASHED.fullmatch(text) is not None:
        return True
    if claim.sense is Sense.TOKEN and _OF_A_PAGE.fullmatch(text) is not None:
        return True
    if said == ("user", "password") and candidate.evidence is Evidence.PARAMETER:
        return text == "password"  # what LDAP's attribute becomes
    if said == ("key",):
        if candidate.place is Place.PROSE and _FINGERPRINT.fullmatch(text) is not None:
            return True
        return _IN_A_BUCKET.fullmatch(text) is not None or (
            _OF_PARTS.fullmatch(text) is not None and may_tell(text)
        )
    if said == ("secret",) and candidate.place is Place.SETTING and not candidate.quoted:
        return _NAMED_AS.fullmatch(text) is not None  # one of the cluster's, by its name
    named = claim.sense is Sense.SECRET and claim.strength == 1 and len(said) > 1
    if not named or "-" not in text:
        return False
    return _OF_A_SECRET.fullmatch(text) is not None or (
        _SLUG.fullmatch(text) is not None and not _has_digit(text)
    )


def _is_made_of_words(text: str) -> bool:
    """``o11y_logs_request_scoped``, ``events:requests:h2c``, ``ComputeMac32BitWarning``."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[-_.:/][A-Za-z0-9]{1,20}){0,40}", text) is None:
        return False
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    spoken = [part for part in parts if len(part) >= 3 and part.isalpha() and is_word(part.lower())]
    share = sum(map(len, spoken)) / sum(map(len, parts))
    return (len(spoken) >= 2 and share >= 0.75) or (len(spoken) >= 5 and share >= 0.6)


def _is_key_id(text: str, claim: NameSense) -> bool:
    """By which a key of GnuPG or of an object store is known to everybody."""
    if claim.words[-2:] == ("access", "key") and "secret" not in claim.words:
        return len(text) == 20 and text.isalnum() and text.isupper()
    return claim.strength == 0 and _PGP_ID.fullmatch(text) is not None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_of_documents(candidate: Candidate, claim: NameSense) -> bool:
    """What is written where the reader's own value goes."""
    text = candidate.text
    if _CROSSED_OUT.fullmatch(text) is not None:
        return True
    if _SLOT.fullmatch(text) is not None and may_tell(text):
        return True
    if candidate.place is Place.PROSE and text.lower() == "mypassword":
        return candidate.evidence in (Evidence.NAME, Evidence.PARAMETER)
    if claim.sense in (Sense.PASSWORD, Sense.PIN):
        return False
    plain = _DOCUMENTED.fullmatch(text) is not None
    return plain and (candidate.place is Place.PROSE or not text.lower().startswith("abc"))


def _repeats_its_name(candidate: Candidate, claim: NameSense) -> bool:
    """``DeviceAuthKey = "pm-27581-device-auth-key"``: how a program calls a flag."""
    if candidate.place is not Place.CODE or candidate.example_path:
        return False
    most = min(len(claim.words), 4)
    return most > 2 and words(candidate.text)[-most:] == claim.words[-most:]


def is_hashed(candidate: Candidate, claim: NameSense) -> bool:
    """``ROOT_PASSWORD_SHA2`` and hexadecimal digits: whoever has it may find out the password."""
    if candidate.place is Place.ENVIRONMENT or claim.sense is not Sense.PASSWORD:
        return False
    if values.is_password_hash(candidate.text.partition(":")[2]):
        return True  # as htpasswd writes it, behind the user
    return not _HASHES.isdisjoint(claim.words) and _OF_HASH.fullmatch(candidate.text) is not None


def is_faked(candidate: Candidate) -> bool:
    """``xoxb-fakekey…``: a made-up token in an issuer's form."""
    if candidate.place is Place.ENVIRONMENT or candidate.evidence is Evidence.PEM:
        return False
    return len(candidate.text) >= 20 and "fake" in candidate.text.lower()


def _is_encrypted(text: str, claim: NameSense) -> bool:
    """``encryptedDataKey``: what another key opens."""
    return "encrypted" in claim.words[:-1] and look(text) is Look.RANDOM


def _is_a_property(text: str, *, is_password: bool) -> bool:
    """``neo4j.auth.password``; of a password, such as end with the word for one."""
    if _PROPERTY.fullmatch(text) is None or sum(map(str.isdigit, text)) > 2:
        return False
    if not all(is_word(part) for part in re.split(r"[^a-z]+", text)):
        return False
    return not is_password or may_tell(text.rpartition(".")[2])


def _ends_with_its_name(candidate: Candidate, claim: NameSense) -> bool:
    """``PARAMETER_SALT = "Argon2.salt"``, ``GPG_KEY=chart-signing:gpg_key``: what it is called
    elsewhere."""
    kept_in, colon, field = candidate.text.rpartition(":")
    if colon and field == candidate.name and kept_in.isidentifier():
        return True
    if colon and "-" in kept_in and kept_in.replace("-", "a").isalpha() and may_tell(field):
        return words(candidate.name)[-len(words(field)) :] == words(field)
    package, _, last = candidate.text.rpartition(".")
    return (
        candidate.quoted
        and last.lower() == claim.words[-1]
        and re.fullmatch(r"[A-Za-z][\w-]{0,40}(?:\.[A-Za-z][\w-]{0,40}){0,6}", package) is not None
    )


def _says_words(text: str, *, is_password: bool) -> bool:
    """``Type_0_is_not_an_array_2495``: four words and more; of a password, such as say what it is."""
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) < (4 if "_" in text else 6) or len(text) > 300:
        return False
    said = [part for part in parts if part.isalpha() and _is_spoken(part) and _is_even(part)]
    if any(part not in said and not (part.isdigit() and len(part) <= 5) for part in parts):
        return False
    if len(said) < 3:
        return False
    return not is_password or len(TECHNICAL.intersection(map(str.lower, parts))) >= 2


def _is_spoken(part: str) -> bool:
    return is_word(part.lower()) or part.lower() in PASSWORDS


def _is_even(part: str) -> bool:
    return part.islower() or part.isupper() or part[1:].islower() or part[:1].isupper()


def _is_hashed(claim: NameSense, text: str) -> bool:
    """``encodedPassword`` and hexadecimal digits or base64: what is kept of a password."""
    if _HASHED.isdisjoint(claim.words):
        return False
    if "hashed" in claim.words and text.isidentifier() and look(text) is not Look.RANDOM:
        return True
    return _IN_BASE64.fullmatch(text) is not None or _OF_HASH.fullmatch(text) is not None


def _is_a_row(text: str) -> bool:
    """``123456abcdefg``: as nobody gives out a token."""
    small = text.lower()
    return (
        len(small) >= 8
        and not small.isdigit()
        and all(
            (after in _ROW and _ROW.find(before + after) >= 0)
            or (before, after) in (("6", "a"), ("9", "a"), ("0", "a"), ("1", "a"))
            for before, after in itertools.pairwise(small)
        )
    )


def _is_a_variable(candidate: Candidate) -> bool:
    """``password: newPassword,`` in a document: a program's words, without quotes; or
    ``strong_password``, which is what the reader thinks of."""
    text = candidate.text
    if candidate.place is Place.PROSE and _THE_READERS.fullmatch(text) is not None:
        return True
    return (
        candidate.place is Place.PROSE
        and not candidate.quoted
        and _VARIABLE.fullmatch(text) is not None
        and may_tell(text)
    )


def _is_a_sentence(text: str) -> bool:
    """``Password for the .p12 file (optional)``."""
    parts = text.split()
    return (
        len(parts) >= 4
        and sum(part.isalpha() for part in parts) >= 3
        and look(text) is not Look.RANDOM
    )
