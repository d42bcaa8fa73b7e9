"""Doctor's look at the program's own: workspace, journal, detection rules, plugins."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from secretshift.model.checks import Check, CheckState
from secretshift.model.errors import SecretshiftError
from secretshift.model.findings import SourceError

from .plugins import PluginState, plugins
from .services import Services

WORKSPACE, PROGRAM = "workspace", "program"
OTHERS = 0o077
_SAMPLE = "API_TOKEN" + " = " + '"tok-' + "Vw83hdkQpe71Zb4" + '"\n'
"""A made-up token under a telling name: whoever finds it has read the rules."""


def shut(trouble: SourceError | None) -> Iterator[Check]:
    """What is left to say where nothing could be opened."""
    text, hint = "It could not be opened", ""
    if trouble is not None:
        text, hint = trouble.what, trouble.hint
    yield Check("workspace", "workspace", CheckState.FAIL, text, hint, WORKSPACE)
    for id_, title in (("journal", "journal"), ("engine", "detection rules")):
        text = "Not looked at, since what it needs could not be opened"
        yield Check(id_, title, CheckState.UNKNOWN, text, group=WORKSPACE)


def program_checks(services: Services) -> Iterator[Check]:
    yield from workspace_checks(services.workspace)
    yield journal_check(services)
    yield engine_check(services)
    yield from plugin_checks(services)


def workspace_checks(folder: Path) -> Iterator[Check]:
    """The modes of the folder and of each file in it."""
    try:
        mode = stat.S_IMODE(folder.lstat().st_mode)
        files = {path.name: path.lstat() for path in sorted(folder.iterdir())}
    except OSError:
        text = f"It cannot be looked at: {folder}"
        yield Check("workspace", "workspace", CheckState.FAIL, text, group=WORKSPACE)
        return
    state = CheckState.FAIL if mode & OTHERS else CheckState.OK
    hint = f"chmod 700 {folder}" if mode & OTHERS else ""
    yield Check("workspace", "workspace", state, f"{folder} ({mode:04o})", hint, WORKSPACE)
    key = files.get("key")
    if key is None:
        text = "It is gone, so no value of an earlier run can be recognised"
        yield Check("key", "key file", CheckState.FAIL, text, group=WORKSPACE)
    open_ = [
        f"{name} ({stat.S_IMODE(found.st_mode):04o})"
        for name, found in files.items()
        if stat.S_ISREG(found.st_mode) and found.st_mode & OTHERS
    ]
    if open_:
        text = f"Others may read or write {', '.join(open_)}"
        hint = f"chmod 600 {folder}/*"
        failed = key is not None and key.st_mode & OTHERS
        state = CheckState.FAIL if failed else CheckState.WARN
        yield Check("modes", "files", state, text, hint, WORKSPACE)
    elif key is not None:
        text = f"The key ({stat.S_IMODE(key.st_mode):04o}) and {len(files) - 1} others are yours"
        yield Check("modes", "files", CheckState.OK, text, group=WORKSPACE)


def journal_check(services: Services) -> Check:
    try:
        runs = services.journal().runs()
    except SecretshiftError as error:
        return Check("journal", "journal", CheckState.FAIL, str(error), error.hint, WORKSPACE)
    open_ = sum(1 for run in runs if run.ended is None)
    text = f"Opens; {len(runs)} runs" + (f", {open_} of them not ended" if open_ else "")
    return Check("journal", "journal", CheckState.OK, text, group=WORKSPACE)


def engine_check(services: Services) -> Check:
    try:
        found = services.detector.text("settings.py", _SAMPLE)
    except SecretshiftError as error:
        return Check("engine", "detection rules", CheckState.FAIL, str(error), error.hint, PROGRAM)
    if not found:
        text = "They are loaded, but do not find a made-up token"
        return Check("engine", "detection rules", CheckState.FAIL, text, group=PROGRAM)
    text = f"Compiled; {len(services.catalogue.kinds)} kinds of credentials"
    return Check("engine", "detection rules", CheckState.OK, text, group=PROGRAM)


def plugin_checks(services: Services) -> Iterator[Check]:
    """One a plugin that did not load, or one for all."""
    known = plugins(services).plugins
    bad = [plugin for plugin in known if plugin.state is not PluginState.LOADED]
    for plugin in bad:
        state = CheckState.FAIL if plugin.state is PluginState.FAILED else CheckState.WARN
        text = f"{plugin.name}: {plugin.reason}"
        yield Check(f"plugin:{plugin.where}", f"{plugin.kind} plugin", state, text, group=PROGRAM)
    if not bad:
        text = f"{len(known)} loaded" if known else "None installed"
        yield Check("plugins", "plugins", CheckState.OK, text, group=PROGRAM)
