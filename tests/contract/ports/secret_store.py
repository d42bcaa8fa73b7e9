"""What every secret store promises. Subclass it, give `store`, inherit the promises."""

from __future__ import annotations

import traceback
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from secretshift.model.errors import AlreadyThere, NotFound, Refused, SecretshiftError
from secretshift.model.ports import NewSecret, SecretStore
from secretshift.model.secret_value import SecretValue

CANARY = "canary-VALUE-91x"
ANOTHER = "another-VALUE-77y"
TAGS = {"secretshift:managed": "true", "secretshift:run": "r-1"}


def new_secret(value: str = CANARY, name: str = "", token: str = "") -> NewSecret:
    return NewSecret(
        name=name or f"contract/{uuid.uuid4().hex}",
        value=SecretValue(value),
        description="A contract test",
        tags=TAGS,
        token=token or str(uuid.uuid4()),
    )


def everything_said(error: BaseException) -> str:
    """All that a log or a crash report could find in an error."""
    assert error.__context__ is None or isinstance(error.__context__, SecretshiftError)
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


class SecretStoreContract:
    @pytest.fixture
    def store(self) -> SecretStore:
        raise NotImplementedError

    @pytest.mark.parametrize(
        "value", [CANARY, "x" * 65_536, '{"a": "b"}', " \n", "é\u2028\U0001f511", "\\\"'$(x)`"]
    )
    def test_a_value_comes_back_as_it_was(self, store: SecretStore, value: str) -> None:
        created = store.create(new_secret(value))
        assert created.value.reveal() == value
        assert store.read(created.arn) == created
        assert store.read(created.arn, created.version) == created

    def test_a_secret_is_described_by_name_and_by_identifier(self, store: SecretStore) -> None:
        new = new_secret()
        created = store.create(new)
        info = store.describe(new.name)
        assert info is not None and info == store.describe(created.arn)
        assert (info.name, info.arn) == (new.name, created.arn)
        assert dict(info.tags) == TAGS and info.kms_key == "" and info.deletion is None
        assert info.current_version == created.version

    def test_what_is_not_there_is_none_or_not_found(self, store: SecretStore) -> None:
        assert store.describe("contract/nothing") is None
        with pytest.raises(NotFound):
            store.read("contract/nothing")

    def test_a_taken_name_is_refused_and_left_unchanged(self, store: SecretStore) -> None:
        first = new_secret()
        created = store.create(first)
        with pytest.raises(AlreadyThere) as caught:
            store.create(new_secret(ANOTHER, name=first.name))
        assert ANOTHER not in everything_said(caught.value)
        assert store.read(created.arn) == created

    def test_a_deleted_secret_can_be_brought_back(self, store: SecretStore) -> None:
        created = store.create(new_secret())
        due = store.schedule_deletion(created.arn, 7)
        assert due > datetime.now(UTC) + timedelta(days=6)
        info = store.describe(created.arn)
        assert info is not None and info.deletion is not None
        with pytest.raises(Refused) as caught:
            store.read(created.arn)
        assert caught.value.code == "scheduled-for-deletion"
        assert store.restore(created.arn).deletion is None
        assert store.read(created.arn) == created

    def test_deleting_and_restoring_twice_is_the_same_as_once(self, store: SecretStore) -> None:
        created = store.create(new_secret())
        store.schedule_deletion(created.arn, 7)
        store.schedule_deletion(created.arn, 30)
        store.restore(created.arn)
        assert store.restore(created.arn).deletion is None

    def test_the_name_of_a_deleted_secret_is_taken(self, store: SecretStore) -> None:
        new = new_secret()
        store.schedule_deletion(store.create(new).arn, 7)
        with pytest.raises(AlreadyThere) as caught:
            store.create(new_secret(name=new.name))
        assert caught.value.code == "scheduled-for-deletion"

    @pytest.mark.parametrize("days", [0, 6, 31, -1])
    def test_a_window_outside_of_the_stores_is_a_mistake_of_usage(
        self, store: SecretStore, days: int
    ) -> None:
        created = store.create(new_secret())
        with pytest.raises(SecretshiftError):
            store.schedule_deletion(created.arn, days)
        assert store.read(created.arn) == created

    def test_ours_are_listed_with_those_to_be_deleted(self, store: SecretStore) -> None:
        kept, gone = store.create(new_secret()), store.create(new_secret())
        store.schedule_deletion(gone.arn, 7)
        owned = {info.arn: info for info in store.owned()}
        assert owned[kept.arn].deletion is None and owned[gone.arn].deletion is not None

    @pytest.mark.parametrize("name", ["", "with space", "ends-in-abc123", "x" * 513])
    def test_a_name_that_the_store_refuses_is_not_sent(self, store: SecretStore, name: str) -> None:
        new = NewSecret(name, SecretValue(CANARY), "", TAGS, str(uuid.uuid4()))
        with pytest.raises(SecretshiftError) as caught:
            store.create(new)
        assert CANARY not in everything_said(caught.value)

    @pytest.mark.parametrize("value", ["", "x" * 65_537])
    def test_a_value_that_does_not_fit_is_refused(self, store: SecretStore, value: str) -> None:
        new = new_secret(value)
        with pytest.raises(Refused):
            store.create(new)
        assert store.describe(new.name) is None

    def test_only_tags_of_our_own_are_set(self, store: SecretStore) -> None:
        new = NewSecret("contract/tags", SecretValue("v"), "", {"team": "pay"}, str(uuid.uuid4()))
        with pytest.raises(Refused):
            store.create(new)
        assert store.describe("contract/tags") is None
