"""A function's code and its layers together: at most 250 MB when they are unpacked.

AWS: "Lambda quotas" (Lambda Developer Guide, gettingstarted-limits). The text is the service's, as
people report it (serverlesspub/ffmpeg-aws-lambda-layer#23, brefphp/bref#450).
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

from secretshift.demo.extensions.patching import replace


def apply() -> None:
    replace(lambda_svc, "_validate_total_unzipped_size", _naming_the_size)


def _naming_the_size(original: Any) -> Any:
    def check(code: bytes | None, layers: Any) -> Any:
        refusal = original(code, layers)
        if refusal is None or not layers:
            return refusal
        size = lambda_svc._unzipped_size(code) + sum(
            lambda_svc._layer_unzipped_size(layer) for layer in layers
        )
        return error_response_json(
            "InvalidParameterValueException",
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{lambda_svc._UNZIPPED_LIMIT_BYTES} bytes. The actual size is {size} bytes.",
            400,
        )

    return check
