"""Whether a candidate is a plaintext credential: a pure function, the same for every source."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from secretshift.model.findings import Confidence, Verdict
from secretshift.model.secret_value import SecretValue

from . import (
    checksums,
    forms,
    halves,
    in_programs,
    keys,
    passwords,
    placeholders,
    references,
    stand_ins,
    values,
)  # fmt: skip
from .candidate import Candidate, Evidence, Place
from .in_files import is_faked, is_hashed, is_something_else, was_never_filled_in
from .judgement import HIGH, LOW, MEDIUM, Judgement
from .kinds import KindBook, kind_of, masked
from .late import late
from .looks import Look, look
from .names import NameSense, Sense, sense, words
from .unnamed import unnamed
from .value_words import DEFAULT_PASSWORDS
from .vocabulary import PASSWORDS, SECRETS, TOKENS, WEAK_PASSWORDS

_NO_SIBLINGS: Mapping[str, str] = MappingProxyType({})
_LEVELS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
_CAPTIONS = (PASSWORDS | SECRETS | TOKENS) - WEAK_PASSWORDS - DEFAULT_PASSWORDS
"""What an interface calls the field, in any language."""
_PACKAGE = late(
    r"(?:com|org|net|io|java|javax|jakarta|spring|config|settings|app|auth|security)\.|.*(?:pass|secret|key|token|cred|auth)"
)
_SIGNERS_OF_COMMITS = frozenset((("signing", "key"), ("user", "signing", "key")))
_KEY_ID = late(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})!?")
"""Source: git-config(1), ``user.signingKey``: it says which key of GnuPG."""
_HANDED_OVER = frozenset((Sense.PASSWORD, Sense.SECRET, Sense.KEY, Sense.TOKEN))
_ITS_OWN = (
    "your",
    "enter",
    "confirm",
    "new",
    "old",
    "current",
    "repeat",
    "user",
    "my",
    "the",
    "db",
    "forgot",
    "reset",
    "change",
    "show",
    "hide",
)
"""Words with which captions and names of fields begin."""
_ONE_WORD = late(r"[\w.-]{3,40}")
_AWS_SECRET = late(r"(?![0-9a-fA-F]{40}$)[A-Za-z0-9/+]{40}")


def judge(
    candidate: Candidate, siblings: Mapping[str, str] = _NO_SIBLINGS, *, book: KindBook
) -> Verdict | None:
    """What the candidate is, or None if it is no credential.

    siblings: the other variables of the function, or the other keys nearby, in plain text.
    """
    claim = sense(candidate.name)
    if not candidate.text.strip() or _never(candidate, claim):
        return None
    if _is_aws_pair(candidate, claim, siblings):
        candidate = candidate.with_(kind="aws-access-key")
    judged = _weigh(candidate, claim, siblings)
    if judged is None:
        return None
    level, reasons = _by_place(candidate, *judged)
    kind = kind_of(candidate, claim, siblings, book)
    return Verdict(
        name=candidate.name,
        kind=kind,
        confidence=_LEVELS[max(LOW, min(HIGH, level))],
        reasons=reasons,
        secret=SecretValue(candidate.text),
        masked=masked(candidate.text, kind, book),
        offset=candidate.start,
        end=candidate.end,
    )


def _never(candidate: Candidate, claim: NameSense) -> bool:
    """What no name and no format makes a secret."""
    text = candidate.text
    if was_never_filled_in(candidate):
        return True
    if candidate.evidence is Evidence.PEM:
        return False
    readable = candidate.place in (Place.CODE, Place.PROSE)
    slots = candidate.evidence is not Evidence.FORMAT and not candidate.unfilled
    if readable and slots and references.is_template(text) and not values.is_password_hash(text):
        return True
    if readable and _is_only_said(candidate):
        return True
    if not any(c.isalnum() for c in text):
        return not (passwords.is_exact(candidate, claim) and passwords.is_only_signs(text))
    return (
        _points_elsewhere(candidate)
        or references.is_ciphertext(text)
        or values.is_public(text)
        or values.is_aws_key_id(text)
        or (placeholders.is_placeholder(text) and not _accepted_anyway(candidate, claim))
    )


def _is_filled_in(candidate: Candidate) -> bool:
    return candidate.place is not Place.ENVIRONMENT and not candidate.unfilled


def _is_only_said(candidate: Candidate) -> bool:
    """A sentence in Chinese, Greek or Russian: what an interface says of the field."""
    text = candidate.text
    if candidate.evidence is not Evidence.NAME or candidate.placed or text.isascii():
        return False
    return len(text) < 60 and not any(sign.isascii() and sign.isalnum() for sign in text)


def _points_elsewhere(candidate: Candidate) -> bool:
    """Whether the value, or what a tool would have put into it, is kept in another place.

    What a function holds went through no shell: there a ``$(…)`` amid other text is a password's.
    """
    text = candidate.text
    if not _is_filled_in(candidate):
        return references.is_literal_reference(text) or references.is_unresolved(text)
    if references.is_reference(text):
        return True
    return candidate.evidence is not Evidence.FORMAT and references.is_interpolated(text)


def _accepted_anyway(candidate: Candidate, claim: NameSense) -> bool:
    """A word such as ``secret`` is what some system runs with where it is configured."""
    if passwords.is_exact(candidate, claim) and passwords.is_weak(candidate.text):
        return True
    if candidate.place is Place.ENVIRONMENT:
        return candidate.text.lower() in DEFAULT_PASSWORDS
    if candidate.evidence is Evidence.CONNECTION and candidate.place is Place.CODE:
        # Of a test, whatever it connects with.
        tried = candidate.example_path and candidate.text.strip("xX").isalpha()
        tried = tried and candidate.text not in ("REDACTED", "MASKED", "HIDDEN", "PLACEHOLDER")
        return tried or candidate.text in DEFAULT_PASSWORDS
    if candidate.place is Place.SETTING or candidate.evidence is Evidence.CONNECTION:
        return candidate.text in DEFAULT_PASSWORDS or _is_set_to_a_stand_in(candidate, claim)
    if _is_of_a_client(candidate, claim) or stand_ins.is_handed_over(candidate, claim):
        return True
    if in_programs.is_left(candidate, claim):
        return True
    if _is_run_with(candidate, claim):
        named = claim.sense is Sense.PASSWORD and candidate.text in ("foo", "baz")
        if named or passwords.stands_in_for_one(candidate.text):
            return True
    return claim.strength == 2 and passwords.is_left_as_it_was(candidate)


def _is_set_to_a_stand_in(candidate: Candidate, claim: NameSense) -> bool:
    """``foobar`` in a setting that no document shows, or any word in an address that a test reads from a file."""
    if candidate.place is not Place.SETTING:
        return False
    if candidate.evidence is Evidence.CONNECTION:
        return candidate.example_path and candidate.text.isalpha() and candidate.text.islower()
    named = claim.sense is Sense.PASSWORD and claim.strength == 2
    return named and candidate.text == "foobar" and not candidate.example_path


def _is_of_a_client(candidate: Candidate, claim: NameSense) -> bool:
    """``ClientSecret = "secret"``, as servers of OAuth are tried out; ``-dev-root-token-id=root``, as
    that of Vault is."""
    if claim.words[-3:] == ("root", "token", "id"):
        return candidate.text == "root"
    return candidate.text == "secret" and claim.words[-2:] == ("client", "secret")


def _weigh(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    match candidate.evidence:
        case Evidence.PEM:
            return HIGH, ("a private key in PEM armour",)
        case Evidence.FORMAT:
            judged = forms.token_of_an_issuer(candidate, claim)
            return _at_most(judged, halves.most(candidate, claim, siblings))
        case Evidence.CONNECTION:
            return forms.password_of_a_connection(candidate)
        case Evidence.HEADER:
            return forms.authorization_header(candidate)
        case Evidence.ADDRESS:
            return forms.address(candidate)
        case Evidence.PAIR:
            return forms.user_and_password(candidate)
        case _:
            return _named(candidate, claim, siblings)


def _named(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    text = candidate.text
    if candidate.kind == "aws-access-key":
        return HIGH, ("the form of an AWS secret key, beside an AWS access key id",)
    if not claim.telling:
        return unnamed(candidate, claim)
    if candidate.place is not Place.ENVIRONMENT and _is_of_a_client(candidate, claim):
        return LOW, ("secret by its name, and the value is one that people leave as it was",)
    if claim.words in _SIGNERS_OF_COMMITS and _KEY_ID.fullmatch(text) is not None:
        return None
    if candidate.name.startswith("/") and look(text) is Look.WORDS:
        return None  # a route and what serves it
    a_mere_word = LOW, (f"{claim.sense.value} by its name, although the value is a mere word",)
    if stand_ins.is_handed_over(candidate, claim):
        return a_mere_word
    if in_programs.is_set(candidate, claim):
        return _by_name(candidate, claim, siblings) or a_mere_word
    if is_something_else(candidate, claim):
        return None
    if values.is_password_hash(text) or is_hashed(candidate, claim):
        return LOW, (f"{claim.sense.value} by its name, but the value is the hash of one",)
    left = text.lower() in DEFAULT_PASSWORDS and _accepted_anyway(candidate, claim)
    if left and claim.strength == 2 and keys.is_own_secret(claim):
        return MEDIUM, ("secret by its name, and the value is one that people leave as it was",)
    if passwords.is_exact(candidate, claim):
        if passwords.names_something_else(text):
            return None
    elif _about_something_else(candidate, claim):
        return None
    return _by_name(candidate, claim, siblings) or _in_a_test(candidate, claim)


def _by_name(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> Judgement:
    match claim.sense:
        case Sense.PASSWORD | Sense.PIN:
            return passwords.password(candidate, claim)
        case Sense.SALT:
            return keys.salt(candidate)
        case Sense.SEED:
            return keys.seed(candidate.text)
        case Sense.AUTH | Sense.CREDENTIALS:
            return keys.convincing(candidate, claim)
        case _:
            judged = keys.token_or_key(candidate, claim, siblings)
            most = halves.most(candidate, claim, siblings)
            if candidate.place is Place.ENVIRONMENT and halves.is_known_to_all(claim, most):
                return None
            return _at_most(judged, most)


def _in_a_test(candidate: Candidate, claim: NameSense) -> Judgement:
    """Whatever stands alone in quotes under the sure name of a secret is what a test runs with."""
    if not _is_run_with(candidate, claim) or claim.sense not in _HANDED_OVER:
        return None
    if claim.sense is Sense.PASSWORD and candidate.text.lower() in claim.words[:-1]:
        return None  # newPassword: "new"
    return LOW, (f"{claim.sense.value} by its name, although the value is a mere word",)


def _is_run_with(candidate: Candidate, claim: NameSense) -> bool:
    return (
        candidate.place is Place.CODE
        and candidate.example_path
        and candidate.quoted
        and not candidate.compared
        and claim.strength == 2
        and _ONE_WORD.fullmatch(candidate.text) is not None
    )


def _at_most(judged: Judgement, most: tuple[int, str] | None) -> Judgement:
    if judged is None or most is None or judged[0] <= most[0]:
        return judged
    return most[0], (*judged[1], most[1])


def _about_something_else(candidate: Candidate, claim: NameSense) -> bool:
    text = candidate.text
    if _accepted_anyway(candidate, claim) and claim.sense is Sense.PASSWORD:
        return False
    return (
        values.is_enum_word(text)
        or values.is_path(text)
        or values.is_constant(text)
        or (_is_filled_in(candidate) and _is_template(candidate))
        or values.is_digest(text)
        or values.is_rate(text)
        or references.is_secret_name(text)
        or values.is_plain_address(text)
        or (values.is_measure(text) and claim.sense is not Sense.PASSWORD)
        or "://" in text[:40]
        or _is_a_name(candidate, claim)
    )


def _is_template(candidate: Candidate) -> bool:
    by_chance = candidate.place is Place.SETTING and references.has_dollars_by_chance(
        candidate.text
    )
    return references.is_template(candidate.text) and not by_chance


def _is_a_name(candidate: Candidate, claim: NameSense) -> bool:
    """Of a class, or of the field itself; a test logs in with that too."""
    if claim.sense is Sense.PASSWORD and _is_run_with(candidate, claim):
        return False
    named = values.is_class_name(candidate.text)
    return (named and not _is_dotted_password(candidate, claim)) or _says_its_own_name(candidate)


def _is_dotted_password(candidate: Candidate, claim: NameSense) -> bool:
    """``read.only.ldap``: words in small letters with dots, where nobody would name a class."""
    if claim.sense is not Sense.PASSWORD or claim.strength < 2 or not candidate.text.islower():
        return False
    sure = candidate.placed or candidate.place is Place.SETTING
    return sure and candidate.text.count(".") <= 3 and not _PACKAGE.match(candidate.text)


def _says_its_own_name(candidate: Candidate) -> bool:
    """``password = "Password"``: the caption of a field, or the name of a variable."""
    if passwords.is_left_as_it_was(candidate) and candidate.place is Place.CODE:
        return False
    own = "".join(words(candidate.name))
    text = candidate.text if candidate.place is Place.ENVIRONMENT else candidate.text.rstrip("12")
    said = "".join(words(text))
    if candidate.place is Place.SETTING and _is_numbered(candidate.text) and candidate.text != own:
        return False
    if candidate.place is not Place.ENVIRONMENT and said in _CAPTIONS:
        return True
    if candidate.place is not Place.ENVIRONMENT and len(said) >= 8 and own.endswith(said):
        return True
    if not said or look(text) is not Look.WORDS:
        return False
    claim = sense(candidate.name)
    if claim.sense is Sense.PASSWORD and candidate.place is Place.ENVIRONMENT:
        return False
    if _is_more_than_its_name(candidate, claim, own):
        return False
    configured = candidate.place in (Place.SETTING, Place.PROSE) and claim.strength == 2
    if claim.sense is Sense.PASSWORD and configured and not sense(said).telling:
        return False  # WORDPRESS_DB_PASSWORD=wordpress
    return said == own or (len(said) > 3 and (said in own or own in said))


def _is_more_than_its_name(candidate: Candidate, claim: NameSense, own: str) -> bool:
    """``testpassword`` in a setting, ``vaultadminpassword`` in a statement: a caption has spaces."""
    text = candidate.text
    if claim.sense is not Sense.PASSWORD or claim.strength < 2 or not text.islower():
        return False
    sure = candidate.placed or candidate.place is Place.SETTING
    return sure and text.isalpha() and len(text) > len(own) + 3 and not text.startswith(_ITS_OWN)


def _is_numbered(text: str) -> bool:
    """``password1``, which no caption is."""
    return text[-1:] in ("1", "2") and text.islower()


def _is_aws_pair(candidate: Candidate, claim: NameSense, siblings: Mapping[str, str]) -> bool:
    text = candidate.text
    if candidate.evidence is not Evidence.NAME or claim.sense is Sense.HARMLESS:
        return False
    if len(text) != 40 or _AWS_SECRET.fullmatch(text) is None or look(text) is not Look.RANDOM:
        return False
    return any(values.is_aws_key_id(other) for other in siblings.values())


def _by_place(
    candidate: Candidate, level: int, reasons: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    if placeholders.is_from_documents(candidate.text) or is_faked(candidate):
        level, reasons = LOW, (*reasons, "but it says of itself that it is an example")
    if checksums.is_wrong(candidate.text):
        level, reasons = (
            LOW,
            (*reasons, "but its checksum is wrong, so that it was never given out"),
        )
    if candidate.compared:
        level, reasons = level - 1, (*reasons, "but something is compared with it")
    if candidate.place is Place.PROSE and candidate.evidence is Evidence.NAME:
        level = min(level, MEDIUM)
    if placeholders.is_change_me(candidate.text) and candidate.place is not Place.ENVIRONMENT:
        level = LOW
    plain = candidate.text.lower().rstrip("0123456789!")
    if candidate.place is not Place.ENVIRONMENT and plain in DEFAULT_PASSWORDS:
        level = min(level, MEDIUM if candidate.place is Place.SETTING else LOW)
    if candidate.example_path:
        level, reasons = level - 1, (*reasons, "in a file of tests, examples or documents")
    return max(LOW, level), reasons
