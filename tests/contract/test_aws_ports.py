"""The ports, as real boto3 meets them over HTTP in an AWS on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from secretshift.clouds.aws import policy
from secretshift.clouds.aws.accounts import AwsCloud
from secretshift.model.errors import AlreadyThere, NotFound, Refused, UsageProblem
from secretshift.model.functions import FunctionSnapshot
from secretshift.model.ports import (
    AccessControl,
    FunctionInventory,
    Grant,
    NewProbe,
    NewSecret,
    Question,
    Region,
    SecretStore,
)
from secretshift.model.secret_value import SecretValue
from secretshift.model.unread import RIGHT
from tests.contract.ports.access_control import AccessControlContract
from tests.contract.ports.aws_world import REPORT, AwsWorld, aws_world, zipped
from tests.contract.ports.function_inventory import (
    FunctionInventoryContract,
    MakeFunction,
    plain,
    with_more,
)
from tests.contract.ports.secret_store import CANARY, SecretStoreContract, new_secret

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("aws-ports")]


@pytest.fixture(scope="module")
def world() -> Iterator[AwsWorld]:
    with aws_world() as found:
        yield found


@pytest.fixture(scope="module")
def region(world: AwsWorld) -> Region:
    return world.region()


class TestSecrets(SecretStoreContract):
    @pytest.fixture
    def store(self, region: Region) -> SecretStore:
        return region.secrets

    def test_a_binary_secret_is_no_text(self, world: AwsWorld, store: SecretStore) -> None:
        arn = world.client("secretsmanager").create_secret(
            Name=f"contract/{uuid.uuid4().hex}", SecretBinary=b"\x00\xff"
        )["ARN"]
        with pytest.raises(Refused) as caught:
            store.read(arn)
        assert caught.value.code == "binary-secret"

    def test_a_foreign_secret_is_neither_deleted_nor_listed(
        self, world: AwsWorld, store: SecretStore
    ) -> None:
        arn = world.client("secretsmanager").create_secret(
            Name=f"contract/{uuid.uuid4().hex}",
            SecretString="theirs",
            Tags=[{"Key": "team", "Value": "pay"}],
        )["ARN"]
        with pytest.raises(Refused):
            store.schedule_deletion(arn, 7)
        assert arn not in [info.arn for info in store.owned()]
        assert store.read(arn).value.reveal() == "theirs"

    def test_another_accounts_secret_is_not_asked_for(self, store: SecretStore) -> None:
        arn = f"arn:aws:secretsmanager:{store.place.region}:999999999999:secret:x-abcdef"
        with pytest.raises(Refused) as caught:
            store.read(arn)
        assert caught.value.code == "other-account"

    def test_owned_turns_every_page(self, store: SecretStore) -> None:
        made = {store.create(new_secret(str(number))).arn for number in range(105)}
        assert made <= {info.arn for info in store.owned()}

    def test_an_alias_of_a_key_becomes_its_arn(self, world: AwsWorld, store: SecretStore) -> None:
        keys = world.client("kms")
        arn = keys.create_key()["KeyMetadata"]["Arn"]
        alias = f"alias/contract-{uuid.uuid4().hex[:8]}"
        keys.create_alias(AliasName=alias, TargetKeyId=arn)
        template = new_secret()
        store.create(
            NewSecret(template.name, template.value, "", template.tags, template.token, alias)
        )
        info = store.describe(template.name)
        assert info is not None and info.kms_key == arn


class TestFunctions(FunctionInventoryContract):
    @pytest.fixture
    def inventory(self, region: Region) -> FunctionInventory:
        return region.functions

    @pytest.fixture
    def make_function(self, world: AwsWorld) -> MakeFunction:
        return world.make_function

    def test_settled_waits_for_an_update_of_somebody_else(
        self, world: AwsWorld, inventory: FunctionInventory
    ) -> None:
        ref = world.make_function({"DB": CANARY})
        inventory.settled(ref)
        world.client("lambda").update_function_configuration(FunctionName=ref.name, Timeout=9)
        snapshot = inventory.settled(ref)
        assert (snapshot.timeout, snapshot.update_status) == (9, "Successful")

    def test_layers_go_with_the_environment(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        zip_bytes = zipped("layer")
        sha256 = base64.b64encode(hashlib.sha256(zip_bytes).digest()).decode()
        first = inventory.publish_layer("contract-layer", zip_bytes, sha256)
        assert first.sha256 == sha256 and first.size == len(zip_bytes)
        assert inventory.publish_layer("contract-layer", zip_bytes, sha256) == first
        assert inventory.layer(first.arn) == first
        before = inventory.settled(world.make_function({"DB": CANARY}))
        write = with_more(before, AA="1")
        after = inventory.write(
            before.ref, type(write)(write.variables, write.revision, (first.arn,))
        )
        assert [layer.arn for layer in after.layers] == [first.arn]
        kept = inventory.write(after.ref, with_more(after, BB="2"))
        assert kept.layers == after.layers

    def test_a_layer_of_our_name_with_another_hash_is_not_used(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        world.client("lambda").publish_layer_version(
            LayerName="squatted", Content={"ZipFile": zipped("theirs")}
        )
        ours = zipped("ours")
        sha256 = base64.b64encode(hashlib.sha256(ours).digest()).decode()
        assert inventory.publish_layer("squatted", ours, sha256).arn.endswith(":2")
        with pytest.raises(Refused) as caught:
            inventory.publish_layer("squatted", zipped("changed on the way"), sha256[::-1])
        assert caught.value.code == "layer-hash"

    def test_versions_and_aliases(self, inventory: FunctionInventory, world: AwsWorld) -> None:
        client = world.client("lambda")
        ref = world.make_function({"DB": CANARY})
        one = inventory.settled(ref)
        client.publish_version(FunctionName=ref.name)
        two = inventory.write(ref, with_more(inventory.settled(ref), AA="1"))
        client.publish_version(FunctionName=ref.name)
        client.create_alias(
            FunctionName=ref.name,
            Name="live",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}},
        )
        versions = inventory.versions(ref)
        assert [item.version for item in versions] == ["1", "2"]
        assert [plain(item) for item in versions] == [plain(one), plain(two)]
        assert {item.ref for item in versions} == {ref}
        assert inventory.aliases(ref) == {"live": ("1", "2")}
        everything = [item.version for item in inventory.everything() if item.ref == ref]
        assert everything == ["$LATEST", "1", "2"]

    def test_a_function_that_vanishes_while_everything_is_read_is_passed_over(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        refs = {world.make_function({"DB": CANARY}) for _number in range(2)}
        seen = set()
        for item in inventory.everything():
            if item.ref in refs and item.ref not in seen:
                seen.add(item.ref)
                world.client("lambda").delete_function(FunctionName=item.ref.name)
        assert seen == refs

    def test_facts(self, inventory: FunctionInventory, world: AwsWorld) -> None:
        client = world.client("lambda")
        ref = world.make_function({"DB": CANARY}, Tags={"team": "pay"})
        snapshot = inventory.settled(ref)
        client.publish_version(FunctionName=ref.name)
        client.put_provisioned_concurrency_config(
            FunctionName=ref.name, Qualifier="1", ProvisionedConcurrentExecutions=1
        )
        facts = inventory.facts(snapshot)
        assert dict(facts.tags) == {"team": "pay"} and facts.code_signing == "none"
        assert [item.version for item in facts.versions] == ["1"]
        assert facts.provisioned == ("1",) and facts.unknown == () and facts.sharing == ()

    def test_the_resolvers_log(self, inventory: FunctionInventory, world: AwsWorld) -> None:
        ref = world.make_function({"DB": CANARY})
        snapshot = inventory.settled(ref)
        since = datetime.now(UTC) - timedelta(minutes=1)
        assert inventory.resolver_log(snapshot, since) == ""
        inventory.invoke(ref, b"{}")
        for _attempt in range(50):
            text = inventory.resolver_log(snapshot, since)
            if text:
                break
            threading.Event().wait(0.1)
        assert text == REPORT
        assert inventory.resolver_log(snapshot, datetime.now(UTC) + timedelta(hours=1)) == ""

    def test_a_probe_from_first_to_last(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        twin = inventory.settled(world.make_function({"DB": CANARY}))
        name = f"secretshift-probe-{uuid.uuid4().hex[:8]}"
        probe = self._probe(name, twin)
        ref = inventory.create_probe(probe)
        assert inventory.create_probe(probe) == ref
        assert name in inventory.probes() and twin.ref.name not in inventory.probes()
        made = inventory.read(ref)
        assert (made.role, made.runtime, made.timeout) == (twin.role, twin.runtime, 30)
        answer = inventory.invoke(ref, b"{}", probe=True)
        assert json.loads(answer.answer) == {"db": ""}
        with pytest.raises(AlreadyThere):
            inventory.create_probe(self._probe(name, twin, run="another"))
        inventory.delete_probe(name)
        assert name not in inventory.probes()
        groups = world.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")
        assert groups["logGroups"] == []

    def test_a_function_with_a_probes_name_and_no_tag_is_left_alone(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        name = f"secretshift-probe-{uuid.uuid4().hex[:8]}"
        world.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=world.role,
            Handler="app.handler",
            Code={"ZipFile": zipped()},
        )
        assert name not in inventory.probes()
        with pytest.raises(Refused):
            inventory.delete_probe(name)
        assert inventory.read(inventory.locate(name))

    def test_the_list_turns_every_page(self, inventory: FunctionInventory, world: AwsWorld) -> None:
        made = {world.make_function({"AA": "1"}) for _number in range(52)}
        assert made <= {snapshot.ref for snapshot in inventory.functions()}

    def test_a_function_without_a_vpc_reaches_the_internet(
        self, inventory: FunctionInventory, world: AwsWorld
    ) -> None:
        reached, why = inventory.route(inventory.read(world.make_function({"AA": "1"})))
        assert reached and "no VPC" in why

    @staticmethod
    def _probe(name: str, twin: FunctionSnapshot, run: str = "r-1") -> NewProbe:
        return NewProbe(
            name, twin, zipped(), "app.handler", (), {"AA": "1"}, {"secretshift:run": run}
        )


class TestAccess(AccessControlContract):
    @pytest.fixture
    def access(self, region: Region) -> AccessControl:
        return region.access

    @pytest.fixture
    def role(self, world: AwsWorld) -> str:
        return world.role

    @pytest.fixture
    def documents(self, region: Region) -> tuple[str, str]:
        place = region.place
        stem = f"arn:aws:secretsmanager:{place.region}:{place.account}:secret:"
        arn = region.functions.locate("pay").arn
        one, other = (
            policy.grant_document([arn], [Grant(f"{stem}{name}-AbCdEf")], place.region)
            for name in ("one", "other")
        )
        return one, other

    def test_what_we_did_not_write_is_neither_replaced_nor_deleted(
        self,
        access: AccessControl,
        role: str,
        policy: str,
        documents: tuple[str, str],
        world: AwsWorld,
    ) -> None:
        body = json.loads(documents[0])
        body["Statement"][0]["Sid"] = "Edited"
        world.client("iam").put_role_policy(
            RoleName=role.rsplit("/", 1)[-1], PolicyName=policy, PolicyDocument=json.dumps(body)
        )
        with pytest.raises(AlreadyThere):
            access.write_policy(role, policy, documents[0])
        with pytest.raises(AlreadyThere):
            access.delete_policy(role, policy)
        assert json.loads(access.read_policy(role, policy) or "") == body

    def test_a_role_has_room_for_10240_characters(
        self, access: AccessControl, policy: str, documents: tuple[str, str], world: AwsWorld
    ) -> None:
        role = world.make_role()
        statement = {
            "Effect": "Deny",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{'x' * 9_880}",
        }
        filler = {"Version": "2012-10-17", "Statement": [statement]}
        world.client("iam").put_role_policy(
            RoleName=role.rsplit("/", 1)[-1], PolicyName="big", PolicyDocument=json.dumps(filler)
        )
        with pytest.raises(Refused) as caught:
            access.write_policy(role, policy, documents[0])
        assert caught.value.code == "policies-too-large"
        assert access.read_policy(role, policy) is None

    def test_the_root_user_may_all(self, access: AccessControl) -> None:
        question = Question("lambda:GetFunction", "arn:aws:lambda:x", {})
        assert [answer.allowed for answer in access.caller_may([question])] == [True]

    def test_a_simulation_answers_each_question_in_order(
        self, access: AccessControl, world: AwsWorld
    ) -> None:
        role = world.make_role()
        self._allow(world, role, "Allow", "lambda:GetFunction")
        arn = f"arn:aws:lambda:{world.region_name}:{role.split(':')[4]}:function:pay"
        questions = [
            Question("lambda:UpdateFunctionConfiguration", arn, {}),
            Question("lambda:GetFunction", arn, {}),
            Question("lambda:GetFunction", arn + "2", {}),
        ]
        answers = access.simulate(role, questions)
        assert [answer.question for answer in answers] == questions
        assert [answer.allowed for answer in answers] == [False, True, True]
        assert answers[0].why == "no policy allows it" and answers[1].why == ""

    def test_an_explicit_denial_is_called_one(self, access: AccessControl, world: AwsWorld) -> None:
        role = world.make_role()
        self._allow(world, role, "Deny", "lambda:GetFunction")
        answer = access.simulate(role, [Question("lambda:GetFunction", "arn:aws:lambda:x", {})])[0]
        assert not answer.allowed and "denies it explicitly" in answer.why

    def test_asking_of_a_role_that_is_gone(self, access: AccessControl, world: AwsWorld) -> None:
        with pytest.raises(NotFound):
            access.simulate(world.role + "-gone", [Question("a:B", "arn:aws:x", {})])

    def test_the_grant_is_for_the_one_function_of_a_shared_role(
        self, region: Region, world: AwsWorld
    ) -> None:
        role, place = world.make_role(), region.place
        pay, sibling = region.functions.locate("pay"), region.functions.locate("sibling")
        secret = region.secrets.create(new_secret()).arn
        grants = [Grant(secret)]
        region.access.write_policy(
            role,
            policy.policy_name("pay", place.region),
            policy.grant_document([pay.arn], grants, place.region),
        )
        for ref, allowed in ((pay, True), (sibling, False)):
            asked = policy.questions(ref.arn, grants, place.region)
            assert [a.allowed for a in region.access.simulate(role, asked)] == [allowed]
        without = [Question(policy.READ, secret, {})]
        assert [a.allowed for a in region.access.simulate(role, without)] == [False]

    def test_a_boundary_stands_in_the_way(self, access: AccessControl, world: AwsWorld) -> None:
        statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        boundary = world.client("iam").create_policy(
            PolicyName=f"boundary-{uuid.uuid4().hex[:8]}",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )["Policy"]["Arn"]
        role = world.make_role(PermissionsBoundary=boundary)
        self._allow(world, role, "Allow", "lambda:GetFunction")
        question = Question("lambda:GetFunction", "arn:aws:lambda:x", {})
        answer = access.simulate(role, [question])[0]
        assert not answer.allowed and "boundary" in answer.why

    @staticmethod
    def _allow(world: AwsWorld, role: str, effect: str, action: str) -> None:
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        world.client("iam").put_role_policy(
            RoleName=role.rsplit("/", 1)[-1],
            PolicyName="given",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )


def test_an_account_knows_itself_and_its_regions(world: AwsWorld) -> None:
    cloud = world.cloud()
    caller = cloud.caller()
    assert caller.arn.endswith(":root") and caller.account in caller.arn
    assert world.region_name in cloud.regions() and cloud.regions_note == ""
    assert cloud.label == "default credentials" and cloud.name == "aws"


def test_one_region_is_one_object_for_all_threads(world: AwsWorld) -> None:
    cloud = world.cloud()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(cloud.region(world.region_name)))
        for _number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len({id(item) for item in found}) == 1
    other = cloud.region("eu-north-1")
    assert other.access is found[0].access and other.place.region == "eu-north-1"


def test_a_region_that_is_none_is_a_not_found(world: AwsWorld) -> None:
    with pytest.raises(NotFound):
        world.cloud().region("moon-1")


def test_a_profile_that_is_none_names_the_nearest(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile production]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(UsageProblem) as caught:
        AwsCloud("prodution").caller()
    assert "production" in caught.value.hint
    monkeypatch.setenv("AWS_PROFILE", "productoin")
    with pytest.raises(UsageProblem) as caught:
        AwsCloud().caller()
    assert caught.value.resource == "productoin" and "production" in caught.value.hint


def test_no_region_is_a_mistake_of_usage(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(UsageProblem) as caught:
        AwsCloud().caller()
    assert "region" in caught.value.hint


def test_a_reader_may_look_and_what_it_may_not_is_named(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With enforced permissions: a refusal is a refusal, and never an empty answer."""
    ref = world.make_function({"DB": CANARY})
    world.region().functions.settled(ref)
    users = world.client("iam")
    name = f"reader-{uuid.uuid4().hex[:8]}"
    users.create_user(UserName=name)
    statement = {
        "Effect": "Allow",
        "Action": [
            "lambda:GetFunction",
            "lambda:ListFunctions",
            "lambda:ListVersionsByFunction",
            "iam:SimulatePrincipalPolicy",
            "iam:GetUser",
        ],
        "Resource": "*",
    }
    users.put_user_policy(
        UserName=name,
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = users.create_access_key(UserName=name)["AccessKey"]
    world.let_policies_spread()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    cloud = AwsCloud()
    region = cloud.region(world.region_name)
    snapshot = region.functions.read(ref)
    facts = region.functions.facts(snapshot)
    assert facts.code_signing == "unknown"
    # MiniStack does not know ListProvisionedConcurrencyConfigs, so that it is not refused either
    assert {"Its tags", "Its aliases", "Its code signing configuration"} <= {
        unread.what.split(" could")[0] for unread in facts.unknown
    }
    assert {unread.hint for unread in facts.unknown} == {RIGHT}
    with pytest.raises(Refused) as caught:
        region.functions.write(ref, with_more(snapshot, AA="1"))
    assert caught.value.code == "access-denied"
    with pytest.raises(Refused):
        region.secrets.create(new_secret())
    answers = region.access.caller_may(
        [
            Question("lambda:GetFunction", ref.arn, {}),
            Question("lambda:UpdateFunctionConfiguration", ref.arn, {}),
        ]
    )
    assert [answer.allowed for answer in answers] == [True, False]


def test_values_are_the_same_object_type_everywhere(region: Region, world: AwsWorld) -> None:
    snapshot = region.functions.read(world.make_function({"DB": CANARY}))
    assert all(isinstance(value, SecretValue) for value in snapshot.variables.values())
