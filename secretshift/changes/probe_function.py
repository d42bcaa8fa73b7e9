"""A throw-away twin of the function reads the secret before production is touched.

The role trusts only the function service, so nobody else can read as the function. The twin has
the same role, runtime, architecture, network and key, and holds references only. It answers
whether each value it got is the expected one: the question carries a keyed digest, the answer a
word.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from secretshift.model.errors import LoginExpired, Moved, Refused, SecretshiftError, Unavailable
from secretshift.model.functions import FunctionRef, FunctionSnapshot
from secretshift.model.plans import FunctionPlan
from secretshift.model.ports import NewProbe
from secretshift.model.secret_value import SecretValue

from .context import RunContext, value_from_secret
from .granting import narrow_grants, write_grants

PROBE_PREFIX = "secretshift-probe-"
PROBE_TAG = "secretshift:probe"
DENIED = "probe-denied"
"""The code where the store or the key denied the twin the reading, and nothing else went wrong."""
DENIAL = frozenset({"error:AccessDenied"})
NETWORK_SETTINGS = (
    "AWS_CA_BUNDLE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
"""Variables that change how the resolver reaches the store; the twin needs them to be a twin."""


@dataclass(frozen=True, slots=True)
class ProbeFunction:
    """The proof of one function by its twin."""

    function: FunctionPlan
    type: str = "probe"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.function.function.arn}"

    @property
    def target(self) -> str:
        return str(self.function.function)

    def describe(self) -> str:
        return f"Prove with a throw-away twin that {self.target} can get its values"

    def intent(self, ctx: RunContext, earlier: Mapping[str, object]) -> Mapping[str, object]:
        """The twin's name is journaled before it is made, so that it is found after a kill."""
        return {
            "probe": earlier.get("probe") or twin_name(),
            "place": self.function.function.place.region,
        }

    def apply(self, ctx: RunContext, intent: Mapping[str, object]) -> Mapping[str, object]:
        name = str(intent["probe"])
        functions = ctx.of(self.function).functions
        functions.delete_probe(name)
        also = (functions.locate(name).arn,)
        write_grants(ctx, self.function, ctx.grants(self.function), also=also)
        try:
            outcome = self.ask(ctx, name)
        finally:
            clean_up_probe(ctx, self.function, name)
        ctx.proved[self.function.function.arn] = ctx.now()
        return {"outcome": outcome}

    def ask(self, ctx: RunContext, name: str) -> str:
        """Make a twin of this name and ask it until it has the values; the caller deletes it.

        Raises Refused, with the code DENIED where the twin got as far as being denied.
        """
        functions = ctx.of(self.function).functions
        snapshot = functions.read(self.function.function)
        ctx.twins.add(name)
        return self._ask(ctx, functions.create_probe(self._probe(ctx, name, snapshot)))

    def _probe(self, ctx: RunContext, name: str, snapshot: FunctionSnapshot) -> NewProbe:
        region = ctx.of(self.function)
        layer = ctx.layers[self.function.function.place]
        bare = {key: value for key, value in snapshot.variables.items() if key in NETWORK_SETTINGS}
        self._check_settings(bare)
        twin = _with_environment(snapshot, bare)
        rewrite = region.references.expanded(twin, ctx.references(self.function), layer)
        code, handler = ctx.layer.probe_zip(snapshot.runtime)
        return NewProbe(
            name=name,
            twin=snapshot,
            code=code,
            handler=handler,
            layers=(layer,),
            variables={key: value.reveal() for key, value in rewrite.variables.items()},
            tags={PROBE_TAG: "true", "secretshift:run": ctx.run},
        )

    def _check_settings(self, bare: Mapping[str, SecretValue]) -> None:
        for name, value in bare.items():
            if "@" in value.reveal():
                raise Refused(
                    f"{name} seems to hold a login, which a twin must not be given",
                    resource=self.function.function.arn,
                    hint="Configure a test event for this function, so that no twin is needed",
                    code="proxy-login",
                )

    def _ask(self, ctx: RunContext, probe: FunctionRef) -> str:
        """Ask until it matches or the time is over: a new grant takes its time to spread.

        One match is not enough, since the next reading may meet a part of the cloud that does not
        know the grant yet: every new environment of the twin has to match for a while.
        """
        region = ctx.of(self.function)
        values = self._expected(ctx)
        until = ctx.deadline(ctx.patience.grant)
        steady: datetime | None = None
        by_turns = False
        while True:
            checks = [_check(name, value) for name, value in values.items()]
            payload = json.dumps({"checks": checks}).encode()
            said = ""
            outcomes: frozenset[str] = frozenset()
            results: Mapping[str, str] = {}
            try:
                invocation = region.functions.invoke(probe, payload, probe=True)
            except LoginExpired:
                raise
            except (Unavailable, Moved) as error:
                # Throttled, still pending, or a right of the key that has not spread yet.
                said = f" ({error.code})"
            else:
                results = _results(invocation.answer) if invocation.ok else {}
                outcomes = _outcomes(invocation.resolver_text)
                said = f" ({', '.join(sorted(outcomes))})" if outcomes else ""
            if results and all(results.get(name) == "match" for name in values):
                steady = steady or ctx.deadline(ctx.patience.steady)
                if ctx.now() >= steady:
                    return "match"
                ctx.wait()
                _start_anew(ctx, self.function, probe)
                continue
            by_turns = by_turns or steady is not None
            steady = None
            if any(result == "mismatch" for result in results.values()):
                raise Refused(
                    "The twin got another value than the function has",
                    resource=self.function.function.arn,
                    hint="Nothing was changed in the function; look at the secret",
                    code="probe-mismatch",
                )
            if ctx.now() >= until and by_turns:
                # The condition on the function cannot be what denies it.
                raise Unavailable(
                    "The twin could read the secret at one time and not at another" + said,
                    resource=self.function.function.arn,
                    hint="Nothing was changed in the function; the grant has not spread yet, "
                    "resume later",
                    code="grant-unsteady",
                )
            if ctx.now() >= until:
                raise Refused(
                    "The twin could not read the secret" + said,
                    resource=self.function.function.arn,
                    hint="Nothing was changed in the function; check the network, the key's policy "
                    "and the role's boundary, then resume",
                    code=DENIED if outcomes == DENIAL else "probe-failed",
                )
            ctx.wait()

    def _expected(self, ctx: RunContext) -> Mapping[str, SecretValue]:
        """From the stored secret: after a resume the plaintext may be gone already."""
        region = ctx.of(self.function)
        values = {}
        for variable in self.function.variables:
            arn, version = ctx.arns[variable.secret]
            value = value_from_secret(variable, region.secrets.read(arn, version).value)
            if ctx.fingerprint(value) != variable.fingerprint:
                raise Refused(
                    "The stored secret would give the function another value",
                    resource=f"{self.function.function} {variable.name}",
                    hint="Nothing was changed in the function; plan again",
                    code="secret-mismatch",
                )
            values[variable.name] = value
        return values


def twin_name() -> str:
    return PROBE_PREFIX + secrets.token_hex(8)


def clean_up_probe(ctx: RunContext, function: FunctionPlan, name: str) -> None:
    """Delete the twin and take its ARN out of the grant; safe to call at any time."""
    try:
        delete_twin(ctx, function, name)
    finally:
        narrow_grants(ctx, function)


def delete_twin(ctx: RunContext, function: FunctionPlan, name: str) -> None:
    """Nothing happens when it is gone. Raises Unavailable where it stays."""
    try:
        ctx.of(function).functions.delete_probe(name)
    except SecretshiftError:
        raise Unavailable(
            f"The probe {name} could not be deleted",
            resource=str(function.function),
            hint="Resume this run, or delete that function by hand",
            code="probe-left",
        ) from None
    ctx.twins.discard(name)


def _start_anew(ctx: RunContext, function: FunctionPlan, probe: FunctionRef) -> None:
    """Let the twin end its environment: the next question starts one that reads the secret anew.

    That Lambda answers such an end with an error is what is wanted.
    """
    with contextlib.suppress(Unavailable, Moved):
        ctx.of(function).functions.invoke(probe, b'{"end": true}', probe=True)


def _with_environment(
    snapshot: FunctionSnapshot, environment: Mapping[str, SecretValue]
) -> FunctionSnapshot:
    return replace(snapshot, environment=environment, layers=())


def _check(name: str, value: SecretValue) -> dict[str, str]:
    key = secrets.token_hex(32)
    digest = hmac.new(
        bytes.fromhex(key), value.reveal().encode("utf-8", "surrogatepass"), hashlib.sha256
    )
    return {"name": name, "key": key, "expect": digest.hexdigest()}


def _results(answer: str) -> Mapping[str, str]:
    try:
        data = json.loads(answer)
    except ValueError:
        return {}
    results = data.get("results") if isinstance(data, dict) else None
    return {str(k): str(v) for k, v in results.items()} if isinstance(results, dict) else {}


def _outcomes(resolver_text: str) -> frozenset[str]:
    """What the resolver reported of variables that it did not get, in its closed set of words."""
    from secretshift.resolver.protocol import parse_lines

    lines = parse_lines(resolver_text)
    return frozenset(lines[-1].outcomes.values()) - {"resolved"} if lines else frozenset()
