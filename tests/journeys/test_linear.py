"""Linear mode on a cloud: find, choose, plan, run, proof, undo, as plain questions by number."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from secretshift.model.errors import ExitCode
from secretshift.settings import AwsSettings, Settings
from secretshift.tui.linear import converse

from .world import FAR, NEAR

PASSWORD = "kirsche-" + "Mond-17"
Answer = str | Callable[[str], str]


@dataclass
class Person:
    """Answers each question in turn; an answer may read what was said until then."""

    answers: Iterator[Answer]
    out: io.StringIO = field(default_factory=io.StringIO)

    def readline(self, *_size: int) -> str:
        answer = next(self.answers, "")
        return answer(self.out.getvalue()) if callable(answer) else answer and f"{answer}\n"


def named(said: str) -> str:
    """What the last question asks to be typed."""
    return re.findall(r"Type (\S+) to ", said)[-1] + "\n"


def number_of(text: str) -> Callable[[str], str]:
    """The number of the last choice in which this stands."""
    return lambda said: re.findall(rf"^(\d+): .*{re.escape(text)}", said, re.M)[-1] + "\n"


def talk(world, tmp_path, *answers: Answer, fails: bool = False) -> str:
    folder = tmp_path / "empty"
    folder.mkdir(exist_ok=True)
    settings = replace(Settings(), aws=AwsSettings(regions=(NEAR, FAR)))
    person = Person(iter(answers))
    made = world.services(settings=settings)
    assert converse(made, folder, person, person.out) == ExitCode.DONE
    said = person.out.getvalue()
    for line in said.split("\n"):
        assert line.isprintable(), line
    assert PASSWORD not in said
    return said


SCAN = ("1", number_of("Choose among"), number_of("aws "), "1")
PLAN = ("1", "all")
LEAVE = ("q",)


def test_the_whole_way_there_and_back_by_numbers(world, tmp_path):
    world.function("api", {"DB_PASSWORD": PASSWORD})
    before = world.variables("api")
    said = talk(world, tmp_path, *SCAN, *PLAN, "1", named, "0", "7", *LEAVE)
    assert "1 function will be changed. All of it can be undone." in said
    assert "Status: done." in said
    proved = said.partition("Status: done.")[2]
    assert "Not searched: Azure and Google Cloud." in proved
    assert "1 function moved and proven" in said and "api: moved and proven." in said
    assert "DB_PASSWORD" not in world.variables("api") and world.answers("api")

    said = talk(world, tmp_path, "3", "1", number_of("Undo it"), "no", *LEAVE)
    assert "Not confirmed, so nothing was changed." in said
    assert "DB_PASSWORD" not in world.variables("api")

    said = talk(world, tmp_path, "3", "1", number_of("Undo it"), named, "0", *LEAVE)
    assert "lie in plain again" in said and "Status: undone." in said
    assert world.variables("api") == before and world.answers("api")

    said = talk(world, tmp_path, "3", "1", *LEAVE)
    assert "Undo it" not in said and "Go on with it" not in said


def test_a_secret_that_was_rotated_or_deleted_since_comes_back_only_by_its_name(world, tmp_path):
    world.function("api", {"DB_PASSWORD": PASSWORD})
    before = world.variables("api")
    store = world.client("secretsmanager")
    talk(world, tmp_path, *SCAN, *PLAN, "1", named, "0", "7", *LEAVE)
    (name,) = world.secrets()
    rotated = "pflaume-" + "Mond-18"
    store.put_secret_value(SecretId=name, SecretString=rotated)
    store.delete_secret(SecretId=name)
    undo = ("3", "1", number_of("Undo it"))

    said = talk(world, tmp_path, *undo, named, "0", "3", *LEAVE)
    assert "Status: partly-undone." in said
    failed = said.partition("Failed: eu-west-1/api: ")[2].splitlines()[0]
    assert "undo again, and it asks whether it is to be restored" in failed and "--" not in failed
    assert "; then: secretshift undo r-" in said and "secretshift resume" not in said
    assert f"Scheduled for deletion: {name}." in said
    assert world.secrets() == {name: True} and "DB_PASSWORD" not in world.variables("api")

    # Restored by its name it turns out to be rotated, which is asked for by itself.
    said = talk(world, tmp_path, *undo, "1", named, "0", "1", "no", *LEAVE)
    assert f"Rotated since: {name}." in said and "Not confirmed, so nothing was changed." in said
    assert "DB_PASSWORD" not in world.variables("api"), "a fresh value never lands in plain"
    assert rotated not in said

    said = talk(world, tmp_path, *undo, "1", named, "0", *LEAVE)
    assert "Status: undone." in said and rotated not in said
    assert world.variables("api") == {**before, "DB_PASSWORD": rotated}
    assert world.secrets() == {name: True}


def test_a_function_is_left_out_by_number_and_nothing_else_is_changed(world, tmp_path):
    world.function("api", {"DB_PASSWORD": PASSWORD})
    world.function("job", {"DB_PASSWORD": PASSWORD})
    before = world.variables("job")
    said = talk(
        world, tmp_path, *SCAN, *PLAN, "3", number_of("job: in the plan"), "1", named, "0", "7", "q"
    )
    assert "1 function will be changed." in said and "Status: done." in said
    assert world.variables("job") == before
    assert "DB_PASSWORD" not in world.variables("api") and world.all_answer()


def test_nobody_answers_the_last_question(world, tmp_path):
    """The input ends where the name is to be typed: nothing was changed."""
    world.function("api", {"DB_PASSWORD": PASSWORD})
    before = world.variables("api")
    said = talk(world, tmp_path, *SCAN, *PLAN, "1")
    assert said.rstrip().endswith("secretshift runs.")
    assert world.variables("api") == before and world.secrets() == {}
