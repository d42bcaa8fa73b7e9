"""What the sieve holds back is nothing; what it lets pass is judged as ever."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection import sieve
from secretshift.detection.detector import Detector
from secretshift.detection.sieve import Sieve, SievingDetector
from tests.bench.quality_set import files

from ..history import texts

SHARED = settings(
    max_examples=texts.LONG or 60,
    deadline=None,
    derandomize=not texts.LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLAIN = "def area(width, height):\n    return width * height\n"


def held_back(one: Sieve, path: str, text: str) -> bool:
    """Wrongly."""
    return not one.may_hold(path, text) and bool(one._detector.text(path, text))


@SHARED
@given(st.integers(0, 1 << 32))
def test_no_text_that_holds_something_is_held_back(detector, seed):
    rng = random.Random(seed)
    text = texts.filler(rng) + rng.choice(texts.SNIPPETS)(rng) + texts.filler(rng)
    for _ in range(rng.randint(0, 3)):
        text = texts.edited(rng, text)
    assert not held_back(Sieve(detector), rng.choice(texts.PATHS), text)


def test_nor_is_any_of_the_tables(detector):
    rows = [(path, text) for path, text, _secret in texts.ROWS]
    rows += [(one.path, one.made.text) for half in ("a", "b") for one in files(half)]
    one = Sieve(detector)
    assert [path for path, text in rows if held_back(one, path, text)] == []


def test_what_holds_nothing_is_held_back(detector):
    one = Sieve(detector)
    rng = random.Random(3)
    for path in ("a.py", "a.yml", "README.md"):
        assert not one.may_hold(path, texts.filler(rng) + PLAIN)
    assert not one.may_hold("a.py", "password = read_password()\n" * 3)


@pytest.mark.parametrize("length", [4100, 9000])
def test_a_line_without_an_end_is_judged_where_something_tells(detector, length):
    one = Sieve(detector)
    assert one.may_hold("a.js", f'x="{"y" * length}";db_password="k4hnUfer-29S"')
    assert not one.may_hold("a.js", f'x="{"y" * length}"')


def test_a_text_with_much_to_try_is_judged(detector, monkeypatch):
    rows = "".join(f"token_{number} = read(name)\n" for number in range(60))
    assert not Sieve(detector).may_hold("a.env", rows)
    monkeypatch.setattr(sieve, "_MOST_TRIED", 50)
    assert Sieve(detector).may_hold("a.env", rows)
    monkeypatch.setattr(sieve, "_LARGEST", 1000)
    assert Sieve(detector).may_hold("a.py", PLAIN * 30)


class Counting:
    """A detector that notes what it is asked to judge."""

    asks_others = False

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.judged: list[str] = []

    def __getattr__(self, name: str):
        return getattr(self._detector, name)

    def text(self, path: str, text: str):
        self.judged.append(path)
        return self._detector.text(path, text)

    def left_out(self, _path: str) -> str:
        return "of an earlier look"


def test_a_few_texts_are_judged_without_it(detector, monkeypatch):
    monkeypatch.setattr(sieve, "_WORTH", 100)
    counting = Counting(detector)
    one = SievingDetector(counting)
    for number in range(4):
        assert one.text(f"{number}.py", PLAIN) == ()
    assert counting.judged == ["0.py", "1.py"]
    assert one.left_out("3.py") == ""
    assert one.left_out("1.py") == "of an earlier look"
    (found,) = one.text("4.env", "DB_PASSWORD=k4hnUfer-29S\n")
    assert found.secret.reveal() == "k4hnUfer-29S"
    assert one.left_out("4.env") == "of an earlier look"


def test_what_detectors_of_the_users_are_asked_of_is_all(detector, monkeypatch):
    monkeypatch.setattr(sieve, "_WORTH", 0)
    counting = Counting(detector)
    counting.asks_others = True
    SievingDetector(counting).text("a.py", PLAIN)
    assert counting.judged == ["a.py"]


def test_it_is_for_one_thread_and_another_judges(detector, monkeypatch):
    monkeypatch.setattr(sieve, "_WORTH", 0)
    counting = Counting(detector)
    one = SievingDetector(counting)
    inside, enough = threading.Event(), threading.Event()

    def slow(_self: Sieve, _path: str, _text: str) -> bool:
        inside.set()
        enough.wait(20)
        return False

    monkeypatch.setattr(Sieve, "may_hold", slow)
    first = threading.Thread(target=one.text, args=("first.py", PLAIN))
    first.start()
    assert inside.wait(20)
    one.text("second.py", PLAIN)
    enough.set()
    first.join()
    assert counting.judged == ["second.py"]
