"""What is kept as JSON is written and read in pieces, and is the same as in one."""

from __future__ import annotations

import json

import pytest

from secretshift.model.errors import Damaged
from secretshift.state.plain_json import from_json, to_json

ENTRIES = [
    {},
    {"a": [], "b": {}, "c": None, "d": True, "e": -3, "f": ""},
    {"a": {"b": {"c": {"d": {"e": [1, [2, [3, [4]]]]}}}}},
    {"a": [[[[["x"]]]], {"b": [{"c": [{}]}]}], 'q"\\': "\ud800\x00é,]}"},
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_pieces_make_the_same_text_as_the_whole_at_once(entry):
    text = to_json(entry, max_bytes=10_000, where="x")
    assert text == json.dumps(entry, separators=(",", ":"))
    assert from_json(text, where="x") == entry
    assert from_json(json.dumps(entry, indent=3), where="x") == entry


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "1", '{"a":1}x', '{"a":1,}', '{"a" 1}', '{"a":[1 2]}', '{"a":[1,]}',
     '{"a":[1', "{1:2}", '{"a":tru}', '{"a":{"b":[,]}}', '{"a":1}}'],
)  # fmt: skip
def test_what_is_no_json_object_is_damaged(text):
    with pytest.raises(Damaged):
        from_json(text, where="x")


def test_items_of_a_list_become_something_as_they_are_read():
    text = to_json({"r": {"n": [1, 2]}, "n": [3]}, max_bytes=99, where="x")
    assert from_json(text, where="x", items={"r.n": lambda item: item * 10}) == {
        "r": {"n": [10, 20]},
        "n": [3],
    }
