"""How a Lambda function carries references: the variables, the wrapper and the layer.

``NAME_SECRET_ARN`` names the secret, ``NAME_SECRET_TEMPLATE`` puts a connection string together,
``SECRETSHIFT_VARS`` lists the names that our resolver may set, ``AWS_LAMBDA_EXEC_WRAPPER`` starts
it and ``SECRETSHIFT_WRAPPER`` keeps a wrapper that was there before. Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from secretshift.model.functions import FunctionFacts, FunctionRef, FunctionSnapshot, Place
from secretshift.model.ports import (
    Assessment,
    Grant,
    PolicyGrants,
    Question,
    Reference,
    Rewrite,
    Scope,
)
from secretshift.model.runtimes import RuntimeDates
from secretshift.model.secret_value import SecretValue
from secretshift.resolver.packing import LAYER_NAME, WRAPPER_PATH
from secretshift.resolver.protocol import references_digest
from secretshift.shapes.arn import parse_arn, secret_name

from . import limits, policy, preflight, rights
from .reading_rights import reading, stand_in, ways_to_see
from .runtime_dates import runtime_dates

LIST = "SECRETSHIFT_VARS"
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
FORMER_WRAPPER = "SECRETSHIFT_WRAPPER"
ARN_SUFFIX = "_SECRET_ARN"
TEMPLATE_SUFFIX = "_SECRET_TEMPLATE"
_PARTS_OF_AN_ARN = 7
_TOKEN_ENDS = r"(?![A-Za-z0-9/_+=@\-]|\.[A-Za-z0-9])"
"""No more characters of a secret's name, in which a full stop may stand, but not to end it."""


class LambdaReferences:
    """The reference style of AWS Lambda."""

    @property
    def limit(self) -> int:
        return limits.ENVIRONMENT_LIMIT

    def size(self, variables: Mapping[str, SecretValue]) -> int:
        return limits.environment_size(variables)

    def text(self, secret: str, json_key: str) -> str:
        return f"{secret}:{json_key}::" if json_key else secret

    def foreseen(self, place: Place, secret_name: str) -> str:
        return (
            f"arn:{place.partition}:secretsmanager:{place.region}:{place.account}"
            f":secret:{secret_name}-XXXXXX"
        )

    def assess(
        self, snapshot: FunctionSnapshot, facts: FunctionFacts, names: Sequence[str]
    ) -> Assessment:
        return preflight.assess(snapshot, facts, names)

    def present(self, now: FunctionSnapshot, name: str) -> Reference | None:
        text = now.variables.get(name + ARN_SUFFIX)
        if text is None:
            return None
        template = now.variables.get(name + TEMPLATE_SUFFIX)
        return Reference(name, text.reveal(), template.reveal() if template is not None else "")

    def all_present(self, now: FunctionSnapshot) -> tuple[Reference, ...]:
        found = (self.present(now, name) for name in dict.fromkeys(listed_names(now.variables)))
        return tuple(reference for reference in found if reference is not None)

    def secret_of(self, reference: Reference) -> str:
        parts = reference.text.split(":")
        return ":".join(parts[:_PARTS_OF_AN_ARN]) if parts[0] == "arn" else reference.text

    def ours(self, now: FunctionSnapshot, name: str) -> bool:
        return name in listed_names(now.variables)

    def expanded(
        self, now: FunctionSnapshot, references: Sequence[Reference], layer: str
    ) -> Rewrite:
        variables = dict(now.variables)
        for reference in references:
            variables[reference.name + ARN_SUFFIX] = SecretValue(reference.text)
            if reference.template:
                variables[reference.name + TEMPLATE_SUFFIX] = SecretValue(reference.template)
        layers = tuple(item.arn for item in now.layers)
        if not layer:
            return Rewrite(variables, layers)
        names = {*listed_names(variables), *(reference.name for reference in references)}
        variables[LIST] = SecretValue(",".join(sorted(names)))
        former = variables.get(WRAPPER)
        if former is not None and former.reveal() != WRAPPER_PATH:
            variables[FORMER_WRAPPER] = former
        variables[WRAPPER] = SecretValue(WRAPPER_PATH)
        others = tuple(arn for arn in layers if not is_our_layer(arn, now.ref.place.account))
        return Rewrite(variables, (*others, layer))

    def referenced(
        self, now: FunctionSnapshot, references: Sequence[Reference], layer: str = ""
    ) -> bool:
        if any(self.present(now, reference.name) != reference for reference in references):
            return False
        if not layer:
            return True
        wrapper = now.variables.get(WRAPPER)
        return (
            all(self.ours(now, reference.name) for reference in references)
            and wrapper is not None
            and wrapper.reveal() == WRAPPER_PATH
            and layer in [item.arn for item in now.layers]
        )

    def contracted(self, now: FunctionSnapshot, names: Sequence[str]) -> Rewrite:
        kept = {name: value for name, value in now.variables.items() if name not in names}
        return Rewrite(kept, tuple(item.arn for item in now.layers))

    def reverted(
        self,
        now: FunctionSnapshot,
        references: Sequence[Reference],
        values: Mapping[str, SecretValue],
    ) -> Rewrite:
        variables = dict(now.variables)
        gone = set()
        for reference in references:
            present = self.present(now, reference.name)
            if present is not None and present != reference:
                continue  # somebody put another there, which our resolver may still have to resolve
            variables.pop(reference.name + ARN_SUFFIX, None)
            template = variables.get(reference.name + TEMPLATE_SUFFIX)
            if template is not None and template.reveal() == reference.template:
                del variables[reference.name + TEMPLATE_SUFFIX]
            gone.add(reference.name)
        for name, value in values.items():
            variables.setdefault(name, value)
        layers = tuple(item.arn for item in now.layers)
        listed = listed_names(variables)
        if not listed:
            return Rewrite(variables, layers)
        left = [name for name in listed if name not in gone]
        if left:
            variables[LIST] = SecretValue(",".join(left))
            return Rewrite(variables, layers)
        del variables[LIST]
        former = variables.pop(FORMER_WRAPPER, None)
        wrapper = variables.get(WRAPPER)
        if wrapper is not None and wrapper.reveal() == WRAPPER_PATH:
            del variables[WRAPPER]
            if former is not None:
                variables[WRAPPER] = former
        elif former is not None:
            # Somebody chains to us from a wrapper of their own: keep what they may rely on.
            variables[FORMER_WRAPPER] = former
        account = now.ref.place.account
        return Rewrite(variables, tuple(arn for arn in layers if not is_our_layer(arn, account)))

    def mentions(self, snapshot: FunctionSnapshot, secret: str) -> bool:
        # Read by its text and not by our own suffix: other people refer to secrets as well, by
        # its name alone and by its ARN without the six characters (which ends in the name).
        arn = parse_arn(secret)
        name = secret_name(arn) if arn is not None else None
        tokens = [re.escape(text) for text in (secret, name) if text]
        token = re.compile(rf"(?<![A-Za-z0-9/_+.@\-])(?:{'|'.join(tokens)}){_TOKEN_ENDS}")
        return any(token.search(value.reveal()) for value in snapshot.variables.values())

    def digest(self, snapshot: FunctionSnapshot) -> str:
        return references_digest(
            (item.name, item.text, item.template) for item in self.all_present(snapshot)
        )

    def grant_name(self, function: FunctionRef) -> str:
        return policy.policy_name(function.name, function.place.region)

    def grant_document(
        self, place: Place, functions: Sequence[str], grants: Sequence[Grant]
    ) -> str:
        return policy.grant_document(functions, grants, place.region, place.partition)

    def role_document(self, place: Place, grants: Sequence[Grant]) -> str:
        return policy.role_document(grants, place.region, place.partition)

    def grants_in(self, document: str) -> PolicyGrants | None:
        parsed = policy.parse_grant_document(document)
        return None if parsed is None else PolicyGrants(parsed.function_arns, parsed.grants)

    def questions(
        self, place: Place, function: str, grants: Sequence[Grant]
    ) -> tuple[Question, ...]:
        return policy.questions(function, grants, place.region, place.partition)

    def ways_to_see(self, function: FunctionRef, key: str) -> tuple[tuple[Question, ...], ...]:
        return ways_to_see(function, key)

    def runtime_dates(self, runtime: str) -> RuntimeDates:
        return runtime_dates(runtime)

    def reading_rights(self, function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
        return reading(function, scope)

    def stand_in(self, place: Place) -> tuple[FunctionRef, str]:
        return stand_in(place)

    def twin_rights(self, function: FunctionRef, role: str) -> tuple[Question, ...]:
        return rights.for_twin(function, role)

    def rights(self, function: FunctionRef, scope: Scope) -> tuple[Question, ...]:
        return rights.needed(function, scope)


def listed_names(variables: Mapping[str, SecretValue]) -> tuple[str, ...]:
    """The names in SECRETSHIFT_VARS, in their order."""
    value = variables.get(LIST)
    if value is None:
        return ()
    return tuple(name for part in value.reveal().split(",") if (name := part.strip()))


def is_our_layer(arn: str, account: str) -> bool:
    """Whether a layer version ARN names the resolver's layer of this very account."""
    parts = arn.split(":")
    return (
        len(parts) == 8 and parts[4] == account and parts[5] == "layer" and parts[6] == LAYER_NAME
    )
