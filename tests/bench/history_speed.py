"""How long a search of whole histories takes beside the kingfisher CLI, in one run.

    pip install kingfisher-bin
    python -m tests.bench.history_speed REPOSITORY... [--rounds N] [--kingfisher PROGRAM]
                                        [--write docs/reference/history-speed.md]

Each REPOSITORY is a clone, best a bare one, so that nothing but the history is read. Both programs
run as whole processes, one after the other, by turns; rules are compiled before. Memory is the
anonymous memory of the whole process tree at its peak, looked at every 20 ms; what its processes
share counts once. The first result is there when a terminal of its own shows that something was
found, counted from the start of the program: of the history alone, and of a work tree with its
history, whose files are read first.

Exit code 1 where a bound is missed: 0.6 of kingfisher's time by geometric mean, 0.9 on each
repository, 1.2 of its memory; a second search 0.1 of the first or 0.8 s; the first result 1.5 s.
"""

from __future__ import annotations

import argparse
import fcntl
import math
import os
import platform
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

MEAN: Final = 0.6
EACH: Final = 0.9
MEMORY: Final = 1.2
AGAIN: Final = 0.1
AGAIN_SECONDS: Final = 0.8
FIRST_SECONDS: Final = 1.5
_LOOK: Final = 0.02
_SHOWN: Final = re.compile(rb"[1-9][0-9,]* found")
_LONGEST: Final = 60.0
_NEW_FILE: Final = "made_up_settings.py"
_FOUND: Final = frozenset((0, 1, 200, 205))
"""Exit codes of both programs that say that all was read."""


@dataclass(frozen=True, slots=True)
class Run:
    """seconds: on the clock; processor: of all processes; memory: MB, anonymous, at the peak."""

    seconds: float
    processor: float
    memory: float


@dataclass(frozen=True, slots=True)
class Row:
    repository: str
    blobs: str
    ours: Run
    theirs: Run
    again: Run
    after_commit: Run
    first: float
    first_of_tree: float

    @property
    def ratio(self) -> float:
        return self.ours.seconds / self.theirs.seconds

    @property
    def memory_ratio(self) -> float:
        return self.ours.memory / self.theirs.memory


def measured(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Raises RuntimeError where the program fails."""
    before = os.times()
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    peak = 0
    while process.poll() is None:
        peak = max(peak, _anonymous(process.pid))
        time.sleep(_LOOK)
    seconds = time.perf_counter() - begin
    after = os.times()
    if process.returncode not in _FOUND:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return Run(seconds, used, peak / 1024)


def _anonymous(pid: int) -> int:
    """KB of a process and all below it. What a process has before it is another program is its
    parent's memory, counted once."""
    total = shared = 0
    waiting = [(pid, "")]
    while waiting:
        one, above = waiting.pop()
        try:
            status = Path(f"/proc/{one}/status").read_text("ascii", "replace")
            below = Path(f"/proc/{one}/task/{one}/children").read_text("ascii")
        except OSError:
            continue
        sizes = "\n".join(line for line in status.splitlines() if line.startswith(("Vm", "Rss")))
        waiting += [(int(child), sizes) for child in below.split()]
        for line in sizes.splitlines() if sizes != above else ():
            if line.startswith("RssAnon:"):
                total += int(line.split()[1])
            elif line.startswith("RssShmem:"):
                shared = max(shared, int(line.split()[1]))
    return total + shared


def first_result(repository: Path, folder: Path) -> float:
    """Seconds until a terminal shows that something is found. Raises RuntimeError where it never
    does."""
    ours_at, theirs_at = pty.openpty()
    fcntl.ioctl(theirs_at, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    shown = b""
    with fresh(folder) as environment:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [_program(), "scan", "--history", str(repository)],
            env={**environment, "TERM": "xterm-256color"},
            stdin=theirs_at, stdout=subprocess.DEVNULL, stderr=theirs_at, start_new_session=True,
        )  # fmt: skip
        os.close(theirs_at)
        try:
            while time.perf_counter() - begin < _LONGEST:
                if select.select([ours_at], [], [], _LOOK)[0]:
                    shown += os.read(ours_at, 65536)
                    if _SHOWN.search(shown):
                        return time.perf_counter() - begin
        except OSError:
            # The program has ended, and the terminal with it.
            pass
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(ours_at)
    raise RuntimeError(f"nothing was found in {repository}")


def _program() -> str:
    return str(Path(sys.executable).parent / "secretshift")


def ours(repository: Path, report: Path) -> list[str]:
    return [
        _program(), "-q", "scan", "--history", "--format", "json", "-o", str(report),
        str(repository),
    ]  # fmt: skip


def theirs(program: str, repository: Path, report: Path) -> list[str]:
    return [
        program, "scan", "--git-history=full", "--no-validate", "--no-update-check",
        "--format", "json", "-o", str(report), str(repository),
    ]  # fmt: skip


@contextmanager
def fresh(folder: Path) -> Iterator[dict[str, str]]:
    """An environment with a workspace of its own; what is compiled stays where it is."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        yield {**os.environ, "SECRETSHIFT_HOME": home}


def best(runs: Sequence[Run]) -> Run:
    """The median by the clock, with the most memory of all."""
    middle = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    return Run(
        statistics.median(run.seconds for run in runs),
        middle.processor,
        max(run.memory for run in runs),
    )


def row(repository: Path, program: str, rounds: int, folder: Path) -> Row:
    report = folder / "report.json"
    mine: list[Run] = []
    other: list[Run] = []
    again: list[Run] = []
    later: list[Run] = []
    first: list[float] = []
    first_of_tree: list[float] = []
    for number in range(rounds):
        copy = _shallow_copy(repository, folder / f"{repository.name}-{number}")
        try:
            other.append(measured(theirs(program, copy, report), os.environ))
            with fresh(folder) as environment:
                mine.append(measured(ours(copy, report), environment))
                again.append(measured(ours(copy, report), environment))
                _commit(copy)
                later.append(measured(ours(copy, report), environment))
        finally:
            shutil.rmtree(copy)
        first.append(first_result(repository, folder))
        print(f"{repository.name} round {number + 1}: {mine[-1]} {other[-1]}", flush=True)
    with _checked_out(repository, folder / f"{repository.name}-files") as tree:
        first_of_tree += [first_result(tree, folder) for _ in range(rounds)]
    return Row(
        _name(repository), _blobs(repository), best(mine), best(other), best(again), best(later),
        statistics.median(first), statistics.median(first_of_tree),
    )  # fmt: skip


@contextmanager
def _checked_out(repository: Path, target: Path) -> Iterator[Path]:
    """What of its files is there: a partial clone lacks some, of which git complains."""
    subprocess.run(
        ["git", "clone", "-q", "--local", str(repository), str(target)],
        check=False, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield target
    finally:
        shutil.rmtree(target)


def _shallow_copy(repository: Path, target: Path) -> Path:
    """A bare copy, with hard links where the file system has them."""
    subprocess.run(["cp", "-al", str(repository), str(target)], check=True)
    # A link would let a new ref write into the original.
    for name in ("HEAD", "packed-refs", "config"):
        file = target / name
        if file.is_file():
            content = file.read_bytes()
            file.unlink()
            file.write_bytes(content)
    return target


def _commit(repository: Path) -> None:
    """One new commit with a file that holds a password, on the branch that HEAD names."""
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b.invalid"]

    def said(*arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [*git, *arguments], input=given, check=True, capture_output=True, text=True
        )
        return done.stdout

    text = f'db_password = "made-up-{time.time_ns():x}-x9Q"\n'
    blob = said("hash-object", "-w", "--stdin", given=text).strip()
    listed = said("ls-tree", "HEAD")
    tree = said("mktree", "--missing", given=f"{listed}100644 blob {blob}\t{_NEW_FILE}\n").strip()
    commit = said("commit-tree", "-p", "HEAD", "-m", "one", tree).strip()
    said("update-ref", "HEAD", commit)


def _name(repository: Path) -> str:
    name = repository.parent.name if repository.name in ("repo", ".git") else repository.name
    return name.removesuffix(".git").rpartition("+")[2]


def _blobs(repository: Path) -> str:
    said = subprocess.run(
        ["git", "-C", str(repository), "cat-file", "--batch-all-objects", "--unordered",
         "--batch-check=%(objecttype) %(objectsize)"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    sizes = [int(line.split()[1]) for line in said.splitlines() if line.startswith("blob ")]
    return f"{len(sizes):,} ({sum(sizes) / 1e9:.1f} GB)"


def page(rows: Sequence[Row], kingfisher: str, rounds: int) -> str:
    lines = [
        "# How fast a history is searched",
        "",
        "Written by `python -m tests.bench.history_speed` (see there what is measured, and how).",
        f"secretshift {version('secretshift')}, {kingfisher}, Python {platform.python_version()},",
        f"{_machine()}; the median of {rounds} rounds.",
        "",
        "| repository | blobs | secretshift | kingfisher | ratio | CPU s | memory MB | second"
        " | one commit on | first result | of a work tree |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in rows:
        lines.append(
            f"| {one.repository} | {one.blobs} | {one.ours.seconds:.2f} s"
            f" | {one.theirs.seconds:.2f} s | {one.ratio:.2f}"
            f" | {one.ours.processor:.1f} / {one.theirs.processor:.1f}"
            f" | {one.ours.memory:.0f} / {one.theirs.memory:.0f}"
            f" | {one.again.seconds:.2f} s | {one.after_commit.seconds:.2f} s"
            f" | {one.first:.2f} s | {one.first_of_tree:.2f} s |"
        )
    lines += ["", f"By geometric mean {mean(rows):.2f} of kingfisher's time.", ""]
    missed = misses(rows)
    lines += ["Bounds that are missed:", "", *(f"- {one}" for one in missed), ""] if missed else []
    return "\n".join(lines)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {platform.machine()}"


def mean(rows: Sequence[Row]) -> float:
    return math.exp(statistics.fmean(math.log(one.ratio) for one in rows))


def misses(rows: Sequence[Row]) -> list[str]:
    found = []
    if mean(rows) > MEAN:
        found.append(
            f"{mean(rows):.2f} of kingfisher's time by geometric mean; the bound is {MEAN}"
        )
    for one in rows:
        if one.ratio > EACH:
            found.append(f"{one.repository}: {one.ratio:.2f} of its time; the bound is {EACH}")
        if one.memory_ratio > MEMORY:
            found.append(
                f"{one.repository}: {one.memory_ratio:.2f} of its memory; the bound is {MEMORY}"
            )
        bound = max(AGAIN * one.ours.seconds, AGAIN_SECONDS)
        for what, run in (("a second search", one.again), ("after one commit", one.after_commit)):
            if run.seconds > bound:
                found.append(
                    f"{one.repository}: {what} {run.seconds:.2f} s; the bound is {bound:.2f} s"
                )
        for what, seconds in (("history", one.first), ("work tree", one.first_of_tree)):
            if seconds > FIRST_SECONDS:
                found.append(
                    f"{one.repository}: the first result of its {what} after {seconds:.2f} s; the "
                    f"bound is {FIRST_SECONDS} s"
                )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kingfisher", default=shutil.which("kingfisher") or "kingfisher")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    said = subprocess.run(
        [given.kingfisher, "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    where = given.repositories[0].resolve().parent
    with tempfile.TemporaryDirectory(dir=where if os.access(where, os.W_OK) else None) as folder:
        rows = [
            row(one.resolve(), given.kingfisher, given.rounds, Path(folder))
            for one in given.repositories
        ]
    text = page(rows, said, given.rounds)
    print(text)
    if given.write is not None:
        given.write.write_text(text, "utf-8")
    return 1 if misses(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
