"""kingfisher's compiled rules in process: tokens that have a format of their own."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from secretshift import builtin_rules
from secretshift.builtin_rules import built_in
from secretshift.model.errors import Unavailable

from ..compiled import CASE_COUNTS, kept
from ..compiled import database as compiled
from ..late import late
from .composites import REMADE, by_themselves
from .first_look import FirstLook, Span
from .pieces import Ration, hurried, pieces, quietened

if TYPE_CHECKING:
    import kingfisher_sdk

ANNOUNCEMENT = (
    "Compiling the detection rules, which happens once on a machine and takes some seconds"
)

SLOW = 1.0
"""Seconds from which on it is told."""
_OWN_AT_MOST = 512 * 1024
"""Bytes of compiled rules of one's own; the built-in ones take more than 2 MB."""
_OURS = frozenset(
    [
        "generic-credential-uri",
        "mongodb-connection-string",
        "curl-auth-header",
        "curl-auth-user",
        "private-key",
        "hashicorp-tf-password",
        "kubernetes-secret-yaml",
        "nuget-config-password",
        "sidekiq-sensitive-url",
        "jwt-base64",
        "gcp-service-account",
        "gcp-application-default-credentials",
        "slack-webhook-url",
        "microsoft-teams-webhook",
        "azure-storage-account-key",
        "azure-servicebus-connection-string",
        "azure-app-configuration-connection-string",
        "aws-access-token",
        "facebook-access-token",
        "twilio-api-key",
        "aws-session-token",
        "alibaba-secret-key",
        "alibaba-sts-access-key-secret",
        "ovh-application-secret",
        "polymarket-api-key",
        "exoscale-api-key",
        "lark-app-secret",
        "miro-client-secret",
        "upstash-redis-rest-token.1",
        "wiz-client-secret.1",
        "zoho-client-secret.1",
    ]
)
"""Rules on forms that our own grammars take apart, or whose match is no secret."""
_IDENTIFIERS = late(
    r"(?:client|app|application|account|tenant|access|key|user|api|project|auth|sa)-id(?:\.\d+)?$"
    r"|-pub-|-pub-key|public-key|public-api|client-sdk-key|mobile-sdk-key|project-api-key$|-url(?:\.\d+)?$"
    r"|-host(?:\.\d+)?$|-name(?:\.\d+)?$|browser-api-token|user-api-id|feed-token"
)
_BY_CONTEXT = late(r"\[ \\t\\w\.-\]\{0,|\[\\s'\"\]\{0,|\.\{0,\d+\}")
_OF_WORDS = b'key = "TheQuickBrownFoxJumpsOverALazyDog"'
"""What no rule takes for a secret because it is made of words: those are loaded for the first such
text, which takes longer than all other texts of a repository."""

_REST = late(r"[A-Za-z0-9_]{0,400}")
"""Issuers lengthen their tokens; a rule that stops after the old length would cut one in two."""


def counts(rule: str) -> bool:
    """Whether what it matches is a secret, and no grammar of ours takes it apart."""
    short = rule.rsplit("/", 1)[-1].removeprefix("betterleaks.")
    return short not in _OURS and _IDENTIFIERS.search(short) is None


class Match(NamedTuple):
    """A rule matched: the span of the secret in characters, and whether the words around it, and
    not its own format, made the rule match."""

    rule: str
    text: str
    start: int
    end: int
    by_context: bool


class Kingfisher:
    """The built-in rules, loaded on first use and shared by all threads."""

    def __init__(self, announce: Callable[[str], None] | None) -> None:
        self._announce = announce
        self._lock = threading.Lock()
        self._scanners: tuple[kingfisher_sdk.Scanner, ...] = ()
        self._first_look: FirstLook | None = None
        self._is_sought = self._is_made = False

    def _loaded(self) -> tuple[kingfisher_sdk.Scanner, ...]:
        with self._lock:
            if not self._scanners:
                self._scanners = self._load()
            return self._scanners

    def _found(self, data: bytes) -> list[kingfisher_sdk.Finding]:
        """What every rule matches, those by themselves last. Raises Unavailable."""
        every, alone = self._loaded()
        try:
            return [
                *(one for one in every.scan(data) if one.rule_id not in REMADE),
                *alone.scan(data),
            ]
        except (RuntimeError, ValueError, TimeoutError):
            raise _unscanned() from None

    def _load(self) -> tuple[kingfisher_sdk.Scanner, ...]:
        try:
            with contextlib.nullcontext() if are_compiled() else self._told_if_slow():
                rules, scanner = built_in()
                alone = by_themselves(rules)
        except (RuntimeError, ValueError, OSError):
            raise _unloaded() from None
        self._is_by_context = lru_cache(maxsize=1024)(
            lambda rule: _BY_CONTEXT.search(str(rules.detail(rule).get("pattern"))) is not None
        )
        return scanner, alone

    @contextlib.contextmanager
    def _told_if_slow(self) -> Iterator[None]:
        """Once, and only about what is compiled: a short time is worth no sentence, and what is
        merely loaded on a slow machine would be called something else."""
        finished = threading.Event()

        def tell() -> None:
            if not finished.wait(SLOW) and self._announce is not None:
                announce, self._announce = self._announce, None
                announce(ANNOUNCEMENT)

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            finished.set()
            # Whoever goes on to fork has to be alone.
            teller.join()

    def load(self) -> None:
        """All of it now, which else waits until something is there to run the rules on. Raises
        Unavailable."""
        self._loaded()
        self._spans(b"", make=True)
        self._found(_OF_WORDS)

    def _spans(self, data: bytes, *, make: bool) -> Sequence[Span]:
        """What of it the rules have to be run on. make: whether so much will be looked at that the
        first look is worth to be made where none is kept, which takes two seconds."""
        with self._lock:
            if not (self._is_made if make else self._is_sought):
                self._first_look = self._first_looked(make=make)
                self._is_sought = True
                self._is_made = make or self._first_look is not None
        return [(0, len(data))] if self._first_look is None else self._first_look.spans(data)

    def _first_looked(self, *, make: bool) -> FirstLook | None:
        """None where this machine has no hyperscan, and for expressions that it does not know."""
        try:
            seed = which_rules()
            database = kept(seed, CASE_COUNTS)
            if database is None and make:
                with self._told_if_slow():
                    database = compiled(_expressions(), CASE_COUNTS, seed)
        except (ImportError, ValueError):
            return None
        except (RuntimeError, OSError):
            raise _unloaded() from None
        return None if database is None else FirstLook(database)

    def points(self, data: bytes, *, hurry: bool = True) -> Iterator[int]:
        """Offsets at which a rule that counts matches. hurry: where it may name storage accounts.
        Not for several threads at once. Raises Unavailable."""
        for begin, end in self._spans(data, make=True):
            piece = data[begin:end]
            for finding in self._found(hurried(piece) if hurry else piece):
                if finding.visible and counts(finding.rule_id):
                    yield begin + finding.location["start_offset"]

    def matches(self, text: str, ration: Ration | None = None) -> Iterator[Match]:
        """Every match that is a secret by its format, in the order the engine reports them; of a
        long text one piece after the other, as far as the ration goes."""
        ration = ration or Ration()
        seen: set[tuple[str, int]] = set()
        for shift, piece in pieces(text):
            if ration.left <= 0:
                ration.spent = True
                return
            for match in self._in_piece(piece, ration):
                start = shift + match.start
                cut_off = match.end == len(piece) and shift + match.end < len(text)
                if not cut_off and (match.rule, start) not in seen:
                    seen.add((match.rule, start))
                    yield match._replace(start=start, end=shift + match.end)

    def _in_piece(self, text: str, ration: Ration) -> Iterator[Match]:
        data = text.encode("utf-8", "replace")
        quiet = quietened(data)
        if not self._spans(quiet, make=False):
            return
        findings = self._found(quiet)
        ration.take(len(findings))
        if not findings:
            return
        ascii_only = len(data) == len(text)
        for finding in findings:
            rule = finding.rule_id
            if not finding.visible or not counts(rule):
                continue
            place = finding.location
            first, last = place["start_offset"], place["end_offset"]
            start = first if ascii_only else len(data[:first].decode("utf-8", "ignore"))
            end = last if ascii_only else start + len(data[first:last].decode("utf-8", "ignore"))
            secret = finding.secret
            if text[start:end] != secret:
                within = text.find(secret, max(0, start - 8), end + 8 + len(secret))
                if within < 0:
                    continue
                start, end = within, within + len(secret)
            by_context = self._is_by_context(rule)
            if not by_context:
                end = _REST.match(text, end).end()  # type: ignore[union-attr]
                secret = text[start:end]
            yield Match(rule, secret, start, end, by_context)


def are_compiled() -> bool:
    """Whether the library kept its compiled rules on this machine. Those of rule files of one's own
    lie beside them and are far smaller."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = os.environ.get("KF_RULE_CACHE_DIR") or Path(base) / "kingfisher" / "rule-cache"
    with contextlib.suppress(OSError):
        return any(entry.stat().st_size > _OWN_AT_MOST for entry in Path(folder).glob("*.vscdb"))
    return False


def which_rules() -> Sequence[str]:
    """What says which rules count, without loading them."""
    return (builtin_rules.identity(), _IDENTIFIERS.pattern, *sorted(_OURS))


def _expressions() -> list[str]:
    """Of the rules that count."""
    rules = built_in().rules
    wanted = [str(rule["id"]) for rule in rules.metadata() if counts(str(rule["id"]))]
    return [str(rules.detail(rule)["pattern"]) for rule in wanted]


def _unloaded() -> Unavailable:
    return Unavailable("The detection rules could not be loaded", code="rules-unavailable")


def _unscanned() -> Unavailable:
    return Unavailable("The detection rules could not be run on a text", code="scan-failed")
