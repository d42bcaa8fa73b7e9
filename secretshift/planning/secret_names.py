"""Which secret holds a content: one of ours that is there, or a new one and its name. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from secretshift.changes.create_secret import FINGERPRINT_TAG, MANAGED_TAG
from secretshift.model.errors import UsageProblem
from secretshift.model.functions import Place
from secretshift.model.plans import PlanNote, SecretPlan
from secretshift.model.ports import SecretInfo
from secretshift.model.secret_value import Fingerprint
from secretshift.model.unread import Unread

from .contents import Content


@dataclass(frozen=True, slots=True)
class Held:
    """What a look into a secret found. fingerprint: of its text; unread: why it could not be
    read, None if it could."""

    fingerprint: str = ""
    unread: Unread | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A content by what tells its secret: the place, the first name it would get, the fingerprint
    that its tag carries and the key it lies under. chosen: a person chose the name, so that it
    gets no other."""

    place: Place
    name: str
    fingerprint: Fingerprint
    kms_key: str
    chosen: bool = False

    def made_for(self, info: SecretInfo) -> bool:
        """Whether a secret of ours was made for this content, whatever it holds by now."""
        return (
            info.tags.get(FINGERPRINT_TAG) == self.fingerprint
            and info.kms_key == self.kms_key
            and not info.owning_service
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What bears on a name. reserved: names that a person chose for the place; infos: secrets that
    stand under them; mentioned: the function whose environment holds this name as a word, ""."""

    reserved: frozenset[str] = frozenset()
    infos: Mapping[str, SecretInfo] = field(default_factory=dict)
    mentioned: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A planned secret, and what every function that reads it has to know."""

    secret: SecretPlan
    warnings: tuple[PlanNote, ...] = ()
    blockers: tuple[PlanNote, ...] = ()


def secret_name(prefix: str, content: Content) -> str:
    """``prefix/kind/variable-of-eight``: readable, and the same for the same value each time.

    The tail comes from the keyed fingerprint, so it tells nothing of the value. It is eight
    characters long since a name that ends in a hyphen and six of them confuses partial ARNs.
    Source: AWS Secrets Manager API reference, CreateSecret.
    """
    variable = content.variables[0][1].name if content.variables else ""
    slug = re.sub(r"[^a-z0-9]+", "-", variable.lower()).strip("-") or "value"
    seed = f"{content.fingerprint}|{content.kms_key}"
    tail = hashlib.sha256(seed.encode()).hexdigest()[:8]
    group = content.kind.secret_name or content.kind.id
    return f"{prefix}/{group}/{slug[:80]}-{tail}"


def names_from(name: str) -> Iterator[str]:
    """The name, and what it becomes where it is taken: ``name-2``, ``name-3``…"""
    yield name
    for number in count(2):
        yield f"{name}-{number}"


def wanted(prefix: str, content: Content) -> Wanted:
    name = content.name or secret_name(prefix, content)
    return Wanted(content.place, name, content.fingerprint, content.kms_key, bool(content.name))


def choose(
    content: Content,
    earlier: Sequence[SecretPlan],
    owned: Iterable[SecretInfo],
    held: Mapping[str, Held],
    prefix: str,
    standing: Standing = Standing(),
) -> Chosen:
    """A secret of ours that still holds this content, or a new one under a free name.

    Raises UsageProblem where a person chose a name that cannot be had.
    """
    want = wanted(prefix, content)
    known = tuple(owned)
    made = sorted(
        (info for info in known if want.made_for(info)),
        key=lambda info: (info.deletion is not None, bool(_unread(held, info)), info.arn),
    )
    rotated = [info for info in made if _rotated(held, info, content.fingerprint)]
    warnings = tuple(
        PlanNote(
            "rotated-elsewhere",
            f"The secret {info.name} was rotated: this function holds the old value",
            "Look at which value is right; the old one is moved to a secret of its own",
        )
        for info in rotated
    )
    plan = SecretPlan(
        key=f"s{len(earlier) + 1}",
        place=content.place,
        name="",
        kind=content.kind.id,
        title=content.kind.title,
        credential=content.finding.credential,
        pieces=content.pieces,
        fingerprint=content.fingerprint,
        kms_key=content.kms_key,
    )
    beside = [secret.name for secret in earlier if secret.place == content.place]
    if want.chosen:
        check_free(want, beside, standing.infos.get(want.name), rotated)
        others = [i for i in made if i not in rotated and i.name != want.name and not i.deletion]
        warnings += tuple(_also_stored(info) for info in others)
        made = [info for info in made if info.name == want.name]
    for info in made:
        if info not in rotated:
            return Chosen(_taken_up(plan, info), warnings, _blockers(held, info))
    if want.chosen:
        if standing.mentioned:
            warnings += (_mentioned(want.name, standing.mentioned),)
        return Chosen(replace(plan, name=want.name), warnings)
    taken = {*beside, *(info.name for info in known), *standing.reserved}
    free = next(name for name in names_from(want.name) if name not in taken)
    return Chosen(replace(plan, name=free), warnings)


def check_free(
    want: Wanted, beside: Collection[str], info: SecretInfo | None, rotated: Sequence[SecretInfo]
) -> None:
    """Raise UsageProblem for a chosen name that this content cannot have.

    beside: names of this plan's other secrets there; info: what stands under the name by now.
    """
    if want.name in beside:
        raise name_taken(
            want,
            "Two secrets of this plan would have this name",
            "Two values, or one under two keys or in two shapes, need two secrets: choose a name "
            "for one of them only",
        )
    if info is None or (want.made_for(info) and info not in rotated):
        return
    if info.deletion is not None:
        raise name_taken(
            want,
            "A secret of this name was deleted and is in its recovery window",
            "Restore it, choose another name, or wait until it is gone",
        )
    if info.tags.get(MANAGED_TAG) != "true":
        what = "A secret of this name is there already, and it is not secretshift's"
    elif info in rotated:
        what = "The secret of this name was rotated and holds another value by now"
    else:
        what = "The secret of this name is secretshift's own, for another value or another key"
    raise name_taken(want, what, "Choose another name")


def name_taken(want: Wanted, what: str, hint: str) -> UsageProblem:
    return UsageProblem(what, resource=f"{want.name} in {want.place}", hint=hint, code="name-taken")


def _mentioned(name: str, function: str) -> PlanNote:
    return PlanNote(
        "name-mentioned",
        f"A variable of {function} holds the word {name}, the name chosen for a secret",
        "Undo would take that for a reference and keep the secret; choose another name",
    )


def _also_stored(info: SecretInfo) -> PlanNote:
    return PlanNote(
        "also-stored",
        f"The same value is stored as {info.name} already",
        "Both have to be rotated from then on; without a name of its own this one is used again",
    )


def _taken_up(plan: SecretPlan, info: SecretInfo) -> SecretPlan:
    action = "restore" if info.deletion is not None else "reuse"
    return replace(plan, name=info.name, arn=info.arn, action=action)


def _rotated(held: Mapping[str, Held], info: SecretInfo, fingerprint: Fingerprint) -> bool:
    """One in its recovery window cannot be read: the run looks at it once it is restored."""
    look = held.get(info.arn)
    if look is None or look.unread or info.deletion is not None:
        return False
    return look.fingerprint != fingerprint


def _unread(held: Mapping[str, Held], info: SecretInfo) -> Unread | None:
    look = held.get(info.arn)
    return look.unread if look is not None and info.deletion is None else None


def _blockers(held: Mapping[str, Held], info: SecretInfo) -> tuple[PlanNote, ...]:
    unread = _unread(held, info)
    if unread is None:
        return ()
    return (
        PlanNote(
            "secret-unreadable",
            f"The secret {info.name} that would be used cannot be read: {unread.what}",
            unread.hint,
        ),
    )
