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
        self._shown: Content | None = None

    def on_mount(self) -> None:
        self.show(self._wanted)

    def show(self, text: Safe | Content) -> None:
        """The screen is laid out anew only if the text takes more lines than before, or fewer."""
        self._wanted = text
        made = text if isinstance(text, Content) else Content(glyphs_of(self.app).plain(text))
        if self._shown is not None and made.is_same(self._shown):
            return
        width, before, rules = self.content_size.width, self._shown, self.styles.get_rules()
        self._shown = made
        same = (
            width > 0
            and before is not None
            and made.get_height(rules, width) == before.get_height(rules, width)
        )
        self.update(made, layout=not same)
