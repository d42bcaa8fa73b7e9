"""Doctor's look at accounts: who one is there, what the clock says, what is allowed where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from secretshift.model.checks import Check, CheckState
from secretshift.model.errors import LoginExpired, Refused, SecretshiftError
from secretshift.model.functions import FunctionSnapshot
from secretshift.model.journeys import CancelToken
from secretshift.model.ports import Answer, Cloud, Question, Region, Scope
from secretshift.model.sources import Login

from .bounded import Look, side_by_side
from .regions import choose_regions
from .services import Services, Sources

LOGIN_SECONDS = 30.0
REGION_SECONDS = 180.0
"""A region's rights are asked of the simulation, whose rate all regions of an account share."""
MOST_AHEAD = timedelta(minutes=5)
"""Beyond it AWS refuses signatures. Source: "Troubleshoot Signature Version 4"."""
NAMED = 8


@dataclass(frozen=True, slots=True)
class _Account:
    """What a look at one login gave."""

    checks: tuple[Check, ...]
    regions: tuple[Region, ...] = ()
    ahead: timedelta | None = None


def account_checks(services: Services, sources: Sources, cancel: CancelToken) -> Iterator[Check]:
    """Each login, then the clock, then each region of each account. Raises Interrupted."""
    try:
        logins = _logins(services, sources)
    except SecretshiftError as error:
        yield Check("aws", "AWS", CheckState.FAIL, str(error), error.hint, "aws")
        return
    looks = [
        Look(lambda login=login: _account(services, sources, login), _late(login))  # type: ignore[misc]
        for login in logins
    ]
    regions: list[Region] = []
    ahead: timedelta | None = None
    for _number, account in side_by_side(looks, seconds=LOGIN_SECONDS, cancel=cancel):
        yield from account.checks
        ahead = account.ahead if ahead is None else ahead
        known = {region.place for region in regions}
        regions += [region for region in account.regions if region.place not in known]
    yield clock_check(ahead)
    wide = [
        Look(lambda region=region: _region(services, region), _late_region(region))  # type: ignore[misc]
        for region in regions
    ]
    for _number, checks in side_by_side(wide, seconds=REGION_SECONDS, cancel=cancel):
        yield from checks


def _logins(services: Services, sources: Sources) -> list[Login]:
    """Those that are asked for; one that the configuration does not know fails when it is used."""
    found = {login.profile or "": login for login in services.logins.found()}
    return [
        found.get(name) or Login("aws", name or None, "by default") for name in sources.profiles
    ] or [found.get("") or Login("aws", None, "by default")]


# One login


def _account(services: Services, sources: Sources, login: Login) -> _Account:
    title = "login"
    group = f"{login.cloud} {login.name}"
    id_ = f"{login.cloud}:{login.profile or ''}"
    if login.asks:
        text = f"It asks for {login.asks}, which cannot be answered here"
        check = Check(f"{id_}:login", title, CheckState.UNKNOWN, text, login.hint, group)
        return _Account((check,))
    (cloud,) = services.clouds((login.profile or "",))
    try:
        caller = cloud.caller()
    except SecretshiftError as error:
        hint = login.renew if isinstance(error, LoginExpired) and login.renew else error.hint
        check = Check(f"{id_}:login", title, CheckState.FAIL, str(error), hint, group)
        return _Account((check,), ahead=cloud.clock_ahead)
    text = f"Account {caller.account}, as {caller.arn.split(':', 5)[-1]}"
    checks = [Check(f"{id_}:login", title, CheckState.OK, text, group=group)]
    regions, more = _regions(sources, cloud, id_, group)
    return _Account((*checks, *more), regions, cloud.clock_ahead)


def _regions(
    sources: Sources, cloud: Cloud, id_: str, group: str
) -> tuple[tuple[Region, ...], list[Check]]:
    try:
        regions, _left, errors = choose_regions(sources, (cloud,))
    except SecretshiftError as error:
        check = Check(f"{id_}:regions", "regions", CheckState.FAIL, str(error), error.hint, group)
        return (), [check]
    if errors:
        (failed,) = errors
        check = Check(f"{id_}:regions", "regions", CheckState.FAIL, failed.what, failed.hint, group)
        return (), [check]
    if cloud.regions_note:
        check = Check(f"{id_}:regions", "regions", CheckState.WARN, cloud.regions_note, "", group)
        return regions, [check]
    return regions, []


def _late(login: Login) -> _Account:
    text = f"No answer within {LOGIN_SECONDS:.0f} seconds"
    hint = "Check the network, and what gives this login its credentials"
    id_ = f"{login.cloud}:{login.profile or ''}:login"
    group = f"{login.cloud} {login.name}"
    return _Account((Check(id_, "login", CheckState.FAIL, text, hint, group),))


def clock_check(ahead: timedelta | None) -> Check:
    if ahead is None:
        text = "AWS did not answer, so there is nothing to compare it with"
        return Check("clock", "clock", CheckState.UNKNOWN, text, group="aws")
    seconds = round(abs(ahead).total_seconds())
    amount = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    text = f"{amount} {'ahead of' if ahead > timedelta() else 'behind'} that of AWS"
    if abs(ahead) > MOST_AHEAD:
        hint = "Set the clock: signatures that are more than 5 minutes off are refused"
        return Check("clock", "clock", CheckState.FAIL, text, hint, "aws")
    text = text if seconds > 2 else "The same as that of AWS"
    return Check("clock", "clock", CheckState.OK, text, group="aws")


# One region


def _region(services: Services, region: Region) -> tuple[Check, ...]:
    listed, first = _listed(region)
    return (listed, *_rights(services, region, first))


def _listed(region: Region) -> tuple[Check, FunctionSnapshot | None]:
    """By the very call that a scan begins with."""
    check = _of(region, "functions", "functions", CheckState.OK, "They can be listed")
    try:
        first = next(region.functions.functions(), None)
    except SecretshiftError as error:
        failed = replace(check, state=CheckState.FAIL, text=str(error), hint=error.hint)
        return failed, None
    return (check if first else replace(check, text="Can be listed; there are none")), first


def _rights(
    services: Services, region: Region, first: FunctionSnapshot | None
) -> tuple[Check, ...]:
    style = region.references
    reference, role = (first.ref, first.role) if first else style.stand_in(region.place)
    plan = services.settings.plan
    scope = Scope(
        role=role,
        layer=services.layer.name,
        secrets=((f"{plan.secret_prefix}/{reference.name}", plan.kms_key),),
        key=first.kms_key if first else "",
        log_group=first.log_group if first else "",
        event=False,
        twin=True,
        vpc=first is not None and first.network is not None and bool(first.network.vpc),
    )
    reading = style.reading_rights(reference, scope)
    writing = style.rights(reference, scope)
    asked = f"asked for {reference.name}" if first else "asked for a function that is not there"
    try:
        answers = region.access.caller_may(_once((*reading, *writing)))
    except SecretshiftError as error:
        text = f"What this login may do cannot be asked: {error}"
        return tuple(
            _of(region, name, title, _unasked(error), text, error.hint)
            for name, title in (("reading", "read rights"), ("writing", "write rights"))
        )
    told = {_key(answer.question): answer for answer in answers}
    return (
        _right(region, "reading", "read", [told[_key(q)] for q in reading], asked),
        _right(region, "writing", "write", [told[_key(q)] for q in writing], asked),
    )


def _unasked(error: SecretshiftError) -> CheckState:
    """A run asks the same before its first write, so a refusal to answer would stop it."""
    return CheckState.WARN if isinstance(error, Refused) else CheckState.FAIL


def _right(region: Region, name: str, verb: str, answers: Sequence[Answer], asked: str) -> Check:
    actions = dict.fromkeys(answer.question.action for answer in answers)
    missing: dict[str, str] = {}
    for answer in answers:
        if not answer.allowed:
            missing.setdefault(answer.question.action, answer.why)
    text = f"{len(actions) - len(missing)} of {len(actions)} {verb} actions, {asked}"
    if not missing:
        return _of(region, name, f"{verb} rights", CheckState.OK, text)
    named = [f"{action} ({why})" if why else action for action, why in missing.items()]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    text = f"{text}; missing: {', '.join(named[:NAMED])}{more}"
    hint = "docs/reference/permissions.md has the policies"
    return _of(region, name, f"{verb} rights", CheckState.WARN, text, hint)


def _late_region(region: Region) -> tuple[Check, ...]:
    text = f"No answer within {REGION_SECONDS:.0f} seconds"
    return (_of(region, "functions", "functions", CheckState.FAIL, text, "Try again later"),)


def _of(
    region: Region, name: str, title: str, state: CheckState, text: str, hint: str = ""
) -> Check:
    place = region.place
    id_ = f"{place.cloud}:{place.account}:{place.region}:{name}"
    return Check(id_, title, state, text, hint, str(place))


def _once(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple({_key(question): question for question in questions}.values())


def _key(question: Question) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return question.action, question.resource, tuple(sorted(question.context.items()))
