"""Put a value into the secret store, or take the secret of ours that holds it already."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.errors import AlreadyThere, Moved, Refused
from secretshift.model.plans import SecretPlan
from secretshift.model.ports import NewSecret, SecretInfo

from .context import RunContext

MANAGED_TAG = "secretshift:managed"
RUN_TAG = "secretshift:run"
FINGERPRINT_TAG = "secretshift:fingerprint"
KIND_TAG = "secretshift:kind"
DESCRIPTION = "Made by secretshift; see its tags for the run that made it"


@dataclass(frozen=True, slots=True)
class CreateSecret:
    """One secret of the plan."""

    secret: SecretPlan
    type: str = "create-secret"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.secret.key}"

    @property
    def target(self) -> str:
        return f"{self.secret.place.region}/{self.secret.name}"

    def describe(self) -> str:
        verb = {"create": "Create", "reuse": "Use", "restore": "Restore"}[self.secret.action]
        return f"{verb} secret {self.secret.name} in {self.secret.place.region}"

    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]:
        """The idempotency token is journaled before the call and never made from the value: it
        becomes the version id, which can be seen without the right to read the value.

        A secret is restored only where the plan said so."""
        planned = self.secret.action == "restore"
        return {
            "name": self.secret.name,
            "region": self.secret.place.region,
            "token": earlier.get("token") or str(uuid.uuid4()),
            "restores": bool(earlier.get("restores")) or (planned and self._dying(ctx)),
        }

    def _dying(self, ctx: RunContext) -> bool:
        info = ctx.region(self.secret.place).secrets.describe(self.secret.arn or self.secret.name)
        return info is not None and info.deletion is not None and made_for(self.secret, info)

    def apply(self, ctx: RunContext, intent: Mapping[str, object]) -> Mapping[str, object]:
        store = ctx.region(self.secret.place).secrets
        info = store.describe(self.secret.arn or self.secret.name)
        if info is None:
            try:
                made = self._create(ctx, str(intent["token"]))
            except AlreadyThere:
                # Another run made it in between; if it holds the same, both use it.
                info = store.describe(self.secret.name)
                if info is None or not made_for(self.secret, info):
                    raise
            else:
                ctx.arns[self.secret.key] = made
                return self._after(made, "created")
        how = "created" if self._made_by(info, ctx.run) else "reused"
        if not made_for(self.secret, info):
            raise AlreadyThere(
                "A secret of this name exists that is not ours, holds something else, or is under "
                "another key",
                resource=info.arn,
                hint="Rename it, or choose another plan.secret_prefix",
            )
        if info.deletion is not None and not intent.get("restores"):
            raise Moved(
                "The secret was scheduled for deletion since the plan was made",
                resource=info.arn,
                hint="Plan again: the plan will say that it is restored",
                code="scheduled-for-deletion",
            )
        if info.deletion is not None:
            store.restore(info.arn)
        if intent.get("restores"):
            how = "restored"
        version = store.read(info.arn)
        if ctx.fingerprint(version.value) != self.secret.fingerprint:
            if info.deletion is not None:
                store.schedule_deletion(info.arn, ctx.recovery_days)
            raise Moved(
                "The secret of ours holds another value by now",
                resource=info.arn,
                hint="It was rotated or edited; plan again",
            )
        ctx.arns[self.secret.key] = (version.arn, version.version)
        return self._after((version.arn, version.version), how)

    def _create(self, ctx: RunContext, token: str) -> tuple[str, str]:
        store = ctx.region(self.secret.place).secrets
        version = store.create(
            NewSecret(
                name=self.secret.name,
                value=ctx.compose(self.secret),
                description=DESCRIPTION,
                tags={
                    MANAGED_TAG: "true",
                    RUN_TAG: ctx.run,
                    KIND_TAG: self.secret.kind,
                    FINGERPRINT_TAG: self.secret.fingerprint,
                },
                token=token,
                kms_key=self.secret.kms_key,
            )
        )
        if ctx.fingerprint(version.value) != self.secret.fingerprint:
            raise Moved("The secret does not hold what was put into it", resource=version.arn)
        return version.arn, version.version

    def _made_by(self, info: SecretInfo, run: str) -> bool:
        return info.tags.get(RUN_TAG) == run

    def _after(self, made: tuple[str, str], how: str) -> Mapping[str, object]:
        arn, version = made
        return {"arn": arn, "version": version, "made": how}


def made_for(secret: SecretPlan, info: SecretInfo) -> bool:
    """Whether a secret was made by this program for this very content, by what its tags say, under
    the key that the grant will name."""
    return (
        info.tags.get(MANAGED_TAG) == "true"
        and info.tags.get(FINGERPRINT_TAG) == secret.fingerprint
        and not info.owning_service
        and _planned_key(secret, info)
    )


def _planned_key(secret: SecretPlan, info: SecretInfo) -> bool:
    """A key that the plan names in another form than its ARN cannot be compared; no grant can name
    it either."""
    alias = secret.kms_key != "" and ":key/" not in secret.kms_key
    return alias or secret.kms_key == info.kms_key


def adopt(ctx: RunContext, secret: SecretPlan, after: Mapping[str, object]) -> None:
    """Take what the journal says of a secret that was made earlier."""
    arn, version = str(after.get("arn", "")), str(after.get("version", ""))
    if not arn:
        raise Refused("The journal does not say where the secret is", resource=secret.name)
    ctx.arns[secret.key] = (arn, version)
