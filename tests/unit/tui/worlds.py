"""A session that has something to show on every screen, and the same with hostile names."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from secretshift.execution.run import Failure
from secretshift.execution.steps import planned_steps
from secretshift.model.checks import Check, CheckState
from secretshift.model.journeys import Consent, Looking, Note, Step
from secretshift.model.plans import Plan
from secretshift.model.sources import FoundSource
from secretshift.state.records import RunRecord
from secretshift.tui.session import Session
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.proof import FunctionProof, ProofResult, Proved, Todo
from secretshift.workflow.services import Sources

from .samples import ACCOUNT, DENIED, REGION, SCANNED, credential_rows, report
from .stage import NOW

RUN: Final = "r-20261125-140200-ab12"
SCREEN_NAMES: Final = (
    "start",
    "scan",
    "credentials",
    "plan",
    "run",
    "proof",
    "runs",
    "doctor",
    "settings",
)

HOSTILE: Final = (
    " \x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x9b31m\u202egnp\u2066\u200b\u200d\ufeff\r\n\t"
    "[red]red[/] [@click=app.leave]go[/] [bold \\[ $ss-fail {x} 漢字漢字 e\u0308\u0301 \U0001f469"
    "\u200d\U0001f4bb \udcff\u2028 " + "long" * 2500
)
"""What a name could do to a terminal, to markup and to a line; 10,000 characters."""

OURS: Final = frozenset(
    {"id", "key", "code", "kind", "type", "state", "status", "action", "way", "proof", "change"}
    | {"choice", "confidence", "level", "part", "fingerprint", "credential", "credentials", "path"}
    | {"secret", "qualifier", "until", "cloud", "created", "policy", "siblings", "mode", "unit"}
    | {"decision", "env", "cursor", "left_out", "root"}
)
"""Fields that hold words of the program, which it looks up; everything else comes from outside.

path and root are tainted where they are shown: see ``tainted``.
"""


def tainted(thing: Any, *, suffix: str = HOSTILE) -> Any:
    """The same object with something hostile behind every text that comes from outside."""
    if isinstance(thing, Enum) or thing is None:
        return thing
    if isinstance(thing, tuple):
        return tuple(_text(one, suffix) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        shown = getattr(thing, "type", "") == "file"
        changed = {}
        for field in fields(thing):
            if not field.init:
                continue
            value = getattr(thing, field.name)
            ours = field.name in OURS and not (shown and field.name in ("path", "root"))
            if isinstance(value, str):
                changed[field.name] = value if ours else _text(value, suffix)
            elif not ours or not _only_text(value):
                changed[field.name] = tainted(value, suffix=suffix)
        return replace(thing, **changed)
    return thing


def _text(value: Any, suffix: str) -> Any:
    if type(value) is str:
        return value + suffix if value else value
    return tainted(value, suffix=suffix)


def _only_text(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def sources() -> tuple[FoundSource, ...]:
    return (
        FoundSource(
            "git:shop",
            "git",
            "shop",
            "~/shop, branch main",
            can="the work tree",
            ready=True,
            path="/home/sam/shop",
        ),
        FoundSource(
            "aws:acme",
            "aws",
            "acme-prod",
            "profile acme-prod (SSO)",
            can="functions and roles",
            ready=True,
            profile="acme-prod",
            account=ACCOUNT,
            regions=(REGION,),
        ),
        FoundSource(
            "aws:old",
            "aws",
            "acme-dev",
            "profile dev",
            cannot="its token has expired",
            remedy="aws sso login --profile dev",
            profile="dev",
        ),
    )


def checks() -> tuple[Check, ...]:
    return (
        Check("git", "git", CheckState.OK, "2.47"),
        Check("clock", "clock", CheckState.FAIL, "6 minutes ahead", "Set it", "AWS acme-prod"),
        Check("swap", "swap", CheckState.UNKNOWN, "cannot be told"),
        Check("write", "write rights", CheckState.WARN, "2 missing", "Ask for them", "AWS acme"),
    )


def records() -> tuple[RunRecord, ...]:
    def one(number: int, status: str) -> RunRecord:
        began = NOW - timedelta(days=number)
        name = f"r-20261125-14020{number}-00a{number}"
        return RunRecord(name, "migrate", began, began, status, 7, f"week {number}")

    every = ("done", "interrupted", "undone", "running", "incomplete")
    return tuple(one(number, status) for number, status in enumerate(every, 1))


def proof() -> ProofResult:
    return ProofResult(
        RUN,
        "incomplete",
        (
            FunctionProof("eu-west-1/orders-api", Proved.MOVED, "the twin got it", NOW, ("3",)),
            FunctionProof("eu-west-1/legacy-report", Proved.FAILED, "its role is denied"),
        ),
        (
            Todo("rotate:1", "Rotate the password", "Roll it at its issuer"),
            Todo("v:2", "Delete version 3", done=True),
        ),
    )


def fill(session: Session, plan: Plan, *, hostile: bool = False, over: bool = True) -> None:
    """over: the run has ended, with a failure; otherwise it is at work as far as it is told."""

    def taint(thing: Any) -> Any:
        return tainted(thing) if hostile else thing

    foul = HOSTILE if hostile else ""
    rows = tuple(taint(row) for row in credential_rows())
    plan = taint(plan)
    session.sources = {source.id: taint(source) for source in sources()}
    session.chosen = {"git:shop", "aws:acme"}
    session.looked = True
    session.asked = Sources(
        paths=("/home/sam/shop",), aws=True, profiles=("acme-prod" + foul,), regions=(REGION,)
    )
    session.report = replace(report(rows), errors=(taint(DENIED),))
    session.scanned_at = SCANNED
    session.rows, session.listed = rows, session.report
    session.live = [finding for row in rows for finding in row.credential.findings]
    session.shown = list(session.live)
    session.progress = {
        name: Looking(name + foul, 3, 17, 2, "regions", over=name == "git")
        for name in ("git", "aws acme-prod")
    }
    session.notes.append(Note(f"AWS asks us to slow down{foul}", "warning"))
    session.plan = plan
    session.planned_for = (rows[0].credential.id,)
    state = session.begin_run("run", plan, planned_steps(plan, Consent.REMOVE_PLAINTEXT), 0.0)
    state.run = RUN
    words = ("done", "failed", "started", "skipped", "undone", "kept")
    for (key, step), word in zip(tuple(state.steps.items()), words, strict=False):
        text = step.text + foul
        event = Step(step.change, step.target + foul, word, text, key=key, proof="read" + foul)
        session.take_run([(1.0, event), (2.0, Note(f"waited 0.4 s{foul}"))], NOW)
    if over:
        state.ended = 130.0
        target = tuple(state.steps.values())[1].target
        failure = Failure(target + foul, "denied", "An SCP denies it" + foul, "Ask for it" + foul)
        state.result = MigrateResult(RUN, "incomplete", moved=("a",), failures=(failure,))
    session.proof = taint(proof())
    session.runs = tuple(taint(record) for record in records())
    session.stopped_runs = frozenset({session.runs[3].id})
    session.checks = {check.id: taint(check) for check in checks()}
    session.plugins = (
        (f"kind acme-token 1.2{foul}", "loaded", f"of acme{foul}"),
        (f"cloud oracle 0.1{foul}", "failed", f"asks for interface 3{foul}"),
    )
