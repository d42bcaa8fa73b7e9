"""The terminal interface from the first look to the undo, on the embedded cloud's samples.

Leaving the interface in these tests sweeps every byte that it sent, every picture, its workspace,
its log and the files that it wrote; none may hold a value.
"""

from __future__ import annotations

import base64
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.retries.standard import ExponentialBackoff

from secretshift.clouds.aws.rates import SHARED_LIMITS
from secretshift.demo import repository, samples
from secretshift.demo.story import REGIONS
from secretshift.demo.strictness import Strictness
from secretshift.model.findings import FunctionLocation
from secretshift.tui.overlays.export import Export
from secretshift.tui.overlays.reveal import Reveal, Value
from secretshift.tui.overlays.run_plan import RunPlan
from tests.contract.ports.fault_proxy import Fault

from .clouds import forked_aws
from .interface import NARROW, Cloud, Hurried, Line, Stage, interface, shown_values

UNLIMITED = Strictness(rates=None)
"""Our own pauses below AWS's rates and the SDK's between its attempts are left out here, and a
client without them is one that AWS throttles."""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One for all journeys; each leaves it as it was."""
    with pytest.MonkeyPatch.context() as patch, forked_aws(strictness=UNLIMITED) as aws:
        functions = samples.fill(aws)
        shop = repository.create(tmp_path_factory.mktemp("tree") / "shop", samples.values())
        for name in [key for key in os.environ if key.startswith("AWS_")]:
            patch.delenv(name)
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("COLORTERM", "truecolor")
        patch.setenv("TERM", "xterm-256color")
        patch.setattr(SHARED_LIMITS, "_clock", Hurried())
        with Line(aws.endpoint) as line:
            for name, value in aws.environment.items():
                led = name.startswith("AWS_ENDPOINT_URL")
                patch.setenv(name, line.endpoint if led else value)
            yield Cloud(aws, line, functions, shop)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's pauses between its attempts, half a minute together, are not what is tried here."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.02)


@pytest.fixture
def as_before(cloud: Cloud) -> Iterator[None]:
    """The journey ends where it began: the same state, and every function answers."""
    before = cloud.state()
    yield
    assert cloud.state() == before
    assert set(cloud.answers().values()) == {200}


async def look(there: Stage) -> None:
    """From Start to the list."""
    await there.press("enter")
    await there.arrives("scan")
    await there.idle()
    await there.press("enter")
    await there.arrives("credentials")
    await there.sees("18 credentials")


async def plan_for(there: Stage, text: str) -> None:
    """Filter, mark what is shown, plan."""
    await there.press("slash")
    await there.type(text)
    await there.press("enter", "asterisk", "p")
    await there.arrives("plan")
    await there.idle()


async def agree(there: Stage) -> None:
    """The run's sheet, by the button or by the name that it asks for."""
    await there.press("R")
    sheet = there.app.screen
    assert isinstance(sheet, RunPlan)
    if sheet.query("#word"):
        await there.press("enter")
        assert there.app.screen is sheet, "Enter alone answers nothing"
        await there.type(there.app.session.plan.id[-4:])
        await there.press("enter")
    else:
        await there.press("tab", "tab", "enter")
    await there.arrives("run")


async def confirm(there: Stage, key: str, mode: str) -> None:
    """Go on with the run that is shown, or undo it, to the end."""
    run = there.app.session.run.run
    await there.press(key)
    await there.type(run.rpartition("-")[2])
    await there.press("enter")
    await there.until(lambda: there.app.session.run.mode == mode, mode)
    await there.idle()


async def write(there: Stage, name: str) -> None:
    """What is shown, to a file beside the workspace."""
    await there.press("w")
    sheet = there.app.screen
    assert isinstance(sheet, Export)
    path = there.folder / name
    sheet.query_one("#path").value = str(path)
    await there.press("enter")
    await there.until(path.exists, str(path))
    await there.until(lambda: there.app.screen is not sheet, "the end of the sheet")
    there.app.clear_notifications()


async def test_guided_by_enter_alone_then_run_proof_and_undo(cloud, as_before, tmp_path):
    async with interface(cloud, tmp_path) as there:
        # Enter alone, as a newcomer presses it, until there is a plan.
        assert "Enter looks for credentials in 1 folder and 1 account" in there.sentence
        await there.press("enter")
        await there.arrives("scan")
        await there.idle()
        assert "Found 18 values in 27 places" in there.text
        await there.press("enter")
        await there.arrives("credentials")
        await there.sees("18 credentials")
        await there.press("enter")
        await there.sees("Enter plans the move of this one")
        await there.press("enter")
        await there.arrives("plan")
        await there.idle()
        assert "1 credential, 1 function. To create 2, to change 2, to remove 1." in there.text
        assert "release-bot" in there.text and "point of no return" in there.text
        await write(there, "plan.json")

        await there.press("R")
        assert "Every step can be undone (U)" in there.sentence
        await there.press("enter")
        assert there.here == "plan" and cloud.writes() == [], "Cancel has the focus"
        await agree(there)
        await there.sees("1 function moved and proven")
        await there.idle()
        assert "1 secret created, 1 layer published, 1 grant, 1 function switched" in there.text
        variables = cloud.variables("release-bot")
        assert "GITHUB_TOKEN" not in variables and "GITHUB_TOKEN_SECRET_ARN" in variables
        assert set(cloud.answers().values()) == {200}

        await there.press("enter")
        await there.arrives("proof")
        assert "eu-west-1/release-bot moved and proven" in there.sentence
        assert "For you to do: 0 of 3 done" in there.text
        await there.press("n", "n", "space")
        await there.sees("For you to do: 1 of 3 done")
        await write(there, "proof.md")
        assert "release-bot" in (tmp_path / "proof.md").read_text()

        await confirm(there, "U", "undo")
        assert "Undone and read back. The functions have their former variables." in there.text
        assert "all of it is undone." in there.text
        await there.press("enter")
        await there.arrives("proof")
        await there.sees("undone for 1 function. The values lie in plain again.")


async def test_an_expert_filters_decides_leaves_out_stops_goes_on_and_undoes(
    cloud, as_before, tmp_path
):
    async with interface(cloud, tmp_path) as there:
        await look(there)
        await there.press("slash")
        await there.type("postgres")
        await there.press("enter", "asterisk")
        assert "3 of 18 shown · 3 marked" in there.text

        # The one place where a value is drawn, and what the clipboard gets without it.
        assert there.recorded.values() == []
        there.recorded.taken()
        await there.press("v", "enter")
        value = there.app.screen.query_one(Value)
        await there.until(lambda: value.shows, "the value")
        await there.press("down")
        await there.until(lambda: not isinstance(there.app.screen, Reveal), "the end of it")
        shown = shown_values(there.recorded.taken())
        assert "orders_password (plain)" in shown or "orders_url (plain)" in shown
        assert all(name.startswith("orders_") for name in shown)
        await there.press("y")
        copied = re.search(r"\x1b]52;c;([^\x07]*)\x07", "".join(there.recorded.sent))
        assert copied and b"PostgreSQL password" in base64.b64decode(copied[1])
        await write(there, "credentials.csv")

        await there.press("d", "enter")
        await there.type("next week")
        await there.press("enter")
        await there.sees("Decided for 3. u takes it back.")
        await there.idle()
        await there.press("p")
        await there.arrives("plan")
        await there.sees("1 value of low confidence is never moved unattended")
        await there.idle()
        assert "2 credentials, 3 functions." in there.text

        # Left out: the plan is another one, and the function stays as it is.
        first = there.app.session.plan.id
        await there.go_to_row("orders-export")
        await there.press("x")
        await there.sees("orders-export is left out and stays as it is.")
        await there.idle()
        assert there.app.session.plan.id != first
        assert "2 credentials, 2 functions." in there.text

        # The first change is at work when it is stopped.
        reached, answered = threading.Event(), threading.Event()

        def hold() -> None:
            reached.set()
            answered.wait(60)

        cloud.line.faults.append(Fault("CreateSecret", after=hold))
        await agree(there)
        await there.until(reached.is_set, "the first change")
        await there.press("S")
        await there.sees("stopping after the change in hand")
        answered.set()
        await there.idle()
        assert "Stopped on request. Nothing is half done." in there.text
        assert "1 secret created. All of it can be undone (U)." in there.text
        assert set(cloud.answers().values()) == {200}
        assert "DATABASE_URL" in cloud.variables("orders-api")

        await confirm(there, "R", "resume")
        assert "2 functions moved and proven" in there.text
        assert "DATABASE_URL" not in cloud.variables("orders-api")
        assert "DB_PASSWORD" in cloud.variables("orders-export")
        assert set(cloud.answers().values()) == {200}

        await there.press("8", "enter")
        await there.arrives("run")
        await confirm(there, "U", "undo")
        assert "Undone and read back." in there.text


async def test_somebody_else_changes_a_function_after_the_plan(cloud, as_before, tmp_path):
    before = cloud.variables("chat-notifier")
    async with interface(cloud, tmp_path) as there:
        await look(there)
        await plan_for(there, "slack")
        assert "1 credential, 1 function." in there.text
        closely = there.app.session.closely
        assert any(name.endswith("/chat-notifier") for name in closely)
        assert set(closely.values()) == {("read", "")}, "each was said to be read"
        cloud.write("chat-notifier", {**before, "SLACK_BOT_TOKEN": "another-" + "Value/4711"})
        cloud.line.requests.clear()
        await agree(there)
        await there.sees("1 failed and left as they were, still answering")
        await there.idle()
        assert "Somebody changed it meanwhile; plan again. Nothing was written." in there.sentence
        assert "nothing changed so far" in there.text
        assert cloud.writes() == []

        # A new plan does not take another value for one that is moved.
        await there.press("c")
        await there.arrives("plan")
        await there.idle()
        assert "nothing to run." in there.sentence
        said = "SLACK_BOT_TOKEN of chat-notifier holds another value now ("
        assert said in there.sentence, there.text
        assert "than the one that was chosen. 3 shows what is there now" in there.sentence
        assert "already moved" not in there.sentence

        # It is the planned value again, and another variable is not what the scan saw.
        cloud.write("chat-notifier", {**before, "CHANNEL": "#all"})
        await there.press("c")
        await there.arrives("plan")
        await there.idle()
        assert "1 credential, 1 function." in there.text and "blocked" not in there.text
        await agree(there)
        await there.sees("1 function moved and proven")
        await there.idle()
        await confirm(there, "U", "undo")
        assert "Undone and read back." in there.text
    assert cloud.variables("chat-notifier") == {**before, "CHANNEL": "#all"}, "theirs stays"
    cloud.write("chat-notifier", before)


async def test_the_connection_is_lost_in_the_middle_and_comes_back(cloud, as_before, tmp_path):
    async with interface(cloud, tmp_path) as there:
        await look(there)
        # Every attempt at reading tags is one too many: nothing is wrong with a right.
        too_many = Fault("GET /2017-03-31/tags/", 999, 429, "TooManyRequestsException", "Too fast")
        cloud.line.faults.append(too_many)
        await plan_for(there, "crm")
        cloud.line.faults.remove(too_many)
        assert "Try again in a moment" in there.text and "Grant the operator" not in there.text
        await there.press("c")
        await there.arrives("plan")
        await there.idle()
        assert "1 credential, 1 function." in there.text

        def cut() -> None:
            cloud.line.down = True

        # The request arrives, its answer does not, and nothing does from then on.
        cloud.line.faults.append(Fault("CreateSecret", lost=True, after=cut))
        await agree(there)
        await there.sees("1 failed and left as they were, still answering")
        assert "AWS gave no answer to creating the secret" in there.sentence
        assert "1 change without an answer: R or U looks at it first." in there.sentence
        cloud.line.down = False
        await there.idle()
        await confirm(there, "R", "resume")
        assert "1 function moved and proven" in there.text
        assert cloud.writes().count("CreateSecret") == 1, "it is read before it is written again"
        await confirm(there, "U", "undo")
        assert "Undone and read back." in there.text


@pytest.fixture
def impatient(cloud: Cloud) -> Iterator[Cloud]:
    """Where a silence is said after a moment; the line speaks again at the end."""
    yield replace(cloud, silence=1.0)
    cloud.line.lost = frozenset()
    cloud.line.speak()


async def test_a_silent_line_is_said_and_the_run_goes_on_by_itself(impatient, as_before, tmp_path):
    line = impatient.line
    async with interface(impatient, tmp_path, size=NARROW) as there:
        await look(there)
        await plan_for(there, "crm")

        def hold() -> None:
            line.silence()
            line.wait()

        # The secret is made; that it is made is not heard.
        line.faults.append(Fault("CreateSecret", after=hold))
        await agree(there)
        await there.sees("No connection to AWS eu-west-1 (secretsmanager) for ")
        assert "What was sent last may have arrived" in there.sentence
        assert "Nothing is broken, and it asks again by itself. S stops." in there.sentence
        await there.until(
            lambda: there.app.session.run.silent["AWS eu-west-1 (secretsmanager)"].seconds > 2,
            "the seconds go on",
        )
        line.speak()
        await there.sees("1 function moved and proven")
        assert "No connection" not in there.text
        await there.idle()
        said = [line.text for line in there.app.session.run.log]
        assert "AWS eu-west-1 (secretsmanager) answers again" in said
        assert impatient.writes().count("CreateSecret") == 1
        await confirm(there, "U", "undo")
        assert "Undone and read back." in there.text


async def test_a_region_is_lost_during_a_scan_and_read_by_the_next(impatient, as_before, tmp_path):
    line = impatient.line
    near, far = REGIONS
    async with interface(impatient, tmp_path) as there:
        line.silence(near, "lambda")
        line.lost = frozenset({far})
        await there.press("enter")
        await there.arrives("scan")
        # What is lost is said while the other is still waited for.
        await there.sees(f"No connection to AWS {near} (lambda) for ")
        assert "the other places go on; S stops and keeps what was found." in there.sentence
        await there.sees(f" {far} not read: AWS gave no answer to listing the functions")
        assert "1 place was not read: n leads there, i says why." in there.sentence
        assert there.app.bridge.busy("scan")
        await there.press("n", "i")
        assert "What you can do: Check the network" in there.sentence
        await there.press("escape")
        line.speak()
        await there.idle()
        assert "No connection" not in there.text
        assert f" {far} not read: AWS gave no answer to listing the functions" in there.sentence
        assert "1 place was not read" in there.sentence
        assert regions_found(there) == {near}
        line.lost = frozenset()
        await there.press("c")
        await there.idle()
        assert "not read" not in there.text
        assert regions_found(there) == {near, far}


def regions_found(there: Stage) -> set[str]:
    """Those of the functions in which something was found."""
    locations = [finding.location for finding in there.app.session.report.findings]
    return {found.region for found in locations if isinstance(found, FunctionLocation)}
