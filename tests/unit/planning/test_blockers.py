"""What cannot be proved safe yet is blocked, with a reason and what to do."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from secretshift.model.findings import Confidence
from secretshift.model.functions import FunctionFacts, LayerRef
from secretshift.model.unread import Unread
from secretshift.planning.inputs import Options
from secretshift.planning.selection import Selection

SECRET = {"API_TOKEN": "tok-Vw83hdkQpe71"}


def codes(plan) -> set[str]:
    return {note.code for function in plan.functions for note in function.blockers}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"facts": FunctionFacts(tags={"aws:cloudformation:stack-name": "shop"})}, "owner"),
        ({"facts": FunctionFacts(tags={"lambda:createdBy": "SAM"})}, "owner"),
        ({"facts": FunctionFacts(tags={"ManagedBy": "Terraform"})}, "owner"),
        ({"facts": FunctionFacts(tags={"pulumi:project": "shop"})}, "owner"),
        ({"unusual": ("SnapStart",)}, "unusual-snapstart"),
        ({"unusual": ("Durable",)}, "unusual-durable"),
        ({"unusual": ("CapacityProvider",)}, "unusual-capacityprovider"),
        ({"unusual": ("Tenancy",)}, "unusual-tenancy"),
        ({"architectures": ("riscv64",)}, "architecture"),
        ({"facts": FunctionFacts(provisioned=("live",))}, "provisioned-concurrency"),
        ({"route": (False, "No route to Secrets Manager")}, "network"),
        (
            {
                "layers": tuple(
                    LayerRef(f"arn:aws:lambda:eu-west-1:1:layer:l{i}:1") for i in range(5)
                )
            },
            "five-layers",
        ),
        ({"facts": FunctionFacts(code_signing="enforce")}, "code-signing"),
        ({"facts": FunctionFacts(code_signing="unknown")}, "code-signing"),
        ({"runtime": "cobol1"}, "unknown-runtime"),
        ({"kms_key": "arn:aws:kms:eu-west-1:999988887777:key/1"}, "foreign-key"),
        ({"kms_key": "arn:aws-cn:kms:eu-west-1:111122223333:key/1"}, "foreign-key"),
        ({"update_status": "InProgress"}, "update-in-progress"),
        (
            {"facts": FunctionFacts(unknown=(Unread("Its tags could not be read", "Ask"),))},
            "unknown",
        ),
    ],
)
def test_blocked_with_a_reason(world, changes, code):
    plan = world.function("api", SECRET, **changes).plan()
    assert code in codes(plan)
    assert plan.nothing_to_do
    assert not plan.secrets, "nothing is stored for a function that is not touched"


CENTRAL = "arn:aws:kms:eu-west-1:999988887777:key/1"


@pytest.mark.parametrize(
    ("own", "named", "reason", "what_to_do"),
    [
        (CENTRAL, "", "Its environment is under a key of another account", "KMSKeyArn"),
        ("", CENTRAL, "Its secret would be under a key of another account", "plan.kms_key"),
    ],
)
def test_a_central_key_is_named_with_what_to_change(world, own, named, reason, what_to_do):
    plan = world.function("api", SECRET, kms_key=own).plan(Options(kms_key=named))
    (note,) = [n for n in plan.functions[0].blockers if n.code == "foreign-key"]
    assert reason in note.text and CENTRAL in note.text and what_to_do in note.hint


def test_a_foreign_reference_where_ours_would_go_blocks(world):
    variables = {
        **SECRET,
        "API_TOKEN_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf",
    }
    assert "foreign-reference" in codes(world.function("api", variables).plan())


def test_an_unreadable_environment_blocks(world):
    plan = world.function(
        "api", {}, environment=None, environment_error="AccessDeniedException"
    ).plan()
    assert "environment-unreadable" in codes(plan)


def test_more_than_the_limit_at_its_peak_blocks(world):
    plan = world.function("api", {**SECRET, "PADDING": "x" * 3900}).plan()
    assert "size" in codes(plan)


def test_an_owner_can_be_overridden_by_name(world):
    world.function("api", SECRET, facts=FunctionFacts(tags={"pulumi:project": "shop"}))
    plan = world.plan(Options(override_owner=("api",)))
    assert not codes(plan)
    assert "owner" in {note.code for note in plan.functions[0].warnings}


def test_an_image_gets_secret_permission_and_reference_and_the_code(world):
    plan = world.function("api", SECRET, package_type="Image", runtime="").plan()
    function = plan.functions[0]
    assert not function.blocked
    assert function.way == "code" and "container image takes no layers" in function.why
    assert function.proof == "none"
    assert "API_TOKEN_SECRET_ARN" in function.code_hint
    assert "removes" not in {name.change for name in function.environment}


@pytest.mark.parametrize("runtime", ["provided.al2023", "java21", "dotnet8", "ruby3.4", "go1.x"])
def test_a_runtime_without_a_resolver_keeps_its_plaintext(world, runtime):
    (function,) = world.function("api", SECRET, runtime=runtime).plan().functions
    assert (function.way, function.proof, function.blocked) == ("code", "none", False)
    assert runtime in function.why and "API_TOKEN_SECRET_ARN" in function.code_hint
    assert {name.change for name in function.environment} == {"adds", "keeps"}


@pytest.mark.parametrize(
    ("variable", "extension", "form"),
    [
        ("DD_API_KEY", "Datadog", "DD_API_KEY_SECRET_ARN"),
        ("NEW_RELIC_LICENSE_KEY", "New Relic", "NEW_RELIC_LICENSE_KEY_SECRET"),
        ("ELASTIC_APM_SECRET_TOKEN", "Elastic APM", "ELASTIC_APM_SECRETS_MANAGER_SECRET_TOKEN_ID"),
    ],
)
def test_what_an_extension_reads_is_blocked_with_the_vendors_own_form(
    world, variable, extension, form
):
    value = secrets.token_hex(20) + ("NRAL" if variable.startswith("NEW") else "")
    plan = world.function("api", {variable: value[-40:]}).plan()
    (note,) = [n for n in plan.functions[0].blockers if n.code == "extension"]
    assert variable in note.text and extension in note.text
    assert form in note.hint and "--exclude" in note.hint
    assert plan.nothing_to_do and not plan.secrets


@pytest.mark.parametrize("variable", ["LOGZIO_LOGS_TOKEN", "AXIOM_TOKEN"])
def test_an_extension_without_a_form_for_secrets_keeps_its_variable(world, variable):
    plan = world.function("api", {variable: secrets.token_urlsafe(24)}).plan()
    (note,) = [n for n in plan.functions[0].blockers if n.code == "extension"]
    assert note.hint == "Move it by hand, and leave it out with --exclude kind:logging-token"
    assert plan.nothing_to_do


def test_low_confidence_never_moves(world):
    plan = world.function("api", {"THING": "value"}).plan(
        Options(selection=Selection(Confidence.LOW))
    )
    assert plan.nothing_to_do


def test_only_and_exclude(world):
    world.function("pay-api", SECRET)
    world.function("mail", {"SMTP_PASSWORD": "kirsche-Mond-17"})
    only = world.plan(Options(selection=Selection(only=("function:pay-*",))))
    assert [f.function.name for f in only.functions] == ["pay-api"]
    without = world.plan(Options(selection=Selection(exclude=("variable:SMTP_*",))))
    assert [f.function.name for f in without.functions] == ["pay-api"]


def test_the_policy_names_one_function_and_no_wildcard(world):
    plan = world.function("api", SECRET).plan()
    policy = plan.functions[0].policy
    assert "function:api" in policy
    assert "*" not in policy


def test_without_twin_and_without_test_event_there_is_no_proof(world):
    reason = "you may not make a twin (no lambda:CreateFunction)"
    world.function("api", SECRET)
    world.cases = [replace(case, no_twin=reason) for case in world.cases]
    assert "no-proof" in codes(world.plan())


def test_without_twin_the_first_proof_is_its_own_report_and_the_plan_says_so(world):
    reason = "you may not make a twin (no lambda:CreateFunction)"
    world.function("api", SECRET, event=True)
    world.cases = [replace(case, no_twin=reason) for case in world.cases]
    plan = world.plan()
    assert not codes(plan)
    assert plan.functions[0].proof == "event"
    assert reason in plan.functions[0].proof_text


def test_the_plan_says_of_each_function_which_proof_it_gets_and_why(world):
    world.function("twin", SECRET)
    world.function("event", SECRET, event=True)
    world.function("proxy", {**SECRET, "HTTPS_PROXY": "http://u:p@proxy"}, event=True)
    world.function("bundle", {**SECRET, "AWS_CA_BUNDLE": "/var/task/ca.pem"})
    said = {
        f.function.name: f
        for f in world.plan(
            Options(selection=Selection(exclude=("variable:HTTPS_PROXY",)))
        ).functions
    }
    assert said["twin"].proof == "probe"
    assert "throw-away twin with the same role" in said["twin"].proof_text
    assert said["event"].proof == "event"
    assert said["event"].proof_text.startswith("a throw-away twin reads the secret first; then")
    assert said["proxy"].proof == "event" and not said["proxy"].blocked
    assert said["proxy"].proof_text.startswith("HTTPS_PROXY seems to hold a login")
    assert "own report" in said["proxy"].proof_text
    assert said["proxy"].no_twin and not said["twin"].no_twin
    assert said["bundle"].proof == "none"
    assert {note.code for note in said["bundle"].blockers} == {"no-proof"}
