"""Put the resolver's layer into a region; a version with the same bytes is used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secretshift.model.functions import Place

from .context import RunContext


@dataclass(frozen=True, slots=True)
class PublishLayer:
    """Undo leaves layer versions where they are: a deleted one cannot be attached again."""

    place: Place
    type: str = "publish-layer"

    @property
    def key(self) -> str:
        return f"{self.type}:{self.place.account}:{self.place.region}"

    @property
    def target(self) -> str:
        return self.place.region

    def describe(self) -> str:
        return f"Publish the resolver layer in {self.place.region}"

    def intent(self, ctx: RunContext, _earlier: Mapping[str, object]) -> Mapping[str, object]:
        return {"region": self.place.region, "sha256": ctx.layer.sha256}

    def apply(self, ctx: RunContext, _intent: Mapping[str, object]) -> Mapping[str, object]:
        functions = ctx.region(self.place).functions
        version = functions.publish_layer(ctx.layer.name, ctx.layer.zip_bytes(), ctx.layer.sha256)
        ctx.layers[self.place] = version.arn
        return {"arn": version.arn}
