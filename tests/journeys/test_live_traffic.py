"""What callers and AWS see of a migration: no failed call, two writes, no removal unproved."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from secretshift.changes.add_reference import AddReference
from secretshift.changes.patience import Patience
from secretshift.changes.prove_match import ProveMatch
from secretshift.changes.remove_plaintext import RemovePlaintext
from secretshift.clouds.aws.functions import AwsFunctions
from secretshift.model.codec import from_data
from secretshift.model.errors import LoginExpired, Refused
from secretshift.model.journeys import CancelToken, Consent, ignore
from secretshift.model.plans import Plan
from secretshift.resolver.packing import LAYER_NAME, WRAPPER_PATH
from secretshift.workflow.migrate import context

TOKEN = "tok-Vw83hdkQpe71"
DENY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
    '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
)


class Traffic:
    """Calls the function over and over; right: calls that got the value, wrong: all others."""

    def __init__(self, world) -> None:
        self._world, self._over = world, threading.Event()
        self.right, self.wrong = 0, []
        self._thread = threading.Thread(target=self._call)

    def _call(self) -> None:
        while not self._over.is_set():
            try:
                assert self._world.answers("api")
                self.right += 1
            except Exception as error:
                self.wrong.append(repr(error))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_about) -> None:
        self._over.set()
        self._thread.join(60)


def test_a_grant_that_is_denied_while_both_forms_are_there_fails_no_call(world, monkeypatch):
    world.function("api", {"API_TOKEN": TOKEN})
    made = replace(world.services(), patience=Patience(grant=5.0, log=1.0, pause=0.1, steady=0.0))
    real = AddReference.apply

    def apply(self, ctx, intent):
        # After the twin has proved it: only the function itself is denied now.
        world.client("iam").put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=DENY)
        return real(self, ctx, intent)

    monkeypatch.setattr(AddReference, "apply", apply)
    with Traffic(world) as traffic:
        result = world.migrate(made, consent=Consent.REMOVE_PLAINTEXT)
        before = traffic.right
        assert world.answers("api"), "an environment of the new configuration"
    assert traffic.wrong == [] and before > 0
    assert result.status == "incomplete"
    assert {failure.code for failure in result.failures} <= {"grant-denied", "resolver-report"}
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.variables("api")["AWS_LAMBDA_EXEC_WRAPPER"] == WRAPPER_PATH


@pytest.fixture
def writes(monkeypatch):
    """Every configuration write: variables, and layers where they are sent."""
    seen = []
    real = AwsFunctions.write

    def write(self, ref, change):
        seen.append((dict(change.variables), change.layers))
        return real(self, ref, change)

    monkeypatch.setattr(AwsFunctions, "write", write)
    return seen


def test_two_writes_there_and_one_back_with_layer_and_wrapper_always_together(world, writes):
    world.function("api", {"API_TOKEN": TOKEN, "DB_PASSWORD": "kirsche-Mond-17"})
    made = world.services()
    result = world.migrate(made)
    assert result.status == "done", result.failures
    (first, layers), (second, untouched) = writes
    ours = {"AWS_LAMBDA_EXEC_WRAPPER", "SECRETSHIFT_VARS"}
    ours |= {"API_TOKEN_SECRET_ARN", "DB_PASSWORD_SECRET_ARN"}
    assert first.keys() == {"LOG_LEVEL", "API_TOKEN", "DB_PASSWORD", *ours}
    assert [LAYER_NAME in layer for layer in layers] == [True]
    assert second.keys() == {"LOG_LEVEL", *ours} and untouched is None
    writes.clear()
    assert world.undo(made, result.run).status == "undone"
    ((back, layers),) = writes
    assert back.keys() == {"LOG_LEVEL", "API_TOKEN", "DB_PASSWORD"} and layers == ()


@pytest.mark.parametrize("change", [ProveMatch, RemovePlaintext])
def test_no_plaintext_goes_without_a_proof_of_the_same_process(world, change):
    """All else is in place: secret, grant, layer and references, from an earlier process."""
    world.function("api", {"API_TOKEN": TOKEN})
    made = world.services()
    run = world.migrate(made, consent=Consent.SWITCH).run
    journal, clouds = made.journal(), made.clouds(())
    plan = from_data(Plan, journal.plan(run), "plan")
    ctx = context(made, run, plan, clouds, ignore, CancelToken())
    for record in journal.changes(run):
        if record.type == "create-secret":
            (secret,) = plan.secrets
            ctx.arns[secret.key] = (str(record.after["arn"]), str(record.after["version"]))
        if record.type == "publish-layer":
            ctx.layers[secret.place] = str(record.after["arn"])
    with pytest.raises(Refused, match=r"[Nn](either|othing)"):
        change(plan.functions[0]).apply(ctx, {})
    assert world.variables("api")["API_TOKEN"] == TOKEN
    ctx.proved[plan.functions[0].function.arn] = ctx.now()
    change(plan.functions[0]).apply(ctx, {})
    assert ("API_TOKEN" in world.variables("api")) is (change is ProveMatch)


def test_a_run_stopped_behind_the_removal_puts_back_what_it_cannot_prove_when_it_goes_on(
    world, monkeypatch
):
    world.function("api", {"API_TOKEN": TOKEN})
    made = replace(world.services(), patience=Patience(1.0, 1.0, 0.1, steady=0.0))
    real = RemovePlaintext.apply

    def apply(self, ctx, intent):
        real(self, ctx, intent)
        raise LoginExpired("The login is over")

    with monkeypatch.context() as patch:
        patch.setattr(RemovePlaintext, "apply", apply)
        result = world.migrate(made)
    assert result.status == "incomplete" and "API_TOKEN" not in world.variables("api")
    world.client("iam").put_role_policy(RoleName="api", PolicyName="deny", PolicyDocument=DENY)

    denied = world.resume(made, result.run)

    assert [failure.code for failure in denied.failures] == ["grant-denied"]
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert world.answers("api")
