"""A paragraph of ours or of the cloud's, shown literally and wrapped."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from ..gate import Safe
from ..viewmodels import EMPTY
from .frame import glyphs_of


class Text(Static):
    """Takes gated text or ready content; reads no markup."""

    DEFAULT_CSS = """
    Text { width: 1fr; height: auto; }
    """

    def __init__(
        self,
        text: Safe | Content = EMPTY,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__("", markup=False, id=id, classes=classes)
        self._wanted: Safe | Content = text

    def on_mount(self) -> None:
        self.show(self._wanted)

    def show(self, text: Safe | Content) -> None:
        self._wanted = text
        if isinstance(text, Content):
            self.update(text)
        else:
            self.update(Content(glyphs_of(self.app).plain(text)))
