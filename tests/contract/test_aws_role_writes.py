"""IAM has no condition on what stood there before: writes on a role are made one after another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from secretshift.clouds.aws import policy
from secretshift.model.ports import Grant
from tests.contract.ports.aws_world import AwsWorld, aws_world
from tests.contract.ports.fault_proxy import Fault, FaultProxy

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("aws-faults")]

ENOUGH = 1.0
"""Seconds in which another writer would come in if nothing held it back."""


@pytest.fixture(scope="module")
def world() -> Iterator[AwsWorld]:
    with aws_world() as found:
        yield found


def test_two_writers_on_one_role_wait_for_each_other(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    role, middle, came = world.make_role(), threading.Event(), threading.Event()

    def in_the_middle() -> None:
        """The first policy is written, and its writer does not know it yet."""
        middle.set()
        came.wait(ENOUGH)
        middle.clear()

    def note() -> None:
        if middle.is_set():
            came.set()

    with FaultProxy(world.endpoint) as proxy:
        for key in world.environment:
            if key.startswith("AWS_ENDPOINT_URL"):
                monkeypatch.setenv(key, proxy.endpoint)
        region = world.region()
        place, access = region.place, region.access
        stem = f"arn:aws:secretsmanager:{place.region}:{place.account}:secret:"

        def write(name: str) -> str:
            arn = region.functions.locate(name).arn
            document = policy.grant_document([arn], [Grant(f"{stem}{name}-AbCdEf")], place.region)
            access.write_policy(role, policy.policy_name(name, place.region), document)
            return document

        proxy.faults += [
            Fault("PutRolePolicy", after=in_the_middle),
            *(
                Fault(action, times=99, after=note)
                for action in ("PutRolePolicy", "GetRolePolicy", "ListRolePolicies")
            ),
        ]
        with ThreadPoolExecutor(2) as pool:
            written = list(pool.map(write, ["pay", "mail"]))
    assert not came.is_set(), "another writer came in between"
    held = [access.read_policy(role, policy.policy_name(n, place.region)) for n in ("pay", "mail")]
    assert held == written
