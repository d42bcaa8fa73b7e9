"""The operator's side of how the resolver reaches Secrets Manager: what a function's own variables
say about it, by the resolver's rules. Pure.

Sources: AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "HTTP proxies".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?"
_URL = re.compile(r"(https?)://" + _HOST + r"(/[A-Za-z0-9._~/%-]*)?")
_PROXY = re.compile(r"(?:http://)?(?:([^@/:]*)(?::([^@/]*))?@)?" + _HOST + r"/?", re.IGNORECASE)
_LOOPBACK = re.compile(r"localhost|::1|127(\.[0-9]{1,3}){3}")
_HTTPS: Final = 443

PARTITIONS: Final = {
    "aws": ("amazonaws.com", "amazonaws.com"),
    "aws-cn": ("amazonaws.com.cn", "amazonaws.com.cn"),
    "aws-us-gov": ("amazonaws.com", "amazonaws.com"),
    "aws-eusc": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "aws-iso": ("c2s.ic.gov", "api.aws.ic.gov"),
    "aws-iso-b": ("sc2s.sgov.gov", "api.aws.scloud"),
    "aws-iso-e": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "aws-iso-f": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
}
"""The DNS suffix of a partition, and its dual-stack one, as the resolver has them."""

PROXIES: Final = ("https_proxy", "HTTPS_PROXY")
ENDPOINTS: Final = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")


def proxy_variable(env: Mapping[str, str], host: str, port: int = _HTTPS) -> str:
    """The variable whose proxy the resolver would go through to this host; "" if through none."""
    name = _first(env, PROXIES)
    exempt = env.get("no_proxy") or env.get("NO_PROXY") or ""
    return "" if not name or _skips_proxy(exempt, host, port) else name


def proxy_problem(address: str) -> str:
    """The resolver's word for a proxy that it cannot use; "" if it can."""
    return "" if _PROXY.fullmatch(address) else "Proxy"


def endpoint_variable(env: Mapping[str, str]) -> str:
    """The variable whose endpoint the resolver would ask; "" if it asks the service's own."""
    ignored = _is_on(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    return "" if ignored else _first(env, ENDPOINTS)


def endpoint_problem(address: str) -> str:
    """The resolver's word for an endpoint that it would not ask; "" if it would."""
    match = _URL.fullmatch(address)
    if match is None:
        return "Malformed"
    plain = match[1] == "http" and not _LOOPBACK.fullmatch(match[2].strip("[]").lower())
    return "InsecureEndpoint" if plain else ""


def asked(env: Mapping[str, str], partition: str, region: str) -> tuple[str, str, int]:
    """Scheme, host and port that the resolver would ask; ("", "", 0) where it would ask none."""
    name = endpoint_variable(env)
    if name:
        match = _URL.fullmatch(env[name])
        if match is None or endpoint_problem(env[name]):
            return "", "", 0
        port = match[3] or (_HTTPS if match[1] == "https" else 80)
        return match[1], match[2].strip("[]").lower(), int(port)
    if partition not in PARTITIONS:
        return "", "", 0
    suffix = PARTITIONS[partition][_is_on(env, "AWS_USE_DUALSTACK_ENDPOINT")]
    fips = "-fips" if _is_on(env, "AWS_USE_FIPS_ENDPOINT") else ""
    return "https", f"secretsmanager{fips}.{region}.{suffix}", _HTTPS


def _is_on(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").lower() == "true"


def _first(env: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((name for name in names if env.get(name)), "")


def _skips_proxy(exempt: str, host: str, port: int) -> bool:
    for part in exempt.lower().split(","):
        entry = part.strip(" ")
        if entry in ("*", host):
            return True
        name, _, only_port = entry.partition(":")
        name = name.removeprefix("*").lstrip(".")
        if name and (host == name or host.endswith("." + name)) and only_port in ("", str(port)):
            return True
    return False
