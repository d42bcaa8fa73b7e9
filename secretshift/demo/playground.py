"""The embedded cloud and the sample repository for as long as a person tries things on them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from secretshift.changes.patience import Patience
from secretshift.demo import repository, samples
from secretshift.demo.embedded_aws import EmbeddedAws
from secretshift.demo.story import REGIONS
from secretshift.model.journeys import Emit, Note
from secretshift.settings import AwsSettings, Settings
from secretshift.workflow.services import Services

MakeServices = Callable[[Settings, Path, Emit], Services]


class Playground:
    """Use it as a context manager; ``open`` starts the cloud, which takes some seconds.

    here: the sample repository's folder, made by ``open``; settings: the person's own, with the
    two regions of the samples. Everything is gone afterwards, and the process's environment is as
    it was.
    """

    def __init__(self, settings: Settings, make_services: MakeServices) -> None:
        self.settings = replace(settings, aws=AwsSettings(regions=REGIONS))
        self._make_services = make_services
        self._folder = tempfile.TemporaryDirectory(prefix="secretshift-demo-")
        self._aws: EmbeddedAws | None = None
        self._former: dict[str, str] | None = None

    @property
    def here(self) -> Path:
        return Path(self._folder.name) / "shop"

    def open(self, emit: Emit) -> Services:
        """Start the cloud, fill it, and give the services that reach it. Raises DemoProblem."""
        emit(Note("Starting an AWS on this machine; nothing leaves it."))
        self._aws = EmbeddedAws()
        self._aws.start()
        self._former = dict(os.environ)
        os.environ.update(self._aws.environment)
        emit(Note("Making sample functions that need their credentials."))
        functions = samples.fill(self._aws)
        repository.create(self.here, samples.values())
        emit(Note(f"{len(functions)} functions and a repository are ready."))
        services = self._make_services(self.settings, self.here.parent / "workspace", emit)
        return replace(services, patience=Patience(60.0, 20.0, 0.25, steady=0.5))

    def __enter__(self) -> Playground:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._former is not None:
            os.environ.clear()
            os.environ.update(self._former)
        if self._aws is not None:
            self._aws.stop()
        self._folder.cleanup()
