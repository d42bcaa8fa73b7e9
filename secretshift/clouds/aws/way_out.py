"""What a function's own variables say about its way to Secrets Manager: proxy, endpoint, private
certificate authority. Pure.

What the resolver could not use blocks. What it can use and nobody can look at from outside is left
to the proof. What a twin cannot be given, because it holds a login or lies in the function's own
package, means that no twin stands for the function.

Sources: Lambda developer guide, "Working with environment variables" (a package lies in /var/task,
layers in /opt); AWS SDKs and Tools Reference Guide, "HTTP proxies", "Service-specific endpoints".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from secretshift.model.functions import FunctionSnapshot
from secretshift.model.plans import PlanNote
from secretshift.resolver import way

AUTHORITIES: Final = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")
OF_THE_WAY: Final = frozenset({*way.PROXIES, *way.ENDPOINTS, *AUTHORITIES, "no_proxy", "NO_PROXY"})
_PACKAGED: Final = ("/var/task", "/opt", "/mnt", "/tmp")  # noqa: S108  a path in the function
_LEFT_ALONE: Final = "Leave it, and exempt Secrets Manager with NO_PROXY if there is another way"


def blockers(snapshot: FunctionSnapshot, names: Sequence[str]) -> Iterator[PlanNote]:
    """Settings with which the resolver could not read anything, or that it would read too late.

    names: variables to be moved.
    """
    env = _settings(snapshot)
    for name in names:
        if name in OF_THE_WAY:
            yield PlanNote(
                "name",
                f"The resolver needs {name} itself, to reach Secrets Manager",
                f"Leave {name} out with --exclude",
            )
    endpoint = way.endpoint_variable(env)
    problem = way.endpoint_problem(env[endpoint]) if endpoint else ""
    if problem == "InsecureEndpoint":
        yield PlanNote(
            "endpoint",
            f"{endpoint} leads to Secrets Manager over plain http, which the resolver refuses",
            f"Give {endpoint} an https address, or remove it",
        )
    elif problem:
        yield PlanNote(
            "endpoint",
            f"{endpoint} is no address that the resolver understands",
            f"Give {endpoint} an address like https://HOST, or remove it",
        )
    name = proxy(snapshot)
    if name and way.proxy_problem(env[name]):
        yield PlanNote(
            "proxy",
            f"{name} names a proxy that is not spoken to over plain http, which is the only kind "
            "that the resolver can use",
            _LEFT_ALONE,
        )


def warnings(snapshot: FunctionSnapshot) -> Iterator[PlanNote]:
    """Ways that nobody can look at from outside."""
    env = _settings(snapshot)
    name, endpoint = proxy(snapshot), way.endpoint_variable(env)
    if name and not way.proxy_problem(env[name]):
        yield PlanNote(
            "proxy",
            f"Its calls to Secrets Manager go through the proxy that {name} names; whether that "
            "lets them pass shows only when it is tried",
        )
    if endpoint and not way.endpoint_problem(env[endpoint]):
        yield PlanNote(
            "endpoint",
            f"It asks for secrets at the address that {endpoint} names; whether that answers shows "
            "only when it is tried",
        )


def own_way(snapshot: FunctionSnapshot) -> str:
    """Why its subnets do not tell whether it reaches Secrets Manager; "" if they do."""
    name = proxy(snapshot) or way.endpoint_variable(_settings(snapshot))
    return f"its calls go where {name} leads, which only a proof can tell" if name else ""


def no_twin(snapshot: FunctionSnapshot) -> str:
    """Why a twin could not go the same way, in a few words; "" if it can."""
    env = _settings(snapshot)
    for name in (proxy(snapshot), way.endpoint_variable(env)):
        if name and "@" in env[name]:
            return f"{name} seems to hold a login, which no twin is given"
    for name in AUTHORITIES:
        if any(env.get(name, "").startswith(f"{folder}/") for folder in _PACKAGED):
            return f"{name} is a file of the function's own, which a twin does not have"
    return ""


def proxy(snapshot: FunctionSnapshot) -> str:
    """The variable whose proxy its calls to Secrets Manager go through; "" if through none."""
    env, place = _settings(snapshot), snapshot.ref.place
    scheme, host, port = way.asked(env, place.partition, place.region)
    return way.proxy_variable(env, host, port) if scheme == "https" else ""


def _settings(snapshot: FunctionSnapshot) -> Mapping[str, str]:
    return {
        name: value.reveal()
        for name, value in snapshot.variables.items()
        if name in OF_THE_WAY or name.startswith(("AWS_USE_", "AWS_IGNORE_"))
    }
