"""Secrets Manager behind the port `SecretStore`, for one account and region.

Source: CreateSecret, GetSecretValue, DescribeSecret, DeleteSecret, RestoreSecret, ListSecrets in
the Secrets Manager API reference. Its reads are eventually consistent, so that what was just
written may be missing for a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from secretshift.model.errors import AlreadyThere, NotFound, Refused, UsageProblem
from secretshift.model.functions import Place
from secretshift.model.ports import NewSecret, SecretInfo, SecretVersion
from secretshift.model.secret_value import SecretValue

from .clocks import Clock, SystemClock
from .connections import RegionClients
from .errors import aws_errors
from .limits import MANAGED_TAG, TAG_PREFIX, check_secret_name, check_secret_value, check_tags

T = TypeVar("T")

CURRENT = "AWSCURRENT"
SHORTEST_RECOVERY = 7
LONGEST_RECOVERY = 30
_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)
_SCHEDULED = "scheduled-for-deletion"


class AwsSecrets:
    def __init__(self, place: Place, clients: RegionClients, clock: Clock | None = None) -> None:
        self._place = place
        self._clients = clients
        self._clock: Clock = clock or SystemClock()

    @property
    def place(self) -> Place:
        return self._place

    def describe(self, name_or_arn: str) -> SecretInfo | None:
        """The deletion date is AWS's DeletedDate."""
        self._own(name_or_arn)
        try:
            with aws_errors("describing the secret", name_or_arn):
                answer = self._clients.secrets.describe_secret(SecretId=name_or_arn)
        except NotFound:
            return None
        return self._info(answer, answer.get("VersionIdsToStages") or {})

    def create(self, new: NewSecret) -> SecretVersion:
        check_secret_name(new.name)
        check_secret_value(new.value, new.name)
        check_tags(new.tags, new.name)
        arn, written = self._created(new) or self._adopted(new)
        version = self._after_a_write(lambda: self.read(arn, written))
        if version.value != new.value:
            raise AlreadyThere(
                "The secret does not hold what was written to it", resource=arn, code="other-value"
            )
        return version

    def read(self, arn: str, version: str = "") -> SecretVersion:
        self._own(arn)
        which = {"VersionId": version} if version else {"VersionStage": CURRENT}
        try:
            with aws_errors("reading the secret", arn):
                answer = self._clients.secrets.get_secret_value(SecretId=arn, **which)
        except Refused as error:
            refusal = error
        else:
            if "SecretString" not in answer:
                raise Refused(
                    "The secret is binary, and a variable is a text",
                    resource=arn,
                    code="binary-secret",
                )
            return SecretVersion(
                answer["ARN"], answer["VersionId"], SecretValue(answer["SecretString"])
            )
        raise self._explained(refusal, arn)

    def schedule_deletion(self, arn: str, days: int) -> datetime:
        if not SHORTEST_RECOVERY <= days <= LONGEST_RECOVERY:
            raise UsageProblem(
                f"A secret can be recovered for {SHORTEST_RECOVERY} to {LONGEST_RECOVERY} days, "
                f"not {days}",
                code="recovery-window",
            )
        info = self._ours(arn, "deleted")
        if info.deletion is not None:
            return info.deletion
        with aws_errors("scheduling the secret's deletion", arn):
            # never ForceDeleteWithoutRecovery: until the day it can be brought back
            answer = self._clients.secrets.delete_secret(
                SecretId=info.arn, RecoveryWindowInDays=days
            )
            return answer["DeletionDate"]

    def restore(self, arn: str) -> SecretInfo:
        info = self._ours(arn, "restored")
        if info.deletion is None:
            return info
        with aws_errors("restoring the secret", arn):
            self._clients.secrets.restore_secret(SecretId=info.arn)
        return self._after_a_write(lambda: self._restored(info.arn))

    def owned(self) -> Iterator[SecretInfo]:
        with aws_errors("listing the secrets", str(self._place)):
            pages = self._clients.secrets.get_paginator("list_secrets").paginate(
                IncludePlannedDeletion=True,
                # matches the beginning of a tag's key, so that the answer is looked at as well
                Filters=[{"Key": "tag-key", "Values": [MANAGED_TAG]}],
            )
            for page in pages:
                for entry in page["SecretList"]:
                    info = self._info(entry, entry.get("SecretVersionsToStages") or {})
                    if MANAGED_TAG in info.tags:
                        yield info

    def _created(self, new: NewSecret) -> tuple[str, str] | None:
        """ARN and version of the new secret, None where the name is taken."""
        request: dict[str, Any] = {
            "Name": new.name,
            "Description": new.description,
            "ClientRequestToken": new.token,
            "Tags": [{"Key": key, "Value": value} for key, value in new.tags.items()],
        }
        if new.kms_key:
            request["KmsKeyId"] = new.kms_key
        try:
            with aws_errors("creating the secret", new.name):
                # the value is named in this one call and in no local variable
                answer = self._clients.secrets.create_secret(
                    SecretString=new.value.reveal(), **request
                )
                return answer["ARN"], answer["VersionId"]
        except AlreadyThere:
            return None
        except Refused as error:
            refusal = error
        raise self._explained(refusal, new.name, AlreadyThere)

    def _adopted(self, new: NewSecret) -> tuple[str, str]:
        """ARN and version of the secret that holds the name, if an attempt of ours made it."""
        info = self.describe(new.name)
        if info is not None and info.deletion is not None:
            raise _scheduled(AlreadyThere, new.name)
        if info is None or info.current_version != new.token or dict(info.tags) != dict(new.tags):
            raise AlreadyThere(
                "A secret of this name is there already",
                resource=new.name,
                hint="Choose another name for the new secret",
            )
        return info.arn, info.current_version

    def _explained(self, refusal: Refused, name: str, family: type[Refused] = Refused) -> Refused:
        """AWS says "invalid request" of a secret in its recovery window, and of much else."""
        if refusal.code != "invalid-request":
            return refusal
        info = self.describe(name)
        if info is None or info.deletion is None:
            return refusal
        return _scheduled(family, name)

    def _ours(self, arn: str, what: str) -> SecretInfo:
        info = self.describe(arn)
        if info is None:
            raise NotFound("There is no such secret", resource=arn)
        if not _has_our_tag(info.tags):
            raise Refused(
                f"Only a secret that secretshift made is {what}", resource=arn, code="not-ours"
            )
        if info.owning_service:
            raise Refused(
                f"The secret belongs to {info.owning_service}",
                resource=arn,
                code="owned-by-service",
            )
        return info

    def _restored(self, arn: str) -> SecretInfo:
        info = self.describe(arn)
        if info is None or info.deletion is not None:
            raise NotFound("The restored secret is not to be seen yet", resource=arn)
        return info

    def _after_a_write(self, read: Callable[[], T]) -> T:
        for pause in _PAUSES:
            try:
                return read()
            except NotFound:
                self._clock.wait(pause)
        return read()

    def _info(self, answer: Mapping[str, Any], stages: Mapping[str, list[str]]) -> SecretInfo:
        current = [version for version, names in stages.items() if CURRENT in names]
        return SecretInfo(
            arn=str(answer["ARN"]),
            name=str(answer["Name"]),
            tags={tag["Key"]: tag["Value"] for tag in answer.get("Tags") or ()},
            kms_key=self._key(str(answer.get("KmsKeyId") or "")),
            deletion=answer.get("DeletedDate"),
            owning_service=str(answer.get("OwningService") or ""),
            current_version=current[0] if current else "",
        )

    def _key(self, key: str) -> str:
        """The ARN of a customer key, "" for the default one; a policy can name no alias."""
        if not key or ":key/" in key:
            return key
        if key.endswith("alias/aws/secretsmanager"):
            return ""
        try:
            with aws_errors("describing the secret's key", key):
                metadata = self._clients.keys.describe_key(KeyId=key)["KeyMetadata"]
        except Refused:
            # named as it is: whoever writes a grant refuses what is not a key's ARN
            return key
        return "" if metadata.get("KeyManager") == "AWS" else metadata.get("Arn", key)

    def _own(self, name_or_arn: str) -> None:
        place = self._place
        own = f"arn:{place.partition}:secretsmanager:{place.region}:{place.account}:secret:"
        if name_or_arn.startswith("arn:") and not name_or_arn.startswith(own):
            raise Refused(
                f"The secret does not belong to {place}",
                resource=name_or_arn,
                hint="Use the profile of its account",
                code="other-account",
            )


def _has_our_tag(tags: Mapping[str, str]) -> bool:
    return any(key.startswith(TAG_PREFIX) for key in tags)


def _scheduled(family: type[Refused], name: str) -> Refused:
    return family(
        "The secret is scheduled for deletion, and its name is taken until then",
        resource=name,
        hint="Restore it, or choose another name",
        code=_SCHEDULED,
    )
