"""What an invocation leaves in its log, for LogResult and for CloudWatch Logs alike.

AWS: "Viewing CloudWatch logs for Lambda functions" (Lambda Developer Guide,
monitoring-cloudwatchlogs-view): INIT_START, START, END and REPORT lines, one stream an execution
environment.
"""

from __future__ import annotations

import time
from typing import Any

from ministack.services import cloudwatch_logs


def lines(
    config: dict[str, Any],
    request_id: str,
    *,
    init: tuple[str, float] | None,
    output: str,
    ended: str,
    duration: float,
) -> list[str]:
    """The log of one invocation.

    init: output and seconds of the initialisation, if this invocation had one; ended: what
    Lambda adds when the invocation broke off, or nothing; duration: seconds.
    """
    version = str(config.get("Version", "$LATEST"))
    written = []
    if init is not None:
        written.append(f"INIT_START Runtime Version: {config.get('Runtime')}.demo")
        written += init[0].splitlines()
    written.append(f"START RequestId: {request_id} Version: {version}")
    written += output.splitlines()
    if ended:
        written.append(ended)
    written.append(f"END RequestId: {request_id}")
    memory = config.get("MemorySize", 128)
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {duration * 1000:.2f} ms\t"
        f"Billed Duration: {int(duration * 1000) + 1} ms\tMemory Size: {memory} MB\t"
        f"Max Memory Used: {memory} MB"
    )
    if init is not None:
        report += f"\tInit Duration: {init[1] * 1000:.2f} ms"
    written.append(report)
    return written


def write(config: dict[str, Any], stream: str, written: list[str]) -> None:
    """Append the lines to the function's log group, which is made on the first write."""
    name = str(config.get("FunctionName", ""))
    group = str((config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}")
    now = int(time.time() * 1000)
    groups = cloudwatch_logs._log_groups
    if group not in groups:
        groups[group] = {
            "arn": cloudwatch_logs._make_group_arn(group),
            "creationTime": now,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    streams = groups[group]["streams"]
    if stream not in streams:
        streams[stream] = {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        }
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in written]
    cloudwatch_logs._append_log_events(streams[stream], events)
