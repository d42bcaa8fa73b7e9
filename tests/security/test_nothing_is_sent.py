"""A credential is sent to whoever gave it out only with --verify and consent, and leaves no trace.

The guards: a stand-in for the issuer, which the settings name; a proxy, which other connections go
through; and the kernel, which ends a process that opens a socket of a network. That each sees what
it should is shown by the same scan with consent.
"""

from __future__ import annotations

import csv
import json
import os
import pty
import random
import signal
import string
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.program import PATIENCE, PROGRAM, Answer, Program, check
from tests.unit.verification.stand_in import StandIn, silence, standing_in

from . import no_network
from .sweep import Sweep

HOST = "api.github.com"


@dataclass
class Site:
    program: Program
    issuer: StandIn
    proxy: StandIn
    tokens: list[str]

    @property
    def guards(self) -> dict[str, str]:
        names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
        return {**dict.fromkeys(names, self.proxy.url), "NO_PROXY": "127.0.0.1"}

    def scan(self, *more: str) -> Answer:
        words = ("scan", "tree", "--config", "team.toml", *more)
        return self.program.run(*words, env=self.guards)

    @property
    def quiet(self) -> bool:
        return not self.issuer.connections and not self.proxy.connections


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    program = Program(tmp_path / "program", {"AWS_EC2_METADATA_DISABLED": "true"})
    letters = string.ascii_letters + string.digits
    tokens = ["ghp_" + "".join(random.choices(letters, k=36)) for _ in range(2)]
    (program.here / "tree").mkdir()
    text = "".join(f"T{number}_TOKEN={token}\n" for number, token in enumerate(tokens))
    (program.here / "tree/app.env").write_text(text)
    with standing_in() as issuer, standing_in() as proxy:
        setting = f'[verify.endpoints]\n"{HOST}" = "{issuer.url}"\n'
        (program.here / "team.toml").write_text(setting)
        yield Site(program, issuer, proxy, tokens)
    program.close()


def test_a_scan_without_the_flag_connects_to_nobody_and_with_it_the_guards_see_it(
    site: Site,
) -> None:
    for form in ("table", "sarif"):
        answer = site.scan("--format", form)
        assert answer.code == 1 and site.quiet, answer
    data = json.loads(site.scan("--format", "json").out)
    assert {finding["verification"] for finding in data["findings"]} == {None}

    answer = site.scan("--verify", "--yes", "--format", "json")
    assert answer.code == 1, answer
    assert len(site.issuer.asked) == 2 and not site.proxy.connections
    found = answer.data("findings")["findings"]
    assert {one["verification"]["outcome"] for one in found} == {"active"}
    assert {one["verification"]["host"] for one in found} == {site.issuer.host}
    assert f"2 github-token to {site.issuer.host}" in answer.err


def under_the_kernels_eye(site: Site, *more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(PROGRAM), "scan", "tree", *more],
        cwd=site.program.here,
        env=site.program.environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        preexec_fn=no_network.forbid,
    )


@pytest.mark.skipif(not no_network.CAN, reason="NOTHING IS TESTED HERE of sockets: no seccomp")
def test_a_scan_without_the_flag_opens_no_socket_of_any_network(site: Site) -> None:
    done = under_the_kernels_eye(site)
    assert done.returncode == 1 and b"2 plaintext credentials" in done.stdout, done
    done = under_the_kernels_eye(site, "--verify", "--yes", "--config", "team.toml")
    assert done.returncode == no_network.ENDED, "the guard does spring"


def test_another_host_than_the_one_of_this_machine_is_reached_through_the_proxy(site: Site) -> None:
    (site.program.here / "team.toml").write_text(
        f'[verify.endpoints]\n"{HOST}" = "https://localhost:9"\n'
    )
    answer = site.scan("--verify", "--yes")
    assert {path for path, _ in site.proxy.asked} == {"localhost:9"}
    assert not any(token in head for _, head in site.proxy.asked for token in site.tokens)
    assert answer.out.count("unknown, asked localhost:9") == 2


@pytest.mark.parametrize("options", [("--verify",), ("--yes",)])
def test_half_a_consent_is_none(site: Site, options: tuple[str, ...]) -> None:
    answer = site.scan(*options)
    assert answer.code == 2 and not answer.out and site.quiet, answer


def test_settings_that_nobody_named_may_not_say_who_is_asked(site: Site) -> None:
    (site.program.here / "team.toml").rename(site.program.here / "secretshift.toml")
    answer = site.program.run("scan", "tree", "--verify", "--yes", env=site.guards)
    assert answer.code == 2 and "--config secretshift.toml" in answer.err, answer
    assert site.quiet


def test_rules_that_nobody_named_say_what_is_found_and_not_who_gets_it(site: Site) -> None:
    key = "acmekey_" + "".join(random.choices(string.ascii_lowercase, k=20))
    (site.program.here / "tree/app.env").write_text(f"K={key}\n")
    (site.program.here / "own.yml").write_text(
        "rules:\n  - name: Acme\n    id: custom.acme\n    pattern: '(acmekey_[a-z]{20})'\n"
        "    validation:\n      type: Http\n      content:\n        request:\n"
        f"          method: GET\n          url: {site.issuer.url}/me\n"
        "          response_matcher:\n            - {type: StatusMatch, status: [200]}\n"
    )
    settings = '[scan]\nrules = ["own.yml"]\n'
    (site.program.here / "secretshift.toml").write_text(settings)
    answer = site.program.run("scan", "tree", "--verify", "--yes", env=site.guards)
    assert answer.code == 1 and "not checked: no check is known for it" in answer.out, answer
    assert site.quiet


def test_no_value_is_left_anywhere(site: Site) -> None:
    answer = site.program.run(
        *("scan", "tree", "--config", "team.toml", "--verify", "--yes", "-vvv"), env=site.guards
    )
    assert len(site.issuer.asked) == 2
    values = {f"token {number}": token for number, token in enumerate(site.tokens)}
    sweep = Sweep(values)
    assert not sweep.of(answer.out.encode()) and not sweep.of(answer.err.encode())
    folder = site.program.folder
    assert not sweep.below(site.program.workspace, site.program.home, site.program.tmp)
    assert set(sweep.below(folder)) == {str(site.program.here / "tree/app.env")}


def test_the_outcome_is_remembered_and_the_next_scan_starts_without(site: Site) -> None:
    site.scan("--verify", "--yes")
    answer = site.scan("--format", "json")
    check("findings", json.loads(answer.out))
    assert len(site.issuer.asked) == 2
    assert {one["verification"] for one in json.loads(answer.out)["findings"]} == {None}


def test_csv_says_who_said_it_and_when(site: Site) -> None:
    said = site.scan("--verify", "--yes", "--format", "csv").out.splitlines()
    asked = [cells for cells in csv.DictReader(said) if cells["verification"] == "active"]
    assert asked and {cells["verified_by"] for cells in asked} == {site.issuer.host}
    assert all(cells["verified_at"].endswith("Z") for cells in asked)


def on_a_terminal(site: Site, word: str) -> tuple[int, str, str]:
    """Code, what was asked, and the report, when a person types this word."""
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), "scan", "tree", "--config", "team.toml", "--verify"],
        cwd=site.program.here,
        env=site.program.environment(site.guards),
        stdin=inner,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(inner)
    assert process.stderr is not None
    asked = b""
    while b"Type yes" not in asked:
        asked += (piece := os.read(process.stderr.fileno(), 1000))
        assert piece, asked
    assert site.quiet, "nothing is sent before the answer"
    os.write(outer, word.encode() + b"\n")
    out, rest = process.communicate(timeout=PATIENCE)
    os.close(outer)
    return process.returncode, (asked + rest).decode(), out.decode()


def test_a_person_is_told_what_goes_where_and_may_say_no(site: Site) -> None:
    code, asked, out = on_a_terminal(site, "no")
    assert f"2 github-token to {site.issuer.host}" in asked and "1 host" in asked
    assert "nothing was sent" in asked and site.quiet
    assert code == 1 and "2 plaintext credentials" in out and "verified" not in out


def test_a_person_may_say_yes(site: Site) -> None:
    code, _asked, out = on_a_terminal(site, "yes")
    assert code == 1 and len(site.issuer.asked) == 2
    assert out.count(f"verified: active, says {site.issuer.host}") == 2


def test_ctrl_c_breaks_off_what_is_under_way(site: Site) -> None:
    site.issuer.answer = silence
    running = site.program.start(
        *("scan", "tree", "--config", "team.toml", "--verify", "--yes"), env=site.guards
    )
    assert site.issuer.came.wait(20)
    running.signal(signal.SIGINT)
    answer = running.end()
    assert answer.code == 130, answer
    assert answer.out.count("not checked: it was stopped before") == 2
