"""Foreign text reaches the screen as text, whatever it holds."""

from __future__ import annotations

import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events

from secretshift.model.decisions import Choice
from secretshift.tui.cells import fitted, flowed, wrapped
from secretshift.tui.gate import LIMIT, Safe, gate
from secretshift.tui.glyphs import SIGNS, Glyphs
from secretshift.tui.overlays.decide import Answer, Decide

from .stage import LARGE, stage

NASTY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x07\x9b\x00\r\n\t\u200b\u202e\u2066\U000e0041[]@='\u00e9\u6f22\U0001f642\u0308"
        ),
    ),
    max_size=80,
)


@given(NASTY)
def test_nothing_that_moves_or_hides_gets_through(text):
    shown = gate(text)
    assert len(shown) <= LIMIT
    for character in shown:
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")


@given(NASTY, NASTY)
def test_two_names_that_differ_look_different(one, other):
    if one != other and "\\" not in one + other:
        assert gate(one) != gate(other)


@given(NASTY, st.integers(0, 60), st.booleans())
def test_a_fitted_text_takes_exactly_its_width(text, width, right):
    assert cell_len(fitted(gate(text), width, right=right)) == width


@given(st.text(alphabet="ab 漢-", max_size=120), st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(
    st.lists(
        st.tuples(st.text(alphabet="ab 漢", max_size=30), st.sampled_from(["", "ok"])), max_size=6
    ),
    st.integers(2, 40),
)
def test_a_paragraph_of_pieces_fits_and_loses_nothing(pieces, width):
    lines = flowed(pieces, width)
    for line in lines:
        assert cell_len("".join(text for text, _ in line).rstrip()) <= width
    said = "".join(text for line in lines for text, _ in line)
    assert "".join(said.split()) == "".join("".join(text for text, _ in pieces).split())


def test_every_sign_is_one_cell_wide_in_both_alphabets_and_ascii_where_it_has_to_be():
    for name, sign in SIGNS.items():
        assert cell_len(sign.unicode) == 1, name
        assert cell_len(sign.ascii) == 1 and sign.ascii.isascii(), name


@given(st.text(alphabet="abc •✔→…│◐", max_size=30))
def test_the_plain_alphabet_is_ascii(text):
    assert Glyphs(unicode=False).plain(text).isascii()


async def test_what_is_pasted_into_any_field_is_drawn_as_its_escape(tmp_path):
    foul = "a\x1b]0;title\x07\u202eb\nsecond line"
    async with stage(tmp_path, screen="settings", keys=("slash",)) as there:
        there.app.post_message(events.Paste(foul))
        await there.pilot.pause()
        assert there.app.focused.value == r"a\x1b]0;title\x07\u202eb"
        assert r"a\x1b]0;title\x07\u202eb" in there.text
        assert not [c for c in there.text if not c.isprintable() and c != "\n"]
        await there.press("escape", "colon")
        there.app.post_message(events.Paste(foul))
        await there.pilot.pause()
        assert there.app.focused.value == r"a\x1b]0;title\x07\u202eb", "the palette's too"
        there.app.post_message(events.Paste("\n"))
        await there.pilot.pause()
        assert there.app.is_running


async def test_what_a_field_begins_with_is_drawn_as_its_escape(tmp_path):
    async with stage(tmp_path, size=LARGE) as there:
        before = Answer(Choice.ACCEPTED, "sand\x1b[31mbox", "2026\u202e")
        there.app.push_sheet(
            Decide(Safe("#7f3a91"), date(2026, 11, 25), before=before), lambda _answer: None
        )
        await there.pilot.pause()
        assert r"sand\x1b[31mbox" in there.text and r"2026\u202e" in there.text
        assert not [c for c in there.text if not c.isprintable() and c != "\n"]
