"""The program as it is installed, in processes of its own: what it prints, answers and leaves."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.ports.fault_proxy import Fault, FaultProxy

from .program import PROGRAM, QUICK, Program, check, git
from .world import FAR, NEAR, World

PASSWORD = "kirsche-Mond-17"
TOKEN = "tok-Vw83hdkQpe71"
OTHER = "tok-Ln52xbqWse94"
URL = f"postgresql://shop:{PASSWORD}@db.internal:5432/orders"
HIDDEN = (PASSWORD, TOKEN, OTHER)


@pytest.fixture
def offline(tmp_path: Path):
    """The program without a cloud."""
    made = Program(tmp_path / "offline", {})
    yield made
    made.close()


@pytest.fixture
def program(world: World, tmp_path: Path):
    """The program, led to the embedded cloud of `world`."""
    made = Program(tmp_path / "program", world.aws.environment)
    made.take_the_first_match()
    yield made
    made.close()


def login(world: World, name: str, *denied: Mapping[str, Any]) -> dict[str, str]:
    """Keys of a user who may do everything but what is denied."""
    iam = world.client("iam")
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statements = [allow, *({"Effect": "Deny", "Resource": "*", **each} for each in denied)]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=document)
    return keys_of(world, name)


def keys_of(world: World, name: str) -> dict[str, str]:
    key = world.client("iam").create_access_key(UserName=name)["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def everything(world: World, region: str = NEAR) -> dict[str, Any]:
    """All that a run could have changed in a region."""
    functions = world.client("lambda", region).list_functions()["Functions"]
    return {
        "functions": {function["FunctionName"]: function for function in functions},
        "layers": world.client("lambda", region).list_layers()["Layers"],
        "secrets": world.secrets(region),
        "policies": {
            role["RoleName"]: world.policies(role["RoleName"])
            for role in world.client("iam").list_roles()["Roles"]
        },
    }


def repository(where: Path) -> Path:
    """A work tree: one tracked file, one that git does not know, one that it ignores."""
    where.mkdir()
    git(where, "init", "-q")
    (where / "settings.py").write_text(f'import os\n\nDB_PASSWORD = "{PASSWORD}"\n')
    (where / ".gitignore").write_text("ignored.py\n")
    git(where, "add", ".")
    git(where, "commit", "-qm", "start")
    (where / "new.py").write_text(f'API_TOKEN = "{TOKEN}"\n')
    (where / "ignored.py").write_text(f'API_TOKEN = "{OTHER}"\n')
    return where


def hides(*texts: str) -> bool:
    return not any(value in text for value in HIDDEN for text in texts)


# Looking


def test_scan_of_a_work_tree_and_of_functions(world, program):
    world.function("api", {"DATABASE_URL": URL}, {"TABLE_NAME": "orders"})
    tree = repository(program.folder / "tree")
    answer = program.run("scan", str(tree), "--aws", "--format", "json")
    assert answer.code == 1, answer
    report = answer.data("findings")
    assert list(report) == ["schema", "findings", "errors", "not_searched", "known"]
    found = {
        f["location"].get("path", f["location"].get("variable")): f for f in report["findings"]
    }
    assert set(found) == {"settings.py", "new.py", "DATABASE_URL"}
    assert found["settings.py"]["location"] == {
        "type": "file",
        "root": str(tree),
        "path": "settings.py",
        "line": 3,
        "column": 16,
    }
    assert found["DATABASE_URL"]["location"] == {
        "type": "function",
        "cloud": "aws",
        "account": world.aws.account,
        "region": NEAR,
        "function": "api",
        "qualifier": "$LATEST",
        "variable": "DATABASE_URL",
    }
    # The password of the URL and the password of the file are one credential.
    assert found["settings.py"]["credential"] == found["DATABASE_URL"]["credential"]
    assert found["settings.py"]["credential"] != found["new.py"]["credential"]
    assert report["errors"] == [] and report["not_searched"]
    assert hides(answer.out, answer.err)

    alone = program.run("scan", "--aws", "--format", "json").data("findings")
    assert [f["location"]["type"] for f in alone["findings"]] == ["function"]
    assert any("Files" in sentence for sentence in alone["not_searched"])

    rows = program.run("scan", str(tree), "--aws", "--format", "csv")
    assert rows.code == 1, rows
    read = list(csv.DictReader(rows.out.splitlines()))
    assert {row["id"] for row in read} == {f["id"] for f in report["findings"]}
    assert {(row["path"], row["line"], row["variable"]) for row in read} == {
        ("settings.py", "3", ""),
        ("new.py", "1", ""),
        ("", "", "DATABASE_URL"),
    }
    assert hides(rows.out, rows.err)


def test_versions_and_aliases_are_reported_with_their_qualifiers(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    client = world.client("lambda")
    version = client.publish_version(FunctionName="api")["Version"]
    client.create_alias(FunctionName="api", Name="live", FunctionVersion=version)
    world.edit("api", lambda v: v.pop("API_TOKEN"))
    answer = program.run("scan", "--aws", "--format", "json")
    assert answer.code == 1, answer
    findings = answer.data("findings")["findings"]
    assert {f["location"]["qualifier"] for f in findings} == {version, "live"}
    assert len({f["credential"] for f in findings}) == 1
    assert len({f["id"] for f in findings}) == 2


def test_a_folder_without_a_credential_is_clean(offline):
    (offline.here / "app.py").write_text("TABLE_NAME = 'orders'\n")
    answer = offline.run("scan", "--format", "json")
    assert answer.code == 0, answer
    assert answer.data("findings")["findings"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "not-there"],
        ["scan", "--region", NEAR],
        ["scan", "--nonsense"],
        ["nonsense"],
        ["migrate", "--plan", "not-there.json", "--yes"],
        ["migrate", "--aws", "--region", "mars-north-1", "--all-regions", "--yes"],
        ["plan", "--store-files"],
        ["show", "r-19990101"],
        ["undo", "last", "--yes"],
    ],
)
def test_a_wrong_command_line_is_2_and_says_why_in_one_line(offline, arguments):
    answer = offline.run(*arguments)
    assert answer.code == 2, answer
    assert answer.out == ""
    assert answer.err.strip() and "Traceback" not in answer.err


def test_an_unknown_key_of_the_settings_is_2_and_names_the_nearest(offline):
    (offline.here / "secretshift.toml").write_text("[migrate]\nconcurency = 2\n")
    answer = offline.run("scan")
    assert answer.code == 2, answer
    assert "migrate.concurency" in answer.err and "migrate.concurrency" in answer.err


def test_a_defect_is_70_without_a_traceback_or_a_value(offline):
    patch = offline.folder / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "from secretshift.detection import Detector\n"
        "def text(self, path, content):\n"
        "    raise RuntimeError('broken by ' + content)\n"
        "Detector.text = text\n"
    )
    (offline.here / "app.py").write_text(f"API_TOKEN = '{TOKEN}'\n")
    answer = offline.run("scan", "-vvv", env={"PYTHONPATH": str(patch)})
    assert answer.code == 70, answer
    assert "Traceback" not in answer.err and "RuntimeError" in answer.err
    assert hides(answer.out, answer.err)


def test_a_denied_region_is_in_the_errors_and_beats_the_findings(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    only_near = {"StringEquals": {"aws:RequestedRegion": FAR}}
    keys = login(world, "near", {"Action": "lambda:*", "Condition": only_near})
    options = ("--aws", "--region", NEAR, "--region", FAR)
    answer = program.run("scan", *options, "--format", "json", env=keys)
    assert answer.code == 3, answer
    report = answer.data("findings")
    assert len(report["findings"]) == 1
    (error,) = report["errors"]
    assert error["code"] == "access-denied" and FAR in error["source"] and error["hint"]

    table = program.run("scan", *options, env=keys)
    assert table.code == 3 and FAR in table.out and "access" in table.out.lower(), table


def test_a_lister_that_is_denied_never_looks_clean(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    nobody = login(world, "nobody", {"Action": "lambda:ListFunctions"})
    answer = program.run("scan", "--aws", "--format", "json", env=nobody)
    assert answer.code == 3, answer
    assert [e["code"] for e in answer.data("findings")["errors"]] == ["access-denied"]
    half = login(world, "half", {"Action": "lambda:ListVersionsByFunction"})
    report = program.run("scan", "--aws", "--format", "json", env=half).data("findings")
    assert len(report["findings"]) == 1
    assert [e["source"] for e in report["errors"]] == [f"versions of {NEAR}/api"]


def test_an_environment_under_a_foreign_key_is_reported_and_never_written(world, program):
    key = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.function("locked", {"API_TOKEN": TOKEN}, KMSKeyArn=key)
    before = world.configuration("locked")
    keys = login(world, "stranger", {"Action": "kms:Decrypt"})
    answer = program.run("scan", "--aws", "--format", "json", env=keys)
    assert answer.code == 3, answer
    assert [e["code"] for e in answer.data("findings")["errors"]] == ["environment-unreadable"]
    migrated = program.run("migrate", "--aws", "--yes", "--format", "json", env=keys)
    assert migrated.code == 3, migrated
    result = migrated.data("migrated")
    assert result["blocked"] == [f"{NEAR}/locked"] and result["moved"] == []
    assert world.configuration("locked")["RevisionId"] == before["RevisionId"]
    assert world.variables("locked") == before["Environment"]["Variables"]
    assert world.secrets() == {}


# There and back


def test_a_whole_migration_from_a_plan_file_and_back(world, program):
    world.function("api", {"DATABASE_URL": URL, "API_TOKEN": TOKEN})
    before = world.variables("api")
    file = program.here / "plan.json"
    planned = program.run("plan", "--aws", "-o", "plan.json")
    assert planned.code == 0, planned
    assert file.stat().st_mode & 0o777 == 0o600
    check("plan", json.loads(file.read_text()))
    # No value of any variable, harmless ones included.
    assert hides(planned.out, planned.err, file.read_text())
    assert before["LOG_LEVEL"] == "info" and '"info"' not in file.read_text()

    migrated = program.run("migrate", "--plan", "plan.json", "--yes", "--format", "json")
    assert migrated.code == 0, migrated
    result = migrated.data("migrated")
    assert result["status"] == "done" and result["moved"] == [f"{NEAR}/api"]
    assert "Azure and Google Cloud" in result["not_searched"]
    assert not {"API_TOKEN", "DATABASE_URL"} & set(world.variables("api"))
    assert world.all_answer()

    again = program.run("migrate", "--aws", "--yes")
    assert again.code == 0 and "Nothing to do" in again.out, again

    runs = program.run("runs", "--format", "json").data("runs")["runs"]
    assert [(run["id"], run["status"]) for run in runs] == [(result["run"], "done")]
    assert list(runs[0]) == ["id", "started", "ended", "status", "changes"]
    shown = program.run("show", "last", "--format", "json").data("run")
    assert shown["run"]["id"] == result["run"]
    assert len(shown["changes"]) == runs[0]["changes"]
    assert {change["state"] for change in shown["changes"]} == {"done"}
    assert shown["plan"]["not_searched"] == result["not_searched"]
    proved = program.run("proof", "last", "--format", "json").data("proof")
    assert proved["not_searched"] == result["not_searched"]

    undone = program.run("undo", "last", "--yes", "--format", "json")
    assert undone.code == 0, undone
    result = undone.data("undone")
    assert result["restored"] == [f"{NEAR}/api"]
    assert [item["variable"] for item in result["in_plain"]] == ["API_TOKEN", "DATABASE_URL"]
    shown = program.run("show", "last", "--format", "json").data("run")
    assert shown["in_plain"] == result["in_plain"]
    assert world.variables("api") == before
    assert world.all_answer() and all(world.secrets().values())

    second = program.run("undo", "last", "--yes")
    assert second.code == 0 and "nothing to do" in second.out, second
    (since,) = {item["since"] for item in result["in_plain"]}
    for said in (second.out, program.run("show", "last").out):
        assert f"{NEAR}/api API_TOKEN: again since {since}" in said
    assert program.workspace.stat().st_mode & 0o777 == 0o700
    assert hides(migrated.err, again.err, undone.err, json.dumps(shown))


def test_a_plan_that_the_world_has_overtaken_is_3_and_changes_nothing(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    assert program.run("plan", "--aws", "-o", "plan.json").code == 0
    world.edit("api", lambda v: v.update({"API_TOKEN": OTHER}))
    before = everything(world)
    answer = program.run("migrate", "--plan", "plan.json", "--yes", "--format", "json")
    assert answer.code == 3, answer
    assert [failure["code"] for failure in answer.data("migrated")["failures"]] == ["source-moved"]
    assert everything(world) == before


def test_neither_a_dry_run_nor_a_missing_yes_changes_anything(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    before = everything(world)
    dry = program.run("migrate", "--aws", "--dry-run", "--format", "json")
    assert dry.code == 0, dry
    assert [f["function"]["name"] for f in dry.data("plan")["functions"]] == ["api"]
    silent = program.run("migrate", "--aws")
    assert silent.code == 2 and "--yes" in silent.err, silent
    assert everything(world) == before
    assert program.run("runs", "--format", "json").data("runs")["runs"] == []

    assert program.run("migrate", "--aws", "--yes").code == 0
    after = everything(world)
    for command in ("undo", "resume"):
        refused = program.run(command, "last")
        assert refused.code == 2 and "--yes" in refused.err, refused
    assert everything(world) == after


def test_what_is_chosen_is_planned_and_nothing_else(world, program):
    world.function("pay-api", {"API_TOKEN": TOKEN, "DATABASE_URL": URL})
    world.function("mail", {"MAIL_TOKEN": OTHER, "SALT": "Hq7bn2xW"})

    def planned(*options: str) -> set[tuple[str, str]]:
        answer = program.run("plan", "--aws", "--format", "json", *options)
        assert answer.code in (0, 3), answer
        return {
            (function["function"]["name"], variable["name"])
            for function in answer.data("plan")["functions"]
            for variable in function["variables"]
        }

    everywhere = planned()
    assert everywhere >= {
        ("pay-api", "API_TOKEN"),
        ("pay-api", "DATABASE_URL"),
        ("mail", "MAIL_TOKEN"),
    }
    assert planned("--only", "function:pay-*") == {pair for pair in everywhere if "pay" in pair[0]}
    assert planned("--exclude", "kind:postgres-*") == everywhere - {("pay-api", "DATABASE_URL")}
    assert planned("--only", "variable:MAIL_*", "--exclude", "function:pay-*") == {
        ("mail", "MAIL_TOKEN")
    }
    assert ("mail", "SALT") in everywhere
    assert planned("--min-confidence", "high") == everywhere - {("mail", "SALT")}
    low = program.run("plan", "--aws", "--min-confidence", "low")
    assert low.code == 2, low


def test_the_plaintext_can_be_kept_and_removed_later(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    kept = program.run("migrate", "--aws", "--yes", "--keep-plaintext", "--format", "json")
    assert kept.code == 0, kept
    assert kept.data("migrated")["kept"] == [f"{NEAR}/api"]
    assert world.variables("api")["API_TOKEN"] == TOKEN
    assert "API_TOKEN_SECRET_ARN" in world.variables("api")
    # What the run was not allowed to do, its resumption does not do either.
    assert program.run("resume", "last", "--yes").code == 0
    assert world.variables("api")["API_TOKEN"] == TOKEN
    removed = program.run("resume", "last", "--yes", "--remove-plaintext")
    assert removed.code == 0, removed
    assert "API_TOKEN" not in world.variables("api")
    assert world.all_answer()
    assert len(world.secrets()) == 1


def test_credentials_of_files_are_stored_on_request_only(world, program):
    tree = repository(program.folder / "tree")
    listed = program.run("plan", str(tree), "--format", "json")
    assert listed.code == 0, listed
    plan = listed.data("plan")
    assert plan["secrets"] == [] and len(plan["work"]) == 2
    stored = program.run("migrate", str(tree), "--store-files", "--region", FAR, "--yes")
    assert stored.code == 0, stored
    assert world.secrets(NEAR) == {}
    store = world.client("secretsmanager", FAR)
    contents = {
        store.get_secret_value(SecretId=name)["SecretString"] for name in world.secrets(FAR)
    }
    assert len(contents) == 2
    assert all(any(value in text for text in contents) for value in (PASSWORD, TOKEN))
    assert hides(stored.out, stored.err)
    undone = program.run("undo", "last", "--yes")
    assert undone.code == 0 and all(world.secrets(FAR).values()), undone


def test_a_plan_file_with_secrets_of_files_has_nothing_to_do_the_second_time(world, program):
    tree = repository(program.folder / "tree")
    planned = program.run("plan", str(tree), "--store-files", "--region", FAR, "-o", "plan.json")
    assert planned.code == 0, planned
    assert program.run("migrate", "--plan", "plan.json", "--yes").code == 0
    before = world.secrets(FAR)
    again = program.run("migrate", "--plan", "plan.json", "--yes", "--format", "json")
    assert again.code == 0, again
    data = again.data("migrated")
    assert (data["run"], data["status"], data["failures"]) == ("", "nothing to do", [])
    assert len(program.run("runs", "--format", "json").data("runs")["runs"]) == 1
    assert world.secrets(FAR) == before and len(before) == 2


def test_what_has_no_resolver_gets_everything_but_the_removal(world, program):
    image = world.client("lambda").create_function(
        FunctionName="image",
        PackageType="Image",
        Code={"ImageUri": f"{world.aws.account}.dkr.ecr.{NEAR}.amazonaws.com/orders:1"},
        Role=world.role("image"),
        Environment={"Variables": {"API_TOKEN": TOKEN}},
    )
    assert image["PackageType"] == "Image"
    world.function("ruby", {"MAIL_TOKEN": OTHER}, runtime="ruby3.3")
    text = program.run("plan", "--aws")
    assert text.code == 0, text
    hints = {
        function["function"]["name"]: function["code_hint"]
        for function in program.run("plan", "--aws", "--format", "json").data("plan")["functions"]
    }
    assert "API_TOKEN_SECRET_ARN" in hints["image"] and "MAIL_TOKEN_SECRET_ARN" in hints["ruby"]

    answer = program.run("migrate", "--aws", "--yes", "--format", "json")
    assert answer.code == 0, answer
    assert sorted(answer.data("migrated")["kept"]) == [f"{NEAR}/image", f"{NEAR}/ruby"]
    client = world.client("lambda")
    for name, variable, value in (("image", "API_TOKEN", TOKEN), ("ruby", "MAIL_TOKEN", OTHER)):
        config = client.get_function_configuration(FunctionName=name)
        variables = config["Environment"]["Variables"]
        assert variables[variable] == value, "its plaintext stays"
        assert variables[f"{variable}_SECRET_ARN"].startswith("arn:aws:secretsmanager:")
        assert "AWS_LAMBDA_EXEC_WRAPPER" not in variables and not config.get("Layers")
        assert world.policies(name) == [f"secretshift-{NEAR}-{name}"]


def test_what_has_no_resolver_has_nothing_to_do_the_second_time(world, program):
    world.function("ruby", {"MAIL_TOKEN": OTHER}, runtime="ruby3.3")
    assert program.run("migrate", "--aws", "--yes").code == 0
    again = program.run("migrate", "--aws", "--yes")
    assert again.code == 0 and "Nothing to do" in again.out, again


def test_a_test_event_of_the_settings_is_a_proof(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    keys = login(world, "no-twins", {"Action": "lambda:CreateFunction"})
    options = ("migrate", "--aws", "--yes", "--format", "json")
    without = program.run(*options, env=keys)
    assert without.code == 3, without
    assert world.variables("api")["API_TOKEN"] == TOKEN
    (program.here / "secretshift.toml").write_text(
        QUICK + '[functions."api"]\ntest_event = { names = ["API_TOKEN"] }\n'
    )
    proved = program.run(*options, env=keys)
    assert proved.code == 0, proved
    assert proved.data("migrated")["moved"] == [f"{NEAR}/api"]
    assert world.all_answer()


# Stopping


@dataclass
class Held:
    """A cloud whose answer to one request waits until the test lets it go."""

    variables: dict[str, str]
    reached: threading.Event
    go: threading.Event


@pytest.fixture
def held(world: World):
    """The layer is published, and the program has not heard of it yet."""
    reached, go = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        go.wait(60)

    layer = Fault("POST /2018-10-31/layers/secretshift-resolver/versions", after=wait)
    with FaultProxy(world.aws.endpoint, [layer]) as proxy:
        names = [name for name in world.aws.environment if name.startswith("AWS_ENDPOINT_URL")]
        yield Held(dict.fromkeys(names, proxy.endpoint), reached, go)
        go.set()


def test_ctrl_c_finishes_the_change_in_hand_and_the_run_can_be_resumed(world, program, held):
    world.function("api", {"API_TOKEN": TOKEN})
    running = program.start("migrate", "--aws", "--yes", env=held.variables)
    assert held.reached.wait(60)
    running.signal(signal.SIGINT)
    running.hear("Finishing the change in hand")
    running.signal(signal.SIGINT)
    running.hear("Still finishing the change in hand")
    assert running.process.poll() is None
    held.go.set()
    stopped = running.end()
    assert stopped.code == 130, stopped
    assert "secretshift resume" in stopped.out
    assert world.answers("api") and world.variables("api")["API_TOKEN"] == TOKEN
    shown = program.run("show", "last", "--format", "json").data("run")
    assert shown["run"]["status"] == "interrupted"
    done = {change["type"]: change["state"] for change in shown["changes"]}
    assert done == {"create-secret": "done", "publish-layer": "done"}
    resumed = program.run("resume", "last", "--yes", "--format", "json")
    assert resumed.code == 0, resumed
    assert resumed.data("migrated")["moved"] == [f"{NEAR}/api"]
    assert_moved(world)


def test_insisting_ends_at_once_and_the_run_can_still_be_resumed(world, program, held):
    world.function("api", {"API_TOKEN": TOKEN})
    running = program.start("migrate", "--aws", "--yes", env=held.variables)
    assert held.reached.wait(60)
    for sentence in ("Finishing the change", "Still finishing", "Stopped at once"):
        running.signal(signal.SIGINT)
        running.hear(sentence)
    stopped = running.end()
    assert stopped.code == 130, stopped
    assert not held.go.is_set(), "it did not wait for the change in hand"
    shown = program.run("show", "last", "--format", "json").data("run")
    assert shown["run"]["stopped"] is True
    assert "started" in {change["state"] for change in shown["changes"]}
    resumed = program.run("resume", "last", "--yes")
    assert resumed.code == 0, resumed
    assert_moved(world)
    assert len(world.client("lambda").list_layers()["Layers"]) == 1


def assert_moved(world: World) -> None:
    assert "API_TOKEN" not in world.variables("api")
    assert world.all_answer() and len(world.secrets()) == 1 and world.probes() == []


def test_ctrl_c_while_nothing_is_written_leaves_no_run(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    reached, go = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        go.wait(60)

    with FaultProxy(world.aws.endpoint, [Fault("GET /2015-03-31/functions", after=wait)]) as proxy:
        names = [name for name in world.aws.environment if name.startswith("AWS_ENDPOINT_URL")]
        running = program.start(
            "migrate", "--aws", "--yes", env=dict.fromkeys(names, proxy.endpoint)
        )
        assert reached.wait(60)
        running.signal(signal.SIGINT)
        running.hear("nothing was changed")
        go.set()
        stopped = running.end()
    assert stopped.code == 130, stopped
    assert world.secrets() == {}
    assert program.run("runs", "--format", "json").data("runs")["runs"] == []


def test_a_login_that_expires_stops_resumably(world, program):
    world.function("api", {"API_TOKEN": TOKEN})
    keys = login(world, "tired")
    running = program.start("migrate", "--aws", "--yes", "--concurrency", "1", env=keys)
    running.hear("Create secret")
    world.client("iam").update_access_key(
        UserName="tired", AccessKeyId=keys["AWS_ACCESS_KEY_ID"], Status="Inactive"
    )
    stopped = running.end()
    assert stopped.code == 3, stopped
    assert "log in again" in stopped.out.lower() and "secretshift resume" in stopped.out
    assert world.answers("api") and world.variables("api")["API_TOKEN"] == TOKEN
    still = program.run("resume", "last", "--yes", env=keys)
    assert still.code == 3 and "log in again" in (still.out + still.err).lower(), still
    resumed = program.run("resume", "last", "--yes", env=keys_of(world, "tired"))
    assert resumed.code == 0, resumed
    assert_moved(world)


# Around it


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_serves_until_it_is_asked_to_end(offline, number):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    errors = offline.folder / "errors"
    with errors.open("wb") as err:
        process = subprocess.Popen(
            [str(PROGRAM), "demo", "--serve", "--empty", "--port", str(port)],
            cwd=offline.here,
            env=offline.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    try:
        assert process.stdout is not None
        lines = []
        while (line := process.stdout.readline().rstrip("\n")) != "# ready":
            assert line.startswith("export "), (line, errors.read_text())
            lines.append(line)
        # As a person does it: the shell reads them, and any AWS tool finds its way.
        shell = subprocess.run(
            ["bash", "-c", "\n".join(lines) + "\nenv -0"],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            check=True,
        )
        told = dict(
            pair.split("=", 1) for pair in shell.stdout.decode().split("\0") if "AWS_" in pair
        )
        assert told["AWS_ENDPOINT_URL"].endswith(f":{port}")
        assert told["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"
        scanned = offline.run("scan", "--aws", "--format", "json", env=told)
        assert scanned.code == 0, scanned
        assert scanned.data("findings")["findings"] == []
        process.send_signal(number)
        assert process.wait(20) == 0, errors.read_text()
        assert process.stdout.read() == "" and errors.read_text() == ""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        assert list(offline.tmp.iterdir()) == [], "its folder is gone"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_one(offline, shell):
    answer = offline.run("completion", shell)
    assert answer.code == 0 and "secretshift" in answer.out, answer
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine to read it")
    file = offline.here / "script"
    file.write_text(answer.out)
    subprocess.run([shell, "-n", str(file)], check=True, capture_output=True)
    if shell == "bash":
        script = (
            f". {file}; COMP_WORDS=(secretshift mig); COMP_CWORD=1; "
            '_secretshift_completion secretshift; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        path = f"{PROGRAM.parent}:/usr/bin:/bin"
        done = subprocess.run(
            ["bash", "-c", script],
            env=offline.environment({"PATH": path}),
            capture_output=True,
            text=True,
        )
        assert done.stdout.split() == ["migrate"], done


class Terminal:
    """A real terminal of its own in which a person types."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tmux: list[str] = []

    def _do(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True)
        return done.stdout

    def start(self, program: Program, *arguments: str) -> None:
        self.close()
        where = tempfile.mkdtemp(dir=self._folder)
        self._tmux = ["tmux", "-S", f"{where}/socket", "-f", "/dev/null"]
        script = program.here / "run.sh"
        words = " ".join(f"'{word}'" for word in (str(PROGRAM), *arguments))
        script.write_text(f"#!/bin/sh\n{words}\necho ended with $?\nexec cat\n")
        script.chmod(0o755)
        subprocess.run(
            [*self._tmux, "new-session", "-d", "-x", "180", "-y", "50", str(script)],
            cwd=program.here,
            env=program.environment({"TERM": "screen-256color", "SHELL": "/bin/sh"}),
            check=True,
        )

    def see(self, text: str) -> str:
        """The screen, once the text is on it."""
        deadline = time.monotonic() + 60
        while text not in (screen := self._do("capture-pane", "-p", "-S", "-200")):
            assert time.monotonic() < deadline, f"no {text!r} on the screen:\n{screen}"
            time.sleep(0.05)  # tmux has no event for text on a screen
        return screen

    def type(self, text: str) -> None:
        self._do("send-keys", "-l", text)
        self._do("send-keys", "Enter")

    def close(self) -> None:
        if self._tmux:
            self._do("kill-server")


@pytest.fixture
def terminal(tmp_path: Path):
    if not shutil.which("tmux"):
        pytest.skip("no tmux: NOTHING IS TESTED HERE of a real terminal")
    made = Terminal(tmp_path)
    yield made
    made.close()


def test_in_a_terminal_a_person_is_asked(world, program, terminal):
    world.function("api", {"API_TOKEN": TOKEN})
    before = everything(world)
    terminal.start(program, "migrate", "--aws")
    terminal.see("Type yes to go ahead:")
    terminal.type("y")
    terminal.see("ended with 130")
    assert everything(world) == before

    terminal.start(program, "migrate", "--aws")
    asked = terminal.see("Type yes to go ahead:")
    assert "1 function will refer to Secrets Manager" in asked
    assert everything(world) == before
    terminal.type("yes")
    screen = terminal.see("ended with 0")
    assert "moved" in screen and f"{NEAR}/api" in screen and hides(asked, screen)
    assert world.all_answer() and "API_TOKEN" not in world.variables("api")
