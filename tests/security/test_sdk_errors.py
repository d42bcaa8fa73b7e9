"""Whatever call the SDK fails at, and whatever its exception quotes, no value leaves the ports.

Each call is made to fail twice, with a refusal of AWS and with the SDK's own check of parameters,
both with a value in everything that such an exception has.
"""

from __future__ import annotations

import base64
import hashlib
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody

from secretshift.clouds.aws.clocks import SystemClock
from secretshift.clouds.aws.errors import ProgramFault, aws_errors, is_aws_error
from secretshift.clouds.aws.policy import grant_document
from secretshift.model.errors import Refused, SecretshiftError
from secretshift.model.functions import FunctionRef, Network
from secretshift.model.ports import Grant, NewProbe, NewSecret, Question, Region
from secretshift.model.secret_value import SecretValue
from tests.contract.ports.aws_world import REPORT, AwsWorld, aws_world, zipped
from tests.contract.ports.function_inventory import with_more
from tests.unit.test_repository import calls

from .sweep import Sweep

pytestmark = pytest.mark.embedded

VALUE = "kanarie-" + uuid.uuid4().hex
Fail = Callable[[str], Exception]
SWEEP = Sweep({"value": VALUE})


@dataclass
class Sdk:
    """Between the program and the SDK. called: every operation, in its order; failing: how each
    operation named there fails."""

    called: list[str] = field(default_factory=list)
    failing: dict[str, Fail] = field(default_factory=dict)

    def pass_on(self, real: Callable[..., Any], client: Any, operation: str, given: Any) -> Any:
        method = xform_name(operation)
        self.called.append(method)
        fail = self.failing.get(method)
        if fail is not None:
            raise fail(operation)
        return real(client, operation, given)


def refused(operation: str, code: str = "AccessDeniedException") -> ClientError:
    quoted = f"1 validation error detected: Value '{VALUE}' is not allowed"
    answer: Any = {
        "Error": {"Code": code, "Message": quoted, "Type": quoted},
        "Reason": quoted,
        "message": quoted,
        "ResponseMetadata": {"HTTPStatusCode": 400, "HTTPHeaders": {"x-reason": quoted}},
    }
    return ClientError(answer, operation)


def misformed(operation: str) -> ParamValidationError:
    return ParamValidationError(report=f"Invalid type for {operation}, value: {VALUE}")


def gone(operation: str) -> ClientError:
    return refused(operation, "ResourceNotFoundException")


def garbled(operation: str) -> ClientError:
    """A code that is a text, with the value in it."""
    return refused(operation, f"Bad {VALUE}!")


KINDS = (refused, misformed, gone)


@pytest.fixture(scope="module")
def world() -> Iterator[AwsWorld]:
    with aws_world() as found:
        yield found


@pytest.fixture(scope="module")
def sdk(world: AwsWorld) -> Iterator[Sdk]:
    between = Sdk()
    real = BaseClient._make_api_call
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            BaseClient,
            "_make_api_call",
            lambda client, operation, given: between.pass_on(real, client, operation, given),
        )
        wait = SystemClock.wait
        patch.setattr(SystemClock, "wait", lambda clock, seconds: wait(clock, min(seconds, 0.05)))
        yield between


@dataclass(frozen=True)
class Around:
    """What the methods of the ports are called with."""

    world: AwsWorld
    region: Region
    ref: FunctionRef
    in_vpc: Network
    bounded: str
    user: str
    key: str
    secret: str
    under_alias: str

    def question(self, action: str = "lambda:GetFunction", resource: str = "") -> Question:
        return Question(action, resource or self.ref.arn, {})

    def new_secret(self) -> NewSecret:
        return NewSecret(
            name=f"sdk/{uuid.uuid4().hex}",
            value=SecretValue(VALUE),
            description="a test",
            tags={"secretshift:managed": "true"},
            token=str(uuid.uuid4()),
            kms_key=self.key,
        )

    def probe(self) -> NewProbe:
        return NewProbe(
            name=f"secretshift-probe-{uuid.uuid4().hex[:8]}",
            twin=self.region.functions.read(self.ref),
            code=zipped(),
            handler="app.handler",
            layers=(),
            variables={"AA": "b"},
            tags={"secretshift:run": "r-1"},
        )


@pytest.fixture(scope="module")
def around(world: AwsWorld, sdk: Sdk) -> Around:
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="g", Description="g")["GroupId"]
    iam = world.client("iam")
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=allow)["Policy"]["Arn"]
    signing = world.client("lambda").create_code_signing_config(
        AllowedPublishers={
            "SigningProfileVersionArns": [
                "arn:aws:signer:eu-central-1:123456789012:/signing-profiles/p/abcdefghij"
            ]
        }
    )["CodeSigningConfig"]["CodeSigningConfigArn"]
    ref = world.make_function({"DB": VALUE}, CodeSigningConfigArn=signing)
    region = world.region()
    region.functions.settled(ref)
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.client("kms").create_alias(AliasName="alias/sdk", TargetKeyId=key)
    return Around(
        world,
        region,
        ref,
        Network((subnet,), (group,), vpc),
        world.make_role(PermissionsBoundary=boundary),
        iam.create_user(UserName="sdk")["User"]["Arn"],
        key,
        stored(world),
        stored(world, KmsKeyId="alias/sdk"),
    )


def stored(world: AwsWorld, **more: str) -> str:
    made = world.client("secretsmanager").create_secret(
        Name=f"sdk/{uuid.uuid4().hex}",
        SecretString=VALUE,
        Tags=[{"Key": "secretshift:managed", "Value": "true"}],
        **more,
    )
    return str(made["ARN"])


def write(at: Around) -> object:
    now = at.region.functions.settled(at.ref)
    return at.region.functions.write(at.ref, with_more(now, AA=uuid.uuid4().hex[:4]))


def a_layer(at: Around) -> object:
    functions = at.region.functions
    name = f"layer-{uuid.uuid4().hex[:8]}"
    body = zipped(name)
    sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    made = functions.publish_layer(name, body, sha256)
    again = functions.publish_layer(name, body, sha256)
    read = functions.layer(made.arn), functions.layer_versions(name)
    return made, again, read, functions.delete_layer(made.arn)


def a_probe(at: Around) -> object:
    functions = at.region.functions
    probe = at.probe()
    made = functions.create_probe(probe)
    return made, functions.probes(), functions.delete_probe(probe.name)


def a_secret(at: Around) -> object:
    secrets = at.region.secrets
    made = secrets.create(at.new_secret())
    info = secrets.describe(made.arn)
    deleted = secrets.schedule_deletion(made.arn, 7)
    restored = secrets.restore(made.arn)
    return made, info, deleted, restored, secrets.schedule_deletion(made.arn, 7)


def a_policy(at: Around) -> object:
    access = at.region.access
    document = grant_document([at.ref.arn], [Grant(at.secret)], at.world.region_name)
    name = f"secretshift-{uuid.uuid4().hex[:8]}"
    room = access.policy_room(at.world.role)
    access.write_policy(at.world.role, name, document)
    return room, access.read_policy(at.world.role, name), access.delete_policy(at.world.role, name)


def a_key(at: Around) -> object:
    access = at.region.access
    asked = access.caller_may([at.question("kms:Decrypt", at.key)])
    return asked, access.key_bars(at.world.role, at.key)


def a_vpc(at: Around) -> object:
    functions = at.region.functions
    return functions.route(replace(functions.read(at.ref), network=at.in_vpc))


def the_log(at: Around) -> object:
    functions = at.region.functions
    return functions.resolver_log(functions.read(at.ref), datetime.now(UTC))


DOORS: Mapping[str, Callable[[Around], object]] = {
    "who calls": lambda at: at.world.cloud().caller(),
    "regions": lambda at: at.world.cloud().regions(),
    "functions": lambda at: list(at.region.functions.everything()),
    "facts": lambda at: at.region.functions.facts(at.region.functions.read(at.ref)),
    "a write": write,
    "a call": lambda at: at.region.functions.invoke(at.ref, b"{}"),
    "the log": the_log,
    "a layer": a_layer,
    "a probe": a_probe,
    "a VPC": a_vpc,
    "a secret": a_secret,
    "secrets": lambda at: (list(at.region.secrets.owned()), at.region.secrets.read(at.secret)),
    "a policy": a_policy,
    "a user": lambda at: at.region.access.simulate(at.user, [at.question()]),
    "a key by its alias": lambda at: at.region.secrets.describe(at.under_alias),
    "a simulation": lambda at: at.region.access.simulate(at.bounded, [at.question()]),
    "the caller's rights": lambda at: at.region.access.caller_may([at.question()]),
    "a key": a_key,
    "the audience": lambda at: at.region.access.audience(),
}
ONLY_AFTER = {
    # asked only where the other was refused
    "list_regions": ("describe_regions",),
}


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """It and whatever hangs on it, suppressed or not."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def told(error: BaseException) -> str:
    """All that a log, a view or a report could find in it, locals of its frames aside."""
    parts = [
        f"{one!s} {one!r} {one.args!r} {vars(one)!r} {getattr(one, '__notes__', '')!r}"
        for one in chain_of(error)
    ]
    return "\n".join([*parts, *traceback.format_exception(error)])


def held(error: BaseException) -> list[str]:
    """Exceptions of the SDK that a frame of the traceback still holds."""
    return [
        f"{frame.f_code.co_qualname}: {name}"
        for one in chain_of(error)
        for frame, _line in traceback.walk_tb(one.__traceback__)
        if "secretshift/clouds" in frame.f_code.co_filename
        for name, value in frame.f_locals.items()
        if isinstance(value, ClientError | ParamValidationError)
    ]


@pytest.fixture(scope="module")
def reached(around: Around, sdk: Sdk) -> Mapping[str, tuple[str, ...]]:
    """What each door calls where nothing fails, and what it calls once something else did."""
    found: dict[str, tuple[str, ...]] = {}
    for name, door in DOORS.items():
        sdk.called.clear()
        door(around)
        found[name] = tuple(dict.fromkeys(sdk.called))
    return found


def test_these_doors_call_whatever_the_program_calls(reached: Mapping[str, tuple[str, ...]]):
    known = {method for method, _actions in calls()} | {"get_caller_identity"}
    assert known - set(chain.from_iterable(reached.values())) - set(ONLY_AFTER) == set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", DOORS)
def test_no_call_that_fails_lets_a_value_out(
    around: Around, sdk: Sdk, reached: Mapping[str, tuple[str, ...]], name: str, kind: Fail
) -> None:
    after = [last for last, first in ONLY_AFTER.items() if set(first) & set(reached[name])]
    for method in (*reached[name], *after):
        sdk.called.clear()
        sdk.failing = dict.fromkeys(ONLY_AFTER.get(method, ()), refused)
        sdk.failing[method] = kind
        try:
            said = repr(DOORS[name](around))
        except (SecretshiftError, ProgramFault) as error:
            said = told(error)
            assert [type(one) for one in chain_of(error) if is_aws_error(one)] == [], method
            assert held(error) == [], method
        finally:
            sdk.failing = {}
        assert method in sdk.called, f"{method} was not called"
        assert SWEEP.of(said.encode()) == [], (method, kind.__name__)


def test_a_code_that_is_a_text_is_dropped() -> None:
    with pytest.raises(SecretshiftError) as caught, aws_errors("creating the secret", "s"):
        raise garbled("CreateSecret")
    assert SWEEP.of(told(caught.value).encode()) == []
    assert "no error code" in str(caught.value)


def test_the_look_into_exceptions_can_fail() -> None:
    """It sees the SDK's exception below ours, wherever that hangs."""
    for broken in (broken_by_cause, broken_by_context):
        with pytest.raises(Refused) as caught:
            broken()
        assert SWEEP.of(told(caught.value).encode())
        assert [one for one in chain_of(caught.value) if is_aws_error(one)]


def broken_by_cause() -> None:
    raise Refused("no") from refused("CreateSecret")


def broken_by_context() -> None:
    try:
        raise misformed("CreateSecret")
    except ParamValidationError:
        raise Refused("no") from None


# S40


@pytest.mark.parametrize("payload", [b"{}", b'{"fail": true}'])
def test_of_a_call_only_the_status_and_our_own_line_are_kept(
    around: Around, monkeypatch: pytest.MonkeyPatch, payload: bytes
) -> None:
    """The function answers with its secret, fails with it, and logs it, once as if it were us."""

    def read(*_given: object) -> bytes:
        raise AssertionError("the answer was read")

    monkeypatch.setattr(StreamingBody, "read", read)
    call = around.region.functions.invoke(around.ref, payload)
    assert SWEEP.of(repr(call).encode()) == []
    assert call.status == 200 and call.answer == ""
    assert call.resolver_text == ("" if b"fail" in payload else REPORT)
    assert call.error in ("", "Unhandled")
    monkeypatch.undo()
    real = around.world.client("lambda").invoke(
        FunctionName=around.ref.name, LogType="Tail", Payload=payload
    )
    said = real["Payload"].read() + base64.b64decode(real["LogResult"])
    assert SWEEP.of(said), "there was something to keep"
