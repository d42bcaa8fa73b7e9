"""Places that could be looked at, as they are found on this machine before anything is scanned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """A way into an account that this machine is set up for; nothing is asked of the cloud yet.

    profile: None for the default credentials; how: where its credentials come from, in a few
    words; renew: the command or the sentence that renews them; asks: what it would ask a person
    at the terminal ("" if nothing), so that it cannot be tried in the background; hint: what to
    do instead; sure: False where nothing on this machine says that there is one, and only an
    attempt can tell.
    """

    cloud: str
    profile: str | None
    how: str
    renew: str = ""
    asks: str = ""
    hint: str = ""
    sure: bool = True

    @property
    def name(self) -> str:
        return self.profile if self.profile is not None else "default credentials"


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A place that can be scanned, or could be if the remedy were taken.

    id: stable between two looks; kind: "git", "folder" or "aws"; can, cannot: what was and was
    not readable, as the end of a sentence; remedy: a command or a sentence, "" if nothing is to
    be done; ready: it can be scanned as it is; checked: False while the answer is awaited;
    profile: None for the default credentials, which ``Sources.profiles`` writes as "".
    """

    id: str
    kind: str
    name: str
    detail: str
    can: str = ""
    cannot: str = ""
    remedy: str = ""
    ready: bool = False
    path: str = ""
    profile: str | None = None
    account: str = ""
    regions: tuple[str, ...] = ()
    checked: bool = True
