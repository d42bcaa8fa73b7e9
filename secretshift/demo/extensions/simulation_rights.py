"""Who may simulate is asked about the principal that is simulated.

AWS: "Actions, resources, and condition keys for AWS Identity and Access Management" (Service
Authorization Reference): SimulatePrincipalPolicy has groups, roles and users as its resources.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions

from secretshift.demo.extensions.patching import replace


def apply() -> None:
    replace(iam_actions, "extract_resource_arn", _simulated)


def _simulated(original: Any) -> Any:
    def extract(
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Any,
        region: str,
        account: str,
    ) -> str:
        if service == "iam" and body.find(b"SimulatePrincipalPolicy") >= 0:
            given = parse_qs(body.decode("utf-8", "replace"))
            if given.get("Action") == ["SimulatePrincipalPolicy"]:
                return given.get("PolicySourceArn", ["*"])[0]
        return str(original(service, method, path, headers, body, query, region, account))

    return extract
