"""The resolver's own lines in a function's log, and nothing else of it.

Source: FilterLogEvents in the CloudWatch Logs API reference, "Filter pattern syntax".
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from secretshift.model.errors import NotFound
from secretshift.model.functions import FunctionSnapshot

from .errors import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

MARKER = "secretshift {"
PAGES = 20
_LINE_LIMIT = 16 * 1024


def resolver_lines(text: str) -> str:
    """From each line with the marker exactly the marker and its JSON object; other text goes.

    With the JSON log format the line stands inside a field of a record.
    """
    found = []
    for line in text.splitlines():
        own = _own_part(line) or _own_part(_message(line))
        if own:
            found.append(own)
    return "\n".join(found)


def _own_part(line: str) -> str:
    start = line.find(MARKER)
    if start < 0:
        return ""
    body = start + len(MARKER) - 1
    try:
        _record, end = json.JSONDecoder().raw_decode(line[: body + _LINE_LIMIT], body)
    except ValueError:
        return ""
    return line[start:end]


def _message(line: str) -> str:
    if MARKER not in line or not line.lstrip().startswith("{"):
        return ""
    try:
        record = json.loads(line)
    except ValueError:
        return ""
    message = record.get("message", "")
    return message if isinstance(message, str) else ""


def log_group(snapshot: FunctionSnapshot) -> str:
    return snapshot.log_group or f"/aws/lambda/{snapshot.ref.name}"


def resolver_log(client: CloudWatchLogsClient, snapshot: FunctionSnapshot, since: datetime) -> str:
    """Read by the marker on the server's side, then once more line by line on ours."""
    group = log_group(snapshot)
    lines = []
    token = ""
    try:
        for _page in range(PAGES):
            with aws_errors("reading the function's log", group):
                page = client.filter_log_events(
                    logGroupName=group,
                    startTime=int(since.timestamp() * 1000),
                    filterPattern=f'"{MARKER}"',
                    **({"nextToken": token} if token else {}),  # type: ignore[arg-type]  # unpacked
                )
            lines += [resolver_lines(event.get("message", "")) for event in page["events"]]
            token = page.get("nextToken", "")
            if not token:
                break
    except NotFound:
        # the group is made with the first line that is written
        return ""
    return "\n".join(line for line in lines if line)
