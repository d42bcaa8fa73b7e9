"""Everything that a run and its undo ask of AWS, as a proxy sees it pass."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from tests.contract.ports.fault_proxy import Fault, FaultProxy, Request

from .clouds import forked_aws
from .world import FAR, NEAR, World

TOKEN = "tok-Vw83hdkQpe71"
FUNCTIONS = "/2015-03-31/functions"
LOOKS = ("Get", "List", "Describe", "Simulate", "Batch", "Filter")


@dataclass
class Traffic:
    """there, back: what passed during the run and its undo. journaled: the tokens that the
    journal had while the store had not answered yet; when_...: what was so when that began."""

    there: list[Request] = field(default_factory=list)
    back: list[Request] = field(default_factory=list)
    journaled: list[set[str]] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    when_the_grant_went: list[bool] = field(default_factory=list)
    when_the_secret_went: list[bool] = field(default_factory=list)

    @property
    def all(self) -> list[Request]:
        return self.there + self.back


@pytest.fixture(scope="module")
def traffic(tmp_path_factory) -> Iterator[Traffic]:
    with pytest.MonkeyPatch.context() as patch, forked_aws() as aws:
        for name in [key for key in os.environ if key.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        world = World(aws, tmp_path_factory.mktemp("traffic"))
        tags = {"Team": "pay", "CostCentre": "4711"}
        world.function("api", {"API_TOKEN": TOKEN}, Tags=tags)
        world.function("far", {"API_TOKEN": TOKEN}, region=FAR)
        for region in (NEAR, FAR):
            for service in ("lambda", "secretsmanager", "iam"):
                world.client(service, region)  # past the proxy
        with FaultProxy(aws.endpoint) as proxy:
            for name in aws.environment:
                if name.startswith("AWS_ENDPOINT_URL"):
                    patch.setenv(name, proxy.endpoint)
            yield recorded(world, proxy)


def recorded(world: World, proxy: FaultProxy) -> Traffic:
    seen, made = Traffic(), world.services()

    def created() -> None:
        run = made.journal().run("last").id
        records = made.journal().changes(run)
        seen.journaled.append({str(record.before.get("token")) for record in records})

    def grant_goes() -> None:
        settled = all(
            world.configuration(name)["LastUpdateStatus"] == "Successful" for name in ("api", "far")
        )
        seen.when_the_grant_went.append(settled and world.all_answer())
        seen.when_the_grant_went.append(plain(world))

    def secret_goes() -> None:
        seen.when_the_secret_went.append(plain(world) and not grants(world))

    proxy.faults += [
        Fault("CreateSecret", times=9, after=created),
        Fault("DeleteRolePolicy", times=9, after=grant_goes),
        Fault("DeleteSecret", times=9, after=secret_goes),
    ]
    result = world.migrate(made, regions=(NEAR, FAR))
    assert result.status == "done", result.failures
    seen.there = list(proxy.requests)
    for region in (NEAR, FAR):
        client = world.client("secretsmanager", region)
        for name in world.secrets(region):
            seen.versions |= set(client.describe_secret(SecretId=name)["VersionIdsToStages"])
    undone = world.undo(made, result.run)
    assert undone.status == "undone", undone.failures
    seen.back = proxy.requests[len(seen.there) :]
    return seen


def plain(world: World) -> bool:
    return all("API_TOKEN" in world.variables(name) for name in ("api", "far"))


def grants(world: World) -> list[str]:
    return world.policies("api") + world.policies("far")


def named(requests: list[Request], action: str) -> list[Request]:
    return [request for request in requests if request.action.startswith(action)]


def writes(requests: list[Request]) -> set[str]:
    """What changes something, without the names of whatever it is."""
    found = set()
    for request in requests:
        if request.action.startswith(LOOKS) or request.method == "GET":
            continue
        if request.action.startswith(request.method):
            parts = request.path.partition("?")[0].strip("/").split("/")[1:]
            found.add(" ".join([request.method, *parts[:1], *parts[2:]]))
        else:
            found.add(request.action)
    return found


def test_a_token_is_random_and_in_the_journal_before_the_store_answers(traffic):
    sent = [request.json for request in named(traffic.there, "CreateSecret")]
    tokens = [body["ClientRequestToken"] for body in sent]
    assert [body["SecretString"] for body in sent] == [TOKEN, TOKEN]
    assert len(set(tokens)) == 2, "one value, and still two tokens"
    assert all(uuid.UUID(token).version == 4 for token in tokens)
    assert all(token in known for token, known in zip(tokens, traffic.journaled, strict=True))
    assert traffic.versions == set(tokens), "each token is there for all to see as a version"


def test_a_configuration_is_written_three_times_and_carries_nothing_else(traffic):
    by_run = [named(part, f"PUT {FUNCTIONS}") for part in (traffic.there, traffic.back)]
    for name in ("api", "far"):
        keys = [
            [set(r.json) for r in part if r.path.endswith(f"{name}/configuration")]
            for part in by_run
        ]
        with_layer = {"RevisionId", "Environment", "Layers"}
        assert keys == [[with_layer, with_layer - {"Layers"}], [with_layer]]


def test_only_tags_of_our_own_are_set_and_none_is_copied(traffic):
    secrets = [r.json["Tags"] for r in named(traffic.all, "CreateSecret")]
    set_tags = [{tag["Key"] for tag in tags} for tags in secrets]
    twins = [r for r in named(traffic.all, f"POST {FUNCTIONS}") if r.path == FUNCTIONS]
    set_tags += [set(request.json["Tags"]) for request in twins]
    assert len(secrets) == len(twins) == 2
    assert all(keys and all(k.startswith("secretshift:") for k in keys) for keys in set_tags)
    assert not any("CostCentre" in request.body.decode() for request in traffic.all)


def test_nothing_else_is_written(traffic):
    """No value goes into a secret that is there, and no policy of a resource is touched."""
    assert writes(traffic.there) == {
        "CreateSecret",
        "PutRolePolicy",
        "POST layers versions",
        "POST functions",
        "POST functions invocations",
        "PUT functions configuration",
        "DELETE functions",
        "DeleteLogGroup",
    }
    assert writes(traffic.back) == {
        "PUT functions configuration",
        "DeleteRolePolicy",
        "DeleteSecret",
    }


def test_a_grant_goes_after_the_function_answers_from_plaintext_and_a_secret_last(traffic):
    assert traffic.when_the_grant_went and all(traffic.when_the_grant_went)
    assert traffic.when_the_secret_went and all(traffic.when_the_secret_went)


def test_each_grant_names_its_function_its_secret_and_the_region(traffic):
    found = set()
    for request in named(traffic.there, "PutRolePolicy"):
        asked = parse_qs(request.body.decode())
        (read,) = json.loads(asked["PolicyDocument"][0])["Statement"]
        bound = read["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]
        own = [bound] if isinstance(bound, str) else bound
        (function,) = [arn for arn in own if ":function:secretshift-probe-" not in arn]
        region, name = function.split(":")[3], function.split(":")[6]
        assert asked["PolicyName"] == [f"secretshift-{region}-{name}"]
        assert asked["RoleName"] == [name]
        assert [arn.split(":")[3] for arn in read["Resource"]] == [region]
        found.add((region, name))
    assert found == {(NEAR, "api"), (FAR, "far")}
