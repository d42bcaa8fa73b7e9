"""Rules of kingfisher's that match only beside something else, taken by themselves.

Some want what another rule matches, such as the id of the account to which a key belongs: with both,
a key can be tried out. Others want the name of the service on one of the lines before. But a key is
one wherever it stands: in a file of its own, in a variable of a function, and on the one line that a
commit brings.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..late import late

if TYPE_CHECKING:
    import kingfisher_sdk

_COMPOSITES: Final = (
    "betterleaks.aikido-client-secret",
    "betterleaks.algolia-api-key",
    "betterleaks.artifactory-api-key",
    "betterleaks.artifactory-reference-token",
    "betterleaks.auth0-client-secret.1",
    "betterleaks.azure-ad-client-secret",
    "betterleaks.browserstack-access-key.1",
    "betterleaks.canva-client-secret",
    "betterleaks.clickhouse-cloud-api-secret-key",
    "betterleaks.cloudinary-api-secret",
    "betterleaks.ebay-client-secret",
    "betterleaks.langfuse-secret-key.1",
    "betterleaks.mongodb-atlas-service-account-secret",
    "betterleaks.mux-access-token-secret.1",
    "betterleaks.paypal-client-secret.1",
    "betterleaks.planetscale-api-token",
    "betterleaks.plivo-auth-token",
    "betterleaks.ramp-client-secret",
    "betterleaks.razorpay-key-secret.1",
    "betterleaks.salesforce-access-token.1",
    "betterleaks.snowflake-programmatic-access-token.1",
    "betterleaks.tableau-personal-access-token.1",
)
_OVER_LINES: Final = (
    "betterleaks.aiven-auth-token",
    "betterleaks.amplitude-secret-key",
    "betterleaks.bitly-access-token",
    "betterleaks.couchbase-capella-api-key",
    "betterleaks.influxdb-api-token",
    "veles.secrets/cloudflareapitoken",
)
_BY_NAME_ALONE: Final = ("betterleaks.algolia-api-key",)
"""Of whose keys nothing but the name of the service tells, which is also in the names of files that
stand beside their checksums."""
REMADE: Final = frozenset((*_COMPOSITES, *_OVER_LINES))
"""Of the rules that count. To ask the engine about each of five hundred takes longer than to load
them."""
_KEPT: Final = (
    "id", "name", "pattern", "min_entropy", "confidence", "betterleaks_filter",
    "pattern_requirements",
)  # fmt: skip
_ANY_LINE: Final = ((r"(?:.|[\n\r])", "."), (r"[\s\S]", "."), ("(?s)", ""))
_BEFORE_SECRET: Final = late(r"\.\{0,(?P<most>\d+)\}\?(?=\"?(?:\\b)?\()(?!.*\.\{0,\d+\}\?)")


def by_themselves(rules: kingfisher_sdk.Rules) -> kingfisher_sdk.Scanner:
    """Those of the built-in rules, without what they ask for elsewhere. Raises RuntimeError,
    ValueError or OSError where they cannot be loaded."""
    import kingfisher_sdk

    # Every JSON is YAML, which is what the engine reads.
    with _file_of(json.dumps({"rules": list(_remade(rules))})) as path:
        alone = kingfisher_sdk.Rules([path], builtins=False, confidence="low")
    return kingfisher_sdk.Scanner(alone, base64=False)


@contextlib.contextmanager
def _file_of(text: str) -> Iterator[str]:
    """Its path. In memory where this system has that: there may be no folder to write to."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("rules.yml"), "wb") as file:  # noqa: PTH123  a descriptor
            file.write(text.encode())
            file.flush()
            yield f"/dev/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory(prefix="secretshift-") as folder:
        path = Path(folder, "rules.yml")
        path.write_text(text, "utf-8")
        yield str(path)


def _remade(rules: kingfisher_sdk.Rules) -> Iterator[dict[str, Any]]:
    for rule in sorted(REMADE):
        # Another version of the engine may not have it.
        with contextlib.suppress(ValueError):
            told = rules.detail(rule)
            made = {key: told[key] for key in _KEPT if told.get(key) is not None}
            if rule in _BY_NAME_ALONE:
                made["pattern"] = made["pattern"].replace(r"[ \t\w.-]", r"[ \t\w-]")
            yield {**made, "pattern": on_one_line(made["pattern"])}


def on_one_line(pattern: str) -> str:
    """The same, but that the end of a line does not count as any letter. The secret may still stand
    below its name, alone."""
    for any_line, one_line in _ANY_LINE:
        pattern = pattern.replace(any_line, one_line)
    last = _BEFORE_SECRET.search(pattern)
    if last is None:
        return pattern
    below = rf"(?:{last[0]}|[\s=:>|,(\"'\x60]{{0,{last['most']}}}?)"
    return pattern[: last.start()] + below + pattern[last.end() :]
