"""Expressions that are compiled when they are first used."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretshift.detection import late as module
from secretshift.detection.late import compile_all, late

WATCHED = """
import re, sys
seen = []
compiled = re.compile
def watched(*given):
    seen.append(sys._getframe(1).f_globals.get("__name__", ""))
    return compiled(*given)
re.compile = watched
import secretshift.detection.detector, secretshift.detection.sweep
print(sum(name.startswith("secretshift.detection") for name in seen))
"""


@given(st.text("ab=\n ", max_size=30))
def test_it_says_what_a_compiled_one_says(text):
    form, compiled = late(r"(?P<name>a+)=(b*)", re.MULTILINE), re.compile(r"(?P<name>a+)=(b*)")
    for method in ("match", "search", "fullmatch"):
        ours, theirs = getattr(form, method)(text), getattr(compiled, method)(text)
        assert (ours and ours.groups()) == (theirs and theirs.groups())
    assert [one.span() for one in form.finditer(text)] == [
        one.span() for one in compiled.finditer(text)
    ]
    assert form.findall(text) == compiled.findall(text)
    assert form.split(text) == compiled.split(text)
    assert form.sub("x", text) == compiled.sub("x", text)
    assert form.subn("x", text) == compiled.subn("x", text)


def test_of_bytes_and_with_flags_too():
    form = late(rb"key", re.IGNORECASE)
    assert form.search(b"a KEY") is not None
    assert form.pattern == b"key"
    assert form.flags & re.IGNORECASE


def test_what_is_no_expression_is_told_when_it_is_used(monkeypatch):
    monkeypatch.setattr(module, "_every", [])
    form = late("(")
    with pytest.raises(re.error):
        form.search("x")
    with pytest.raises(re.error):
        compile_all()


def test_nothing_else_is_asked_of_it():
    form = late("x")
    with pytest.raises(AttributeError):
        _ = form.scanner  # type: ignore[attr-defined]
    assert copy.copy(form).search("x") is not None


def test_all_of_them_are_expressions():
    compile_all()


def test_to_load_the_detector_compiles_hardly_any():
    said = subprocess.run(
        [sys.executable, "-c", WATCHED], check=True, capture_output=True, text=True
    )
    assert int(said.stdout) < 10
