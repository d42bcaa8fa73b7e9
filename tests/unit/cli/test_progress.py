"""What a person sees while a journey works."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn
from rich.text import Text

from secretshift.cli.progress import MAX_LINES, SECONDS, PlainProgress, steps_of, watching
from secretshift.cli.progress_bar import _Bars, columns
from secretshift.cli.screen import Screen
from secretshift.model.journeys import Looking, NoAnswer, Note, Step


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def step(state: str, number: int = 1) -> Step:
    return Step("grant-read", f"eu-west-1/f{number}", state, f"Allow f{number}", number, 9)


@pytest.fixture
def clock():
    return Clock()


def test_a_line_a_finished_step(capsys, clock):
    emit = PlainProgress(Screen(), total=3, clock=clock)
    for state in ("started", "done", "failed"):
        emit(step(state))
    assert capsys.readouterr().err == "  ✓ Allow f1\n  ✗ Allow f1\n"


def test_more_is_said_with_v(capsys, clock):
    PlainProgress(Screen(), verbosity=1, clock=clock)(step("started"))
    assert capsys.readouterr().err == "  … Allow f1\n"


def test_lines_are_bounded_but_failures_are_all_told(capsys, clock):
    emit = PlainProgress(Screen(), total=6000, clock=clock)
    for number in range(6000):
        emit(step("failed" if number == 5000 else "done", number))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == MAX_LINES + 1
    assert told[-1] == "  ✗ Allow f5000"
    clock.now += SECONDS
    emit(step("done"))
    assert capsys.readouterr().err == "  6,001 of 6,001 steps\n"


def test_a_scan_says_now_and_then_how_far_it_is(capsys, clock):
    emit = PlainProgress(Screen(), clock=clock)
    for done in range(1000):
        emit(Looking("src", done, 1000, 0))
    assert capsys.readouterr().err == ""
    clock.now += SECONDS
    emit(Looking("src", 1000, 1000, 0))
    assert capsys.readouterr().err == "src: 1000 of 1000 files, 200 a second\n"


@pytest.mark.parametrize(
    ("unit", "first", "then", "total", "said"),
    [
        ("files", 0, 50, 200, "src: 50 of 200 files, 5 a second, 30 s left"),
        ("files", 0, 50, 0, "src: 50 of ? files, 5 a second"),
        ("files", 100, 100, 200, "src: 100 of 200 files"),
        ("functions", 1, 3, 9, "src: 3 of 9 functions, 12 a minute, 30 s left"),
        (
            "bytes",
            0,
            25_000_000,
            1_500_000_000,
            "src: 25 of 1,500 MB, 2.5 MB a second, 10 min left",
        ),
        ("bytes", 1_000_000, 6_000_000, 0, "src: 6.0 of ? MB, 0.5 MB a second"),
    ],
)
def test_how_fast_it_is_and_how_long_it_takes(capsys, clock, unit, first, then, total, said):
    emit = PlainProgress(Screen(), clock=clock)
    emit(Looking("src", first, total, 0, unit))
    clock.now += 10
    emit(Looking("src", then, total, 0, unit))
    assert capsys.readouterr().err == f"{said}\n"


def test_while_git_tells_of_commits_nothing_is_read_and_no_time_is_counted(capsys, clock):
    emit = PlainProgress(Screen(), clock=clock)
    for done, total in ((0, 0), (0, 100_000_000), (25_000_000, 100_000_000)):
        clock.now += 10
        emit(Looking("src", done, total, 3, "bytes"))
    assert capsys.readouterr().err.splitlines() == [
        "src: git tells of its commits",
        "src: 0.0 of 100 MB",
        "src: 25 of 100 MB, 2.5 MB a second, 30 s left",
    ]


def test_a_source_that_begins_later_is_timed_by_itself(capsys, clock):
    emit = PlainProgress(Screen(), clock=clock)
    emit(Looking("src", 1, 9, 0))
    clock.now += 1000
    emit(Looking("history of src", 0, 100_000_000, 0, "bytes"))
    capsys.readouterr()
    clock.now += 10
    emit(Looking("history of src", 50_000_000, 100_000_000, 0, "bytes"))
    assert capsys.readouterr().err == "history of src: 50 of 100 MB, 5.0 MB a second, 10 s left\n"


def test_quiet_shows_nothing(capsys):
    with watching(Screen(quiet=True), 0) as emit:
        emit(step("failed"))
        emit(Note("x", "warning"))
    assert capsys.readouterr().err == ""


def test_steps_of_a_plan(made_up_plan):
    # a secret, a layer, and for the one function: grant, twin, references, proof, removal, proof
    assert steps_of(made_up_plan, remove=True) == 8
    assert steps_of(made_up_plan, remove=False) == 5


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_there_is_a_bar_and_no_markup_is_obeyed(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with watching(Screen(), 0, total=9) as emit:
        emit(Step("x", "y", "started", "[red]Allow[/red] \x1b[2Jf :smile:", 0, 9))
        emit(Note("[bold]a note\x1b]0;title\x07", "warning"))
        emit(Step("x", "y", "failed", "[red]failed[/red]", 0, 9))
        for number in range(20):
            emit(Looking(f"[b]src{number}[/b]", number, 0, 1))
    drawn = terminal.getvalue()
    assert "[red]failed[/red]" in drawn
    assert "[bold]a note\\x1b]0;title\\x07" in drawn
    assert "\x1b[2J" not in drawn and "\x1b]0" not in drawn
    assert "😄" not in drawn


def test_the_bar_shows_amount_rate_and_time_left():
    console = Console(file=io.StringIO(), force_terminal=True, width=200)
    clock = Clock()
    progress = Progress(*columns(200), console=console, get_time=clock, auto_refresh=False)
    bars = _Bars(progress, 0)
    for done in (0, 20, 40):
        bars.show(Looking("src", done, 100, 1, "files"))
        bars.show(Looking("history of src", done * 1_000_000, 100_000_000, 0, "bytes"))
        bars.show(step("done"))
        clock.now += 10
    rows = []
    for task in progress.tasks:
        cells = [column.render(task) for column in progress.columns]
        _spinner, *words = [cell.plain for cell in cells if isinstance(cell, Text)]
        rows.append(words)
    assert rows == [
        ["src files, 1 found", "40/100", "2 a second, 30 s left"],
        ["history of src", "40/100 MB", "2.0 MB a second, 30 s left"],
        ["Allow f1", "3/?", ""],
    ]


def test_the_bar_says_that_git_tells_of_commits_and_what_is_found_until_then():
    console = Console(file=io.StringIO(), color_system=None, width=100)
    progress = Progress(*columns(100), console=console, auto_refresh=False)
    _Bars(progress, 0).show(Looking("history of src", 0, 0, 3, "bytes"))
    with console.capture() as drawn:
        console.print(progress.get_renderable())
    (row,) = drawn.get().splitlines()
    assert "history of src, 3 found" in row and row.rstrip().endswith("(git tells of commits)")


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_row_of_the_bar_is_one_line_and_says_what_was_found(width):
    console = Console(file=io.StringIO(), color_system=None, width=width)
    clock = Clock()
    progress = Progress(*columns(width), console=console, get_time=clock, auto_refresh=False)
    bars = _Bars(progress, 0)
    name = "history of /home/somebody/work/of/this/year/a-repository-with-a-name"
    for done in (0, 400_000_000, 800_000_000):
        bars.show(Looking(name, done, 118_000_000_000, 1234, "bytes"))
        bars.show(Looking("AWS 111122223333 eu-central-1", done // 10_000_000, 900, 7, "functions"))
        clock.now += 0.001 if done < 800_000_000 else 60
        if done:
            with console.capture() as drawn:
                console.print(progress.get_renderable())
            lines = drawn.get().splitlines()
            assert len(lines) == 2
            assert "name, 1,234 found" in lines[0] and "7 found" in lines[1]
            # Nothing is said of a rate before there is one.
            assert "a second" not in lines[0]
    bars.show(Looking(name, 900_000_000, 118_000_000_000, 1234, "bytes"))
    with console.capture() as drawn:
        console.print(progress.get_renderable())
    lines = drawn.get().splitlines()
    assert len(lines) == 2 and "15 MB a second" in lines[0] and "left" in lines[0]


def test_a_silent_cloud_is_said_once_and_taken_back(capsys, clock):
    emit = PlainProgress(Screen(), clock=clock)
    for seconds in (10, 11, 12):
        emit(NoAnswer("AWS eu-west-1 (lambda)", seconds))
    emit(NoAnswer("AWS eu-west-1 (lambda)", 12, "answered"))
    assert capsys.readouterr().err.splitlines() == [
        "! No connection to AWS eu-west-1 (lambda) for 10 s. Nothing is broken: it is asked again "
        "by itself. Ctrl-C stops where nothing is half done",
        "AWS eu-west-1 (lambda) answers again",
    ]


def test_the_bar_shows_the_seconds_as_long_as_the_cloud_is_silent():
    console = Console(file=io.StringIO(), force_terminal=True, width=200)
    progress = Progress(TextColumn("{task.description}", markup=False), console=console)
    bars = _Bars(progress, 0)
    for seconds in (10, 11):
        bars.show(NoAnswer("AWS eu-west-1 (lambda)", seconds))
    (task,) = progress.tasks
    assert task.description == "no connection for 11 s: AWS eu-west-1 (lambda)"
    bars.show(NoAnswer("AWS eu-west-1 (lambda)", 12, "answered"))
    assert not progress.tasks
    said = console.file.getvalue()
    assert said.count("asked again by itself") == 1 and "answers again" in said
