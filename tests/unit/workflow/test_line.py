"""A silent cloud is said while a journey is at work, and taken back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from secretshift.model.journeys import Event, NoAnswer
from secretshift.model.ports import Unanswered
from secretshift.workflow.line import Told, _Line, line_watched

WHERE = "AWS eu-west-1 (lambda)"


@dataclass
class Silent:
    """A cloud of which only its silence is looked at."""

    unanswered: tuple[Unanswered, ...] = ()


@dataclass
class Heard:
    """Events as they come; `next` waits for one."""

    events: list[Event] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.came.release()

    def next(self) -> Event:
        assert self.came.acquire(timeout=20)
        return self.events[-1]


def silent(seconds: float, waiting: bool = True) -> tuple[Unanswered, ...]:
    return (Unanswered(WHERE, seconds, waiting),)


def test_said_after_patience_each_second_and_taken_back() -> None:
    cloud, heard = Silent(silent(0.1)), Heard()
    with line_watched((cloud,), heard, 0.2):
        cloud.unanswered = silent(0.4)
        assert heard.next() == NoAnswer(WHERE, 0.4)
        cloud.unanswered = silent(1.7)
        assert heard.next() == NoAnswer(WHERE, 1.7)
        cloud.unanswered = ()
        assert heard.next() == NoAnswer(WHERE, 1.7, "answered")
        cloud.unanswered = silent(5.0)
        assert heard.next() == NoAnswer(WHERE, 5.0)
        cloud.unanswered = silent(6.5, waiting=False)
        assert heard.next() == NoAnswer(WHERE, 6.5, "given-up")
    assert len(heard.events) == 5
    assert "answers again" in heard.events[2].sentence
    assert "answers again" not in heard.events[4].sentence


def test_a_silence_is_said_from_the_first_second_of_no_patience_on() -> None:
    cloud, heard = Silent(silent(9.9)), Heard()
    line = _Line((cloud,), heard, 10.0)
    line.look()
    assert heard.events == []
    for seconds in (10.0, 10.6, 11.1):
        cloud.unanswered = silent(seconds)
        line.look()
    assert heard.events == [NoAnswer(WHERE, 10.0), NoAnswer(WHERE, 11.1)]
    cloud.unanswered = silent(0.3)
    line.look()
    assert heard.events[2:] == [NoAnswer(WHERE, 11.1, "answered")], "silent anew, not still"


def test_nothing_is_said_after_the_end() -> None:
    cloud, heard = Silent(silent(0.1)), Heard()
    with line_watched((cloud,), heard, 0.2):
        pass
    cloud.unanswered = silent(60)
    assert heard.events == []
    assert not [thread for thread in threading.enumerate() if thread.name == "line"]


def test_lines_of_text_say_it_once_or_now_and_then() -> None:
    once, often = Told(), Told(10.0)
    silences = [NoAnswer(WHERE, float(seconds)) for seconds in (10, 11, 19, 20, 21, 30)]
    assert [once.worth(one) for one in silences] == [True, False, False, False, False, False]
    assert [often.worth(one) for one in silences] == [True, False, False, True, False, True]
    assert once.worth(NoAnswer(WHERE, 31.0, "answered"))
    assert once.worth(NoAnswer(WHERE, 10.0)), "another silence is said again"
