"""What every cloud's permissions promise. Give `access`, `role` and two documents."""

from __future__ import annotations

import json
import uuid

import pytest

from secretshift.model.errors import NotFound, Refused
from secretshift.model.ports import AccessControl


class AccessControlContract:
    @pytest.fixture
    def access(self) -> AccessControl:
        raise NotImplementedError

    @pytest.fixture
    def role(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    def documents(self) -> tuple[str, str]:
        """Two different documents as the product writes them."""
        raise NotImplementedError

    @pytest.fixture
    def policy(self) -> str:
        return f"secretshift-contract-{uuid.uuid4().hex[:8]}"

    def test_a_policy_is_written_replaced_and_deleted(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        assert access.read_policy(role, policy) is None
        for document in documents:
            access.write_policy(role, policy, document)
            assert json.loads(access.read_policy(role, policy) or "") == json.loads(document)
        access.delete_policy(role, policy)
        assert access.read_policy(role, policy) is None

    def test_writing_and_deleting_twice_is_the_same_as_once(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        access.write_policy(role, policy, documents[0])
        access.write_policy(role, policy, documents[0])
        access.delete_policy(role, policy)
        access.delete_policy(role, policy)

    def test_two_functions_of_one_role_keep_their_own(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        access.write_policy(role, policy, documents[0])
        access.write_policy(role, f"{policy}-2", documents[1])
        access.delete_policy(role, policy)
        assert access.read_policy(role, f"{policy}-2") is not None

    def test_the_room_for_policies_shrinks_by_what_is_written(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        before = access.policy_room(role)
        access.write_policy(role, policy, documents[0])
        assert access.policy_room(role) == before - len("".join(documents[0].split()))
        access.delete_policy(role, policy)
        assert access.policy_room(role) == before

    @pytest.mark.parametrize("document", ["nonsense", "{}", '{"Statement": []}'])
    def test_what_is_no_policy_is_not_written(
        self, access: AccessControl, role: str, policy: str, document: str
    ) -> None:
        with pytest.raises(Refused):
            access.write_policy(role, policy, document)
        assert access.read_policy(role, policy) is None

    def test_a_wildcard_is_not_written(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        wide = json.loads(documents[0])
        wide["Statement"][0]["Resource"] = "*"
        with pytest.raises(Refused):
            access.write_policy(role, policy, json.dumps(wide))
        assert access.read_policy(role, policy) is None

    def test_a_role_that_is_not_there_is_not_found(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        with pytest.raises(NotFound):
            access.write_policy(f"{role}-gone", policy, documents[0])

    def test_another_accounts_role_is_not_touched(
        self, access: AccessControl, role: str, policy: str, documents: tuple[str, str]
    ) -> None:
        account = role.split(":")[4]
        with pytest.raises(Refused) as caught:
            access.write_policy(role.replace(account, "999999999999"), policy, documents[0])
        assert not isinstance(caught.value, NotFound)
