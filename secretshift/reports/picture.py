"""Lines as a picture: SVG that needs no font but a monospaced one, for documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from .lines import Line, Style

_COLOURS: Final = {
    Style.PLAIN: "#d6dbe3",
    Style.ADD: "#7fd38b",
    Style.REMOVE: "#f28b82",
    Style.CHANGE: "#e8c46a",
    Style.GOOD: "#7fd38b",
    Style.BAD: "#f28b82",
    Style.WARNING: "#e8c46a",
    Style.STRONG: "#ffffff",
    Style.FAINT: "#8b94a3",
}
_BOLD: Final = frozenset({Style.STRONG, Style.BAD})
WIDTH, HEIGHT, MARGIN = 8.4, 20, 16
"""Of a character, of a line, and round the text, in pixels."""


def picture(lines: Sequence[Line], title: str) -> str:
    """An SVG document. Every span is told its width, so that columns hold in any font."""
    columns = max((sum(len(span.text) for span in spans) for spans in lines), default=0)
    width = round(columns * WIDTH + 2 * MARGIN)
    height = len(lines) * HEIGHT + 2 * MARGIN
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#161a21"/>',
        '<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" '
        'xml:space="preserve">',
    ]
    for row, spans in enumerate(lines):
        column = 0
        for span in spans:
            stripped = span.text.strip(" ")
            start = column + len(span.text) - len(span.text.lstrip(" "))
            column += len(span.text)
            if stripped:
                drawn.append(_text(stripped, span.style, start, row))
    return "\n".join([*drawn, "</g>", "</svg>", ""])


def _text(text: str, style: Style, column: int, row: int) -> str:
    attributes = {
        "x": f"{MARGIN + column * WIDTH:.1f}",
        "y": f"{MARGIN + row * HEIGHT + 14}",
        "textLength": f"{len(text) * WIDTH:.1f}",
        "lengthAdjust": "spacingAndGlyphs",
        "fill": _COLOURS[style],
    }
    if style in _BOLD:
        attributes["font-weight"] = "bold"
    told = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<text {told}>{escape(text)}</text>"
