"""The search in a process of its own gives what the one here gives, and ends with who asked."""

from __future__ import annotations

import os
import secrets
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from secretshift.detection import Detector
from secretshift.history.apart import HistoryApart, server
from secretshift.history.apart.items import Item
from secretshift.history.apart.server import Pace
from secretshift.history.repository import History
from secretshift.model.errors import Interrupted, NotFound, Unavailable, UsageProblem
from secretshift.model.findings import SourceError, Spotted
from secretshift.model.journeys import CancelToken
from tests import compiled_rules

from .repositories import Change, empty, filled, git

SECONDS = 20.0
PACKED = ("-c", "fastimport.unpackLimit=0")


def line() -> bytes:
    return f"STRIPE_SECRET_KEY={'sk_live_'}{secrets.token_hex(12)}\n".encode()


@pytest.fixture
def held() -> list[bytes]:
    """The lines with values of the repository."""
    return [line() for _ in range(5)]


@pytest.fixture
def repository(tmp_path: Path, held: list[bytes]) -> Path:
    """Two packs and loose objects, so that there is work for three processes at once."""
    folder = empty(tmp_path / "shop")
    first = [
        Change("refs/heads/main", wrote={b"app.env": b"A=1\n" + held[0], b"n\xff.py": b"x = 1\n"}),
        Change("refs/heads/main", (0,), {b"app.env": b"A=1\n"}, author=b"\xffAnn"),
        Change("refs/heads/side", (0,), {b"n\xff.env": b"# new\n" + held[1]}),
    ]
    filled(folder, first, *PACKED)
    later = Change("refs/tags/v1", (1,), {b"b.env": held[2], b"c.env": held[0]})
    filled(folder, [*first, later], *PACKED)
    loose(folder, held[3])
    broken = loose(folder, b"B=2\n")
    place = folder / ".git/objects" / broken[:2] / broken[2:]
    place.chmod(0o600)
    place.write_bytes(b"this is no object")
    blob = loose(folder, held[4])
    git(folder, "update-index", "--add", "--cacheinfo", f"100644,{blob},d.env")
    tree = git(folder, "write-tree").decode().strip()
    commit = git(folder, "commit-tree", tree, "-p", "refs/heads/main", "-m", "x").decode().strip()
    git(folder, "update-ref", "refs/heads/main", commit)
    return folder


def loose(folder: Path, content: bytes) -> str:
    return git(folder, "hash-object", "-w", "--stdin", given=content).decode().strip()


def everything(history: History | HistoryApart) -> list[Item]:
    return list(history.findings(lambda _done, _total: None, CancelToken()))


def in_order(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda one: repr(one[1]) if isinstance(one, tuple) else repr(one))


# What it gives


@pytest.mark.parametrize("unreachable", [False, True])
def test_gives_what_the_search_in_this_process_gives(
    repository: Path, held: list[bytes], detector: Detector, unreachable: bool
) -> None:
    here = History(repository, detector, unreachable=unreachable, count=1)
    apart = HistoryApart(repository, unreachable=unreachable, count=3, at_once=True)
    said: list[tuple[int, int]] = []
    seen: list[int] = []

    def moved_on(*now: int) -> None:
        said.append((now[0], now[1]))
        seen.append(apart.seen)

    expected = in_order(everything(here))
    items = list(apart.findings(moved_on, CancelToken()))
    spotted = [one for one in items if isinstance(one, Spotted)]
    found = in_order([one for one in items if not isinstance(one, Spotted)])

    assert found == expected
    traced = [one for one in found if isinstance(one, tuple)]
    assert items.index(spotted[-1]) < min(map(items.index, traced))
    values = {one[0].secret.reveal().encode() for one in found if isinstance(one, tuple)}
    assert {one.verdict.secret.reveal().encode() for one in spotted} == values
    wanted = {one.partition(b"=")[2].strip() for one in held}
    assert values == wanted - (set() if unreachable else {held[3].partition(b"=")[2].strip()})
    assert [one.code for one in found if isinstance(one, SourceError)] == ["damaged-object"]
    assert apart.counts["blobs"] > 0
    assert (apart.root, apart.counts, apart.not_searched) == (
        here.root,
        here.counts,
        here.not_searched,
    )
    assert said == sorted(said)
    assert (said[0][0], said[-1][0]) == (0, said[-1][1])
    assert seen == sorted(seen)
    assert (seen[0], seen[-1], apart.seen, here.seen) == (0, len(values), 0, 0)


def test_how_far_it_is_is_said_ten_times_a_second_at_most_and_at_the_end() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    said = 0
    for step in range(1000):
        said += pace.is_due(step, 1000)
        now += 0.001

    assert 9 <= said <= 11
    assert pace.is_due(1000, 1000)
    # While git tells of the commits there is no end yet.
    said = 0
    for _step in range(1000):
        said += pace.is_due(0, 0)
        now += 0.001
    assert 9 <= said <= 11


def test_the_first_value_is_told_when_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Searching:
        """Sees nothing, then a value, then two more, all at once."""

        seen = 0
        counts: ClassVar[dict[str, int]] = {}
        not_searched = ()

        def findings(self, moved_on: Callable[[int, int], None], _cancel: CancelToken) -> Iterator:
            for self.seen in (0, 0, 1, 3):
                moved_on(0, 0)
            yield from ()

    class Sent:
        messages: ClassVar[list[dict]] = []

        def send(self, message: dict) -> None:
            self.messages.append(message)

    monkeypatch.setattr(server, "SECONDS_BETWEEN", 1000.0)
    list(server._said(Searching(), Sent()))  # type: ignore[arg-type]
    assert [one["seen"] for one in Sent.messages] == [0, 1]


def test_where_there_is_no_repository_it_says_so_and_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as told:
        HistoryApart(tmp_path)

    assert told.value.code == "no-repository"


def test_loads_no_rules_here(repository: Path) -> None:
    asked = (
        "import sys; from pathlib import Path; from secretshift.history.apart import HistoryApart\n"
        "from secretshift.model.journeys import CancelToken\n"
        "found = list(HistoryApart(Path(sys.argv[1])).findings(lambda *_: None, CancelToken()))\n"
        "assert found, 'nothing was found'\n"
        "heavy = {'kingfisher_sdk', 'hyperscan', 'detect_secrets', 'secretshift.catalogue'}\n"
        "print(*heavy & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", asked, repository], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("\n", "")


def test_what_is_wrong_with_a_file_of_kinds_is_said_in_its_own_words(
    repository: Path, tmp_path: Path
) -> None:
    kinds = tmp_path / "kinds.toml"
    kinds.write_text("this is no file of kinds")

    with pytest.raises(UsageProblem) as told:
        everything(HistoryApart(repository, kinds=[kinds]))

    assert str(kinds) in told.value.resource


def test_that_rules_are_compiled_is_announced(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = plugin(
        tmp_path,
        "import secretshift.detection.engines.kingfisher as k\nk.SLOW = 0.0\n",
    )
    # Twice: the second time what the first one compiled is merely loaded.
    monkeypatch.setenv("KF_RULE_CACHE_DIR", str(tmp_path / "rules"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "rules").mkdir(mode=0o700)
    for expected in (1, 0):
        said: list[str] = []
        everything(HistoryApart(repository, plugin_paths=[slow], announce=said.append))
        assert len(said) == expected
        assert all(one.startswith("Compiling the detection rules") for one in said)


# What it does meanwhile. A drop-in detector is code that runs where the search does.


def plugin(folder: Path, code: str) -> Path:
    file = folder / "dropped_in.py"
    file.write_text(
        "from detect_secrets.plugins.base import RegexBasedDetector\n"
        "class Nothing(RegexBasedDetector):\n"
        "    secret_type = 'Nothing'\n"
        "    denylist = ()\n" + code
    )
    return file


WAITING = """
import os, signal
from pathlib import Path
from secretshift.history.looking import Looker

def waiting(self, task):
    here = Path({folder!r}) / str(os.getpid())
    here.touch()
    signal.pause()

Looker.look = waiting
"""


@pytest.fixture
def stuck(tmp_path: Path) -> tuple[Path, Path]:
    """A detector with which each process of a search waits for ever, and the folder in which each
    of them leaves its number."""
    folder = tmp_path / "numbers"
    folder.mkdir()
    return plugin(tmp_path, WAITING.format(folder=str(folder))), folder


def numbers(folder: Path, count: int) -> list[int]:
    """Of the processes that wait, as soon as there are so many."""
    until(lambda: len(list(folder.iterdir())) == count)
    return [int(path.name) for path in folder.iterdir()]


def until(fits: Callable[[], bool]) -> None:
    clock = threading.Event()
    for _ in range(int(SECONDS / 0.02)):
        if fits():
            return
        clock.wait(0.02)
    raise AssertionError("it never came")


@contextmanager
def all_ended(pids: list[int]) -> Iterator[None]:
    """What is done in it ends all of these processes."""
    ends = [os.pidfd_open(pid) for pid in pids]
    try:
        yield
        for end in ends:
            assert select.select([end], [], [], SECONDS)[0], "one of them goes on"
    finally:
        for end in ends:
            os.close(end)


class Asked:
    """A search that a thread is asking for."""

    def __init__(self, history: HistoryApart) -> None:
        self.cancel = CancelToken()
        self.error: BaseException | None = None
        self._history = history
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            list(self._history.findings(lambda _done, _total: None, self.cancel))
        except BaseException as error:
            self.error = error

    def over(self) -> BaseException | None:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return self.error


def test_a_wish_to_stop_ends_every_process(repository: Path, stuck: tuple[Path, Path]) -> None:
    asked = Asked(HistoryApart(repository, plugin_paths=[stuck[0]], count=3))
    pids = numbers(stuck[1], 3)
    assert os.getsid(0) not in map(os.getsid, pids), "the terminal's stop key is for them too"

    with all_ended(pids):
        asked.cancel.cancel()
        assert isinstance(asked.over(), Interrupted)


def test_a_process_that_is_killed_is_an_error_and_takes_the_others_along(
    repository: Path, stuck: tuple[Path, Path]
) -> None:
    asked = Asked(HistoryApart(repository, plugin_paths=[stuck[0]], count=3))
    pids = numbers(stuck[1], 3)
    (leader,) = (pid for pid in pids if os.getpgid(pid) == pid)

    with all_ended(pids):
        os.kill(leader, 9)
        error = asked.over()

    assert isinstance(error, Unavailable)
    assert error.code == "detection-ended"
    assert error.__context__ is None


ASKING = """
import sys
from pathlib import Path
from secretshift.history.apart import HistoryApart
from secretshift.model.journeys import CancelToken
history = HistoryApart(Path(sys.argv[1]), plugin_paths=[Path(sys.argv[2])], count=3)
list(history.findings(lambda *_: None, CancelToken()))
"""


def test_they_end_when_the_asking_program_is_killed(
    repository: Path, stuck: tuple[Path, Path]
) -> None:
    asking = subprocess.Popen([sys.executable, "-c", ASKING, repository, stuck[0]])
    pids = numbers(stuck[1], 3)

    with all_ended(pids):
        asking.kill()
        asking.wait()


def test_they_end_when_the_iteration_is_given_up(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "numbers"
    folder.mkdir()
    tells = plugin(
        tmp_path, f"import os\nopen(os.path.join({str(folder)!r}, str(os.getpid())), 'w').close()\n"
    )
    history = HistoryApart(repository, plugin_paths=[tells])

    with closing(history.findings(lambda _done, _total: None, CancelToken())) as items:
        next(items)
        (leader,) = numbers(folder, 1)

        with all_ended([leader]):
            items.close()


def test_it_is_alone_when_it_makes_copies_of_itself(repository: Path, tmp_path: Path) -> None:
    told = tmp_path / "threads"
    counting = plugin(
        tmp_path,
        "import os, threading, time, types\n"
        "def count():\n"
        # The system goes on to list a thread for a moment after it was waited for.
        "    until = time.monotonic() + 0.2\n"
        "    while len(os.listdir('/proc/self/task')) > 1 and time.monotonic() < until:\n"
        "        time.sleep(0.01)\n"
        f"    with open({str(told)!r}, 'a') as file:\n"
        "        print(len(os.listdir('/proc/self/task')), file=file)\n"
        "os.register_at_fork(before=count)\n"
        "import secretshift.detection.engines.kingfisher as k\n"
        "class Late(threading.Thread):\n"
        "    def run(self):\n"
        "        super().run()\n"
        "        time.sleep(0.5)\n"
        "k.threading = types.SimpleNamespace(**{**vars(threading), 'Thread': Late})\n",
    )
    said: list[str] = []

    everything(HistoryApart(repository, plugin_paths=[counting], announce=said.append, count=3))

    assert told.read_text().split() == ["1", "1"]


def test_what_a_detector_prints_is_no_answer(repository: Path, tmp_path: Path) -> None:
    loud = plugin(tmp_path, "print('here I am', flush=True)\n")

    assert everything(HistoryApart(repository, plugin_paths=[loud]))


EVERY_LINE = """
from detect_secrets.plugins.base import BasePlugin
class Any(BasePlugin):
    secret_type = "Any"
    def analyze_string(self, string):
        yield from ()
"""


def test_with_a_detector_that_is_asked_of_every_line_all_else_is_found(
    repository: Path, tmp_path: Path
) -> None:
    every_line = plugin(tmp_path, EVERY_LINE)
    without = in_order(everything(HistoryApart(repository)))
    assert in_order(everything(HistoryApart(repository, plugin_paths=[every_line]))) == without


ODD = """
import secretshift.detection.engines.watch as watch
from detect_secrets.plugins.base import BasePlugin
watch.TICK = 0.05
class Odd(BasePlugin):
    secret_type = "Odd"
    def analyze_string(self, string):
        if "=" in string:
            {}
        yield from ()
"""
ENDLESS = """while True:
                try: sum(range(999))
                except BaseException: pass"""


def failures(items: list[Item]) -> list[SourceError]:
    return [one for one in items if isinstance(one, SourceError) and one.code == "detector-failed"]


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_detector_fails_on_is_told_once(
    repository: Path, tmp_path: Path, count: int
) -> None:
    odd = plugin(tmp_path, ODD.format("raise ValueError(string)"))
    items = everything(HistoryApart(repository, plugin_paths=[odd], count=count))
    (told,) = failures(items)
    assert told.source == "Odd" and " times in the history of " in told.what
    assert str(repository) in told.what
    assert told.what.endswith(": ValueError") and "A=1" not in told.what
    assert sum(isinstance(one, tuple) for one in items) > 3


def test_a_detector_that_goes_on_and_on_is_broken_off(repository: Path, tmp_path: Path) -> None:
    odd = plugin(tmp_path, ODD.format("while True: pass"))
    items = everything(HistoryApart(repository, plugin_paths=[odd], count=3))
    (told,) = failures(items)
    assert told.source == "Odd" and "took more than" in told.what
    assert sum(isinstance(one, tuple) for one in items) > 3


def test_one_that_cannot_be_broken_off_ends_the_search(repository: Path, tmp_path: Path) -> None:
    odd = plugin(tmp_path, ODD.format(ENDLESS))
    with pytest.raises(Unavailable) as told:
        everything(HistoryApart(repository, plugin_paths=[odd], count=3))
    assert told.value.code == "detector-endless"
    assert told.value.resource == f"Odd with the history of {repository}"


# Where values are


LOOKED = """
import os, time
from pathlib import Path
from secretshift.history.looking import Looker

look = Looker.look

def waiting(self, task):
    done = look(self, task)
    Path({folder!r}, str(os.getpid())).touch()
    while not os.path.exists({go_on!r}):
        time.sleep(0.02)
    return done

Looker.look = waiting
"""
"""Each process waits when it has seen values."""


def test_no_value_is_in_arguments_environments_or_files(
    repository: Path,
    held: list[bytes],
    stuck: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "home"
    compiled_rules.lay_below(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made up")
    go_on = tmp_path / "go-on"
    after = plugin(tmp_path, LOOKED.format(folder=str(stuck[1]), go_on=str(go_on)))
    words = [one.partition(b"=")[2].strip() for one in held]
    asked = Asked(HistoryApart(repository, plugin_paths=[after], count=3))

    shown = b""
    for pid in numbers(stuck[1], 3):
        proc = Path("/proc") / str(pid)
        shown += proc.joinpath("cmdline").read_bytes() + proc.joinpath("environ").read_bytes()
        limits = proc.joinpath("limits").read_text()
        core = next(one for one in limits.splitlines() if one.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
    go_on.touch()
    assert asked.over() is None

    assert b"AWS_" not in shown
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    for kept in (shown, *(path.read_bytes() for path in files)):
        assert not any(word in kept for word in words)
