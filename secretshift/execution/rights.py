"""Before the first write: every value can be read, and every right that the run and its undo need
is there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from secretshift.changes.add_reference import check_rest
from secretshift.changes.context import RunContext, source_moved
from secretshift.changes.create_secret import FINGERPRINT_TAG, made_for
from secretshift.model.codec import to_data
from secretshift.model.errors import LoginExpired, Moved, Refused, SecretshiftError
from secretshift.model.functions import Place
from secretshift.model.journeys import Consent
from secretshift.model.plans import Fallback, FunctionPlan, Plan, SecretPlan
from secretshift.model.ports import Caller, PolicyGrants, Question, Region, Scope
from secretshift.model.secret_value import Fingerprinter
from secretshift.planning.foreign_keys import foreign_key

_ARN = re.compile(r"arn:[^\s\"\\]+")


def check_accounts(plan: Plan, callers: Sequence[Caller]) -> None:
    """Every function, role and secret of the plan belongs to an account and partition of whoever
    runs it. Raises Refused."""
    known = {(caller.account, caller.partition) for caller in callers}
    for function in plan.functions:
        place = function.function.place
        if not _within(function.function.arn, place) or _owner(place) not in known:
            raise _elsewhere(function.function.arn)
        if function.way != "none" and not _within(function.role, place):
            raise Refused(
                "The function runs as a role of another account",
                resource=function.role,
                code="other-account",
            )
    for secret in plan.secrets:
        foreign = secret.arn != "" and not _within(secret.arn, secret.place)
        if foreign or _owner(secret.place) not in known:
            raise _elsewhere(secret.arn or f"{secret.place} {secret.name}")


def check_arns(plan: Plan) -> None:
    """Every ARN that the plan would use belongs to the account and partition of what it is for,
    wherever in the plan it stands. Raises Refused.

    Not asked of a run that began: its undo must not be held up.
    """
    _check_keys(plan)
    uses: list[tuple[object, Place]] = [(_used(f), f.function.place) for f in plan.active]
    for secret in plan.secrets:
        uses.append((replace(secret, pieces=()), secret.place))
        uses += [(piece.variable, secret.place) for piece in secret.pieces]
    for part, place in uses:
        for arn in _ARN.findall(json.dumps(to_data(part))):
            if not _within(arn, place):
                raise Refused(
                    "The plan names something of another account",
                    resource=arn,
                    hint="Plan again: what is of another account is not used",
                    code="other-account",
                )


def _used(function: FunctionPlan) -> FunctionPlan:
    """Without notes, which are sentences and may name whatever is in the way, and without
    templates, which are a part of what the function is configured with."""
    variables = tuple(replace(variable, template="") for variable in function.variables)
    return replace(function, variables=variables, blockers=(), warnings=(), fallback=Fallback())


def _check_keys(plan: Plan) -> None:
    """The rights on a key of another account cannot be told from here."""
    uses = [(function.kms_key, function.function.place) for function in plan.active]
    uses += [(secret.kms_key, secret.place) for secret in plan.secrets]
    for key, place in uses:
        if foreign_key(key, place):
            raise Refused(
                "The plan names a key of another account",
                resource=key,
                hint="Plan again, with a key of this account",
                code="other-account",
            )


def _within(arn: str, place: Place) -> bool:
    parts = arn.split(":")
    return len(parts) >= 6 and (parts[1], parts[4]) == (place.partition, place.account)


def _owner(place: Place) -> tuple[str, str]:
    return place.account, place.partition


def _elsewhere(resource: str) -> Refused:
    return Refused(
        "The plan is for another account than this login",
        resource=resource,
        hint="Log in to that account, or plan again with this one",
        code="other-account",
    )


def left_to_do(
    plan: Plan,
    regions: Mapping[Place, Region],
    layer: str,
    consent: Consent,
    fingerprint: Fingerprinter,
) -> Plan:
    """The plan without the functions that are as it wants them already, and without the secrets
    of files that are stored already.

    A plan that is carried out a second time finds nothing to do. layer: name of our layer. A
    function or secret that cannot be looked at stays in the plan, which will report it.
    """
    secrets = {secret.key: secret for secret in plan.secrets}

    def left(function: FunctionPlan) -> bool:
        if function.blocked:
            return True
        region = regions[function.function.place]
        try:
            return not _as_planned(function, secrets, region, layer, consent)
        except LoginExpired:
            raise
        except SecretshiftError:
            return True

    def needed(secret: SecretPlan, used: Set[str]) -> bool:
        if secret.key in used or not any(piece.file for piece in secret.pieces):
            return True
        try:
            return not _stored(secret, regions[secret.place], fingerprint)
        except LoginExpired:
            raise
        except SecretshiftError:
            return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        kept = list(pool.map(left, plan.functions))
        functions = tuple(f for f, wanted in zip(plan.functions, kept, strict=True) if wanted)
        used = {v.secret for f in functions if not f.blocked for v in f.variables}
        there = list(pool.map(lambda secret: needed(secret, used), plan.secrets))
    remaining = tuple(s for s, wanted in zip(plan.secrets, there, strict=True) if wanted)
    return replace(plan, functions=functions, secrets=remaining)


def _stored(secret: SecretPlan, region: Region, fingerprint: Fingerprinter) -> bool:
    """It is there as the plan wants it: ours, not on its way out, and with this very content."""
    info = region.secrets.describe(secret.arn or secret.name)
    if info is None or info.deletion is not None or not made_for(secret, info):
        return False
    return fingerprint(region.secrets.read(info.arn).value) == secret.fingerprint


def _as_planned(
    function: FunctionPlan,
    secrets: Mapping[str, SecretPlan],
    region: Region,
    layer: str,
    consent: Consent,
) -> bool:
    """References, wrapper, layer, grant and secrets are there, and the plaintext as consented."""
    style = region.references
    snapshot = region.functions.read(function.function)
    removed = function.way == "layer" and consent >= Consent.REMOVE_PLAINTEXT
    if removed and any(variable.name in snapshot.variables for variable in function.variables):
        return False
    found = [style.present(snapshot, variable.name) for variable in function.variables]
    references = [reference for reference in found if reference is not None]
    ours = [item.arn for item in snapshot.layers if f":layer:{layer}:" in item.arn]
    attached = ours[0] if function.way == "layer" and ours else ""
    if len(references) != len(found) or not style.referenced(snapshot, references, attached):
        return False
    if function.way == "layer" and not attached:
        return False
    for variable, reference in zip(function.variables, references, strict=True):
        secret = secrets[variable.secret]
        # Looked for by the plan's own name: the text of a foreign variable may be a value.
        info = region.secrets.describe(secret.arn or secret.name)
        if info is None or info.deletion is not None or info.arn != style.secret_of(reference):
            return False
        if info.tags.get(FINGERPRINT_TAG) != secret.fingerprint:
            return False
    document = region.access.read_policy(function.role, function.policy_name)
    parsed = style.grants_in(document) if document is not None else None
    if parsed is None or not _in_planned_form(function, parsed):
        return False
    return parsed.secrets >= {style.secret_of(reference) for reference in references}


def _in_planned_form(function: FunctionPlan, present: PolicyGrants) -> bool:
    """A grant to the whole role is what this plan comes to where it may fall back to it, and one
    to the function where it does not find it the role's already."""
    if present.of_role:
        return function.fallback.standing or function.fallback.allowed
    return not function.fallback.standing


def check_rights(ctx: RunContext, function: FunctionPlan) -> None:
    """Raise Refused naming the first right that whoever runs the program lacks.

    Where a test event is configured the twin is not needed, so its rights are not demanded; for a
    swap in one write they are.
    """
    event = function.function.name in ctx.events
    layered = function.way == "layer"
    secrets = dict.fromkeys(variable.secret for variable in function.variables)
    scope = Scope(
        role=function.role,
        layer=ctx.layer.name if layered else "",
        secrets=tuple((ctx.secrets()[key].name, ctx.secrets()[key].kms_key) for key in secrets),
        key=function.kms_key,
        log_group=function.log_group,
        event=event,
        twin=layered and not function.no_twin and (function.at_once or not event),
        vpc=function.in_vpc,
    )
    region = ctx.of(function)
    questions = region.references.rights(function.function, scope)
    home = function.function.place.account
    unknown = [question for question in questions if _name(home, question) not in ctx.allowed]
    for answer in region.access.caller_may(unknown) if unknown else ():
        ctx.allowed[_name(home, answer.question)] = answer
    answers = [ctx.allowed[_name(home, question)] for question in questions]
    denied = [answer for answer in answers if not answer.allowed]
    if denied:
        asked, why = denied[0].question, denied[0].why
        raise Refused(
            f"You lack {asked.action}, which the run or its undo needs{why and f': {why}'}",
            resource=asked.resource,
            hint=f"{len(denied)} of {len(questions)} rights are missing; docs/reference/"
            "permissions.md lists all",
            code="rights",
        )


def check_proof(ctx: RunContext, function: FunctionPlan) -> None:
    """Where the plan makes no twin, the function has to be able to report by itself, before its
    plaintext goes. Raises Refused."""
    name = function.function.name
    if function.at_once and (function.no_twin or function.way != "layer"):
        raise Refused(
            "The plan swaps plaintext and reference in one write, and makes no twin before",
            resource=str(function.function),
            hint="Plan again",
            code="no-proof",
        )
    if function.no_twin and name not in ctx.events:
        raise Refused(
            f"The plan makes no twin ({function.no_twin}), and no test event is configured",
            resource=str(function.function),
            hint=f'Set [functions."{name}"] test_event again, or plan again',
            code="no-proof",
        )


def _name(account: str, question: Question) -> str:
    """Names a question: what many functions share, their role or the layer, is asked once."""
    return repr((account, question.action, question.resource, sorted(question.context.items())))


def check_unchanged(ctx: RunContext, function: FunctionPlan) -> None:
    """Before anything is written for it: the function is as planned, with the planned values.

    A variable that an earlier attempt of this run emptied already refers to its secret.
    Raises Moved, Refused, Unavailable.
    """
    region = ctx.of(function)
    snapshot = region.functions.read(function.function)
    check_rest(function, snapshot)
    for variable in function.variables:
        value = snapshot.variables.get(variable.name)
        if value is None and region.references.present(snapshot, variable.name) is not None:
            continue
        if value is None or ctx.fingerprint(value) != variable.fingerprint:
            raise source_moved(f"{snapshot.ref} {variable.name}")


def check_values(ctx: RunContext, function: FunctionPlan) -> None:
    """Read every value that this function's secrets are made of, or the secret that is there.

    Raises Moved where one no longer is what the plan was made from.
    """
    for key in dict.fromkeys(variable.secret for variable in function.variables):
        secret = ctx.secrets()[key]
        if key in ctx.arns:
            continue
        if secret.action == "reuse":
            _check_stored(ctx, secret)
        else:
            ctx.compose(secret)


def _check_stored(ctx: RunContext, secret: SecretPlan) -> None:
    version = ctx.region(secret.place).secrets.read(secret.arn)
    if ctx.fingerprint(version.value) != secret.fingerprint:
        raise Moved(
            "The secret of ours holds another value by now",
            resource=secret.arn,
            hint="It was rotated or edited; plan again",
        )
