"""What the studio is asked for (`Order`) and what it answers (a stream of events).

All are frozen, cross process borders as msgpack, and carry bytes as bytes. Per order the events
are: `Started`, then any number of `Progress`, `Preview` and `Checkpoint`, then each `PanelDrawn`
(hidden sheet panels too), a last `Preview` made of them, then each `PageComposed`, and exactly one
of `Finished`, `Cancelled`, `Failed` last. The order of a clip (`plan.clip`) has one `ClipMade`
instead of panels and pages.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from generation.script.plan import RenderPlan


@dataclass(frozen=True, slots=True)
class Order:
    """A render to draw: `attempt` fences late results, `checkpoint` is where it stopped before,
    `pictures` are those that the plan names, by key, as PNG or JPEG."""

    render: int
    attempt: int
    plan: RenderPlan
    checkpoint: bytes | None = None
    pictures: dict[str, bytes] = field(default_factory=dict)


Binding = Literal["cbz", "pdf", "png"]


@dataclass(frozen=True, slots=True)
class Bind:
    """Asks for finished pages (PNG) as files to keep, each of at most `limit` bytes. They are named
    after `stem`; `summary`, `writers` and `language` (an ISO code) stand in the book."""

    binding: Binding
    pages: tuple[bytes, ...]
    title: str
    stem: str
    limit: int
    summary: str = ""
    writers: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Repack:
    """Asks for a picture as a JPEG of at most `limit` bytes and `side` pixels a side. It may come
    from anywhere: more than `pixels` are refused before they are decoded, and nothing but pixels is
    kept."""

    picture: bytes
    limit: int
    side: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Refilm:
    """Asks for a film (MP4) as one of at most `limit` bytes."""

    film: bytes
    limit: int


@dataclass(frozen=True, slots=True)
class BoundFile:
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Started:
    """Drawing begins at `step` (0, or the step of the checkpoint)."""

    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` of `steps` timesteps are done for all panels; `seconds` is the time this step took."""

    step: int
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Preview:
    """A small JPEG of all shown panels as they are at `step`."""

    step: int
    image: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A safetensors blob from which drawing goes on after `step` to the same pixels."""

    step: int
    data: bytes


@dataclass(frozen=True, slots=True)
class PanelDrawn:
    """One finished picture as PNG. `position` is its place in the plan's stack, `seed` its own
    where it was drawn once more with another than the plan's."""

    position: int
    image: bytes
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PageComposed:
    """One lettered page as PNG, from 0, with its alt text."""

    index: int
    image: bytes
    alt_text: str


@dataclass(frozen=True, slots=True)
class ClipMade:
    """The film as MP4, with its alt text."""

    film: bytes
    alt_text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """All is drawn. `seconds` by phase (load, text, denoise, decode, page; of a clip load, frames,
    film), `peak_memory` in bytes
    of the artist's process, `micro_batch` as really used, `notes` say what too little
    memory changed, which pictures were missing, which panels were drawn once more."""

    seconds: dict[str, float]
    peak_memory: int
    micro_batch: int
    steps_drawn: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Drawing stopped within one step of the request."""

    step: int


class Trouble(StrEnum):
    """What went wrong, for whoever words it in another language; behind it, what fills it in."""

    TOLD = "told"  # text: only a program's own words are known
    MEMORY = "memory"
    BROKE = "broke"  # text
    KILLED = "killed"
    SIGNALLED = "signalled"  # signal
    EXITED = "exited"  # status
    SILENT = "silent"
    CLOSED = "closed"
    PICTURE_LOST = "picture_lost"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"  # megapixels, limit
    NO_ROOM = "no_room"  # not even a tiny picture has so few bytes
    NO_MOTION = "no_motion"  # what should set panels in motion isn't there
    CLIP_TOO_LARGE = "clip_too_large"  # limit, in mebibytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Drawing ended with an error. `retryable`: another attempt may end differently. `reason` is a
    sentence in English; `code` and `data` say the same to be worded in other languages."""

    reason: str
    retryable: bool
    code: Trouble = Trouble.TOLD
    data: dict[str, str] = field(default_factory=dict)


Event = (
    Started
    | Progress
    | Preview
    | Checkpoint
    | PanelDrawn
    | PageComposed
    | ClipMade
    | Finished
    | Cancelled
    | Failed
)
