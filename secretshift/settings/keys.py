"""Every key of the settings, once: its form, its default, what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..model.confidence import Confidence
from .types import MigrateSettings, PlanSettings, ScanSettings, TuiSettings

ANY_NAME: Final = "functions.*"
"""The table in which any name may stand."""


PATTERN_OF_ACCOUNTS: Final = (
    r"[0-9]{12}|[a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""An AWS account, a Google Cloud project, an Azure subscription. One that is written otherwise
(``1111-2222-3333``) would protect nothing, and nobody would notice."""


class Form(StrEnum):
    """What a value has to be, in the words of the messages and of the documentation."""

    TEXT = "text"
    TEXTS = "list of text"
    PATH = "path"
    PATHS = "list of paths"
    NUMBER = "whole number"
    BOOL = "true or false"
    TABLE = "table"
    TABLE_OF_TEXT = "table of text"


_NEVER_EMPTY: Final = (Form.TEXTS, Form.PATHS, Form.PATH, Form.TABLE_OF_TEXT)


@dataclass(frozen=True, slots=True)
class Key:
    """name: dotted; choices, pattern, bounds: what else a value has to be."""

    name: str
    form: Form
    default: object
    doc: str
    choices: tuple[str, ...] = ()
    pattern: str = ""
    bounds: tuple[int, int] | None = None

    def problem(self, value: object) -> str:
        """Why the value cannot be taken, as the end of a sentence; "" if it can. Quotes no text."""
        right = {
            Form.TEXT: lambda: isinstance(value, str),
            Form.PATH: lambda: isinstance(value, str),
            Form.TEXTS: lambda: _texts(value),
            Form.PATHS: lambda: _texts(value),
            Form.NUMBER: lambda: isinstance(value, int) and not isinstance(value, bool),
            Form.BOOL: lambda: isinstance(value, bool),
            Form.TABLE: lambda: isinstance(value, Mapping),
            Form.TABLE_OF_TEXT: lambda: _table_of_text(value),
        }[self.form]()
        if not right and self.form is Form.TABLE_OF_TEXT and isinstance(value, Mapping):
            return "must hold text only"
        if not right:
            article = "" if self.form is Form.BOOL else "a "
            return f"must be {article}{self.form}, not {called(value)}"
        if self.form in _NEVER_EMPTY and "" in (value, *_items(value)):
            return "must not be empty" if value == "" else "must not hold an empty text"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        if self.pattern and not all(re.fullmatch(self.pattern, text) for text in _texts_in(value)):
            return f"must {'hold only what fits' if _items(value) else 'fit'} {self.pattern}"
        if self.bounds and isinstance(value, int):
            low, high = self.bounds
            if not low <= value <= high:
                return f"must be from {low} to {high}, not {value}"
        return ""


@dataclass(frozen=True, slots=True)
class Description:
    """One key for the documentation. default: as it would be written in TOML, "" if unset."""

    key: str
    type: str
    default: str
    doc: str


KEYS: Final = (
    Key(
        "scan.exclude",
        Form.TEXTS,
        (),
        "Paths that a scan leaves out, as in .gitignore: `*` stays within a name, `**` goes over "
        "folders. The report counts what was left out.",
    ),
    Key(
        "scan.include",
        Form.TEXTS,
        (),
        "If there are any, a scan reads only files that fit one of these patterns, written as "
        "above. What fits `scan.exclude` as well is left out.",
    ),
    Key(
        "scan.fail_on",
        Form.TEXT,
        ScanSettings().fail_on,
        "The least confidence of a finding that makes the exit code of `scan` 1. `none`: no "
        "finding does; what could not be read still makes it 3.",
        choices=(*(str(c) for c in Confidence), "none"),
    ),
    Key(
        "scan.plugins",
        Form.PATHS,
        (),
        "Python files of detectors of your own. They are code, so they are loaded only if you "
        "named this file with `--config`.",
    ),
    Key(
        "scan.rules",
        Form.PATHS,
        (),
        "Rule files of your own in kingfisher's YAML format, folders of them, or patterns such as "
        "`rules/*.yml`. A file that cannot be taken stops the command.",
    ),
    Key(
        "aws.profiles",
        Form.TEXTS,
        (),
        "Profiles of the AWS configuration, one for each account. None: the default credentials.",
    ),
    Key("aws.regions", Form.TEXTS, (), "Regions to work in. None: the one that the login names."),
    Key("aws.exclude_regions", Form.TEXTS, (), "Regions to leave out."),
    Key(
        "plan.min_confidence",
        Form.TEXT,
        str(PlanSettings().min_confidence),
        "The least confidence of a finding that is planned for without asking.",
        choices=tuple(str(c) for c in Confidence),
    ),
    Key(
        "plan.secret_prefix",
        Form.TEXT,
        PlanSettings().secret_prefix,
        "What the names of new secrets begin with; a `/` follows.",
        pattern=r"[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*",
    ),
    Key(
        "plan.kms_key",
        Form.TEXT,
        PlanSettings().kms_key,
        "ARN of the customer key that new secrets are encrypted with. Empty: `aws/secretsmanager`.",
        pattern=r"(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?",
    ),
    Key(
        "plan.override_owner",
        Form.TEXTS,
        (),
        "Functions that are changed although infrastructure as code owns them. Their next "
        "deployment can put the plaintext back.",
    ),
    Key(
        "plan.grant_to_role",
        Form.TEXTS,
        (),
        "Functions whose whole role may get the grant although other functions use it, where the "
        "condition on the function's ARN is what denies the reading. Those others gain the "
        "secret; the plan names them.",
    ),
    Key(
        "plan.swap_at_once",
        Form.TEXTS,
        (),
        "Functions whose plaintext may be replaced by the reference in one write, where both "
        "together do not fit into the environment. A twin proves it before; the function itself "
        "compares nothing, and its first environments rely on the reference.",
    ),
    Key(
        "migrate.concurrency",
        Form.NUMBER,
        MigrateSettings().concurrency,
        "How many functions are changed at a time.",
        bounds=(1, 32),
    ),
    Key(
        "migrate.recovery_days",
        Form.NUMBER,
        MigrateSettings().recovery_days,
        "Days for which a deleted secret can be restored.",
        bounds=(7, 30),
    ),
    Key(
        "migrate.steady_seconds",
        Form.NUMBER,
        MigrateSettings().steady_seconds,
        "For how long a new grant has to work without a single denial before a function relies on "
        "it. While a grant spreads it works by turns; AWS gives no number, and 5 to 15 seconds "
        "are seen. 0 takes the first reading that goes well.",
        bounds=(0, 60),
    ),
    Key(
        "catalogue.extra",
        Form.PATHS,
        (),
        "TOML files of credential kinds, or folders of them, beside the ones that come along.",
    ),
    Key(
        "verify.endpoints",
        Form.TABLE_OF_TEXT,
        {},
        "Base URLs that `scan --verify` asks in place of the issuers' own, by the host that would "
        "be asked or by the name of a variable in a rule: a GitHub or GitLab of your own, or a "
        "stand-in. A host that stands for itself may have an internal address. Taken only if you "
        "named this file with `--config`.",
    ),
    Key(
        "tui.theme",
        Form.TEXT,
        TuiSettings().theme,
        "Colours of the terminal interface. `contrast` has 7:1 at least; `ansi` takes the "
        "terminal's own sixteen colours.",
        choices=("dark", "light", "contrast", "ansi"),
    ),
    Key(
        "tui.glyphs",
        Form.TEXT,
        TuiSettings().glyphs,
        "Signs beside the words. `auto` goes by the locale.",
        choices=("auto", "unicode", "ascii"),
    ),
    Key(
        "tui.linear",
        Form.BOOL,
        TuiSettings().linear,
        "Plain questions and lines instead of a full screen, for screen readers.",
    ),
    Key(
        "tui.read_only",
        Form.BOOL,
        TuiSettings().read_only,
        "Nothing that changes a cloud can be started from the terminal interface. Once true in "
        "either file, it is true.",
    ),
    Key(
        "tui.reveal_seconds",
        Form.NUMBER,
        TuiSettings().reveal_seconds,
        "Seconds for which a value is shown after it was asked for. Of both files the shorter time "
        "counts.",
        bounds=(1, 10),
    ),
    Key(
        "tui.animations",
        Form.BOOL,
        TuiSettings().animations,
        "Movement where something changes on the screen.",
    ),
    Key(
        "tui.production",
        Form.TEXTS,
        (),
        "Ids of accounts that count as production: a run in one of them asks for a typed name, "
        "however small it is. Those of both files count.",
        pattern=PATTERN_OF_ACCOUNTS,
    ),
    Key(
        "tui.keys",
        Form.TABLE_OF_TEXT,
        {},
        "Keys of your own for actions of the terminal interface, by the id of the action. A "
        "project's file may hold them only if you named it with `--config`.",
    ),
    Key(
        f"{ANY_NAME}.test_event",
        Form.TABLE,
        None,
        "An event with which this function can be called to prove that it still works. Put no "
        "secret in it.",
    ),
    Key(
        f"{ANY_NAME}.test_event_file",
        Form.PATH,
        None,
        "The same from a JSON file.",
    ),
)


def describe() -> tuple[Description, ...]:
    """Every key for the documentation, in order."""
    return tuple(
        Description(
            key=key.name.replace("*", '"NAME"'),
            type=str(key.form) + _bounds(key),
            default=_toml(key.default),
            doc=key.doc,
        )
        for key in KEYS
    )


def called(value: object) -> str:
    """What TOML calls a value of this type."""
    names: dict[type[Any], str] = {
        str: "text",
        bool: "true or false",
        int: "a whole number",
        float: "a number with a fraction",
        list: "a list" if _texts(value) else "a list of something else",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _table_of_text(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())


def _items(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _texts_in(value: object) -> list[str]:
    return [str(item) for item in _items(value)] if isinstance(value, list) else [str(value)]


def _bounds(key: Key) -> str:
    if key.choices:
        return f": {', '.join(key.choices)}"
    return f", {key.bounds[0]} to {key.bounds[1]}" if key.bounds else ""


def _toml(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, tuple):
        return "[]"
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, Mapping):
        return "{}"
    return f'"{default}"' if isinstance(default, str) else str(default)
