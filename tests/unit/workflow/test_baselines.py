"""A baseline: what it leaves out, what it lets through, and what its file gives away."""

from __future__ import annotations

import json
import secrets
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.model.baselines import (
    Baseline,
    Key,
    baseline_of,
    compared,
    counts_of,
    key_of,
    renewed,
)
from secretshift.model.codec import to_data
from secretshift.model.errors import ExitCode, UsageProblem
from secretshift.model.findings import HistoryLocation
from secretshift.model.identity import check_digit, plain_name
from secretshift.model.journeys import CancelToken
from secretshift.model.secret_value import SecretValue
from secretshift.reports.json_text import json_text
from secretshift.workflow.baselines import (
    OwnBaseline,
    Renewed,
    empty,
    open_baseline,
    open_document,
    renew,
    scan_against,
)
from secretshift.workflow.scan import ScanResult
from secretshift.workflow.services import Sources

from .conftest import Desk


def made_up(digit: str | None = None, other_than: str | None = None) -> str:
    """A password; digit: with this check digit; other_than: with another one."""
    while True:
        # Of letters alone one in a thousand looks like words.
        value = f"{secrets.token_urlsafe(18)}7"
        mine = check_digit(SecretValue(value))
        if digit not in (None, mine) or other_than == mine:
            continue
        return value


def digit_of(value: str) -> str:
    return check_digit(SecretValue(value))


class Gate:
    """The commands of a pipeline at one desk: a baseline file and scans against it."""

    def __init__(self, desk: Desk, file: Path) -> None:
        self.desk, self.file = desk, file

    def renew(self, *paths: Path, add: bool = True, **more: object) -> Renewed:
        old = open_baseline(self.file) if self.file.exists() else empty(self.file)
        assert isinstance(old, OwnBaseline)
        sources = Sources(paths=tuple(map(str, paths or (self.desk.folder,))), **more)
        made = renew(self.desk.services(), sources, old, lambda _e: None, CancelToken(), add=add)
        self.file.write_text(json_text(to_data(made.baseline)), "utf-8")
        return made

    def scan(self) -> ScanResult:
        sources = Sources(paths=(str(self.desk.folder),))
        known = open_baseline(self.file)
        return scan_against(self.desk.services(), sources, known, lambda _e: None, CancelToken())

    def new(self) -> list[str]:
        """``file name`` of what the baseline does not know."""
        return [f"{f.location.path} {f.name}" for f in self.scan().report.findings]


@pytest.fixture
def gate(desk: Desk) -> Gate:
    return Gate(desk, desk.folder / ".secretshift-baseline.json")


def test_what_is_known_is_counted_and_not_shown_and_the_code_is_0(gate):
    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    assert gate.renew().added == 1
    result = gate.scan()
    assert result.report.findings == () and result.report.known == 1
    assert result.exit_code is ExitCode.DONE


def test_what_is_new_is_shown_and_the_code_is_1(gate):
    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    gate.desk.write("mail.py", f'SMTP_PASSWORD = "{made_up()}"\n')
    result = gate.scan()
    assert [f.location.path for f in result.report.findings] == ["mail.py"]
    assert result.report.known == 1 and result.exit_code is ExitCode.FINDINGS


def test_it_holds_where_lines_move_on_another_machine_and_in_another_folder(gate, desks, tmp_path):
    """Another workspace has another key: no fingerprint is the same there."""
    gate.desk.write("src/app.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    moved = gate.desk.folder / "src/app.py"
    moved.write_text("# a line\n\n\n" + moved.read_text())
    assert gate.new() == []
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(gate.desk.folder, elsewhere)
    there = replace(gate.desk, folder=elsewhere, workspace=tmp_path / "another")
    assert Gate(there, elsewhere / gate.file.name).new() == []


def test_it_can_be_told_from_a_folder_inside_and_from_a_link(gate, tmp_path):
    gate.desk.write("src/app.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    link = tmp_path / "link"
    link.symlink_to(gate.desk.folder)
    known = open_baseline(link / gate.file.name)
    for path in (gate.desk.folder / "src", link / "src", link):
        sources = Sources(paths=(str(path),))
        result = scan_against(gate.desk.services(), sources, known, lambda _e: None, CancelToken())
        assert (result.report.known, result.report.findings) == (1, ())


def test_another_value_in_the_same_place_is_new(gate):
    value = made_up()
    gate.desk.write("app.py", f'DB_PASSWORD = "{value}"\n')
    gate.renew()
    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up(other_than=digit_of(value))}"\n')
    assert gate.new() == ["app.py DB_PASSWORD"]


def test_one_of_16_other_values_is_not_told_apart(gate):
    """The price of a file that says next to nothing of the value."""
    value = made_up()
    gate.desk.write("app.py", f'DB_PASSWORD = "{value}"\n')
    gate.renew()
    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up(digit=digit_of(value))}"\n')
    assert gate.new() == []


@pytest.mark.parametrize(
    ("file", "line"),
    [("other.py", "DB_PASSWORD"), ("app.py", "SMTP_PASSWORD")],
    ids=["another file", "another name"],
)
def test_the_same_value_elsewhere_is_new(gate, file, line):
    value = made_up()
    first = f'DB_PASSWORD = "{value}"\n'
    gate.desk.write("app.py", first)
    gate.renew()
    gate.desk.write(file, (first if file == "app.py" else "") + f'{line} = "{value}"\n')
    assert gate.new() == [f"{file} {line}"]


def test_one_more_of_what_is_alike_is_new(gate):
    line = f'DB_PASSWORD = "{made_up()}"\n'
    gate.desk.write("app.py", line)
    gate.renew()
    gate.desk.write("app.py", line + line)
    assert gate.new() == ["app.py DB_PASSWORD"]


def test_what_is_remembered_is_the_whole_scan(gate):
    """The list of credentials and the decisions go by it."""
    from secretshift.workflow.remembered import last_scan

    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    gate.scan()
    last = last_scan(gate.desk.services())
    assert last is not None and len(last.report.findings) == 1 and last.report.known == 0


def test_the_file_says_nothing_of_the_value_but_one_digit(gate):
    values = [made_up() for _ in range(8)]
    for number, value in enumerate(values):
        gate.desk.write(f"{number}.py", f'DB_PASSWORD = "{value}"\n')
    gate.renew()
    text = gate.file.read_text()
    known = json.loads(text)["known"]
    assert [one["check"] for one in known] == [digit_of(value) for value in values]
    for number, (one, value) in enumerate(zip(known, values, strict=True)):
        assert value not in text and sha256(value.encode()).hexdigest() not in text
        # Whatever the value is, all but the digit is the same.
        assert one == {
            "type": "file",
            "place": f"{number}.py",
            "kind": known[0]["kind"],
            "name": "DB_PASSWORD",
            "check": one["check"],
            "count": 1,
        }


def test_a_digit_is_the_same_everywhere_so_that_files_do_not_add_up(gate, desks):
    """With a salt of its own each file would tell 4 bits more of the same value."""
    value = made_up()
    assert {digit_of(value) for _ in range(3)} == {digit_of(value)}
    seen = Counter(digit_of(secrets.token_urlsafe(12)) for _ in range(800))
    assert len(seen) == 16 and max(seen.values()) < 110


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("DB_PASSWORD", True),
        ("spring.datasource.password", True),
        ("x-api-key", True),
        ("pa ss", False),
        ("", False),
        ("hunter2!", False),
        ("-----BEGIN", False),
        ("a" * 81, False),
    ],
)
def test_only_what_looks_like_a_name_is_kept_as_one(name, kept):
    assert plain_name(name) == (name if kept else "")


def test_what_is_gone_goes_out_and_what_is_new_comes_in(gate):
    gate.desk.write("a.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.desk.write("b.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    (gate.desk.folder / "a.py").unlink()
    gate.desk.write("c.py", f'DB_PASSWORD = "{made_up()}"\n')
    made = gate.renew()
    assert (made.added, made.gone) == (1, 1)
    assert [one.place for one in made.baseline.known] == ["b.py", "c.py"]
    again = gate.renew()
    assert (again.added, again.gone) == (0, 0) and again.baseline == made.baseline


def test_a_pruned_baseline_only_gets_smaller(gate):
    gate.desk.write("a.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.desk.write("b.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    (gate.desk.folder / "a.py").unlink()
    gate.desk.write("c.py", f'DB_PASSWORD = "{made_up()}"\n')
    made = gate.renew(add=False)
    assert (made.added, made.gone) == (0, 1)
    assert gate.new() == ["c.py DB_PASSWORD"]


def test_what_was_not_looked_at_keeps_its_entries(gate):
    gate.desk.write("src/a.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.desk.write("lib/b.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    (gate.desk.folder / "src/a.py").unlink()
    (gate.desk.folder / "lib/b.py").unlink()
    left = gate.renew(exclude_paths=("src",))
    assert [one.place for one in left.baseline.known] == ["src/a.py"]
    (gate.desk.folder / "lib").mkdir(exist_ok=True)
    assert gate.renew(gate.desk.folder / "lib").gone == 0
    assert gate.renew().gone == 1


def test_a_version_in_the_history_is_known_apart_and_stays_where_that_is_not_read(gate):
    gate.desk.write("app.py", f'DB_PASSWORD = "{made_up()}"\n')
    (live,) = gate.desk.scan().report.findings
    at = HistoryLocation(live.location.root, "app.py", 9, "b" * 40)
    past = key_of(replace(live, location=at), gate.desk.folder)
    assert past == Key("history", "app.py", live.kind, "DB_PASSWORD", live.check)
    gate.file.write_text(json_text(to_data(baseline_of({past: 1}))))
    assert gate.new() == ["app.py DB_PASSWORD"]
    made = gate.renew()
    assert (made.added, made.gone) == (1, 0)


def test_what_could_not_be_read_takes_nothing_out(gate):
    gate.desk.write("a.py", f'DB_PASSWORD = "{made_up()}"\n')
    gate.renew()
    (gate.desk.folder / "a.py").unlink()
    (gate.desk.folder / "broken").mkdir()
    (gate.desk.folder / "broken/.git").write_text("gitdir: nowhere\n")
    folder = gate.desk.folder / "closed.py"
    folder.write_text("x = 1\n")
    made = _with_an_error(gate)
    assert made.gone == 0 and made.exit_code is ExitCode.INCOMPLETE


def _with_an_error(gate: Gate) -> Renewed:
    """One file that the source cannot read."""
    from secretshift.model.findings import SourceError

    services = gate.desk.services()

    class Failing:
        def __init__(self, inner):
            self.inner = inner

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def files(self, cancel):
            yield SourceError("unreadable", "closed.py", "Permission denied")
            yield from self.inner.files(cancel)

    opened = services.open_source
    services = replace(services, open_source=lambda *given: Failing(opened(*given)))
    old = open_baseline(gate.file)
    assert isinstance(old, OwnBaseline)
    sources = Sources(paths=(str(gate.desk.folder),))
    return renew(services, sources, old, lambda _e: None, CancelToken())


BROKEN: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "it is no JSON"),
    **{
        f"no baseline {text}": (text, said)
        for text in ("[]", "{}", "7", '"x"', "null", '{"results": {}}', '{"format": 1}')
        for said in [
            'neither one of secretshift (a JSON object with "format": "secretshift-baseline")'
        ]
    },
    "another program's": (
        '{"format": "x", "schema": 1, "known": []}',
        "neither one of secretshift",
    ),
    "no list of entries": (
        '{"format": "secretshift-baseline", "schema": 1, "known": {}}',
        "it.known should be a list",
    ),
    "a schema that is a text": (
        '{"format": "secretshift-baseline", "schema": "1"}',
        "it.schema should be a whole number",
    ),
    "detect-secrets without files": (
        '{"plugins_used": [], "results": []}',
        "results should be an object with a list of entries for each file",
    ),
    "a later one": ('{"format": "secretshift-baseline", "schema": 2, "known": []}', "version: 2"),
    "a field too many": (
        '{"format": "secretshift-baseline", "schema": 1, "known": [], "more": 1}',
        "not known: 'more'",
    ),
    "a count of 0": (
        '{"format": "secretshift-baseline", "schema": 1, "known": [{"type": "file", "place": "a",'
        ' "kind": "k", "name": "", "check": "0", "count": 0}]}',
        "a count in it is not positive",
    ),
    "a conflict": ("<<<<<<< HEAD\n{}\n=======\n", "it is no JSON"),
    "deep": ("[" * 100_000, "it is no JSON"),
    "no UTF-8": ("\udcff", "it is no JSON"),
    "detect-secrets without hashes": (
        '{"plugins_used": [], "results": {"a": [{"type": "x", "hashed_secret": "zz"}]}}',
        "no SHA-1",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_one_is_said_before_anything_is_read(tmp_path, what):
    text, said = BROKEN[what]
    file = tmp_path / "b.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageProblem) as error:
        open_baseline(file)
    assert said in error.value.what
    assert error.value.resource == str(file)
    for word in ("dict", "type str", "type int"):
        assert word not in error.value.what


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "secretshift-baseline", "schema": 1}'])
def test_what_detect_secrets_cannot_have_written_is_not_written_over(tmp_path, text):
    file = tmp_path / "b.json"
    file.write_text(text)
    with pytest.raises(UsageProblem, match='a JSON object with "plugins_used" and "results"'):
        open_document(file)


def test_none_at_all_is_said(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageProblem, match="There is no baseline at this path"):
            open_baseline(path)


KEYS = st.builds(
    Key,
    st.sampled_from(["file", "function"]),
    st.text(max_size=4),
    st.sampled_from(["a", "b"]),
    st.just(""),
    st.sampled_from("01"),
)
COUNTS = st.dictionaries(KEYS, st.integers(1, 3), max_size=6)


@settings(max_examples=60, deadline=None)
@given(COUNTS, COUNTS, st.booleans())
def test_renewed_by_the_same_scan_it_stays_as_it_is(before, found, add):
    seen: Callable[[Key], bool] = lambda key: key.type == "file"  # noqa: E731
    made = renewed(baseline_of(before), Counter(found), seen, add=add)
    assert renewed(made, Counter(found), seen, add=add) == made
    kept = counts_of(made)
    assert all(kept[key] >= n for key, n in before.items() if not seen(key))
    if not add:
        assert compared(baseline_of(before), made)[0] == 0


def test_the_order_of_the_file_does_not_hang_on_the_order_of_the_scan():
    one, two = Key("file", "a", "k", "", "0"), Key("file", "b", "k", "", "0")
    assert baseline_of({one: 1, two: 2}) == baseline_of({two: 2, one: 1})
    assert isinstance(baseline_of({}), Baseline)
