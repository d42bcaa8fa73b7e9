"""The same journey as plain lines and questions, for screen readers and plain terminals.

One fact a line, numbered choices, nothing is redrawn, no sign without its word. Loads no Textual.
"""

from __future__ import annotations

from .conversation import Conversation, converse

__all__ = ["Conversation", "converse"]
