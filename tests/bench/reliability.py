"""Migrates forty functions and takes it back, while a client calls all of them all the time.

    python -m tests.bench.reliability [--functions N] [--seed N] [--write docs/reliability.md]

The cloud is the embedded AWS at its strictest: a new or withdrawn grant takes 5 to 15 seconds and
works by turns meanwhile, and requests over AWS's published rates are refused. Exit code 1 if a
call failed, a run did not end, or a function had more than two writes there or one back.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from unittest import mock

import botocore.client

from secretshift.changes.patience import Patience
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.strictness import AWS_LIKE, Strictness
from tests.bench.reliability_world import Builder, Kind, kinds
from tests.journeys.world import FAR, NEAR, World

REGIONS: Final = (NEAR, FAR)
HEAD: Final = (
    "run",
    "ended as",
    "seconds",
    "calls",
    "failed calls",
    "configuration writes a function",
    "requests to AWS",
    "of them repeated",
)
CALLERS: Final = 8
"""Threads that call; each has its share of the functions."""


@dataclass(frozen=True, slots=True)
class Phase:
    """seconds: how long it took; calls, failed: of the client meanwhile; writes: configuration
    writes of one function -> how many had so many; retries: requests that the SDK repeated."""

    name: str
    status: str
    seconds: float
    calls: int
    failed: int
    writes: Counter[int]
    requests: int
    retries: int


class Client:
    """Calls every function in turn, its alias as well, and compares what it got."""

    def __init__(self, world: World, made: Sequence[Kind]) -> None:
        self._world, self._over = world, threading.Event()
        self._lock = threading.Lock()
        self.calls, self.failures = 0, list[str]()
        shares = [made[at::CALLERS] for at in range(min(CALLERS, len(made)))]
        self._threads = [threading.Thread(target=self._call, args=(one,)) for one in shares]

    def _call(self, share: Sequence[Kind]) -> None:
        while not self._over.is_set():
            for kind in share:
                for qualifier in ("$LATEST", "live") if kind.version else ("$LATEST",):
                    self._once(kind, qualifier)

    def _once(self, kind: Kind, qualifier: str) -> None:
        try:
            right = self._world.answers(kind.name, qualifier)
            problem = "" if right else "another value"
        # Whatever goes wrong is a failed call, and it is counted.
        except Exception as error:
            problem = type(error).__name__
        with self._lock:
            self.calls += 1
            if problem:
                self.failures.append(f"{kind.name}:{qualifier}: {problem}")

    def __enter__(self) -> Client:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


class Requests:
    """What is asked of the cloud in this process, by operation."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.retries = 0
        self._lock = threading.Lock()

    @contextmanager
    def counted(self) -> Iterator[None]:
        real = botocore.client.BaseClient._make_api_call

        def call(client: Any, operation: str, given: dict[str, Any]) -> Any:
            answer: Any = None
            try:
                answer = real(client, operation, given)
                return answer
            except Exception as error:
                answer = getattr(error, "response", None)
                raise
            finally:
                if operation != "Invoke":
                    self._take(operation, given, answer or {})

        with mock.patch.object(botocore.client.BaseClient, "_make_api_call", call):
            yield

    def _take(self, operation: str, given: dict[str, Any], answer: dict[str, Any]) -> None:
        with self._lock:
            self.seen[operation] += 1
            self.retries += answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)
            if operation == "UpdateFunctionConfiguration":
                self.writes[given["FunctionName"].rpartition(":")[2]] += 1


@dataclass(frozen=True, slots=True)
class Result:
    made: tuple[Kind, ...]
    phases: tuple[Phase, ...]
    failures: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def kept(self) -> bool:
        there, back = self.phases
        return (
            not self.failures
            and not self.left
            and (there.status, back.status) == ("done", "undone")
            and set(there.writes) <= {2}
            and set(back.writes) <= {1}
        )


def measure(
    folder: Path, number: int, seed: int, strictness: Strictness, patience: Patience
) -> Result:
    """Make them, call them, migrate, undo."""
    made = kinds(number, seed)
    with EmbeddedAws(strictness=strictness) as aws, _reached(aws):
        world = World(aws, folder)
        builder = Builder(world)
        for kind in made:
            builder.make(kind)
        aws.let_policies_spread()
        services = replace(world.services(), patience=patience)
        phases = []
        with Client(world, made) as client:
            run = ""

            def migrate() -> str:
                nonlocal run
                result = world.migrate(services, regions=REGIONS, concurrency=4)
                run = result.run
                for failure in result.failures:
                    print(failure, file=sys.stderr)
                return result.status

            phases.append(_phase("migrate", migrate, client, made))
            phases.append(
                _phase(
                    "undo",
                    lambda: world.undo(services, run, concurrency=4).status,
                    client,
                    made,
                )
            )
        left = list(world.probes())
        left += [f"{kind.name}: other variables" for kind in made if not _as_before(world, kind)]
        return Result(made, tuple(phases), tuple(client.failures), tuple(left))


def _as_before(world: World, kind: Kind) -> bool:
    there = world.variables(kind.name)
    return all(there.get(name) == text for name, text in kind.secret.items())


def _phase(name: str, work: Any, client: Client, made: Sequence[Kind]) -> Phase:
    requests = Requests()
    calls, failed, began = client.calls, len(client.failures), time.monotonic()
    with requests.counted():
        status = work()
    return Phase(
        name=name,
        status=status,
        seconds=time.monotonic() - began,
        calls=client.calls - calls,
        failed=len(client.failures) - failed,
        writes=Counter(requests.writes[kind.name] for kind in made),
        requests=sum(requests.seen.values()),
        retries=requests.retries,
    )


@contextmanager
def _reached(aws: EmbeddedAws) -> Iterator[None]:
    former = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(aws.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(former)


def page(result: Result, strictness: Strictness) -> str:
    """docs/reliability.md"""
    rows = [
        (
            phase.name,
            phase.status,
            f"{phase.seconds:.0f}",
            f"{phase.calls:,}",
            f"{phase.failed:,}",
            _writes(phase.writes),
            f"{phase.requests:,}",
            f"{phase.retries:,}",
        )
        for phase in result.phases
    ]
    about = [
        ("regions", _counted(kind.region for kind in result.made)),
        ("runtimes", _counted(kind.runtime for kind in result.made)),
        ("what they hold", _counted(kind.shape for kind in result.made)),
        ("of them with", _counted(f for kind in result.made for f in kind.features)),
    ]
    least, most = strictness.iam_seconds
    rate = "AWS's published rates" if strictness.rates == 1 else f"{strictness.rates} of the rates"
    return f"""# Reliability

What callers notice of a migration. `python -m tests.bench.reliability --write docs/reliability.md`
makes {len(result.made)} functions on the embedded AWS, calls all of them all the time from
{CALLERS} threads, migrates them and takes it back, and wrote this page. A call counts as failed if
it does not answer, or if the function got any other value than it was made with.

The cloud was strict: a new or withdrawn grant took {least:g} to {most:g} seconds and worked by
turns meanwhile, and requests over {rate} were refused. See
[the embedded cloud](reference/embedded-cloud.md) for what else it refuses, and for what it is not:
an AWS.

{_table(HEAD, *rows)}

{_table(("functions", str(len(result.made))), *about)}

Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()},
boto3 {version("boto3")}, MiniStack {version("ministack")}, on {os.cpu_count()} cores.
`tests/journeys/test_reliability.py` does the same with a few functions whenever the tests run.
"""


def _table(*rows: Sequence[str]) -> str:
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((head, "| " + " | ".join("---" for _ in rows[0]) + " |", *rest))


def _writes(writes: Counter[int]) -> str:
    if len(writes) == 1:
        return str(next(iter(writes)))
    return ", ".join(f"{number} ({functions} functions)" for number, functions in writes.items())


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} ({number})" for name, number in sorted(Counter(names).items()))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--functions", type=int, default=40)
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--write", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="secretshift-reliability-") as folder:
        result = measure(Path(folder), given.functions, given.seed, AWS_LIKE, Patience())
    text = page(result, AWS_LIKE)
    for failure in (*result.failures[:20], *result.left):
        print(failure, file=sys.stderr)
    if given.write is not None and result.kept:
        given.write.write_text(text)
    print(text)
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
