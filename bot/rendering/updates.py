"""What happened to a render, for whoever shows it."""

from dataclasses import dataclass
from typing import Literal

from storage.reasons import Reason
from storage.values import Render

Kind = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class RenderUpdate:
    """`render` as it is now, its place in the queue while it waits (1: next), and the newest
    preview (JPEG) if there is a new one. `trouble`: why a page that was drawn is not posted;
    `lost`: it won't be. `wait`: seconds until it is begun, as far as that can be told."""

    render: Render
    place: int | None
    preview: bytes | None
    kind: Kind
    trouble: Reason | None = None
    lost: bool = False
    wait: float | None = None
