"""Rule files of one's own: what is refused, what they find, and what their examples show."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from secretshift import catalogue
from secretshift.builtin_rules import built_in
from secretshift.detection import Detector
from secretshift.detection.apart import DetectorApart
from secretshift.detection.engines.expression_size import LARGEST, LARGEST_OF_ALL, size_of
from secretshift.detection.engines.own_rules import OwnRules
from secretshift.detection.engines.rule_files import files_of
from secretshift.model.errors import UsageProblem
from secretshift.model.secret_value import SecretValue

PLUGINS = Path(__file__).parents[3] / "plugins"
RULE = """rules:
  - name: Acme key
    id: {id}
    pattern: '\\b(acmekey_[a-z0-9]{{20}})\\b'
    confidence: {confidence}
"""
KEY = "acmekey_" + "".join(random.choices(string.ascii_lowercase + string.digits, k=20))


def rule_file(folder: Path, text: str, name: str = "own.yml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def one_rule(confidence: str = "medium", rule_id: str = "custom.acme-key") -> str:
    return RULE.format(id=rule_id, confidence=confidence)


@pytest.fixture(params=["here", "apart"])
def make(request: pytest.FixtureRequest) -> Iterator[object]:
    """Makes a detector with rule files: in this process, and in one of its own."""
    made: list[DetectorApart] = []

    def detector(*paths: Path, kinds: tuple[Path, ...] = ()) -> Detector | DetectorApart:
        if request.param == "here":
            return Detector(catalogue.load(extra=kinds), rule_paths=paths)
        made.append(DetectorApart(kinds=kinds, rule_paths=paths))
        return made[-1]

    yield detector
    for one in made:
        one.close()


@pytest.mark.parametrize("confidence", ["low", "medium", "high"])
def test_a_rule_of_any_confidence_is_found_in_files_and_variables(
    tmp_path: Path, make, confidence: str
) -> None:
    detector = make(rule_file(tmp_path, one_rule(confidence)))

    text = f"# ümläut\nWHATEVER={KEY}\n"
    (in_file,) = detector.text("a.env", text)
    assert in_file.secret.reveal() == KEY and in_file.kind == "generic-token"
    assert text[in_file.offset : in_file.end] == KEY
    (in_variable,) = detector.environment({"WHATEVER": SecretValue(KEY)})
    assert in_variable.secret.reveal() == KEY and in_variable.name == "WHATEVER"


def test_without_the_file_nothing_is_found(tmp_path: Path, detector: Detector) -> None:
    assert detector.text("a.env", f"WHATEVER={KEY}\n") == ()


def test_a_kind_of_ones_own_names_what_a_rule_finds(make) -> None:
    detector = make(PLUGINS / "rules", kinds=(PLUGINS / "kinds",))
    value = "acme_session_" + "".join(random.choices(string.ascii_lowercase, k=24))
    (found,) = detector.text("a.env", f"WHATEVER={value}\n")
    assert found.kind == "acme-session-key" and found.confidence == "high"


def test_a_file_that_cannot_be_taken_stops_the_detector(tmp_path: Path, make) -> None:
    broken = rule_file(tmp_path, one_rule() + "    colour: red\n")
    with pytest.raises(UsageProblem) as told:
        make(broken).text("a.env", "x")
    assert told.value.resource == str(broken) and "'colour'" in told.value.what


REFUSED = {
    "is no YAML (line 3": "rules:\n  - name: [x\n    id: y\n",
    "needs a list of rules": "foo: 1\n",
    "needs a list of rules under": "",
    "has the unknown key 'rulez'": "rulez: []\n" + one_rule(),
    "number 1 lacks an id": "rules:\n  - name: x\n    pattern: abc\n",
    "number 1 is no table": "rules:\n  - just text\n",
    "other signs": one_rule(rule_id="'custom acme'"),
    "belongs to the built-in rules": one_rule(rule_id="betterleaks.github-pat"),
    "Rule custom.acme-key has the unknown key 'patern'": one_rule() + "    patern: x\n",
    "needs a text for 'pattern'": "rules:\n  - name: x\n    id: a\n    pattern: 3\n",
    "needs a text for 'name'": "rules:\n  - id: a\n    pattern: x\n",
    "needs one of low, medium, high": one_rule("certain"),
    "needs true or false for 'visible'": one_rule() + "    visible: maybe\n",
    "needs a number for 'min_entropy'": one_rule() + "    min_entropy: high\n",
    "needs a list of texts for 'examples'": one_rule() + "    examples: [3]\n",
    "needs a list for 'references'": one_rule() + "    references: x\n",
    "is there twice in this file": one_rule() + one_rule().removeprefix("rules:\n"),
    "needs a 'rule_id'": one_rule() + "    depends_on_rule: [x]\n",
    "depends on 'custom.other'": one_rule() + "    depends_on_rule: [{rule_id: custom.other}]\n",
}

PATTERN = "rules:\n  - name: x\n    id: a\n    pattern: '{}'\n"


@pytest.mark.parametrize("why", REFUSED)
def test_what_the_engine_would_take_or_drop_without_a_word_is_refused(
    tmp_path: Path, why: str
) -> None:
    path = rule_file(tmp_path, REFUSED[why])
    with pytest.raises(UsageProblem) as told:
        OwnRules([path])
    assert why in told.value.what, told.value.what
    assert told.value.resource == str(path) and told.value.exit_code == 2


@pytest.mark.parametrize(
    "pattern",
    [
        "((((a{1000}){1000}){1000}){1000})",
        "(((a{1000}){1000}){1000",
        "((a|b)(c|d)){20000}",
        "[a-z]{0,10001}",
        "a{99999999999999999999}",
        "[[](((a{1000}){1000}){1000})]]",
        "(?x)(a{1000} # (\n\n){1000}",
        "(?x)(a{1000}) {1000}",
        "(a{1000}){999}{9}?",
        pytest.param("x" * 10_001, id="long"),
    ],
)
def test_a_pattern_that_would_take_the_memory_is_refused_before_it_is_compiled(
    tmp_path: Path, pattern: str
) -> None:
    problem = refused(tmp_path, pattern)
    assert "too large" in problem.what and problem.hint and problem.exit_code == 2


@pytest.mark.parametrize(
    "pattern", ["(a{1000}\\Q(\\E){1000}", "(a{1000}(?#(){1000})", "[\\Q]\\E(]"]
)
def test_signs_by_which_a_large_pattern_would_pass_for_a_small_one_are_refused(
    tmp_path: Path, pattern: str
) -> None:
    refused(tmp_path, pattern)


def refused(tmp_path: Path, pattern: str) -> UsageProblem:
    """Which names the rule and its file."""
    path = rule_file(tmp_path, PATTERN.format(pattern))
    with pytest.raises(UsageProblem) as told:
        OwnRules([path])
    assert "Rule a" in told.value.what and told.value.resource == str(path)
    return told.value


def test_many_patterns_are_bounded_together(tmp_path: Path) -> None:
    rule = "  - name: x\n    id: a{}\n    pattern: '[a-z]{{9000}}'\n"
    rules = [rule.format(number) for number in range(23)]
    first = rule_file(tmp_path, "rules:\n" + "".join(rules[:20]), "a.yml")
    second = rule_file(tmp_path, "rules:\n" + "".join(rules[20:]), "b.yml")
    with pytest.raises(UsageProblem) as told:
        OwnRules([first, second])
    assert "together" in told.value.what and told.value.resource == str(second)


def test_the_built_in_rules_are_of_a_size_that_is_taken() -> None:
    rules = built_in().rules
    patterns = [str(rules.detail(str(one["id"]))["pattern"]) for one in rules.metadata()]
    assert max(map(size_of, patterns)) < LARGEST
    assert sum(map(size_of, patterns)) < LARGEST_OF_ALL


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("abc", 3),
        ("a{3}b{2,4}c*d+e?", 10),
        ("(ab){3}", 6),
        (r"[a-z]]", 2),
        (r"\p{Lu}{3}\x{41}\d{2}", 6),
        (r"a\{9\}", 4),
        ("[]{9}]{2}", 2),
        ("a{0}", 1),
    ],
)
def test_the_size_is_that_with_repetitions_written_out(pattern: str, size: int) -> None:
    assert size_of(pattern) == size


def test_an_id_in_two_files_is_refused_and_both_are_named(tmp_path: Path) -> None:
    first, second = (rule_file(tmp_path, one_rule(), f"{name}.yml") for name in "ab")
    with pytest.raises(UsageProblem) as told:
        OwnRules([first, second])
    assert str(first) in told.value.what and told.value.resource == str(second)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("    validation:\n      type: Nonsense\n", "beside its pattern"),
        ("    tls_mode: [x]\n", "beside its pattern"),
        ("(abc", "a pattern that cannot be compiled"),
        ("abc(?=d)", "a pattern that cannot be compiled"),
    ],
    ids=["type", "tls", "no expression", "looks around"],
)
def test_what_only_the_engine_knows_to_be_wrong_names_file_and_rule_before_any_text(
    tmp_path: Path, make, bad: str, why: str
) -> None:
    good = rule_file(tmp_path, one_rule(rule_id="custom.good"), "good.yml")
    other = one_rule(rule_id="custom.other")
    extra = (
        one_rule().removeprefix("rules:\n") + bad
        if bad.startswith(" ")
        else (f"  - name: x\n    id: custom.acme-key\n    pattern: '{bad}'\n")
    )
    path = rule_file(tmp_path, other + extra, "bad.yml")
    with pytest.raises(UsageProblem) as told:
        assert make(good, path).problems == ()
    assert told.value.resource == str(path) and told.value.exit_code == 2
    assert "custom.acme-key" in told.value.what and why in told.value.what


def test_examples_are_tried(tmp_path: Path) -> None:
    examples = f"    examples: ['K={KEY}', made-up]\n    negative_examples: [other, '{KEY}']\n"
    rules = OwnRules([rule_file(tmp_path, one_rule() + examples)])
    assert [sentence for _path, sentence in rules.problems()] == [
        "custom.acme-key does not match its own example 2",
        "custom.acme-key matches its own negative example 2",
    ]


def test_the_rules_to_copy_keep_to_their_examples() -> None:
    rules = OwnRules([PLUGINS / "rules"])
    assert all(rule.examples and rule.negative_examples for f in rules.files for rule in f.rules)
    assert list(rules.problems()) == []


def test_folders_and_patterns_stand_for_their_files(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "notes.txt"):
        (tmp_path / name).write_text("")
    assert [path.name for path in files_of([tmp_path])] == ["a.yaml", "b.yml"]
    assert [path.name for path in files_of([tmp_path / "*.yml"])] == ["b.yml"]
    assert [path.name for path in files_of([tmp_path / "*.yml", tmp_path / "b.yml"])] == ["b.yml"]
    for nothing in ("c.yml", "*.json"):
        with pytest.raises(UsageProblem) as told:
            files_of([tmp_path / nothing])
        assert told.value.resource == str(tmp_path / nothing)
