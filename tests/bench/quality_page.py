# ruff: noqa: E501 - sentences of a page
"""The page of the docs that shows the measurement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .labelled_lines.__main__ import samples
from .quality import CONFIDENCES, GOALS, HIGH_GOAL, Score, environment, rows
from .quality_engines import OURS
from .quality_set import PARTS, files, functions

_PART = dict(
    zip(PARTS, ("a", "b", "c", "d", "e, held out", "f, by others", "g, by others"), strict=True)
)
_FIRST = {
    ("a", "functions"): (0.976, 0.961),
    ("a", "files"): (0.947, 0.837),
    ("b", "functions"): (0.972, 0.951),
    ("b", "files"): (0.906, 0.881),
    ("c", "functions"): (1.000, 0.965),
    ("c", "files"): (0.986, 0.850),
    ("d", "functions"): (0.981, 0.950),
    ("e", "functions"): (1.000, 0.976),
    ("e", "files"): (1.000, 1.000),
    ("f", "functions"): (0.974, 0.982),
    ("f", "files"): (0.950, 0.889),
    ("g", "functions"): (0.868, 0.845),
    ("g", "files"): (0.941, 0.704),
}
"""What each part gave when it was measured for the first time, before anybody looked at it."""
_KIND = {"functions": "function environments", "files": "code and configuration files"}


def page(results: Any) -> str:
    return (
        "\n".join(
            [
                *_head(),
                *_first(results),
                *_real(),
                *_engines(results),
                *_confidences(results),
                *_foot(),
            ]
        )
        + "\n"
    )


def _head() -> Iterator[str]:
    yield "# How well credentials are found"
    yield ""
    yield (
        "Written by `python -m tests.bench.quality --write docs/reference/detection-quality.md`, "
        "which also"
    )
    yield (
        "lists what was misjudged (`--wrong`) and gives the numbers to a program (`--format json`)."
    )
    yield ""
    yield "The set is ours, in the manner of real functions and repositories; every value is made up when it"
    yield "runs, and no public benchmark was used. Parts a to e were written one after the other, by the same author,"
    yield "each before the one before it was looked at; f and g by others who had not seen the program, g with the"
    yield "order to make it hard: names in a dozen languages, abbreviations, two look-alikes for each credential. The"
    yield "detector was improved on what a, b, c, d, f and then g showed, by rules that hold in general. Of e only the"
    yield "totals were ever looked at."
    yield ""
    yield "| part | functions | variables | with a credential | files | lines | with a credential |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for part in PARTS:
        of_functions, of_files = functions(part), files(part)
        variables = [one for function in of_functions for one in function.variables]
        secret = sum(any(label.sure for label in one.made.labels) for one in variables)
        lines = sum(one.made.text.count("\n") for one in of_files)
        told = len(
            {
                (one.path, one.made.text.count("\n", 0, label.start))
                for one in of_files
                for label in one.made.labels
                if label.sure
            }
        )
        yield (
            f"| {_PART[part]} | {len(of_functions)} | {len(variables)} | {secret} "
            f"| {len(of_files)} | {lines} | {told} |"
        )
    yield ""


def _engines(results: Any) -> Iterator[str]:
    yield "## Beside the engines alone"
    yield ""
    yield "Everything that is reported counts, findings of low confidence included. A variable or a line is one"
    yield "unit. What two careful people would judge differently (a public key of an ingest service, the"
    yield "password `postgres` of a test's database) counts neither way. *To the character*: the part that is"
    yield "reported is exactly the credential, such as the password within an address."
    yield ""
    yield "| data | part | engine | precision | recall | found | missed | false | to the character |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for part, kind, engine, score in sorted(rows(results), key=lambda row: (row[1], row[0])):
        exact = str(score.exact) if engine == OURS else ""
        yield (
            f"| {_KIND[kind]} | {_PART[part]} | {engine} | {score.precision():.3f} "
            f"| {score.recall():.3f} | {score.true()} | {score.missed} "
            f"| {score.count() - score.true()} | {exact} |"
        )
    yield ""
    goals = " and ".join(
        f"precision {precision:.2f} at recall {recall:.2f} on {_KIND[kind]}"
        for kind, (precision, recall) in GOALS.items()
    )
    yield f"The goals are {goals}."
    yield ""


def _first(results: Any) -> Iterator[str]:
    yield "## At first sight"
    yield ""
    yield "What each part gave when it was measured for the first time, with the detector as it was then. This, and"
    yield "not what it gives now, says what to expect of data that nobody has seen: of variables of issuers that are"
    yield "new to it, the detector misses one in twenty to forty, and one in six where every name was made to be hard."
    yield ""
    yield "| data | part | precision | recall | precision now | recall now |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for part, kind, engine, score in sorted(rows(results), key=lambda row: (row[1], row[0])):
        if engine == OURS and (part, kind) in _FIRST:
            precision, recall = _FIRST[part, kind]
            yield (
                f"| {_KIND[kind]} | {part} | {precision:.3f} | {recall:.3f} "
                f"| {score.precision():.3f} | {score.recall():.3f} |"
            )
    yield ""


_REAL: Final = (
    ("nine", 1064, 277, (0.870, 0.891, 0.655), (0.970, 0.816)),
    ("ten", 1193, 335, (0.808, 0.908, 0.551), (0.955, 0.813)),
    ("eleven", 1246, 320, (0.892, 0.933, 0.544), (0.965, 0.796)),
    ("six", 692, 184, (0.867, 0.929, 0.722), (0.945, 0.778)),
    ("eleven others", 1436, 442, (0.866, 0.892, 0.632), (0.969, 0.743)),
    ("eleven more", 955, 210, (0.695, 0.773, 0.671), (0.955, 0.763)),
    ("twelve", 1219, 333, (0.769, 0.835, 0.717), (0.973, 0.896)),
    ("twelve others", 1050, 257, (0.811, 0.912, 0.675), (0.914, 0.688)),
    ("twelve more", 1105, 292, (0.898, 0.977, 0.592), (0.975, 0.704)),
    ("ten more", 855, 233, (0.860, 0.927, 0.559), (0.877, 0.647)),
)
"""Repositories, lines, credentials; at first sight precision on all lines, precision and recall on
those drawn at random; at the end precision on all, recall. Measured until 2026-11-29 and not by this
program: other people's lines are not ours to keep here."""


def _real() -> Iterator[str]:
    yield "## Lines of public repositories"
    yield ""
    yield "Ten samples of lines from 104 public repositories, of applications, libraries, examples and"
    yield "infrastructure in a dozen languages, each labelled by readers who had not seen the program: lines drawn at"
    yield "random among those on which a loose expression finds the word for a secret or something like one, and up to"
    yield "45 of each repository on which the program reports something. A weak password or one of a test counts where"
    yield "it is in use. The lines are other people's and not kept here, so that this table is not made anew."
    yield ""
    yield "Precision is that of all that was reported on labelled lines, and at first sight also that of the lines drawn"
    yield "at random alone, of which recall is. The detector was improved on what each showed before the next was drawn,"
    yield "the first two together, and on the last since: only *at first sight* says what to expect elsewhere. *Now* a"
    yield "key in armour counts on each of its lines, as the readers took them."
    yield ""
    yield "| repositories | lines | credentials | at first sight: precision | of random lines: precision, recall | now: precision, recall |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, lines, found, (of_all, *drawn), now in _REAL:
        cells = " | ".join(f"{precision:.3f}, {recall:.3f}" for precision, recall in (drawn, now))
        yield f"| {name} | {lines} | {found} | {of_all:.3f} | {cells} |"
    yield ""
    yield "Of all random lines together precision was 0.889 and recall 0.628 at first sight; the goals are 0.90 and 0.75."
    yield "What is false comes in lumps: in the eighth sample four of ten were one sort of token, with which AWS tells a"
    yield "call from its repetition, in the seventh nearly a third one audit log, whose tokens are digests of the real"
    yield "ones, in the sixth half the documents of one framework (addresses with slots for the reader's own keys). One"
    yield "sort of file that was never seen before is enough to fall far below the goal, and high confidence far below"
    yield "0.98. That many findings of the same name in one file are false more often is not so: but for that log they"
    yield "are fixtures, and true."
    yield ""
    yield "A scorer that was trained on the words of these lines (logistic regression, tried on the repositories that"
    yield "it was not trained on) came on random lines to 0.58 at precision 0.79, and with the verdicts at first sight"
    yield "beside the words to 0.63 at 0.88 and 0.72 at 0.82: it moves along the same curve, and is not used."
    yield ""
    yield "What is missed most: passwords and keys that are one plain word (`sentry`, `alice`), in programs and in"
    yield "examples for a shell, where the same words name other things as often."
    yield ""
    yield "### Lines whose labels are kept"
    yield ""
    yield "Four later samples, of 59 repositories that none of the others were drawn from. Their labels are here by"
    yield "place and checksum (`tests/bench/labelled_lines`), so that whoever has clones of the repositories can measure"
    yield "anew: `python -m tests.bench.labelled_lines FOLDER`. Only random lines; in the fourth only such as hold a"
    yield "literal. The first two were measured with the same detector, each other with what had been mended since, but"
    yield "nothing for it."
    yield ""
    yield "| sample | repositories | lines | credentials | at first sight: precision, recall | now: precision, recall |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, number, (of_first, now) in _KEPT:
        lines = samples()[name]
        told = sum(line.label == "T" for line in lines)
        cells = " | ".join(
            f"{precision:.3f}, {recall:.3f}" for precision, recall in (of_first, now)
        )
        yield f"| {name} | {number} | {len(lines)} | {told} | {cells} |"
    yield ""
    yield "At first sight together 0.919 and 0.760. On the first three kingfisher's rules alone come to 0.969 and 0.105,"
    yield "detect-secrets alone to 0.574 and 0.344."
    yield ""


_KEPT: Final = (
    ("1", 13, ((0.889, 0.774), (0.988, 0.860))),
    ("2", 17, ((0.921, 0.784), (0.959, 0.881))),
    ("3", 15, ((0.923, 0.716), (0.950, 0.851))),
    ("4", 14, ((0.933, 0.750), (0.960, 0.857))),
)
"""Repositories; precision and recall at first sight, and now. Measured on 2026-11-29."""


def _confidences(results: Any) -> Iterator[str]:
    yield "## What a confidence means"
    yield ""
    yield "The share of what was reported with it that is a credential. The goal for high is"
    yield f"{HIGH_GOAL:.2f}; low is what a test, a document or a weak value lowers it to."
    yield ""
    yield "| data | part | high | medium | low |"
    yield "| --- | --- | --- | --- | --- |"
    for part, kind, engine, score in sorted(rows(results), key=lambda row: (row[1], row[0])):
        if engine == OURS:
            cells = " | ".join(_share(score, one) for one in CONFIDENCES)
            yield f"| {_KIND[kind]} | {_PART[part]} | {cells} |"
    yield ""


def _share(score: Score, confidence: str) -> str:
    count = score.count(confidence)
    return f"{score.precision(confidence):.3f} of {count}" if count else "none"


def _foot() -> Iterator[str]:
    at = environment()
    yield (
        f"Measured with Python {at['python']} on {at['cores']} cores ({at['system']}), kingfisher's rules "
        f"{at['kingfisher-secret-scanner']} and"
    )
    yield (
        f"detect-secrets {at['detect-secrets']}, each with its own settings. A function is a dotenv file to these two."
    )
