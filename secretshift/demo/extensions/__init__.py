"""What the embedded AWS adds to MiniStack, in the order in which it is applied.

Each module has `apply()`, changes one thing, names the AWS page that describes it, and is held by
a contract test. A new rule is a new module, one line in `_ORDER` and one in the table of
docs/reference/embedded-cloud.md. What is not read in a page or in the service's model but only
believed, its docstring calls so.
"""

from __future__ import annotations

from importlib import import_module

from secretshift.demo.strictness import Strictness

# Later ones wrap earlier ones where both touch the same function of MiniStack's.
_ORDER = (
    "service_models",
    "isolation",
    "signatures",
    "lambda_actions",
    "function_identity",
    "function_runtime",
    "package_size",
    "configuration_limits",
    "configuration_updates",
    "function_listing",
    "code_signing",
    "environment_keys",
    "encrypted_environment",
    "function_roles",
    "arn_conditions",
    "principal_arns",
    "policy_documents",
    "policy_sizes",
    "policy_simulation",
    "simulation_rights",
    "network_acls",
    "secret_keys",
    "secret_versions",
    "secret_names",
)
# Those that are strict by degrees.
_BY_DEGREES = ("policy_spread", "throttling")


def apply(strictness: Strictness) -> None:
    """Change MiniStack in this process. Raises AttributeError if it isn't the expected version."""
    for name in _ORDER:
        import_module(f"{__name__}.{name}").apply()
    for name in _BY_DEGREES:
        import_module(f"{__name__}.{name}").apply(strictness)
