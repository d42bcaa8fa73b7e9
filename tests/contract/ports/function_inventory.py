"""What every function platform promises. Give `inventory` and `make_function`, inherit the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import pytest

from secretshift.model.errors import Moved, NotFound, Refused
from secretshift.model.functions import EnvironmentWrite, FunctionRef, FunctionSnapshot
from secretshift.model.ports import FunctionInventory
from secretshift.model.secret_value import SecretValue

from .secret_store import CANARY, everything_said

MakeFunction = Callable[[Mapping[str, str]], FunctionRef]


def with_more(now: FunctionSnapshot, **more: str) -> EnvironmentWrite:
    variables = {**now.variables, **{key: SecretValue(value) for key, value in more.items()}}
    return EnvironmentWrite(variables, now.revision, kms_key=now.kms_key)


def plain(snapshot: FunctionSnapshot) -> dict[str, str]:
    return {key: value.reveal() for key, value in snapshot.variables.items()}


class FunctionInventoryContract:
    @pytest.fixture
    def inventory(self) -> FunctionInventory:
        raise NotImplementedError

    @pytest.fixture
    def make_function(self) -> MakeFunction:
        raise NotImplementedError

    def test_a_function_is_listed_and_read_alike(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        ref = make_function({"DB": CANARY, "MODE": "live"})
        read = inventory.settled(ref)
        listed = next(item for item in inventory.functions() if item.ref == ref)
        assert inventory.locate(ref.name) == ref
        assert plain(read) == plain(listed) == {"DB": CANARY, "MODE": "live"}
        assert listed.rest_digest == read.rest_digest and CANARY not in repr(read)
        assert read.version == "$LATEST" and read.revision

    def test_a_function_that_is_not_there_is_not_found(self, inventory: FunctionInventory) -> None:
        with pytest.raises(NotFound):
            inventory.read(inventory.locate("nothing-of-this-name"))

    def test_a_write_keeps_what_it_was_given_and_changes_the_revision(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        before = inventory.settled(make_function({"DB": CANARY}))
        after = inventory.write(before.ref, with_more(before, DB_SECRET_ARN="arn"))
        assert plain(after) == {"DB": CANARY, "DB_SECRET_ARN": "arn"}
        assert after.revision != before.revision and after.rest_digest == before.rest_digest
        assert (after.state, after.update_status) == ("Active", "Successful")

    def test_the_adopted_revision_is_good_for_the_next_write(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        one = inventory.settled(make_function({"DB": CANARY}))
        two = inventory.write(one.ref, with_more(one, AA="1"))
        three = inventory.write(two.ref, with_more(two, BB="2"))
        assert plain(three) == {"DB": CANARY, "AA": "1", "BB": "2"}

    def test_a_write_on_an_old_revision_changes_nothing(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        old = inventory.settled(make_function({"DB": CANARY}))
        now = inventory.write(old.ref, with_more(old, AA="1"))
        with pytest.raises(Moved) as caught:
            inventory.write(old.ref, with_more(old, BB="2"))
        assert CANARY not in everything_said(caught.value)
        assert plain(inventory.read(old.ref)) == plain(now)

    @pytest.mark.parametrize(
        "more",
        [{"AA": "x" * 4096}, {"AWS_REGION": "x"}, {"1A": "x"}],
        ids=["too large", "reserved", "bad name"],
    )
    def test_what_the_platform_would_refuse_is_not_sent(
        self, inventory: FunctionInventory, make_function: MakeFunction, more: dict[str, str]
    ) -> None:
        before = inventory.settled(make_function({"DB": CANARY}))
        with pytest.raises(Refused) as caught:
            inventory.write(before.ref, with_more(before, **more))
        assert CANARY not in everything_said(caught.value)
        assert inventory.read(before.ref).revision == before.revision

    def test_a_function_is_never_left_without_a_variable(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        before = inventory.settled(make_function({"DB": CANARY}))
        with pytest.raises(Refused):
            inventory.write(before.ref, EnvironmentWrite({}, before.revision))
        assert plain(inventory.read(before.ref)) == {"DB": CANARY}

    def test_another_accounts_function_is_not_touched(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        before = inventory.settled(make_function({"DB": CANARY}))
        place = inventory.place
        foreign = FunctionRef(
            place, before.ref.name, before.ref.arn.replace(place.account, "999999999999")
        )
        for attempt in (
            lambda: inventory.read(foreign),
            lambda: inventory.write(foreign, with_more(before, AA="1")),
            lambda: inventory.invoke(foreign, b"{}"),
        ):
            with pytest.raises(Refused) as caught:
                attempt()
            # found by us and not by asking: another cloud might well have answered
            assert not isinstance(caught.value, NotFound)

    def test_a_call_keeps_status_and_the_resolvers_line_only(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        ref = make_function({"DB": CANARY})
        inventory.settled(ref)
        call = inventory.invoke(ref, b'{"say": "both"}')
        assert call.ok and call.status == 200 and call.answer == ""
        assert call.resolver_text == (
            'secretshift {"v":1,"function":"f","version":"$LATEST","refs":"","ms":1,'
            '"vars":{"DB":"match"}}'
        )
        assert CANARY not in repr(call)

    def test_a_function_error_is_no_success(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        ref = make_function({"DB": CANARY})
        inventory.settled(ref)
        call = inventory.invoke(ref, b'{"fail": true}')
        assert not call.ok and call.error
        assert CANARY not in repr(call)

    def test_only_a_probes_answer_may_be_kept(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        with pytest.raises(Refused):
            inventory.invoke(make_function({"DB": CANARY}), b"{}", probe=True)

    def test_what_is_no_probe_is_not_deleted(
        self, inventory: FunctionInventory, make_function: MakeFunction
    ) -> None:
        ref = make_function({"DB": CANARY})
        with pytest.raises(Refused):
            inventory.delete_probe(ref.name)
        assert inventory.read(ref)

    def test_a_probe_that_is_gone_is_no_error(self, inventory: FunctionInventory) -> None:
        inventory.delete_probe(f"secretshift-probe-{uuid.uuid4().hex[:8]}")
