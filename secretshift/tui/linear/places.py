"""Where to look: every place that was found, and which of them a person wants."""

from __future__ import annotations

from pathlib import Path

from secretshift.model.errors import SecretshiftError
from secretshift.model.journeys import CancelToken
from secretshift.model.sources import FoundSource
from secretshift.workflow.services import Services, Sources

from ..gate import gate
from .talk import Talk


def ask_sources(talk: Talk, services: Services, here: Path) -> Sources | None:
    """None where nothing was chosen."""
    from secretshift.workflow.sources import discover

    talk.say("Looking for places to look at. This only reads.")
    found = discover(services, here, talk.heard, CancelToken())
    usable = [source for source in found if source.ready]
    for source in found:
        if not source.ready:
            why = f"{source.cannot}. {source.remedy}".strip(". ")
            talk.say(gate(f"Cannot be read: {source.name}: {source.detail}. {why}"))
    while True:
        if usable:
            for number, source in enumerate(usable, 1):
                said = f"{number}: {source.kind} {source.name}: {source.detail}. {source.can}"
                talk.say(gate(said))
        else:
            talk.say("Nothing can be read from here yet.")
        choices = ["Choose among these places"] * bool(usable)
        choices += ["Add a folder or a profile", "Back"]
        answer = choices[talk.choose("Where shall I look?", choices)]
        if answer == "Back":
            return None
        if answer.startswith("Add"):
            _add(talk, services, here, usable)
            continue
        picked = talk.pick("Which of them?", len(usable))
        if picked:
            return _sources(talk, services, [usable[at] for at in picked])


def _add(talk: Talk, services: Services, here: Path, usable: list[FoundSource]) -> None:
    from secretshift.workflow.sources import named

    typed = talk.ask("Type a folder's path or a profile's name, or nothing for none.")
    if not typed:
        return
    try:
        source = named(services, here, typed)
    except SecretshiftError as error:
        talk.complain(error)
        return
    if source.ready:
        usable.append(source)
    else:
        talk.say(gate(f"Cannot be read: {source.name}: {source.cannot}. {source.remedy}"))


def _sources(talk: Talk, services: Services, chosen: list[FoundSource]) -> Sources:
    logins = [source for source in chosen if source.kind == "aws"]
    profiles = tuple(source.profile or "" for source in logins)
    settings = services.settings.aws
    every = not settings.regions
    if logins and settings.regions:
        names = ", ".join(settings.regions)
        choices = (gate(f"Those of the configuration: {names}"), "Every region that is switched on")
        every = talk.choose("Which regions?", choices) == 1
    history = False
    if any(source.kind == "git" for source in chosen):
        depths = ("The files as they are now", "The whole git history too, which takes longer")
        history = talk.choose("How far back?", depths) == 1
    return Sources(
        paths=tuple(source.path for source in chosen if source.path),
        aws=bool(logins),
        profiles=() if profiles == ("",) else profiles,
        regions=() if every else settings.regions,
        all_regions=every,
        exclude_regions=settings.exclude_regions,
        exclude_paths=services.settings.scan.exclude,
        include_paths=services.settings.scan.include,
        history=history,
    )
