"""Who is silent for how long, told by the real SDK's own events."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.retries.standard import ExponentialBackoff

from secretshift.clouds.aws.answers import FORGOTTEN, Answers
from secretshift.clouds.aws.clocks import SystemClock
from secretshift.model.ports import Unanswered

from .test_server_time import REFUSAL, WHO, Body

STS = "AWS eu-west-1 (sts)"


class Hands(SystemClock):
    at = 100.0

    def monotonic(self) -> float:
        return self.at


class Line:
    """What each attempt gets, in order; `seen` is what was missing when it was on its way."""

    def __init__(
        self, clock: Hands, *answers: tuple[int, bytes] | None, takes: float = 4.0
    ) -> None:
        self.clock, self.left, self.takes = clock, list(answers), takes
        self.answers = Answers(clock)
        self.seen: list[tuple[Unanswered, ...]] = []
        self.client = boto3.session.Session().client(
            "sts",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )
        self.answers.attach(self.client.meta.events, STS)
        self.client.meta.events.register_last("before-send", self.attempt)

    def attempt(self, request: Any, **_event: Any) -> AWSResponse:
        self.clock.at += self.takes
        self.seen.append(self.answers.missing)
        answer = self.left.pop(0)
        if answer is None:
            raise ConnectionClosedError(endpoint_url=request.url)
        return AWSResponse(request.url, answer[0], {}, Body(answer[1]))

    def ask(self) -> None:
        self.client.get_caller_identity()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.0)


def test_repeated_attempts_are_one_silence_and_an_answer_ends_it() -> None:
    line = Line(Hands(), None, None, (200, WHO))
    line.ask()
    assert line.seen == [(Unanswered(STS, float(at), True),) for at in (4, 8, 12)]
    assert line.answers.missing == ()


def test_a_refusal_is_an_answer() -> None:
    line = Line(Hands(), (403, REFUSAL))
    with pytest.raises(line.client.exceptions.ClientError):
        line.ask()
    assert line.answers.missing == ()


def test_who_gives_up_does_not_wait_and_the_next_request_is_of_the_same_silence() -> None:
    line = Line(Hands(), None, None, None, None, (200, WHO))
    with pytest.raises(ConnectionClosedError):
        line.ask()
    assert line.answers.missing == (Unanswered(STS, 12.0, False),)
    line.ask()
    assert [one[0].seconds for one in line.seen[3:]] == [16.0, 20.0]
    assert line.answers.missing == ()


def test_a_silence_of_long_ago_is_not_gone_on_with() -> None:
    clock = Hands()
    line = Line(clock, None, None, None, (200, WHO))
    with pytest.raises(ConnectionClosedError):
        line.ask()
    clock.at += FORGOTTEN
    assert line.answers.missing == ()
    line.ask()
    assert line.seen[3][0].seconds == 4.0


def test_an_answer_to_another_request_is_a_sign_of_life() -> None:
    clock = Hands()
    line = Line(clock, (200, WHO), takes=0.0)
    stuck = threading.Thread(target=line.answers._sent, args=(STS,))
    stuck.start()
    stuck.join()
    clock.at += 30
    assert line.answers.missing[0].seconds == 30
    line.ask()
    clock.at += 2
    assert line.answers.missing == (Unanswered(STS, 2.0, True),)
