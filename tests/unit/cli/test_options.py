"""What the options mean, which contradict each other, and what settings are the default of."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from secretshift.history import forerunner
from secretshift.model.findings import Confidence, ScanReport
from secretshift.settings import AwsSettings, MigrateSettings, PlanSettings, ScanSettings, Settings
from secretshift.workflow.migrate import MigrateResult
from secretshift.workflow.scan import ScanResult


@pytest.mark.parametrize(
    "arguments",
    [
        "scan --aws --region a --all-regions",
        "scan --region a",
        "scan --all-regions",
        "scan --profile p",
        "scan --exclude-region a",
        "plan --store-files",
        "plan --aws --store-files --region a --region b",
        "plan --min-confidence low",
        "migrate --yes --store-files",
        "migrate --yes --plan p.json src",
        "migrate --yes --plan p.json --aws",
        "migrate --yes --plan p.json --region a",
        "migrate --yes --plan p.json --only x",
        "migrate --yes --plan p.json --exclude x",
        "migrate --yes --plan p.json --min-confidence high",
        "migrate --yes --plan p.json --exclude-path x",
        "migrate --yes --plan p.json --include-path x",
        "migrate --yes --plan p.json --store-files",
        "migrate --yes --plan p.json --name c-1=x",
        "migrate --yes --plan p.json --shape c-1=json",
        "migrate --yes --plan p.json --leave-out api",
        "migrate --yes --plan missing.json",
        "plan --name c-1",
        "plan --name =prod/x",
        "plan --name c-1=",
        "plan --name c-1=prod-stripe",
        "plan --name c-1=a --name c-1=b",
        "plan --shape c-1=xml",
        "plan --shape json",
        "plan --leave-out api:A:B",
        "plan --leave-out :A",
        "plan --leave-out api:",
        "plan --leave-out arn:aws:lambda:eu-west-1:123456789012:function:api:A:B",
        "plan --leave-out arn:aws:lambda:eu-west-1:123456789012:function:",
        "migrate --yes --concurrency 0",
        "undo last --yes --concurrency 99",
        "demo",
        "demo --headless --serve",
        "demo --headless --empty",
        "demo --headless --port 4566",
        "completion csh",
        "kinds no-such-kind",
        "scan --format yaml",
        "scan --fail-on sure",
        "scan --staged --since main",
        "scan --staged --aws",
        "scan src --since main --aws",
        "scan --since",
        "plan --staged",
        "scan --history",
        "scan --unreachable",
        "scan --history --staged",
        "scan --history --since main",
        "scan --history --aws",
        "plan --history",
        "scan --log-format xml",
        "scan -o",
    ],
)
def test_what_contradicts_itself_ends_before_anything_is_opened(world, arguments):
    answer = world.run(*arguments.split())
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert not world.opened


@pytest.mark.parametrize(
    ("arguments", "paths", "aws"),
    [
        ([], (".",), False),
        (["--aws"], (), True),
        (["src"], ("src",), False),
        (["src", "lib", "--aws"], ("src", "lib"), True),
    ],
)
def test_where_to_look(world, arguments, paths, aws):
    sources = _asked(world, arguments)
    assert (sources.paths, sources.aws) == (paths, aws)


def test_options_come_before_settings_and_settings_before_nothing(world):
    world.settings = Settings(
        scan=ScanSettings(exclude=("set",), include=("set",)),
        aws=AwsSettings(profiles=("set",), regions=("set",), exclude_regions=("set",)),
    )
    sources = _asked(world, ["--aws"])
    assert sources.profiles == sources.regions == sources.include_paths == ("set",)
    sources = _asked(world, ["--aws", "--all-regions"])
    assert sources.regions == () and sources.all_regions
    given = "--aws --profile p --region r --exclude-region e --exclude-path x --include-path i"
    sources = _asked(world, given.split())
    assert (sources.profiles, sources.regions) == (("p",), ("r",))
    assert sources.exclude_regions == ("set", "e")
    assert sources.exclude_paths == ("set", "x")
    assert sources.include_paths == ("i",)


def test_changes_only(world):
    assert not _asked(world, []).partial
    staged, since = _asked(world, ["--staged"]), _asked(world, ["src", "--since", "main"])
    assert (staged.staged, staged.since, staged.paths) == (True, "", (".",))
    assert (since.staged, since.since, since.paths) == (False, "main", ("src",))
    assert staged.partial and since.partial
    assert world.run("scan", "--since", "").code == 2


def test_the_history_of_a_repository(world, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert not _asked(world, [str(tmp_path)]).history
    past = _asked(world, [str(tmp_path), "--history"])
    assert (past.history, past.unreachable) == (True, False)
    assert _asked(world, [str(tmp_path), "--history", "--unreachable"]).unreachable
    assert not any(options["anew"] for options in world.opened)
    for more in ([], ["--history"]):
        _asked(world, [str(tmp_path), *more, "--no-cache"])
        assert world.opened[-1]["anew"]
    with_functions = _asked(world, [str(tmp_path), "--history", "--aws"])
    assert with_functions.history and with_functions.aws
    (tmp_path / "plain").write_text("x", "utf-8")
    answer = world.run("scan", "--history", str(tmp_path / "plain"))
    assert answer.code == 2 and "no git repository" in answer.err
    (tmp_path / ".git" / "HEAD").write_text("garbage", "utf-8")
    answer = world.run("scan", "--history", str(tmp_path))
    assert answer.code == 3 and "a .git here that git does not take" in answer.err


def test_a_process_is_sent_ahead_where_everything_will_be_searched(world, tmp_path, monkeypatch):
    asked: list[tuple[str, bool]] = []

    @contextlib.contextmanager
    def noted(folder: Path, *, unreachable: bool) -> Iterator[None]:
        asked.append((str(folder), unreachable))
        yield

    monkeypatch.setattr(forerunner, "sent", noted)
    monkeypatch.setenv("SECRETSHIFT_HOME", str(tmp_path / "home"))
    repository = str(tmp_path / "repository")
    subprocess.run(["git", "init", "-q", repository], check=True)
    _asked(world, [repository])
    assert asked == []
    _asked(world, [repository, "--history", "--unreachable"])
    assert asked == [(repository, True)]
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "workspace.db").touch()
    _asked(world, [repository, "--history"])
    assert asked == [(repository, True)]
    _asked(world, [repository, "--history", "--no-cache"])
    assert asked == [(repository, True), (repository, False)]


def test_selection_reaches_the_plan(world, made_up_plan):
    world.settings = Settings(plan=PlanSettings(min_confidence=Confidence.HIGH))
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    world.run("plan", "--only", "kind:stripe-*", "--exclude", "function:x", "--exclude", "y")
    world.run("plan", "--min-confidence", "medium", "--store-files", "--region", "eu-west-1")
    first, second = world.called("plan")
    assert first.min_confidence is Confidence.HIGH
    assert (first.only, first.exclude) == (("kind:stripe-*",), ("function:x", "y"))
    assert first.store_files == ""
    assert second.min_confidence is Confidence.MEDIUM
    assert second.store_files == "eu-west-1"
    assert not second.sources.aws


def test_edits_and_what_is_left_out_reach_the_plan(world, made_up_plan):
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:api"
    names = ["--name", "c-1=prod/a=b", "--shape", "c-1=plain", "--shape", "c-2=json"]
    out = ["--leave-out", "cron", "--leave-out", f"{arn}:KEY", "--leave-out", arn]
    world.run("plan", "--aws", *names, *out, "--leave-out", "eu-west-1/api:KEY")
    (request,) = world.called("plan")
    assert [(e.credential, e.name, e.shape) for e in request.edits] == [
        ("c-1", "prod/a=b", ""),
        ("c-1", "", "plain"),
        ("c-2", "", "json"),
    ]
    assert request.left_out == ("cron", f"{arn}|KEY", arn, "eu-west-1/api|KEY")


def test_how_many_at_a_time(world, made_up_plan):
    world.settings = Settings(migrate=MigrateSettings(concurrency=7))
    world.answer("plan.plan", SimpleNamespace(plan=made_up_plan))
    world.answer("migrate.migrate", MigrateResult("", "nothing to do"))
    world.run("migrate", "--yes")
    world.run("migrate", "--yes", "--concurrency", "2")
    assert [request.concurrency for request in world.called("migrate")] == [7, 2]


@pytest.mark.parametrize(
    ("arguments", "environment", "workspace"),
    [
        (["scan"], None, None),
        (["--workspace", "a", "scan"], None, "a"),
        (["scan", "--workspace", "a"], None, "a"),
        (["--workspace", "a", "scan", "--workspace", "b"], None, "b"),
        (["scan"], "home", "home"),
        (["--workspace", "a", "scan"], "home", "a"),
        (["scan", "--workspace", "a"], "home", "a"),
    ],
)
def test_options_of_every_command_stand_before_or_after_it(
    world, arguments, environment, workspace
):
    if environment is not None:
        world.monkeypatch.setenv("SECRETSHIFT_HOME", environment)
    world.answer("scan.scan", ScanResult(ScanReport()))
    assert world.run(*arguments).code == 0
    assert world.opened[-1]["workspace"] == (Path(workspace) if workspace else None)


@pytest.mark.parametrize(
    ("arguments", "configured"),
    [
        (["scan"], (0, "text")),
        (["scan", "-vv"], (2, "text")),
        (["-v", "scan", "-vv"], (3, "text")),
        (["--log-format", "json", "scan"], (0, "json")),
    ],
)
def test_logging_is_set_up_before_the_journey(world, arguments, configured):
    world.answer("scan.scan", ScanResult(ScanReport()))
    world.run(*arguments)
    assert world.logging == [configured]


@pytest.mark.parametrize("arguments", [["--version"], ["scan", "--version"]])
def test_version(world, arguments):
    from secretshift import __version__

    answer = world.run(*arguments)
    assert (answer.code, answer.out) == (0, f"secretshift {__version__}\n")
    assert not world.opened


def test_the_nearest_command_is_named(world):
    assert "Did you mean migrate?" in world.run("migarte").err


def _asked(world, arguments):
    world.answer("scan.scan", ScanResult(ScanReport()))
    assert world.run("scan", *arguments).code == 0
    return world.called("scan")[-1]
