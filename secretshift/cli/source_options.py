"""Options that say where to look and what to choose; the same on scan, plan and migrate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from secretshift.model.errors import UsageProblem

if TYPE_CHECKING:
    from secretshift.settings import Settings
    from secretshift.workflow.plan import Edit, PlanRequest
    from secretshift.workflow.services import Sources

F = TypeVar("F", bound=Callable[..., Any])

SOURCES = (
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option("--aws", is_flag=True, help="Look at the Lambda functions of AWS accounts."),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="P",
        help="Profile of the AWS configuration; more than one for more accounts.",
    ),
    click.option("--region", "regions", multiple=True, metavar="R", help="Only these regions."),
    click.option("--all-regions", is_flag=True, help="Every region that the account may use."),
    click.option(
        "--exclude-region",
        "exclude_regions",
        multiple=True,
        metavar="R",
        help="Leave a region out.",
    ),
    click.option(
        "--exclude-path",
        "exclude_paths",
        multiple=True,
        metavar="GLOB",
        help="Leave files out, by a pattern as in .gitignore.",
    ),
    click.option(
        "--include-path",
        "include_paths",
        multiple=True,
        metavar="GLOB",
        help="Read only files that fit; --exclude-path wins.",
    ),
)
CHANGES = (
    click.option(
        "--staged",
        is_flag=True,
        help="Only lines that the next commit adds or changes, as they stand in git's index. The "
        "whole file is read to judge them.",
    ),
    click.option(
        "--since",
        metavar="REF",
        help="Only lines that HEAD added or changed since its merge base with REF, a branch, a tag "
        "or a commit. What is not committed is left out.",
    ),
)
PAST = (
    click.option(
        "--history",
        is_flag=True,
        help="The whole git history of the repositories, too: every version of every file that "
        "any ref reaches.",
    ),
    click.option(
        "--unreachable",
        is_flag=True,
        help="With --history: also what no ref reaches any more, such as reflogs and dangling "
        "commits.",
    ),
    click.option(
        "--no-cache",
        is_flag=True,
        help="Judge every file and search every history anew, whatever an earlier scan found.",
    ),
)
SELECTION = (
    click.option(
        "--min-confidence",
        type=click.Choice(["high", "medium"]),
        metavar="high|medium",
        help="Leave what is less sure to a person (as set; medium at first).",
    ),
    click.option(
        "--only",
        multiple=True,
        metavar="PATTERN",
        help="Only what fits, such as kind:stripe-*, function:pay-*, variable:DB_* or "
        "credential:c-12ab*.",
    ),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what fits."),
    click.option(
        "--store-files",
        is_flag=True,
        help="Also store credentials that lie in files only; needs one --region.",
    ),
    click.option(
        "--name",
        "names",
        multiple=True,
        metavar="CREDENTIAL=NAME",
        help="Name of the secret of a credential, such as c-12ab34cd56ef=prod/billing/stripe.",
    ),
    click.option(
        "--shape",
        "shapes",
        multiple=True,
        metavar="CREDENTIAL=plain|json",
        help="Store a credential alone as text, or as JSON with what belongs to it.",
    ),
    click.option(
        "--leave-out",
        multiple=True,
        metavar="FUNCTION[:VARIABLE]",
        help="Leave a function, or one of its variables, as it is.",
    ),
)


def apply(options: Iterable[Callable[[F], F]]) -> Callable[[F], F]:
    """A decorator that puts the options on a command, in their order."""

    def decorate(function: F) -> F:
        for option in reversed(tuple(options)):
            function = option(function)
        return function

    return decorate


@dataclass(frozen=True, slots=True)
class Given:
    """What was given of these options. Options that a command lacks keep their defaults."""

    paths: tuple[str, ...] = ()
    aws: bool = False
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    exclude_regions: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    include_paths: tuple[str, ...] = ()
    staged: bool = False
    since: str | None = None
    history: bool = False
    unreachable: bool = False
    no_cache: bool = False
    min_confidence: str | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    store_files: bool = False
    names: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises UsageProblem for options that contradict each other or would do nothing."""
        if self.regions and self.all_regions:
            raise UsageProblem("--region and --all-regions exclude each other")
        self._check_changes()
        self._check_past()
        if self.store_files and len(self.regions) != 1:
            raise UsageProblem(
                "--store-files needs exactly one --region",
                hint="Name the region in which the secrets are to stand",
            )
        lonely = {
            "--profile": self.profiles and not self.store_files,
            "--region": self.regions and not self.store_files,
            "--all-regions": self.all_regions,
            "--exclude-region": self.exclude_regions,
        }
        for name, given in lonely.items():
            if given and not self.aws:
                raise UsageProblem(
                    f"{name} says where to look in AWS, but AWS is not looked at",
                    hint="Add --aws",
                )
        if self.names or self.shapes or self.leave_out:
            from secretshift.workflow.plan import check_edits

            check_edits(self._edits())
            self._left_out()

    def _check_changes(self) -> None:
        if self.staged and self.since is not None:
            raise UsageProblem(
                "--staged and --since exclude each other",
                hint="A commit in the making is --staged, a branch is --since",
            )
        name = "--staged" if self.staged else "--since"
        if self.aws and (self.staged or self.since is not None):
            raise UsageProblem(
                f"{name} and --aws exclude each other", hint="Scan the functions by themselves"
            )
        if self.since == "":
            raise UsageProblem("--since needs a commit, a branch or a tag")

    def _check_past(self) -> None:
        if self.unreachable and not self.history:
            raise UsageProblem(
                "--unreachable says how far back to look, but the history is not looked at",
                hint="Add --history",
            )
        if not self.history:
            return
        if self.staged or self.since is not None:
            name = "--staged" if self.staged else "--since"
            raise UsageProblem(
                f"{name} and --history exclude each other",
                hint="Look at what is new, or at everything that ever was",
            )
        if self.aws and not self.paths:
            raise UsageProblem(
                "--history says how far back to look in files, but no PATH is looked at",
                hint="Name a repository",
            )
        from secretshift.workflow.past import require_repositories

        require_repositories(self.paths or (".",))

    def first_of_source(self) -> str:
        """The name of an option that a plan from a file leaves no room for, "" if there is none."""
        given: Mapping[str, object] = {
            "PATH": self.paths,
            "--aws": self.aws,
            "--region": self.regions,
            "--all-regions": self.all_regions,
            "--exclude-region": self.exclude_regions,
            "--exclude-path": self.exclude_paths,
            "--include-path": self.include_paths,
            "--min-confidence": self.min_confidence,
            "--only": self.only,
            "--exclude": self.exclude,
            "--store-files": self.store_files,
            "--name": self.names,
            "--shape": self.shapes,
            "--leave-out": self.leave_out,
        }
        return next((name for name, value in given.items() if value), "")

    def sources(self, settings: Settings) -> Sources:
        """Where to look. Neither a path nor --aws means the current folder."""
        from secretshift.workflow.services import Sources

        self.check()
        paths = self.paths or (() if self.aws else (".",))
        regions = self.regions or (() if self.all_regions else settings.aws.regions)
        return Sources(
            paths=paths,
            aws=self.aws,
            profiles=self.profiles or settings.aws.profiles,
            regions=regions,
            all_regions=self.all_regions,
            exclude_regions=(*settings.aws.exclude_regions, *self.exclude_regions),
            exclude_paths=(*settings.scan.exclude, *self.exclude_paths),
            include_paths=self.include_paths or settings.scan.include,
            staged=self.staged,
            since=self.since or "",
            history=self.history,
            unreachable=self.unreachable,
        )

    def plan_request(self, settings: Settings) -> PlanRequest:
        from secretshift.model.findings import Confidence
        from secretshift.workflow.plan import PlanRequest

        return PlanRequest(
            sources=self.sources(settings),
            min_confidence=Confidence(self.min_confidence or settings.plan.min_confidence),
            only=self.only,
            exclude=self.exclude,
            store_files=self.regions[0] if self.store_files else "",
            edits=self._edits(),
            left_out=self._left_out(),
        )

    def _left_out(self) -> tuple[str, ...]:
        return tuple(_left_out(given) for given in self.leave_out)

    def _edits(self) -> tuple[Edit, ...]:
        from secretshift.model.findings import CredentialId
        from secretshift.workflow.plan import Edit

        edits = []
        for option, texts in (("--name", self.names), ("--shape", self.shapes)):
            for text in texts:
                credential, equals, chosen = text.partition("=")
                if not (credential and equals and chosen):
                    raise UsageProblem(
                        f"{option} needs a credential and what is chosen for it",
                        resource=text,
                        hint=f"For instance {option} c-12ab34cd56ef="
                        + ("prod/billing/stripe" if option == "--name" else "json"),
                    )
                name, shape = (chosen, "") if option == "--name" else ("", chosen)
                edits.append(Edit(CredentialId(credential), name, shape))
        return tuple(edits)


def _left_out(given: str) -> str:
    """``FUNCTION:VARIABLE`` as the plan takes it. An ARN has colons of its own."""
    parts = given.split(":")
    count = 7 if given.startswith("arn:") else 1
    if len(parts) > count + 1 or "" in parts[count - 1 :]:
        raise UsageProblem(
            "--leave-out takes a function, or a function and one of its variables",
            resource=given,
            hint="For instance --leave-out legacy-cron, or --leave-out billing-api:STRIPE_KEY",
        )
    return "|".join([":".join(parts[:count]), *parts[count:]])
