"""What speaks against changing a Lambda function unattended, and how it could read a secret.

Sources: AWS Lambda developer guide, pages `runtimes-modify`, `snapstart`, `configuration-envvars`,
`configuration-codesigning`, `lambda-runtimes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from secretshift.model.functions import FunctionFacts, FunctionSnapshot
from secretshift.model.plans import PlanNote
from secretshift.model.ports import Assessment
from secretshift.resolver.packing import LAYER_NAME, WRAPPER_PATH
from secretshift.resolver.protocol import name_problem

from . import way_out
from .limits import LAYER_LIMIT, key_problem

WITH_RESOLVER = frozenset(
    {f"python3.{minor}" for minor in range(9, 15)}
    | {"nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"}
)
TRIED_ON = frozenset({"x86_64", "arm64"})
WITHOUT_RESOLVER = ("java", "dotnet", "ruby", "go1.x", "provided")


def assess(snapshot: FunctionSnapshot, facts: FunctionFacts, names: Sequence[str]) -> Assessment:
    """Choose the way and gather what blocks and what warns. names: variables to be moved."""
    if snapshot.package_type == "Image":
        way, why = "code", "a container image takes no layers, so its code has to read the secret"
    elif snapshot.runtime in WITH_RESOLVER:
        way, why = "layer", f"{snapshot.runtime} can start through the resolver layer"
    else:
        way, why = "code", f"there is no resolver for {snapshot.runtime or 'this runtime'} yet"
    blockers = [
        *_state(snapshot),
        *_owner(facts.tags),
        *_way_of_starting(snapshot, facts),
        *_names(snapshot, names),
        *_unknown(facts),
    ]
    if way == "layer":
        blockers += [
            *_layer(snapshot, facts),
            *_resolvable(names),
            *_machine(snapshot),
            *way_out.blockers(snapshot, names),
        ]
    elif snapshot.package_type != "Image" and not snapshot.runtime.startswith(WITHOUT_RESOLVER):
        blockers.append(
            PlanNote(
                "unknown-runtime",
                f"The runtime {snapshot.runtime or '(none)'} is not known",
                "Move it by hand, or update the runtime first",
            )
        )
    return Assessment(
        way=way,
        why=why,
        blockers=tuple(blockers),
        warnings=(
            *_warnings(snapshot, facts),
            *(way_out.warnings(snapshot) if way == "layer" else ()),
        ),
        code_hint="" if way == "layer" else code_hint(snapshot.runtime, names),
        no_twin=way_out.no_twin(snapshot) if way == "layer" else "",
    )


def _state(snapshot: FunctionSnapshot) -> Iterator[PlanNote]:
    if snapshot.environment is None:
        yield PlanNote(
            "environment-unreadable",
            f"Its environment could not be decrypted ({snapshot.environment_error})",
            "Grant the operator kms:Decrypt on the function's key; writing now would erase it",
        )
    if snapshot.update_status == "InProgress" or snapshot.state == "Pending":
        yield PlanNote("update-in-progress", "An update is in progress", "Plan again once it is")
    elif snapshot.update_status == "Failed" or snapshot.state == "Failed":
        yield PlanNote(
            "update-failed",
            f"Its last update failed ({snapshot.update_reason or 'no reason given'})",
            "Repair the function first",
        )


def owner(tags: Mapping[str, str]) -> str:
    """Which infrastructure tool made a function, as its tags tell; "" if they do not."""
    lowered = {key.lower(): value for key, value in tags.items()}
    if lowered.get("lambda:createdby", "").upper() == "SAM":
        return "AWS SAM"
    if any(key.startswith(("aws:cdk", "aws-cdk:")) for key in lowered):
        return "AWS CDK"
    if any(key.startswith(("serverless:", "sls:")) for key in lowered):
        return "Serverless Framework"
    if "aws:cloudformation:stack-name" in lowered:
        return f"CloudFormation (stack {lowered['aws:cloudformation:stack-name']})"
    if any(key.startswith("pulumi:") for key in lowered):
        return "Pulumi"
    for key, value in lowered.items():
        words = f"{key}={value}".lower()
        if key.startswith(("terraform", "tf:")) and value.lower() not in ("false", "no"):
            return "Terraform"
        manages = any(word in key for word in ("managed", "provision", "created", "iac", "deploy"))
        for tool in ("terraform", "opentofu", "cloudformation", "cdk", "serverless", "pulumi"):
            if manages and tool in words:
                return tool.capitalize()
    return ""


def _owner(tags: Mapping[str, str]) -> Iterator[PlanNote]:
    tool = owner(tags)
    if tool:
        yield PlanNote(
            "owner",
            f"It belongs to {tool}: the next deployment would put the plaintext back",
            "Change the template first, or name the function in plan.override_owner",
        )


def _way_of_starting(snapshot: FunctionSnapshot, facts: FunctionFacts) -> Iterator[PlanNote]:
    for name in snapshot.unusual:
        yield PlanNote(
            f"unusual-{name.lower()}",
            f"{name} changes how it starts, so a value read at start is not proved to be right",
            "Move it by hand for now",
        )
    if facts.provisioned:
        yield PlanNote(
            "provisioned-concurrency",
            "It has provisioned concurrency on " + ", ".join(facts.provisioned),
            "Those environments belong to a version or alias, which keeps the plaintext",
        )


def _layer(snapshot: FunctionSnapshot, facts: FunctionFacts) -> Iterator[PlanNote]:
    own = [layer for layer in snapshot.layers if f":layer:{LAYER_NAME}:" in layer.arn]
    if len(snapshot.layers) - len(own) >= LAYER_LIMIT:
        yield PlanNote(
            "five-layers",
            f"It has {LAYER_LIMIT} layers already, the most that Lambda takes",
            "Merge two of its layers",
        )
    if facts.code_signing in ("enforce", "unknown"):
        enforced = facts.code_signing == "enforce"
        yield PlanNote(
            "code-signing",
            "Code signing is enforced, so an unsigned layer would be refused"
            if enforced
            else "Its code signing configuration could not be read",
            "Sign the layer with your own profile, or read the secret in code",
        )
    wrapper = snapshot.variables.get("AWS_LAMBDA_EXEC_WRAPPER")
    former = snapshot.variables.get("SECRETSHIFT_WRAPPER")
    if former is not None and (wrapper is None or wrapper.reveal() != WRAPPER_PATH):
        yield PlanNote(
            "wrapper-changed",
            "SECRETSHIFT_WRAPPER is set although our wrapper is not the one in force",
            "Remove SECRETSHIFT_WRAPPER, or put AWS_LAMBDA_EXEC_WRAPPER back",
        )


def _machine(snapshot: FunctionSnapshot) -> Iterator[PlanNote]:
    for name in snapshot.architectures:
        if name not in TRIED_ON:
            yield PlanNote(
                "architecture",
                f"The resolver was never tried on {name}",
                "Move it by hand for now",
            )


def _names(snapshot: FunctionSnapshot, names: Sequence[str]) -> Iterator[PlanNote]:
    listed = snapshot.variables.get("SECRETSHIFT_VARS")
    ours = set(listed.reveal().split(",")) if listed is not None else set()
    for name in names:
        for suffix in ("_SECRET_ARN", "_SECRET_TEMPLATE"):
            problem = key_problem(name + suffix)
            if problem:
                yield PlanNote("name", f"{name}{suffix} cannot be set: {problem}")
            if name + suffix in snapshot.variables and name not in ours:
                yield PlanNote(
                    "foreign-reference",
                    f"It has a variable {name}{suffix} of its own where ours would go",
                    f"Rename that variable, or leave {name} out with --exclude",
                )


def _resolvable(names: Sequence[str]) -> Iterator[PlanNote]:
    for name in names:
        problem = name_problem(name)
        if problem is not None:
            yield PlanNote(
                "name",
                f"The resolver does not set {name} ({problem}): the name may steer how the function"
                " starts",
                f"Rename that variable, or leave {name} out with --exclude",
            )


def _unknown(facts: FunctionFacts) -> Iterator[PlanNote]:
    for unread in facts.unknown:
        yield PlanNote("unknown", unread.what, unread.hint)


def _warnings(snapshot: FunctionSnapshot, facts: FunctionFacts) -> Iterator[PlanNote]:
    wrapper = snapshot.variables.get("AWS_LAMBDA_EXEC_WRAPPER")
    if wrapper is not None and wrapper.reveal() != WRAPPER_PATH:
        yield PlanNote(
            "wrapper",
            "It has an exec wrapper already; ours runs first and then starts that one",
        )
    if facts.sharing:
        others = ", ".join(facts.sharing[:5]) + ("…" if len(facts.sharing) > 5 else "")
        yield PlanNote(
            "shared-role",
            f"Its role is shared with {others}; the grant is bound to this function alone",
        )
    if facts.code_signing == "warn":
        yield PlanNote("code-signing-warn", "Code signing is set to warn: the layer is unsigned")


def code_hint(runtime: str, names: Sequence[str]) -> str:
    """The code that would read the secret, by the runtime's language. Holds names only."""
    name = names[0] if names else "NAME"
    if runtime.startswith("java"):
        return (
            f"String {_camel(name)} = ParamManager.getSecretsProvider()\n"
            f'    .get(System.getenv("{name}_SECRET_ARN"));  // Powertools for AWS Lambda'
        )
    if runtime.startswith("dotnet"):
        return (
            f"var {_camel(name)} = await ParametersManager.SecretsProvider\n"
            f'    .GetAsync(Environment.GetEnvironmentVariable("{name}_SECRET_ARN"));'
            "  // Powertools for AWS Lambda"
        )
    if runtime.startswith("ruby"):
        return (
            f"{name.lower()} = Aws::SecretsManager::Client.new\n"
            f'  .get_secret_value(secret_id: ENV.fetch("{name}_SECRET_ARN")).secret_string'
        )
    if runtime.startswith(("go", "provided")):
        return (
            f'arn := os.Getenv("{name}_SECRET_ARN")\n'
            "out, err := secretsmanager.NewFromConfig(cfg)."
            "GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})"
        )
    if runtime.startswith("nodejs"):
        return (
            'import { getSecret } from "@aws-lambda-powertools/parameters/secrets";\n'
            f"const {_camel(name)} = await getSecret(process.env.{name}_SECRET_ARN);"
        )
    return (
        "from aws_lambda_powertools.utilities import parameters\n"
        f'{name.lower()} = parameters.get_secret(os.environ["{name}_SECRET_ARN"])'
    )


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)
