"""What protocol a service speaks is read from the head of its model, and nothing else of it.

MiniStack asks it before its first answer of each service, and loads botocore and the whole model
for it, which is a third of a second of each start. The answers are the same.

Which operations a service has, which of them set tags and which need no signature, MiniStack reads
from the model as a whole, and the model anew for each of the three.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from ministack.core import iam_actions, responses

from secretshift.demo.extensions.patching import replace

_HEAD: Final = 16 * 1024
"""Bytes of a model in which its metadata end."""
_KEPT: Final = 2
"""Models: the questions about one come together, and some take megabytes."""
_METADATA: Final = re.compile(r'"metadata"\s*:\s*(?=\{)')


class _Model(NamedTuple):
    metadata: Mapping[str, Any]


def apply() -> None:
    replace(responses, "_service_model", _by_its_head)
    replace(iam_actions, "_load_botocore_model", lru_cache(_KEPT))


def _by_its_head(original: Any) -> Any:
    @cache
    def model(service: str) -> Any:
        found = metadata(responses._BOTOCORE_NAME.get(service, service))
        return original(service) if found is None else _Model(found)

    return model


def metadata(name: str) -> Mapping[str, Any] | None:
    """Of a service's latest model, None if its head does not tell. name: as botocore has it."""
    botocore = importlib.util.find_spec("botocore")
    for folder in (botocore.submodule_search_locations or ()) if botocore else ():
        models = sorted(Path(folder, "data", name).glob("*/service-2.json*"))
        if models:
            return _of(models[-1])
    return None


def _of(path: Path) -> Mapping[str, Any] | None:
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            head = file.read(_HEAD)
        begin = _METADATA.search(head)
        if begin is None:
            return None
        found, _end = json.JSONDecoder().raw_decode(head, begin.end())
    except (OSError, EOFError, ValueError):
        return None
    return dict(found)
