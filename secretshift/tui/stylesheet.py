"""Rules for widgets that are not ours, and for borders where only ASCII is drawn. All others stand
with the widgets of ours that they are about."""

from __future__ import annotations

from typing import Final

FIRST: Final = """
Widget {
    scrollbar-color: $ss-faint;
    scrollbar-color-hover: $primary;
    scrollbar-background: $background;
    scrollbar-size-vertical: 1;
    scrollbar-size-horizontal: 0;
}
Widget:disabled:can-focus { opacity: 1; }
.-ascii Answers, .-ascii RunScreen #log { border-top: ascii $ss-faint; }
.-ascii CredentialsScreen #detail { border-left: ascii $ss-faint; }
"""

LATER: Final = """
Toast { width: 60; max-width: 90%; }
Button:disabled { text-opacity: 1; color: $ss-faint; }
Input, Input:focus { background-tint: 0%; }
Input > .input--placeholder, Input:disabled > .input--placeholder { color: $ss-wait; }
Input > .input--selection { background: $primary; color: $background; }
Input:ansi > .input--selection { background: ansi_default; text-style: reverse; }
CommandPalette SearchIcon { display: none; }
CommandPalette > Vertical, CommandPalette:dark > Vertical {
    background: $panel; max-width: 100;
}
CommandPalette #--input { border: solid $ss-faint; }
CommandPalette CommandInput > .input--cursor { text-style: reverse; }
CommandPalette > .command-palette--help-text {
    color: $ss-faint; text-style: not bold not dim;
}
CommandList { border-bottom: solid $ss-faint; background: $panel; }
CommandList > .option-list--option-highlighted {
    color: $foreground; background: $ss-cursor; text-style: bold;
}
CommandList:ansi > .option-list--option-highlighted { text-style: reverse; }
.-ascii Sheet > .sheet { border: ascii $primary; }
.-ascii CommandPalette #--input { border: ascii $ss-faint; }
.-ascii CommandList { border-bottom: ascii $ss-faint; }
.-ascii Toast { border-left: ascii $ss-faint; border-right: none; }
"""
"""Read once the first screen is painted: nothing of it is on a first screen, but for the fields
and buttons of Credentials, which are looked at again then."""
