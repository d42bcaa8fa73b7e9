"""Requests above AWS's published rates are refused, each service in its own words.

AWS: the rates' pages stand in `secretshift.demo.buckets`. Lambda answers TooManyRequestsException
(429 in the service model; the body as people report it, fyoorer/ShadowClone#46), EC2
RequestLimitExceeded (its page names the code).

Believed: that Secrets Manager answers ThrottlingException with 400 ("Common Error Types"), and EC2
with 503; that requests are counted before their signature is looked at.
"""

from __future__ import annotations

import time
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import error_response_json, get_account_id
from ministack.core.router import detect_service, extract_region

from secretshift.demo.buckets import Buckets, rate_of
from secretshift.demo.extensions.patching import replace
from secretshift.demo.strictness import Strictness

_COUNTED = ("lambda", "secretsmanager", "ec2")
_EC2 = """<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>RequestLimitExceeded</Code>\
<Message>Request limit exceeded.</Message></Error></Errors>\
<RequestID>{request}</RequestID></Response>"""


def apply(strictness: Strictness) -> None:
    if strictness.rates is None:
        return
    buckets = Buckets(time.monotonic, strictness.rates)

    def throttled(original: Any) -> Any:
        async def dispatch(
            method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
        ) -> Any:
            service = _refused(buckets, method, path, headers, body, query)
            if service:
                return _answer(service, request_id)
            return await original(method, path, headers, body, query, request_id)

        return dispatch

    replace(app, "_dispatch_service_request", throttled)


def _refused(
    buckets: Buckets, method: str, path: str, headers: Any, body: bytes, query: Any
) -> str | None:
    """The service that refuses this request, if one does."""
    params = app._routing_params(method, path, headers, body, query)
    service = detect_service(method, path, headers, params)
    if service not in _COUNTED:
        return None
    action = iam_actions.extract_iam_action(service, method, path, headers, body, params)
    rate = rate_of(action) if action else None
    if rate is None or buckets.take(get_account_id(), extract_region(headers), rate):
        return None
    return str(service)


def _answer(service: str, request_id: str) -> Any:
    if service == "ec2":
        return 503, {"Content-Type": "text/xml"}, _EC2.format(request=request_id).encode()
    if service == "lambda":
        return error_response_json(
            "TooManyRequestsException",
            "Rate exceeded",
            429,
            {"Reason": "CallerRateLimitExceeded", "Type": "User"},
        )
    return error_response_json("ThrottlingException", "Rate exceeded", 400)
