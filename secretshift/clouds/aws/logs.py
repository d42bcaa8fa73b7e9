"""The resolver's own lines in a function's log, and nothing else of it.

Source: FilterLogEvents in the CloudWatch Logs API reference, "Filter pattern syntax".
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from secretshift.model.errors import NotFound, Unavailable
from secretshift.model.functions import FunctionSnapshot
from secretshift.resolver.protocol import ResolverLine, parse_lines

from .errors import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

MARKER = "secretshift {"
PAGES = 20


def resolver_lines(text: str) -> str:
    """Each report of the resolver in a log, written anew from what the protocol knows of it.

    A report stands at the begin of a line: anywhere else it is not the resolver's, since a function
    may log what it was sent. With the JSON log format the line is the message of a record. What a
    function puts into an object of the same look does not come along. Lines end as `parse_lines`
    has it.
    """
    found = []
    for line in re.split(r"[\r\n]+", text):
        own = _own_part(_message(line) if line.lstrip().startswith("{") else line)
        if own:
            found.append(own)
    return "\n".join(found)


def _own_part(line: str) -> str:
    line = line.strip()
    if not line.startswith(MARKER):
        return ""
    return "".join(_written(report) for report in parse_lines(line)[:1])


def _written(report: ResolverLine) -> str:
    said = {
        "v": 1,
        "function": report.function,
        "version": report.version,
        "refs": report.refs,
        "ms": report.milliseconds,
        "vars": dict(report.outcomes),
    }
    return f"secretshift {json.dumps(said, separators=(',', ':'))}"


def _message(line: str) -> str:
    if MARKER not in line:
        return ""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    message = record.get("message", "") if isinstance(record, dict) else ""
    return message if isinstance(message, str) else ""


def log_group(snapshot: FunctionSnapshot) -> str:
    return snapshot.log_group or f"/aws/lambda/{snapshot.ref.name}"


def resolver_log(client: CloudWatchLogsClient, snapshot: FunctionSnapshot, since: datetime) -> str:
    """Read by the marker on the server's side, then once more line by line on ours."""
    group = log_group(snapshot)
    lines = []
    token = ""
    try:
        full = 0
        # Pages may come empty with more behind them; they cost a call and hold nothing.
        for _page in range(10 * PAGES):
            if full >= PAGES:
                break
            with aws_errors("reading the function's log", group):
                page = client.filter_log_events(
                    logGroupName=group,
                    startTime=int(since.timestamp() * 1000),
                    filterPattern=f'"{MARKER}"',
                    **({"nextToken": token} if token else {}),  # type: ignore[arg-type]  # unpacked
                )
            lines += [resolver_lines(event.get("message", "")) for event in page["events"]]
            full += bool(page["events"])
            token = page.get("nextToken", "")
            if not token:
                return "\n".join(line for line in lines if line)
    except NotFound:
        # the group is made with the first line that is written
        return ""
    # the newest come last, so that what has been read says nothing of how it is now
    raise Unavailable(
        "The function's log holds more lines of the resolver than are read",
        resource=group,
        hint="Try again in a moment, when fewer functions are starting",
        code="log-too-long",
    )
