"""What is wrong with a frame: control characters, lines of another width, pale text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len
from rich.color import ColorType
from rich.segment import Segment
from textual.color import Color
from textual.screen import ModalScreen

from secretshift.tui.app import SecretshiftApp

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_RULES = frozenset("─│┌┐└┘├┤┬┴┼━┃╭╮╯╰▔▁▏▕╸╺▀▄▂▃▅▆▇█▌▐░")
"""Lines and scroll bars carry nothing that has to be read."""


def strips(app: SecretshiftApp) -> list[list[Segment]]:
    """The lines of the present frame, in pieces of one style."""
    found = app.screen._compositor.render_strips()
    return [list(strip) for strip in found]


def in_front(app: SecretshiftApp) -> list[list[Segment]]:
    """The frame without what lies under a sheet and is dimmed there."""
    found = app.screen._compositor.render_strips()
    if not isinstance(app.screen, ModalScreen):
        return [list(strip) for strip in found]
    over = [child.region for child in app.screen.children]
    return [
        list(found[y].crop(region.x, region.right))
        for region in over
        for y in range(max(0, region.y), min(len(found), region.bottom))
    ]


def text_in_front(app: SecretshiftApp) -> str:
    return "\n".join("".join(s.text for s in line).rstrip() for line in in_front(app))


def sent(app: SecretshiftApp) -> str:
    """What a terminal would get for the present frame, escapes included."""
    return app.screen._compositor.render_full_update().render_segments(app.console)


def faults_of_text(app: SecretshiftApp) -> list[str]:
    """Invisible characters, and lines that are not as wide as the window."""
    faults = []
    for number, line in enumerate(strips(app)):
        text = "".join(segment.text for segment in line)
        bad = {hex(ord(c)) for c in text if unicodedata.category(c) in _INVISIBLE}
        if bad:
            faults.append(f"line {number} holds {sorted(bad)}: {text!r}")
        if any(segment.control for segment in line):
            faults.append(f"line {number} holds a control segment")
        if cell_len(text) != app.size.width:
            faults.append(f"line {number} is {cell_len(text)} cells wide: {text!r}")
    return faults


def _luminance(color: Color) -> float:
    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * part(color.r) + 0.7152 * part(color.g) + 0.0722 * part(color.b)


def contrast(one: Color, other: Color) -> float:
    first, second = sorted((_luminance(one), _luminance(other)))
    return (second + 0.05) / (first + 0.05)


def pale(app: SecretshiftApp, least: float) -> Iterator[str]:
    """Pieces of text whose contrast is below ``least``; default colours are the terminal's."""
    for number, line in enumerate(in_front(app)):
        for text, style, _ in line:
            words = "".join(c for c in text if c not in _RULES).strip()
            if not words or style is None:
                continue
            front, back = style.color, style.bgcolor
            if style.reverse:
                front, back = back, front
            if front is None or back is None or front.is_default or back.is_default:
                continue
            if front.type is not ColorType.TRUECOLOR or back.type is not ColorType.TRUECOLOR:
                if front == back:
                    yield f"line {number}: {words!r} in {front.name} on itself"
                continue
            one = Color(*front.get_truecolor())
            other = Color(*back.get_truecolor())
            found = contrast(one, other)
            if found < least:
                yield f"line {number}: {words!r} {one.hex} on {other.hex}: {found:.1f}"


def coloured(stream: str) -> set[str]:
    """Codes of colours, in what a terminal would get."""
    found = set()
    for codes in _SGR.findall(stream):
        for code in codes.split(";"):
            number = int(code or 0)
            if 30 <= number <= 38 or 40 <= number <= 48 or 90 <= number <= 107:
                found.add(code)
                break
    return found
