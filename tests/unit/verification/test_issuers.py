"""The one place from which credentials leave, against a stand-in over real HTTP."""

from __future__ import annotations

import os
import random
import string
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secretshift.model.errors import Interrupted, UsageProblem
from secretshift.model.verification import Outcome
from secretshift.verification import issuers
from secretshift.verification.endpoints import FROM_TEXT, NO_RULE
from secretshift.verification.issuers import (
    FORBIDDEN,
    LACKS,
    SEVERAL,
    TEMPORARY,
    Issuers,
    Ready,
    Said,
)

from .stand_in import StandIn, garbage, silence, standing_in, status

GITHUB = frozenset({"betterleaks.github-pat"})
ANY: frozenset[str] = frozenset()
RULE = """rules:
  - name: Acme key
    id: custom.acme-key
    pattern: '\\b(acmekey_[a-z0-9]{{20}})\\b'
    confidence: low
    validation:
      type: Http
      content:
        request:
          method: GET
          url: "{url}"
          headers:
            Authorization: "Bearer {{{{ TOKEN }}}}"
          response_matcher:
            - report_response: true
            - type: StatusMatch
              status: [200]
"""


def made_up(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(random.choices(letters, k=count))


def github() -> str:
    return "ghp_" + made_up(36)


def acme() -> str:
    return "acmekey_" + made_up(20, string.ascii_lowercase)


def same(value: str) -> Callable[[str], bool]:
    return lambda text: text == value


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with standing_in() as server:
        yield server


def asking(server: StandIn) -> Issuers:
    return Issuers({"api.github.com": server.url})


def ready_for(made: Issuers, token: str, rules: frozenset[str] = GITHUB) -> Ready:
    ready = made.ready(f"GITHUB_TOKEN={token}\n", same(token), rules)
    assert isinstance(ready, Ready), ready
    return ready


ANSWERS = {
    "200": (status(200, b'{"login": "made-up", "id": 1}'), Outcome.ACTIVE),
    "401": (status(401), Outcome.REFUSED),
    "403": (status(403, b'{"message": "API rate limit exceeded"}'), Outcome.UNKNOWN),
    "404": (status(404), Outcome.UNKNOWN),
    "429": (status(429), Outcome.UNKNOWN),
    "500": (status(500), Outcome.UNKNOWN),
    "garbage": (garbage, Outcome.UNKNOWN),
    "200 of somebody else": (status(200, b"<html>log in</html>"), Outcome.UNKNOWN),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_only_an_answer_makes_it_active_or_refused(stand_in: StandIn, name: str) -> None:
    stand_in.answer, expected = ANSWERS[name]
    made, token = asking(stand_in), github()
    ready = ready_for(made, token)
    assert ready.hosts == (stand_in.host,)
    assert stand_in.connections == 0, "only asking sends anything"

    said = made.ask(ready)

    assert said.outcome is expected
    assert bool(said.reason) == (expected is Outcome.UNKNOWN)
    assert [path for path, _ in stand_in.asked] == ["/user"]
    assert token in stand_in.asked[0][1]
    assert token not in repr(ready) and token not in repr(said)


def test_a_403_says_that_it_may_well_live(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.answer = status(403)
    for kind in ("built-in", "own"):
        made, ready = of_kind(kind, stand_in, tmp_path)
        assert made.ask(ready) == Said(Outcome.UNKNOWN, FORBIDDEN)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
@pytest.mark.parametrize("kind", ["built-in", "own"])
def test_a_redirect_is_not_followed(
    stand_in: StandIn, tmp_path: Path, kind: str, code: int
) -> None:
    with standing_in() as elsewhere:
        stand_in.answer = status(code, Location=f"{elsewhere.url}/else")
        made, ready = of_kind(kind, stand_in, tmp_path)
        assert made.ask(ready).outcome is Outcome.UNKNOWN
        assert len(stand_in.asked) == 1 and elsewhere.connections == 0


def of_kind(kind: str, server: StandIn, folder: Path) -> tuple[Issuers, Ready]:
    if kind == "built-in":
        made = asking(server)
        return made, ready_for(made, github())
    made = own(folder, "{{ ACME_URL }}/me", {"ACME_URL": server.url})
    token = acme()
    ready = made.ready(token, same(token), ANY)
    assert isinstance(ready, Ready)
    return made, ready


def own(folder: Path, url: str, endpoints: dict[str, str]) -> Issuers:
    path = folder / "own.yml"
    path.write_text(RULE.format(url=url))
    return Issuers(endpoints, (path,))


@pytest.mark.parametrize(
    ("code", "outcome"), [(200, Outcome.ACTIVE), (401, Outcome.REFUSED), (500, Outcome.UNKNOWN)]
)
def test_a_rule_of_ones_own_asks_as_well(
    stand_in: StandIn, tmp_path: Path, code: int, outcome: Outcome
) -> None:
    stand_in.answer = status(code)
    made, ready = of_kind("own", stand_in, tmp_path)
    assert ready.hosts == (stand_in.host,)
    assert made.ask(ready).outcome is outcome


@pytest.mark.parametrize("kind", ["built-in", "own"])
def test_silence_ends_in_time(
    stand_in: StandIn, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in.answer = silence
    monkeypatch.setattr(issuers, "SECONDS", 0.3)
    made, ready = of_kind(kind, stand_in, tmp_path)
    begin = time.monotonic()
    said = made.ask(ready)
    assert said.outcome is Outcome.UNKNOWN and said.reason
    assert time.monotonic() - begin < 5


def test_stopping_breaks_off_what_is_under_way(stand_in: StandIn) -> None:
    stand_in.answer = silence
    made = asking(stand_in)
    ready = ready_for(made, github())
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(Interrupted):
            made.ask(ready)
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert stand_in.came.wait(10)
    made.stop()
    assert ended.wait(5)
    thread.join()
    with pytest.raises(Interrupted):
        made.ask(ready)
    assert len(stand_in.asked) == 1


def test_nothing_else_of_the_text_is_sent(stand_in: StandIn) -> None:
    wanted, other = github(), github()
    made = asking(stand_in)
    text = f"A={other}\nB={wanted}\nC={other}\nD={wanted}\n"
    ready = made.ready(text, same(wanted), GITHUB)
    assert isinstance(ready, Ready)
    made.ask(ready)
    sent = " ".join(header for _, header in stand_in.asked)
    assert len(stand_in.asked) == 1 and wanted in sent and other not in sent


@pytest.mark.parametrize("mapped", [True, False], ids=["named", "not named"])
def test_an_internal_address_is_asked_only_where_the_settings_name_it(
    stand_in: StandIn, tmp_path: Path, mapped: bool
) -> None:
    made = own(tmp_path, f"{stand_in.url}/me", {stand_in.host: stand_in.url} if mapped else {})
    token = acme()
    ready = made.ready(token, same(token), ANY)
    assert isinstance(ready, Ready)
    said = made.ask(ready)
    assert (said.outcome is Outcome.ACTIVE) == mapped
    assert bool(stand_in.connections) == mapped


def test_a_variable_of_the_environment_moves_nothing(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in() as elsewhere:
        monkeypatch.setenv("GITHUB_BASE_URL", elsewhere.url)
        made = asking(stand_in)
        made.ask(ready_for(made, github()))
        assert stand_in.asked and not elsewhere.connections


def test_the_proxy_of_the_environment_is_taken(stand_in: StandIn) -> None:
    """In a process of its own: the engine reads the environment once."""
    with standing_in() as proxy:
        script = (
            "import random, string\n"
            "from secretshift.verification.issuers import Issuers\n"
            f"made = Issuers({{'api.github.com': {stand_in.url!r}}})\n"
            "token = 'ghp_' + ''.join(random.choices(string.ascii_letters + '23456', k=36))\n"
            "ready = made.ready(token, lambda text: text == token, frozenset())\n"
            "print(made.ask(ready).outcome.value)\n"
        )
        environment = {**os.environ, "HTTP_PROXY": proxy.url, "http_proxy": proxy.url}
        environment.pop("NO_PROXY", None)
        environment.pop("no_proxy", None)
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True
        )
        assert done.stdout == "active\n", done.stderr
        assert [path for path, _ in proxy.asked] == [f"{stand_in.url}/user"]
        assert not stand_in.connections


def test_why_nobody_can_be_asked(tmp_path: Path) -> None:
    made = Issuers({})
    password = made_up(14)
    assert made.ready(f"DB_PASSWORD={password}\n", same(password), ANY) == NO_RULE
    assert made.ready("nothing here", same(password), ANY) == NO_RULE
    url = f"postgres://app:{password}@db.example/shop"
    assert made.ready(f"DATABASE_URL={url}\n", same(url), ANY) in (FROM_TEXT, NO_RULE)
    mailchimp = made_up(32, "0123456789abcdef") + "-us12"
    assert made.ready(f"MAILCHIMP_KEY={mailchimp}\n", same(mailchimp), ANY) == FROM_TEXT


def test_an_aws_key_is_asked_about_with_the_id_beside_it() -> None:
    upper = string.ascii_uppercase + "234567"
    secret, made = made_up(40), Issuers({})
    both = "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY=" + secret + "\n"
    ready = made.ready(both.format("AKIA" + made_up(16, upper)), same(secret), ANY)
    assert isinstance(ready, Ready) and ready.hosts == ("sts.amazonaws.com",)
    assert made.ready(both.format("ASIA" + made_up(16, upper)), same(secret), ANY) == TEMPORARY
    alone = made.ready(f"AWS_SECRET_ACCESS_KEY={secret}\n", same(secret), ANY)
    assert alone in (NO_RULE, LACKS)


def test_where_several_issuers_may_have_given_it_out_none_is_asked(
    stand_in: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "own.yml"
    text = RULE.format(url="https://api.acme.example/me")
    path.write_text(text.replace("acmekey_[a-z0-9]{20}", "ghp_[A-Za-z0-9]{36}"))
    made = Issuers({"api.github.com": stand_in.url}, (path,))
    token = github()
    assert made.ready(token, same(token), ANY) == SEVERAL
    named = made.ready(token, same(token), GITHUB)
    assert isinstance(named, Ready) and named.hosts == (stand_in.host,)


def test_endpoints_that_are_none_are_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageProblem) as told:
        Issuers({"api.github.com": "http://github.example.com"})
    assert told.value.exit_code == 2
