"""What happens when AWS, the network or somebody else gets in between."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError
from botocore.stub import ANY, Stubber

import secretshift
from secretshift.clouds.aws.connections import Connections, RegionClients
from secretshift.clouds.aws.errors import ProgramFault
from secretshift.clouds.aws.facts import read_facts
from secretshift.clouds.aws.policy import grant_document
from secretshift.clouds.aws.rates import RateLimits
from secretshift.clouds.aws.secrets import AwsSecrets
from secretshift.clouds.aws.simulation import explanation, principal_of
from secretshift.model.errors import (
    AlreadyThere,
    LoginExpired,
    Moved,
    NotFound,
    Refused,
    SecretshiftError,
    Unavailable,
)
from secretshift.model.functions import EnvironmentWrite, FunctionSnapshot, LayerRef, Place
from secretshift.model.ports import Grant, NewProbe, Question, Region
from secretshift.model.secret_value import SecretValue
from tests.contract.ports.aws_world import AwsWorld, aws_world, zipped
from tests.contract.ports.fault_proxy import Fault, FaultProxy
from tests.contract.ports.function_inventory import plain, with_more
from tests.contract.ports.secret_store import CANARY, TAGS, new_secret

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("aws-faults")]

UPDATE = "PUT /2015-03-31/functions/"


@pytest.fixture(scope="module")
def world() -> Iterator[AwsWorld]:
    with aws_world() as found:
        yield found


@pytest.fixture
def proxy(world: AwsWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    with FaultProxy(world.endpoint) as found:
        for key in world.environment:
            # one for all services, and one for each
            if key.startswith("AWS_ENDPOINT_URL"):
                monkeypatch.setenv(key, found.endpoint)
        yield found


@pytest.fixture
def region(world: AwsWorld, proxy: FaultProxy) -> Region:
    """Everything it asks passes the proxy, while the world itself does not."""
    return world.region()


@pytest.fixture
def before(world: AwsWorld, region: Region) -> FunctionSnapshot:
    return region.functions.settled(world.make_function({"DB": CANARY}))


def updates(proxy: FaultProxy) -> list[Any]:
    return [r.json for r in proxy.requests if r.action.startswith(UPDATE)]


def writer(world: AwsWorld, before: FunctionSnapshot, **change: Any) -> Callable[[], None]:
    """Somebody who writes as soon as the update before is through."""

    def write() -> None:
        client = world.client("lambda")
        client.get_waiter("function_updated_v2").wait(
            FunctionName=before.ref.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
        client.update_function_configuration(FunctionName=before.ref.name, **change)

    return write


class TestTheOneWrite:
    def test_it_carries_these_parameters_and_nothing_else(
        self, region: Region, proxy: FaultProxy, before: FunctionSnapshot
    ) -> None:
        region.functions.write(before.ref, with_more(before, AA="1"))
        assert updates(proxy) == [
            {
                "RevisionId": before.revision,
                "Environment": {"Variables": {"DB": CANARY, "AA": "1"}},
            }
        ]

    def test_with_layers_and_key_as_they_were(
        self, world: AwsWorld, region: Region, proxy: FaultProxy
    ) -> None:
        key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
        layer = world.client("lambda").publish_layer_version(
            LayerName="a-layer", Content={"ZipFile": zipped()}
        )["LayerVersionArn"]
        ref = world.make_function({"DB": CANARY}, KMSKeyArn=key)
        now = region.functions.settled(ref)
        region.functions.write(ref, replace(with_more(now, AA="1"), layers=(layer,)))
        assert [set(request) for request in updates(proxy)] == [
            {"RevisionId", "Environment", "Layers", "KMSKeyArn"}
        ]
        assert updates(proxy)[0]["KMSKeyArn"] == key and updates(proxy)[0]["Layers"] == [layer]

    def test_a_key_that_was_not_looked_at_is_never_sent(
        self, region: Region, proxy: FaultProxy, before: FunctionSnapshot
    ) -> None:
        with pytest.raises(Moved):
            region.functions.write(
                before.ref, replace(with_more(before, AA="1"), kms_key="arn:aws:kms:x")
            )
        assert updates(proxy) == []

    def test_a_revision_that_changes_once_more_is_adopted(
        self, world: AwsWorld, region: Region, proxy: FaultProxy, before: FunctionSnapshot
    ) -> None:
        """As AWS does when the update settles: a new revision, every field as it was."""

        proxy.faults.append(Fault(UPDATE, after=writer(world, before, Timeout=before.timeout)))
        after = region.functions.write(before.ref, with_more(before, AA="1"))
        again = region.functions.write(after.ref, with_more(after, BB="2"))
        assert plain(again) == {"DB": CANARY, "AA": "1", "BB": "2"}

    @pytest.mark.parametrize(
        "change",
        [
            {"Timeout": 17},
            {"Environment": {"Variables": {"DB": "theirs", "AA": "1"}}},
            {"Description": "theirs"},
        ],
        ids=["another setting", "environment", "description"],
    )
    def test_somebody_elses_change_in_between_is_not_adopted(
        self,
        world: AwsWorld,
        region: Region,
        proxy: FaultProxy,
        before: FunctionSnapshot,
        change: dict[str, Any],
    ) -> None:
        proxy.faults.append(Fault(UPDATE, after=writer(world, before, **change)))
        with pytest.raises(Moved) as caught:
            region.functions.write(before.ref, with_more(before, AA="1"))
        assert "theirs" not in said(caught.value)

    def test_a_change_just_before_is_told_by_the_cloud(
        self, world: AwsWorld, region: Region, proxy: FaultProxy, before: FunctionSnapshot
    ) -> None:
        """Between our look and our write: only AWS itself can refuse that."""
        proxy.faults.append(
            Fault(UPDATE, status=412, code="PreconditionFailedException", message=CANARY)
        )
        with pytest.raises(Moved) as caught:
            region.functions.write(before.ref, with_more(before, AA="1"))
        assert CANARY not in said(caught.value) and len(updates(proxy)) == 1
        assert plain(region.functions.read(before.ref)) == {"DB": CANARY}

    def test_a_lost_answer_is_found_to_be_our_own_write(
        self, region: Region, proxy: FaultProxy, before: FunctionSnapshot
    ) -> None:
        proxy.faults.append(Fault(UPDATE, lost=True))
        after = region.functions.write(before.ref, with_more(before, AA="1"))
        assert plain(after) == {"DB": CANARY, "AA": "1"} and len(updates(proxy)) == 2

    def test_an_environment_that_cannot_be_read_is_never_written(
        self, region: Region, proxy: FaultProxy, before: FunctionSnapshot, monkeypatch: Any
    ) -> None:
        unreadable = replace(before, environment=None, environment_error="AccessDeniedException")
        monkeypatch.setattr(type(region.functions), "settled", lambda _self, _ref: unreadable)
        with pytest.raises(Refused) as caught:
            region.functions.write(before.ref, with_more(before, AA="1"))
        assert caught.value.code == "environment-unreadable" and updates(proxy) == []

    def test_an_update_that_fails_is_refused_with_its_reason(
        self, region: Region, before: FunctionSnapshot, monkeypatch: Any
    ) -> None:
        write = with_more(before, AA="1")
        failed = replace(
            before,
            environment=dict(write.variables),
            update_status="Failed",
            update_reason="InvalidSubnet",
        )
        looks = iter([before, failed])
        monkeypatch.setattr(type(region.functions), "settled", lambda _self, _ref: next(looks))
        with pytest.raises(Refused, match="InvalidSubnet"):
            region.functions.write(before.ref, write)

    def test_layers_that_somebody_took_away_are_noticed(
        self, region: Region, before: FunctionSnapshot, monkeypatch: Any
    ) -> None:
        write = with_more(before, AA="1")
        had = replace(before, layers=(LayerRef("arn:aws:lambda:x"),))
        looks = iter([had, replace(before, environment=dict(write.variables))])
        monkeypatch.setattr(type(region.functions), "settled", lambda _self, _ref: next(looks))
        with pytest.raises(Moved, match="layers"):
            region.functions.write(before.ref, write)


def test_throttling_is_waited_for(region: Region, proxy: FaultProxy, world: AwsWorld) -> None:
    proxy.faults.append(Fault("ListSecrets", times=2, status=400, code="ThrottlingException"))
    list(region.secrets.owned())
    assert [r.action for r in proxy.requests].count("ListSecrets") == 3


def test_a_call_to_a_function_is_never_sent_twice(
    region: Region, proxy: FaultProxy, before: FunctionSnapshot
) -> None:
    path = f"POST /2015-03-31/functions/{before.ref.arn}/invocations".replace(":", "%3A")
    proxy.faults.append(Fault(path, times=5, lost=True))
    with pytest.raises(Unavailable):
        region.functions.invoke(before.ref, b"{}")
    assert [r.action for r in proxy.requests if "invocations" in r.path] == [path]


def test_an_expired_login_is_told_apart(region: Region, proxy: FaultProxy) -> None:
    proxy.faults.append(Fault("DescribeSecret", status=400, code="ExpiredTokenException"))
    with pytest.raises(LoginExpired) as caught:
        region.secrets.describe("x")
    assert "aws sso login" in caught.value.hint


def test_regions_that_may_not_be_listed_are_only_the_sure_ones(
    world: AwsWorld, proxy: FaultProxy
) -> None:
    cloud = world.cloud()
    cloud.caller()
    proxy.faults += [
        Fault("DescribeRegions", status=403, code="UnauthorizedOperation"),
        Fault("POST /listRegions", status=403, code="AccessDeniedException"),
    ]
    regions = cloud.regions()
    assert world.region_name in regions and "me-south-1" not in regions
    assert "left out" in cloud.regions_note


def test_a_secret_is_looked_for_again_after_it_was_made(region: Region, proxy: FaultProxy) -> None:
    proxy.faults.append(
        Fault("GetSecretValue", times=2, status=400, code="ResourceNotFoundException")
    )
    assert region.secrets.create(new_secret()).value.reveal() == CANARY


def test_a_lost_answer_to_create_ends_in_one_secret_of_ours(
    region: Region, proxy: FaultProxy
) -> None:
    proxy.faults.append(Fault("CreateSecret", lost=True))
    new = new_secret()
    created = region.secrets.create(new)
    assert (created.version, created.value) == (new.token, new.value)
    assert [r.action for r in proxy.requests].count("CreateSecret") == 2


class TestALostAnswerToCreate:
    """Answers that an embedded cloud does not give, played."""

    @pytest.fixture
    def parts(self, world: AwsWorld) -> tuple[AwsSecrets, Stubber]:
        clients = RegionClients(Connections(None, "us-east-1", RateLimits()), "us-east-1")
        stub = Stubber(clients.secrets)
        place = Place("aws", "123456789012", "us-east-1")
        return AwsSecrets(place, clients), stub

    @staticmethod
    def play(stub: Stubber, token: str, tags: dict[str, str]) -> str:
        arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf"
        stub.add_client_error("create_secret", "ResourceExistsException", CANARY)
        stub.add_response(
            "describe_secret",
            {
                "ARN": arn,
                "Name": "contract/x",
                "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
                "VersionIdsToStages": {token: ["AWSCURRENT"]},
            },
            {"SecretId": "contract/x"},
        )
        return arn

    def test_our_token_and_tags_make_it_ours(self, parts: tuple[AwsSecrets, Stubber]) -> None:
        store, stub = parts
        new = new_secret(name="contract/x")
        arn = self.play(stub, new.token, TAGS)
        stub.add_response(
            "get_secret_value",
            {"ARN": arn, "VersionId": new.token, "SecretString": CANARY},
            {"SecretId": arn, "VersionId": new.token},
        )
        with stub:
            assert store.create(new).arn == arn

    @pytest.mark.parametrize("case", ["token", "tags"])
    def test_either_alone_does_not(self, parts: tuple[AwsSecrets, Stubber], case: str) -> None:
        store, stub = parts
        new = new_secret(name="contract/x")
        token = new.token if case == "tags" else str(uuid.uuid4())
        self.play(stub, token, {"team": "x"} if case == "tags" else TAGS)
        with stub, pytest.raises(AlreadyThere):
            store.create(new)

    def test_another_content_under_our_token_is_not_ours(
        self, parts: tuple[AwsSecrets, Stubber]
    ) -> None:
        store, stub = parts
        new = new_secret(name="contract/x")
        arn = self.play(stub, new.token, TAGS)
        stub.add_response(
            "get_secret_value",
            {"ARN": arn, "VersionId": new.token, "SecretString": "theirs"},
            {"SecretId": arn, "VersionId": new.token},
        )
        with stub, pytest.raises(AlreadyThere) as caught:
            store.create(new)
        assert "theirs" not in said(caught.value)

    def test_a_name_in_recovery_as_aws_answers_it(self, parts: tuple[AwsSecrets, Stubber]) -> None:
        store, stub = parts
        stub.add_client_error("create_secret", "InvalidRequestException", CANARY)
        stub.add_response(
            "describe_secret",
            {
                "ARN": "arn:aws:secretsmanager:x:1:secret:x",
                "Name": "contract/x",
                "DeletedDate": datetime.now(UTC),
            },
            {"SecretId": ANY},
        )
        with stub, pytest.raises(AlreadyThere) as caught:
            store.create(new_secret(name="contract/x"))
        assert caught.value.code == "scheduled-for-deletion"


def test_provisioned_concurrency_and_code_signing(
    world: AwsWorld, before: FunctionSnapshot
) -> None:
    client = RegionClients(Connections(None, "us-east-1", RateLimits()), "us-east-1").functions
    stub = Stubber(client)
    config = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
    profile = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/abcdefghij"
    stub.add_response("list_tags", {"Tags": {}})
    stub.add_response(
        "list_provisioned_concurrency_configs",
        {"ProvisionedConcurrencyConfigs": [{"FunctionArn": f"{before.ref.arn}:live"}]},
    )
    stub.add_response(
        "get_function_code_signing_config",
        {"CodeSigningConfigArn": config, "FunctionName": before.ref.name},
    )
    stub.add_response(
        "get_code_signing_config",
        {
            "CodeSigningConfig": {
                "CodeSigningConfigId": "csc-0123456789abcdef0",
                "CodeSigningConfigArn": config,
                "AllowedPublishers": {"SigningProfileVersionArns": [profile]},
                "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
                "LastModified": "2026-01-01",
            }
        },
    )
    with stub:
        facts = read_facts(client, before, lambda _ref: (), lambda _ref: {})
    assert (facts.provisioned, facts.code_signing, facts.unknown) == (("live",), "enforce", ())


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"EvalDecision": "implicitDeny"}, "no policy allows it"),
        (
            {
                "EvalDecision": "implicitDeny",
                "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
            },
            "organization",
        ),
        (
            {
                "EvalDecision": "implicitDeny",
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
            },
            "permissions boundary",
        ),
        (
            {"EvalDecision": "explicitDeny", "MatchedStatements": [{"SourcePolicyId": "guard"}]},
            "explicitly: guard",
        ),
        (
            {"EvalDecision": "implicitDeny", "MissingContextValues": ["kms:ViaService"]},
            "without kms:ViaService",
        ),
    ],
)
def test_a_denial_is_explained_by_what_stood_in_the_way(result: Any, words: str) -> None:
    assert words in explanation(result)


def test_a_boundary_is_passed_on_to_the_simulation(
    world: AwsWorld, region: Region, proxy: FaultProxy
) -> None:
    iam = world.client("iam")
    document = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    )
    arn = iam.create_policy(PolicyName=f"b-{uuid.uuid4().hex[:6]}", PolicyDocument=document)
    role = world.make_role(PermissionsBoundary=arn["Policy"]["Arn"])
    region.access.simulate(role, [Question("a:B", "arn:aws:x", {"lambda:SourceFunctionArn": "f"})])
    sent = next(r.body for r in proxy.requests if r.action == "SimulatePrincipalPolicy").decode()
    assert "PermissionsBoundaryPolicyInputList.member.1=" in sent and "s3%3A%2A" in sent
    assert "ContextEntries.member.1.ContextKeyType=string" in sent


def test_whose_policies_a_caller_is_asked_for(world: AwsWorld) -> None:
    iam = world.client("iam")
    account = world.role.split(":")[4]
    name = world.role.rsplit("/", 1)[-1]
    assert principal_of(iam, f"arn:aws:iam::{account}:root") == ""
    assert (
        principal_of(iam, f"arn:aws:iam::{account}:user/a/b") == f"arn:aws:iam::{account}:user/a/b"
    )
    assert principal_of(iam, f"arn:aws:sts::{account}:assumed-role/{name}/me") == world.role
    with pytest.raises(Refused):
        principal_of(iam, f"arn:aws:sts::{account}:federated-user/me")
    with pytest.raises(NotFound):
        principal_of(iam, f"arn:aws:sts::{account}:assumed-role/gone/me")


OURS = str(Path(secretshift.__file__).parent)
"""Not merely a folder of that name: the checkout may stand in one."""


def said(error: BaseException) -> str:
    """Every word that a report could find: the chain, the arguments, and our frames' variables."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        assert isinstance(seen, (SecretshiftError, ProgramFault))
        parts += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        parts += [
            repr(frame.f_locals)
            for frame, _line in traceback.walk_tb(seen.__traceback__)
            if frame.f_code.co_filename.startswith(OURS)
        ]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


def every_call(region: Region, before: FunctionSnapshot) -> dict[str, Callable[[], object]]:
    functions, secrets, access = region.functions, region.secrets, region.access
    ref, place = before.ref, region.place
    role = before.role
    arn = f"arn:aws:secretsmanager:{place.region}:{place.account}:secret:x-AbCdEf"
    document = grant_document([ref.arn], [Grant(arn)], place.region)
    question = [Question("a:B", ref.arn, {})]
    probe = NewProbe("secretshift-probe-x", before, b"", "h", (), {"AA": "1"}, {})
    write = EnvironmentWrite(
        {"DB": SecretValue(CANARY), "AA": SecretValue(CANARY)}, before.revision
    )
    return {
        "functions": lambda: list(functions.functions()),
        "versions": lambda: functions.versions(ref),
        "aliases": lambda: functions.aliases(ref),
        "read": lambda: functions.read(ref),
        "write": lambda: functions.write(ref, write),
        "settled": lambda: functions.settled(ref),
        "invoke": lambda: functions.invoke(ref, b"{}"),
        "resolver_log": lambda: functions.resolver_log(before, datetime.now(UTC)),
        "publish_layer": lambda: functions.publish_layer("l", b"x", "h"),
        "layer": lambda: functions.layer(f"arn:aws:lambda:{place.region}:1:layer:l:1"),
        "create_probe": lambda: functions.create_probe(probe),
        "delete_probe": lambda: functions.delete_probe("secretshift-probe-x"),
        "probes": functions.probes,
        "describe": lambda: secrets.describe(arn),
        "create": lambda: secrets.create(new_secret()),
        "read_secret": lambda: secrets.read(arn),
        "schedule_deletion": lambda: secrets.schedule_deletion(arn, 7),
        "restore": lambda: secrets.restore(arn),
        "owned": lambda: list(secrets.owned()),
        "read_policy": lambda: access.read_policy(role, "p"),
        "write_policy": lambda: access.write_policy(role, "p", document),
        "delete_policy": lambda: access.delete_policy(role, "p"),
        "simulate": lambda: access.simulate(role, question),
    }


NAMES = (
    *("functions", "versions", "aliases", "read", "write", "settled", "invoke", "resolver_log"),
    *("publish_layer", "layer", "create_probe", "delete_probe", "probes"),
    *("describe", "create", "read_secret", "schedule_deletion", "restore", "owned"),
    *("read_policy", "write_policy", "delete_policy", "simulate"),
)


@pytest.fixture(scope="module")
def resting(world: AwsWorld) -> FunctionSnapshot:
    """One function for all tests that change none."""
    return world.region().functions.settled(world.make_function({"DB": CANARY}))


@pytest.mark.parametrize("code", ["InvalidParameterValueException", "ValidationError"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_awss_is_ever_repeated(
    region: Region,
    proxy: FaultProxy,
    resting: FunctionSnapshot,
    name: str,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every answer quotes the canary, and everything is logged that can be."""
    caplog.set_level(logging.DEBUG)
    call = every_call(region, resting)[name]
    # the first look of a write has to pass, so that its own call is what fails
    action = UPDATE if name == "write" else ""
    proxy.faults.append(Fault(action, times=50, status=400, code=code, message=CANARY))
    with pytest.raises(Refused) as caught:
        call()
    assert CANARY not in said(caught.value)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sdk_rejects_is_a_fault_of_ours_without_a_word(
    region: Region, resting: FunctionSnapshot, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = every_call(region, resting)[name]
    monkeypatch.setattr(type(region.functions), "settled", type(region.functions).read)

    def reject(**_request: Any) -> None:
        raise ParamValidationError(report=f"Invalid type for parameter, value: {CANARY}")

    clients = region.functions._clients  # type: ignore[attr-defined]
    iam = region.access._clients.identities  # type: ignore[attr-defined]
    for client in (clients.functions, clients.invocations, clients.logs, clients.secrets, iam):
        event = "before-parameter-build"
        if name == "write":
            event += ".lambda.UpdateFunctionConfiguration"
        client.meta.events.register(event, reject)
    with pytest.raises(ProgramFault) as caught:
        call()
    assert CANARY not in said(caught.value)


def test_every_method_that_calls_is_listed(region: Region, resting: FunctionSnapshot) -> None:
    assert list(every_call(region, resting)) == list(NAMES)


def test_a_refusal_that_quotes_the_environment_is_not_passed_on(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    region: Region,
    proxy: FaultProxy,
    before: FunctionSnapshot,
) -> None:
    """Lambda answers an environment over 4 KB with all of it, private keys included."""
    monkeypatch.setattr("secretshift.clouds.aws.limits.ENVIRONMENT_LIMIT", 100_000)
    caplog.set_level(logging.DEBUG)
    assert before.environment is not None
    variables = {**before.environment, "BIG": SecretValue("x" * 4096)}
    with pytest.raises(Refused) as caught:
        region.functions.write(before.ref, EnvironmentWrite(variables, before.revision))
    assert caught.value.code == "invalid-request"
    assert len(updates(proxy)) == 1
    shown = [*traceback.format_exception(caught.value), repr(caught.value.__dict__), caplog.text]
    assert not [text for text in shown if CANARY in text or "String measured" in text]
