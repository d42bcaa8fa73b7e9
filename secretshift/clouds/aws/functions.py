"""Lambda behind the port `FunctionInventory`, for one account and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from secretshift.model.errors import NotFound, Refused, Unavailable
from secretshift.model.functions import (
    LATEST,
    EnvironmentWrite,
    FunctionFacts,
    FunctionRef,
    FunctionSnapshot,
    Invocation,
    Place,
)
from secretshift.model.ports import LayerVersion, NewProbe

from . import facts, invocations, layers, logs, network_view, probes, way_out, writing
from .clocks import Clock, SystemClock
from .configuration import reference, snapshot_of
from .connections import RegionClients
from .errors import aws_errors

PATIENCE = 300.0
"""Seconds until an update counts as stuck, as the SDK's waiter function_updated_v2 has it."""
FIRST_LOOK = 0.1
SLOWEST_LOOK = 1.0


class AwsFunctions:
    """Reads through GetFunction, which has a quota of its own (100 a second) and so takes nothing
    from the 15 requests a second that the account's deployments share."""

    def __init__(self, place: Place, clients: RegionClients, clock: Clock | None = None) -> None:
        self._place = place
        self._clients = clients
        self._clock: Clock = clock or SystemClock()

    @property
    def place(self) -> Place:
        return self._place

    def functions(self) -> Iterator[FunctionSnapshot]:
        with aws_errors("listing the functions", str(self._place)):
            for page in self._clients.functions.get_paginator("list_functions").paginate():
                for configuration in page["Functions"]:
                    yield snapshot_of(configuration, self._place)

    def everything(self) -> Iterator[FunctionSnapshot]:
        for latest in self.functions():
            yield latest
            try:
                published = self.versions(latest.ref)
            except NotFound:
                # deleted since it was listed
                continue
            yield from published

    def versions(self, ref: FunctionRef) -> tuple[FunctionSnapshot, ...]:
        self._own(ref)
        found = []
        with aws_errors("listing the function's versions", ref.arn):
            pages = self._clients.functions.get_paginator("list_versions_by_function").paginate(
                FunctionName=ref.arn
            )
            for page in pages:
                found += [snapshot_of(item, self._place) for item in page["Versions"]]
        published = [item for item in found if item.version != LATEST]
        return tuple(sorted(published, key=lambda item: int(item.version)))

    def aliases(self, ref: FunctionRef) -> Mapping[str, tuple[str, ...]]:
        self._own(ref)
        return facts.read_aliases(self._clients.functions, ref)

    def read(self, ref: FunctionRef) -> FunctionSnapshot:
        self._own(ref)
        with aws_errors("reading the function", ref.arn):
            answer = self._clients.functions.get_function(FunctionName=ref.arn)
            return snapshot_of(answer["Configuration"], self._place)

    def locate(self, name: str) -> FunctionRef:
        return reference(self._place, name)

    def facts(self, snapshot: FunctionSnapshot) -> FunctionFacts:
        self._own(snapshot.ref)
        return facts.read_facts(self._clients.functions, snapshot, self.versions, self.aliases)

    def write(self, ref: FunctionRef, write: EnvironmentWrite) -> FunctionSnapshot:
        self._own(ref)
        return writing.write_configuration(self._clients.functions, self.settled, ref, write)

    def settled(self, ref: FunctionRef) -> FunctionSnapshot:
        deadline = self._clock.monotonic() + PATIENCE
        pause = FIRST_LOOK
        while True:
            snapshot = self.read(ref)
            if snapshot.state != "Pending" and snapshot.update_status != "InProgress":
                return snapshot
            if self._clock.monotonic() >= deadline:
                raise Unavailable(
                    f"An update of the function has not ended within {PATIENCE:.0f} seconds",
                    resource=ref.arn,
                    hint="Resume when the function's last update is through",
                    code="not-settled",
                )
            self._clock.wait(pause)
            pause = min(pause * 2, SLOWEST_LOOK)

    def invoke(self, ref: FunctionRef, payload: bytes, *, probe: bool = False) -> Invocation:
        self._own(ref)
        return invocations.invoke(self._clients.invocations, ref, payload, probe=probe)

    def resolver_log(self, snapshot: FunctionSnapshot, since: datetime) -> str:
        self._own(snapshot.ref)
        return logs.resolver_log(self._clients.logs, snapshot, since)

    def publish_layer(self, name: str, zip_bytes: bytes, sha256: str) -> LayerVersion:
        return layers.publish_layer(self._clients.functions, name, zip_bytes, sha256)

    def layer(self, arn: str) -> LayerVersion:
        return layers.layer(self._clients.functions, arn)

    def layer_versions(self, name: str) -> tuple[str, ...]:
        return layers.layer_versions(self._clients.functions, name)

    def delete_layer(self, arn: str) -> None:
        layers.delete_layer(self._clients.functions, arn)

    def create_probe(self, probe: NewProbe) -> FunctionRef:
        self._own(probe.twin.ref)
        return probes.create_probe(
            self._clients.functions, self.settled, self.locate(probe.name), probe
        )

    def delete_probe(self, name: str) -> None:
        probes.delete_probe(self._clients.functions, self._clients.logs, self.locate(name))

    def probes(self) -> tuple[str, ...]:
        names = (snapshot.ref.name for snapshot in self.functions())
        return probes.probe_names(self._clients.functions, names, self.locate)

    def route(self, snapshot: FunctionSnapshot) -> tuple[bool, str]:
        self._own(snapshot.ref)
        if elsewhere := way_out.own_way(snapshot):
            return True, elsewhere
        return network_view.route(self._clients.network, snapshot.network, self._place.region)

    def _own(self, ref: FunctionRef) -> None:
        """A plan may name what is not of this account: nothing of it is asked or changed."""
        if ref.place != self._place or ref.arn != self.locate(ref.name).arn:
            raise Refused(
                f"The function does not belong to {self._place}",
                resource=ref.arn,
                hint="Use the profile of its account",
                code="other-account",
            )
