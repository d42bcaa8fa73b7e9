"""The clock is compared with the Date of AWS's own answers, through the real SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from secretshift.clouds.aws.clocks import SystemClock
from secretshift.clouds.aws.server_time import ServerTime

AT = datetime(2025, 11, 24, 10, 15, tzinfo=UTC)
WHO = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>"
    b"<Arn>arn:aws:iam::111122223333:root</Arn></GetCallerIdentityResult>"
    b"</GetCallerIdentityResponse>"
)
REFUSAL = b"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>"


class Fixed(SystemClock):
    def now(self) -> datetime:
        return AT


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_options: Any) -> list[bytes]:
        return [self._content]


def client(time: ServerTime, date: str | None, status: int = 200, body: bytes = WHO) -> Any:
    made = boto3.session.Session().client(
        "sts",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=Config(retries={"total_max_attempts": 1}),
    )

    def answer(request: Any, **_event: Any) -> AWSResponse:
        headers = {} if date is None else {"Date": date}
        return AWSResponse(request.url, status, headers, Body(body))

    made.meta.events.register("before-send", answer)
    time.attach(made.meta.events)
    return made


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Mon, 24 Nov 2025 10:15:00 GMT", timedelta()),
        ("Mon, 24 Nov 2025 10:09:00 GMT", timedelta(minutes=6)),
        ("Mon, 24 Nov 2025 11:45:00 +0100", timedelta(minutes=-30)),
        ("Mon, 24 Nov 2025 10:15:09 -0000", timedelta(seconds=-9)),
        ("yesterday", None),
        ("Mon, 24 Nov 99999999999 10:15:09 GMT", None),
        (None, None),
    ],
)
def test_the_difference_is_told_and_nothing_is_made_up(
    date: str | None, ahead: timedelta | None
) -> None:
    time = ServerTime(Fixed())
    assert time.ahead is None
    client(time, date).get_caller_identity()
    assert time.ahead == ahead


def test_a_refusal_tells_it_as_well() -> None:
    time = ServerTime(Fixed())
    sent = client(time, "Mon, 24 Nov 2025 10:00:00 GMT", 403, REFUSAL)
    with pytest.raises(ClientError):
        sent.get_caller_identity()
    assert time.ahead == timedelta(minutes=15)


def test_an_answer_without_a_date_leaves_what_is_known() -> None:
    time = ServerTime(Fixed())
    client(time, "Mon, 24 Nov 2025 10:00:00 GMT").get_caller_identity()
    client(time, None).get_caller_identity()
    assert time.ahead == timedelta(minutes=15)
