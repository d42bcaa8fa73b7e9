"""The picture of the documentation: current, well formed, and of made-up things only."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from secretshift.reports.lines import Style, line
from secretshift.reports.picture import picture

DRAWN = Path(__file__).parents[3] / "docs/pictures/plan.svg"


def test_it_is_current(picture_script):
    assert DRAWN.read_text("utf-8") == picture_script.drawn(), (
        "renew it with: python docs/pictures/make.py"
    )


def test_it_is_well_formed_and_names_no_account_but_the_one_of_examples():
    root = ElementTree.parse(DRAWN).getroot()
    words = " ".join(root.itertext())
    assert "orders-api" in words
    assert set(re.findall(r"\b[0-9]{12}\b", words)) == {"123456789012"}


def test_markup_in_a_name_stays_text(hostile):
    drawn = picture([line("</text><script>x</script>", (hostile, Style.BAD))], "<title>&")
    root = ElementTree.fromstring(drawn)
    assert not [tag for tag in root.iter() if tag.tag.endswith("script")]


def test_columns_hold_whatever_the_font(hostile):
    drawn = picture([line("ab", ("  cd", Style.ADD))], "x")
    texts = [item for item in ElementTree.fromstring(drawn).iter() if item.tag.endswith("text")]
    assert [(t.text, t.get("x"), t.get("textLength")) for t in texts] == [
        ("ab", "16.0", "16.8"),
        ("cd", "49.6", "16.8"),
    ]
