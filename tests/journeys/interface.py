"""The terminal interface on the embedded cloud's samples, with every byte that it sends kept."""

from __future__ import annotations

import asyncio
import hashlib
import html
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from secretshift import logs
from secretshift.changes.patience import Patience
from secretshift.clouds.aws.clocks import SystemClock
from secretshift.demo import samples
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.samples import SampleFunction
from secretshift.demo.story import REGIONS
from secretshift.model.journeys import Emit
from secretshift.settings import AwsSettings, Settings
from secretshift.tui.app import SecretshiftApp
from secretshift.wiring import services
from secretshift.workflow.services import Services
from tests.contract.ports.fault_proxy import FaultProxy
from tests.security.sweep import Sweep
from tests.unit.tui.stage import Stage as OneScreen

from .world import one_detector

WIDE, NARROW = (120, 36), (80, 24)
PATIENCE = 60.0
PIECE, STEP = 12, 6
ARMOUR = re.compile(r"-----[A-Z ]+-----|\\n|\s")
SAME_IN_ALL = {"signing_key": 24, "service_account_key": 24, "stripe_key": 10}
"""How many characters in front every value of the kind has, and what is public is no leak."""
COMPOSED = ("_url", "_jdbc", "_connection", "_credentials", "_header", "service_account")
"""Ends of the names of values that have the secret part under a name of its own."""


def canaries() -> dict[str, str]:
    """The samples' values whole, and their secret parts in pieces: a cell that is too narrow for
    a value shows a part of it."""
    found: dict[str, str] = {}
    for name, value in samples.values().items():
        # The lines around a key are its kind's mask.
        found[name] = ARMOUR.sub("", value) if "-----" in value else value
        if name.endswith(COMPOSED):
            continue
        secret = ARMOUR.sub("", value)[SAME_IN_ALL.get(name, 0) :]
        last = max(0, len(secret) - PIECE)
        for at in sorted({*range(0, last, STEP), last}):
            if at + PIECE <= len(secret):
                found[f"{name} from {at}"] = secret[at : at + PIECE]
    return found


_SWEEP: list[Sweep] = []


def sweep() -> Sweep:
    """One for this process: it takes a while to make."""
    _SWEEP[:] = _SWEEP or [Sweep(canaries())]
    return _SWEEP[0]


# What a terminal takes for itself: strings with their end (OSC and others), CSI, two characters.
_ESCAPE = re.compile(
    r"\x1b[\]PX^_].*?(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]", re.S
)


def without_escapes(sent: str) -> str:
    """The characters that are drawn, one behind the other: styling can split a value."""
    return _ESCAPE.sub("", sent)


def drawn_in(picture: str) -> str:
    """The characters of an SVG, one behind the other."""
    return html.unescape(re.sub(r"<[^>]*>|\n", "", picture)).replace("\xa0", " ")


def shown_values(sent: str) -> list[str]:
    """Names and forms of the values in what was sent to a terminal, clipboard included."""
    both = f"{sent}\0{without_escapes(sent)}"
    return sweep().of(both.encode("utf-8", "surrogateescape"))


@dataclass
class Recorded:
    """Every byte for the terminal, and pictures of what it showed."""

    sent: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)

    def taken(self) -> str:
        """What came since the last time."""
        taken = "".join(self.sent)
        self.sent.clear()
        return taken

    def values(self) -> list[str]:
        """Those that are anywhere in it."""
        seen = "\0".join(f"{picture}\0{drawn_in(picture)}" for picture in self.pictures)
        return sorted({*shown_values("".join(self.sent)), *sweep().of(seen.encode())})


def recording(recorded: Recorded) -> type[HeadlessDriver]:
    """A terminal that is nowhere, and keeps what a real one would have got."""

    class Recorder(HeadlessDriver):
        @property
        def is_headless(self) -> bool:
            # Textual draws for a terminal only, and this one is to get everything.
            return False

        def write(self, data: str) -> None:
            recorded.sent.append(data)

    return Recorder


class Line(FaultProxy):
    """The way to the cloud; it can be cut, as a whole or to some regions, and it can be silent:
    then requests and answers wait until `speak`."""

    down = False
    lost: frozenset[str] = frozenset()

    def __enter__(self) -> Line:
        self._speaks = threading.Event()
        self._speaks.set()
        self._silent: frozenset[str] = frozenset()
        super().__enter__()
        return self

    def silence(self, *of: str) -> None:
        """Of this region, this service, this service in this region; of all without any."""
        self._silent = frozenset(of)
        self._speaks.clear()

    def speak(self) -> None:
        self._speaks.set()

    def wait(self) -> None:
        assert self._speaks.wait(PATIENCE)

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        # The signature names the region: .../20251124/eu-central-1/lambda/aws4_request
        signed = set(handler.headers.get("Authorization", "").split("/"))
        if self._silent <= signed:
            self.wait()
        if self.down or signed & self.lost:
            handler.close_connection = True
            handler.connection.close()
            return
        super().serve(handler)


class Hurried(SystemClock):
    """For an embedded cloud without rates: there is no quota to keep to."""

    def wait(self, seconds: float) -> None:
        return


def digest(text: str) -> str:
    """In place of a value, so that a failed comparison prints none."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass
class Cloud:
    """The samples, behind a line that can be cut. silence: seconds until it is said."""

    aws: EmbeddedAws
    line: Line
    functions: tuple[SampleFunction, ...]
    repository: Path
    silence: float = 10.0

    def client(self, service: str, region: str) -> Any:
        """Past the line."""
        session = samples.session(self.aws, region)
        return session.client(service, endpoint_url=self.aws.endpoint)

    def answers(self) -> dict[str, int]:
        return samples.answers(self.aws, self.functions)

    def state(self) -> dict[str, Any]:
        """What a person of this company would call the same as before: each function's variables,
        layers and role, each role's policies, and each secret that is in force."""
        found: dict[str, Any] = {}
        for region in REGIONS:
            client = self.client("lambda", region)
            for function in client.list_functions()["Functions"]:
                name = function["FunctionName"]
                kept = client.get_function_configuration(FunctionName=name)
                found[f"{region} {name}"] = {
                    "variables": {
                        name: digest(value)
                        for name, value in kept.get("Environment", {}).get("Variables", {}).items()
                    },
                    "layers": [layer["Arn"] for layer in kept.get("Layers", [])],
                    "role": kept["Role"],
                    "key": kept.get("KMSKeyArn"),
                }
            pages = self.client("secretsmanager", region).get_paginator("list_secrets")
            for page in pages.paginate():
                for secret in page["SecretList"]:
                    found[f"{region} secret {secret['Name']}"] = secret["ARN"]
        iam = self.client("iam", REGIONS[0])
        for role in iam.list_roles()["Roles"]:
            name = role["RoleName"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                said = iam.get_role_policy(RoleName=name, PolicyName=policy)
                found[f"role {name} {policy}"] = said["PolicyDocument"]
        return found

    def variables(self, name: str) -> dict[str, str]:
        function = next(f for f in self.functions if f.name == name)
        client = self.client("lambda", function.region)
        kept = client.get_function_configuration(FunctionName=name)
        return dict(kept["Environment"]["Variables"])

    def write(self, name: str, variables: dict[str, str]) -> None:
        """Somebody else's change."""
        function = next(f for f in self.functions if f.name == name)
        client = self.client("lambda", function.region)
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        client.get_waiter("function_updated_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
        )

    def writes(self) -> list[str]:
        """Calls since the line was made that changed something."""
        reads = ("Get", "List", "Describe", "Simulate", "GET ")
        return [r.action for r in self.line.requests if not r.action.startswith(reads)]

    def services(self, workspace: Path, settings: Settings, emit: Emit) -> Services:
        made = services(settings, workspace=workspace, emit=emit)
        return replace(
            made,
            patience=Patience(60.0, 20.0, 0.25, self.silence, steady=0.0),
            detector=one_detector(made.detector),
        )


SETTINGS = Settings(aws=AwsSettings(regions=REGIONS))


_NAMES = {" ": "space", "-": "minus", "_": "underscore", ":": "colon", ".": "full_stop"}
_NAMES |= {"/": "slash", "*": "asterisk", "?": "question_mark"}
_CHARACTERS = {name: letter for letter, name in _NAMES.items()}


@dataclass
class Stage(OneScreen):
    """The application with a whole journey before it. folder: for everything that it writes."""

    recorded: Recorded
    folder: Path

    @property
    def here(self) -> str:
        return getattr(self.app.screen, "NAME", "")

    @property
    def sentence(self) -> str:
        """The screen's words without its lines and columns' edges."""
        return " ".join(self.text.replace("│", " ").split())

    async def press(self, *keys: str) -> None:
        """Pilot's own waits for a process that is idle, and here journeys are at work in it."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            driver.send_message(
                events.Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None))
            )
            await self.settled()

    async def settled(self) -> None:
        """Until every widget has done what waited for it, and the screen is drawn."""
        for _ in range(3):
            await asyncio.sleep(0.001)
            await self.pilot._wait_for_screen()
        self.app.screen._on_timer_update()
        await self.pilot._wait_for_screen()

    async def until(self, fits: Callable[[], bool], what: str = "") -> None:
        deadline = time.monotonic() + PATIENCE
        while not fits():
            assert time.monotonic() < deadline, f"never came: {what}\n{self.text}"
            await asyncio.sleep(0.02)
        await self.settled()

    async def idle(self) -> None:
        """Until no journey is at work and the screen has drawn what came of it."""
        await self.until(lambda: not self.app.bridge.busy(), "the end of what is at work")

    async def type(self, text: str) -> None:
        await self.press(*(_NAMES.get(letter, letter) for letter in text))

    async def arrives(self, screen: str) -> None:
        """At a screen, of which a picture is kept."""
        await self.until(lambda: self.here == screen, f"screen {screen}")
        self.recorded.pictures.append(self.app.export_screenshot())

    async def go_to_row(self, text: str) -> None:
        """Down to the first row that begins with it."""
        rows = self.app.screen.query_one("RowList")
        for _ in range(rows.count):
            row = rows.cursor_row
            if row is not None and row.cells[0].text.startswith(text):
                return
            await self.press("down")
        raise AssertionError(f"no row {text}\n{self.text}")


@asynccontextmanager
async def interface(
    cloud: Cloud,
    folder: Path,
    *,
    size: tuple[int, int] = WIDE,
    screen: str = "start",
    settings: Settings = SETTINGS,
) -> AsyncIterator[Stage]:
    """The application as ``secretshift demo`` opens it, with its workspace in the folder; a sheet
    listens at once, its deafness has tests of its own."""
    recorded = Recorded()
    app = SecretshiftApp(
        settings=settings,
        open_services=lambda emit: cloud.services(folder / "workspace", settings, emit),
        here=cloud.repository,
        screen=screen,
        demo="demo cloud",
    )
    app.quiet = 0.0
    app.driver_class = recording(recorded)
    cloud.line.requests.clear()
    with told_to(folder / "secretshift.log"):
        async with app.run_test(headless=False, size=size, notifications=True) as pilot:
            stage = Stage(app, pilot, recorded, folder)
            await stage.until(lambda: app.session.looked, "the places to look at")
            await stage.idle()
            yield stage
    found = recorded.values()
    assert found == [], found
    left = sweep().below(folder)
    assert left == {}, left


@contextmanager
def told_to(file: Path) -> Iterator[None]:
    """The program's own log at its most talkative."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    with file.open("w") as stream:
        logs.configure(3, "json", stream=stream)
        try:
            yield
        finally:
            root.handlers[:] = before[0]
            root.setLevel(before[1])
            logging.getLogger(logs.OURS).setLevel(logging.NOTSET)
