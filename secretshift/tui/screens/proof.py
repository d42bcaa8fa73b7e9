"""Proof: what was proved for each function, and what is left for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from ..gate import Safe
from ..overlays.explain import Explain
from ..viewmodels import FrameView
from ..views import proof as views
from ..widgets.rowlist import RowList
from ..widgets.text import Text
from .base import BaseScreen
from .run import ask_undo


class ProofScreen(BaseScreen):
    """See the module."""

    NAME = "proof"
    FOOTER = ("open", "mark", "write", "undo", "next-open", "check")
    LABELS: ClassVar[Any] = {"mark": "tick", "write": "report"}
    FOCUS = "#proof"
    TOPICS = frozenset({"proof", "run"})
    DEFAULT_CSS = """
    ProofScreen #summary { padding: 0 1; height: auto; text-style: bold; }
    """

    def middle(self) -> Iterable[Widget]:
        yield Text(id="summary")
        yield RowList((), wrap=True, id="proof")

    def draw(self, topics: frozenset[str]) -> None:
        proof, run = self.session.proof, self.session.run
        rows = self.query_one("#proof", RowList)
        summary = self.query_one("#summary", Text)
        if proof is None:
            rows.replace(())
            if run is not None and not run.over and run.mode != "former":
                summary.show(Safe("The run is not over yet. 5 shows it."))
            elif run is not None and run.run:
                summary.show(Safe("Reading the journal…"))
            else:
                summary.show(Safe("No run yet. Make a plan: 3, then p, then R."))
            return
        token, sentence = views.summary(proof)
        summary.show(Safe(f"{self.the_app.glyphs(token)} {sentence}"))
        rows.replace(views.rows(proof))

    def frame(self) -> FrameView:
        proof = self.session.proof
        if proof is None:
            return FrameView(Safe("8 shows former runs."), Safe(""), Safe("Esc: Run."))
        left = [todo for todo in proof.todo if not todo.done]
        if left:
            said = "Space ticks what you have done. n goes to the next thing that needs you."
        else:
            said = "Nothing is left to do here. 3 shows the other credentials."
        undo = " U undoes the run." if self.can("undo") else ""
        return FrameView(Safe(said), Safe(""), Safe(f"Esc: Run.{undo}"))

    def can(self, action: str) -> bool:
        proof, run = self.session.proof, self.session.run
        if action == "back":
            return True
        if proof is None:
            return False
        if action == "undo":
            busy = self.the_app.bridge.busy("run", "undo")
            free = not self.the_app.read_only and not busy
            return free and run is not None and not views.taken_back(proof)
        return True

    @property
    def _rows(self) -> RowList:
        return self.query_one("#proof", RowList)

    def action_mark(self) -> None:
        proof = self.session.proof
        id = self._rows.cursor_id  # noqa: A001
        if proof is None or not id.startswith("t:"):
            return
        todo = next((todo for todo in proof.todo if todo.id == id[2:]), None)
        if todo is not None:
            self.the_app.acts.tick(proof.run, todo.id, not todo.done)

    def action_next_open(self) -> None:
        self._rows.next_open(1)

    def action_former_open(self) -> None:
        self._rows.next_open(-1)

    def action_check(self) -> None:
        proof = self.session.proof
        if proof is not None:
            self.the_app.acts.proof(proof.run)

    @on(RowList.Opened)
    def _open(self) -> None:
        row = self._rows.cursor_row
        if row is not None and not row.id.startswith("h:"):
            self.the_app.push_screen(
                Explain("In full", [cell.text for cell in row.cells if cell.text])
            )

    def action_write(self) -> None:
        proof = self.session.proof
        if proof is None:
            return
        from ..overlays.export import Export

        text = views.markdown(proof)
        self.the_app.push_sheet(Export(f"proof-{proof.run}.md", text))

    def action_undo(self) -> None:
        proof, run = self.session.proof, self.session.run
        if proof is not None:
            ask_undo(self, proof.run, run)
