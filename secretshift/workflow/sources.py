"""What could be scanned from here: the repository of a folder, and every account of this machine.

Only reads. One that fails, hangs or asks for something never hides the others.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from secretshift.model.errors import LoginExpired, SecretshiftError, UsageProblem
from secretshift.model.journeys import CancelToken, Emit, Note, SourceFound
from secretshift.model.ports import Caller, Cloud
from secretshift.model.sources import FoundSource, Login
from secretshift.sources.repository import MOST_COMMITS, RepositoryFacts, repository_at

from .bounded import Look, side_by_side
from .services import Services

SECONDS = 20.0
"""For one account. Several calls, and one that is sent again when the network does not answer."""


def discover(
    services: Services, here: Path, emit: Emit, cancel: CancelToken
) -> tuple[FoundSource, ...]:
    """The folder first, then the accounts in the order of the configuration.

    Posts SourceFound for each at once, and again with the same id when more is known of it; Note
    where a whole cloud cannot be looked for. Raises Interrupted.
    """
    folder = _folder(here)
    emit(SourceFound(folder))
    try:
        logins = services.logins.found()
    except SecretshiftError as error:
        emit(Note(f"AWS accounts were not looked for: {error}. {error.hint}".rstrip(), "warning"))
        logins = ()
    started = [_unchecked(login) for login in logins]
    for source, login in zip(started, logins, strict=True):
        if login.sure:
            emit(SourceFound(source))
    looks = [
        Look(lambda login=login: _account(services, login), _late(login))  # type: ignore[misc]
        for login in logins
    ]
    found: list[FoundSource | None] = list(started)
    for number, answer in side_by_side(looks, seconds=SECONDS, cancel=cancel):
        found[number] = answer
        if answer is not None:
            emit(SourceFound(answer))
    accounts = [source for source in found if source is not None]
    told = _same_accounts(accounts)
    for before, after in zip(accounts, told, strict=True):
        if before != after:
            emit(SourceFound(after))
    return (folder, *told)


def check_again(services: Services, source: FoundSource) -> FoundSource:
    """The same source as it is now; a login is opened anew. Never raises for what it meets."""
    if source.kind in ("git", "folder"):
        return _typed(Path(source.path))
    login = _login_of(services, source)
    services.logins.renew(login.profile)
    look = Look(lambda: _account(services, login), _late(login))
    ((_number, found),) = side_by_side([look], seconds=SECONDS, cancel=CancelToken())
    return found or replace(_unchecked(login), cannot="find credentials", checked=True)


def named(services: Services, here: Path, text: str) -> FoundSource:
    """The folder, file or profile that a person typed, looked at. here: what a relative path
    begins at.

    Raises UsageProblem where there is neither.
    """
    path = _path(here, text)
    if path is not None:
        return _typed(path)
    if "/" in text or text.startswith((".", "~")):
        raise UsageProblem("There is no such folder, or you may not look at it", resource=text)
    known = [login.profile for login in services.logins.found() if login.profile]
    if text not in known:
        raise UsageProblem(
            "There is no folder and no AWS profile of this name",
            resource=text,
            hint=f"Profiles are {', '.join(known)}" if known else "No AWS profile is configured",
        )
    unchecked = _unchecked(Login("aws", text, "as configured"))
    return check_again(services, unchecked)


def _path(here: Path, text: str) -> Path | None:
    """None for what is not there."""
    try:
        path = here.absolute() / Path(text).expanduser()
        return path if path.exists() else None
    except (RuntimeError, OSError, ValueError):
        return None


def _typed(path: Path) -> FoundSource:
    """Exactly this folder: one that lies in a repository is no repository of its own."""
    if path.is_file():
        return FoundSource(
            id=f"folder:{path}",
            kind="folder",
            name=short(path),
            detail="a file",
            can="read it",
            ready=True,
            path=str(path),
        )
    found = _folder(path)
    if found.kind == "git" and found.ready and Path(found.path) != path.resolve():
        return _plain_folder(path)
    return found


def _login_of(services: Services, source: FoundSource) -> Login:
    """As it is configured now, which may be why it is looked at again."""
    try:
        logins = services.logins.found()
    except SecretshiftError:
        logins = ()
    same = [login for login in logins if login.profile == source.profile]
    return same[0] if same else Login(source.kind, source.profile, "as before")


# Folders


def _folder(here: Path) -> FoundSource:
    path = here.absolute()
    try:
        facts = repository_at(path)
    except SecretshiftError as error:
        return FoundSource(
            id=f"git:{path}",
            kind="git",
            name=short(path),
            detail="a git repository",
            cannot=f"be read: {error.what}",
            remedy=error.hint,
            path=str(path),
        )
    if facts is not None:
        return _repository(facts)
    return _plain_folder(path)


def _repository(facts: RepositoryFacts) -> FoundSource:
    over = facts.commits > MOST_COMMITS
    commits = f"{'over ' if over else ''}{min(facts.commits, MOST_COMMITS):,} commits"
    if facts.commits == 1:
        commits = "1 commit"
    parts = [f"branch {facts.branch}" if facts.branch else "no branch checked out", commits]
    if facts.shallow:
        parts.append("a shallow clone, older commits are not here")
    return FoundSource(
        id=f"git:{facts.root}",
        kind="git",
        name=short(facts.root),
        detail=", ".join(parts),
        can="read its work tree",
        ready=True,
        path=str(facts.root),
    )


def _plain_folder(path: Path) -> FoundSource:
    source = FoundSource(
        id=f"folder:{path}",
        kind="folder",
        name=short(path),
        detail="a folder without a git repository",
        path=str(path),
    )
    if path == Path(path.anchor) or path == Path.home():
        # Everything that a person has would be read, caches and mail included, for hours.
        return replace(source, remedy="Start in the folder of a project, or add one")
    return replace(source, can="read its files", ready=True)


def short(path: Path) -> str:
    """A path as people write it, with ~ for their home."""
    home = Path.home()
    if path != home and path.is_relative_to(home):
        return f"~/{path.relative_to(home)}"
    return str(path)


# Accounts


def _id(login: Login) -> str:
    return f"{login.cloud}:{login.profile}" if login.profile is not None else login.cloud


def _detail(login: Login) -> str:
    if login.profile is None:
        return f"default credentials ({login.how})"
    return f"profile {login.profile} ({login.how})"


def _unchecked(login: Login) -> FoundSource:
    return FoundSource(
        id=_id(login),
        kind=login.cloud,
        name=login.name,
        detail=_detail(login),
        profile=login.profile,
        checked=False,
    )


def _late(login: Login) -> FoundSource | None:
    if not login.sure:
        return None
    return replace(
        _unchecked(login),
        cannot=f"be reached: no answer within {SECONDS:.0f} seconds",
        remedy="Check the network and what gives this login its credentials, then check again",
        checked=True,
    )


def _account(services: Services, login: Login) -> FoundSource | None:
    """None where there turned out to be no such login."""
    source = replace(_unchecked(login), checked=True)
    if login.asks:
        return replace(
            source,
            cannot=f"be asked in the background: it asks for {login.asks}",
            remedy=login.hint,
        )
    try:
        (cloud,) = services.clouds((login.profile or "",))
        caller = cloud.caller()
    except SecretshiftError as error:
        if not login.sure and error.code == "no-credentials":
            return None
        return replace(source, cannot=f"log in: {error.what}", remedy=_remedy(login, error))
    known = replace(
        source,
        name=caller.account,
        detail=f"{source.detail}, as {_who(caller)}",
        account=caller.account,
    )
    return _readable(cloud, login, known)


def _readable(cloud: Cloud, login: Login, source: FoundSource) -> FoundSource:
    """With what can be read there, asked by the calls that a scan begins with."""
    can: list[str] = []
    cannot: list[str] = []
    remedy = ""
    regions: tuple[str, ...] = ()
    try:
        regions = cloud.regions()
        if cloud.regions_note:
            cannot.append("list the account's regions")
        region = cloud.region(cloud.default_region)
        where = region.place.region
        first = next(region.functions.functions(), None)
    except SecretshiftError as error:
        return replace(
            source,
            cannot=f"list functions: {error}",
            remedy=_remedy(login, error),
            regions=regions,
        )
    can.append(f"list functions in {where}" + ("" if first else ", where there are none"))
    if first is not None:
        try:
            region.access.read_policy(first.role, region.references.grant_name(first.ref))
            can.append("read the policies of their roles")
        except SecretshiftError as error:
            cannot.append(f"read the policies of their roles: {error}")
            remedy = error.hint
    return replace(
        source,
        can=" and ".join(can),
        cannot="; ".join(cannot),
        remedy=remedy,
        ready=True,
        regions=regions,
    )


def _remedy(login: Login, error: SecretshiftError) -> str:
    if isinstance(error, LoginExpired) and login.renew:
        return login.renew
    if isinstance(error, UsageProblem) and error.code == "region" and login.profile:
        return f"aws configure set region REGION --profile {shlex.quote(login.profile)}"
    return error.hint


def _who(caller: Caller) -> str:
    return caller.arn.split(":", 5)[-1]


def _same_accounts(sources: Sequence[FoundSource]) -> list[FoundSource]:
    """Each one that leads to the account of an earlier one says so."""
    first: dict[str, FoundSource] = {}
    told = []
    for source in sources:
        earlier = first.setdefault(source.account, source) if source.account else source
        if earlier is not source:
            same = f"profile {earlier.profile}" if earlier.profile else "the default credentials"
            source = replace(source, detail=f"{source.detail}; the same account as {same}")
        told.append(source)
    return told
