"""`inkthread bench story --split`: where the time of one render goes, part by part.

Drawn in this process, with the model warm: the network and its attention are timed from outside, by
hooks on their forward calls, so what is measured is what the studio does.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from torch import nn

from generation.consistency.install import self_attention_layers
from generation.diffusion.model import DiffusionModel
from generation.goals import Goal
from generation.script.plan import RenderPlan
from generation.studio.artist import Artist, set_threads
from generation.studio.events import Event, Failed, Order, PanelDrawn
from generation.studio.press import Press
from generation.studio.studio import StudioError
from generation.studio.wire import Compose, Drawn

MOST_OVERHEAD = 0.1  # of a render
PREVIEWS, CHECKPOINTS = 3.0, 10.0  # seconds between two: as in the studio


@dataclass(frozen=True)
class Split:
    """Seconds of one render. `unet` is without `attention`: the self-attention that is consistent,
    with its projections. `other` is the solver, previews, checkpoints, files and waiting."""

    text: float
    unet: float
    attention: float
    vae: float
    page: float
    other: float

    @property
    def seconds(self) -> dict[str, float]:
        parts = asdict(self)
        return parts | {"total": sum(parts.values())}

    @property
    def overhead(self) -> float:
        """The share of everything that is neither network nor autoencoder."""
        return (self.text + self.page + self.other) / self.seconds["total"]

    @property
    def goal(self) -> Goal:
        return Goal("share of neither network nor autoencoder", self.overhead, MOST_OVERHEAD)


class Clock:
    """Seconds inside modules, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began: dict[str, float] = {}

    @contextmanager
    def on(self, parts: Mapping[str, list[nn.Module]]) -> Iterator[None]:
        """Time these modules while inside. No module may be called within another of its name."""
        with ExitStack() as hooks:
            for name, modules in parts.items():
                self.seconds[name] = 0.0
                for module in modules:
                    hooks.callback(module.register_forward_pre_hook(self._start(name)).remove)
                    hooks.callback(module.register_forward_hook(self._stop(name)).remove)
            yield

    def _start(self, name: str) -> Callable[..., None]:
        def begin(*_: object) -> None:
            self._began[name] = time.perf_counter()

        return begin

    def _stop(self, name: str) -> Callable[..., None]:
        def end(*_: object) -> None:
            self.seconds[name] += time.perf_counter() - self._began[name]

        return end


def split(plan: RenderPlan, models_file: Path, threads: int) -> Split:
    """Draw a plan once, after a first step that warms everything up.

    Raises:
        StudioError: it can't be drawn.
    """
    set_threads(threads)
    artist = Artist(models_file, preview_interval=PREVIEWS, checkpoint_interval=CHECKPOINTS)
    press = Press()
    _draw(artist, press, replace(plan, steps=1))
    network = artist.easel(plan.model).network
    clock = Clock()
    with clock.on(_parts(network)):
        began = time.perf_counter()
        drawn, page = _draw(artist, press, plan)
        total = time.perf_counter() - began
    unet, attention = clock.seconds["unet"], clock.seconds["attention"]
    known = drawn.seconds["text"] + unet + drawn.seconds["decode"] + page
    return Split(
        text=drawn.seconds["text"],
        unet=unet - attention,
        attention=attention,
        vae=drawn.seconds["decode"],
        page=page,
        other=total - known,
    )


def table(found: Split) -> str:
    """Seconds and shares, as Markdown, and the goal with its verdict."""
    seconds = found.seconds
    lines = ["| part | seconds | share |", "| --- | --- | --- |"]
    for name, value in seconds.items():
        lines.append(f"| {name} | {value:.3f} | {value / seconds['total']:.1%} |")
    lines.append("")
    lines.append(str(found.goal))
    return "\n".join(lines)


def _parts(network: DiffusionModel) -> dict[str, list[nn.Module]]:
    layers = self_attention_layers(network.unet, network.blocks)
    return {"unet": [network.unet], "attention": list(layers.values())}


def _draw(artist: Artist, press: Press, plan: RenderPlan) -> tuple[Drawn, float]:
    """The artist's last word, and the seconds that the pages took."""
    pictures: dict[int, bytes] = {}
    drawn: Event | Drawn | None = None
    for drawn in artist.draw(Order(1, 1, plan), lambda: False):
        if isinstance(drawn, Failed):
            raise StudioError(drawn.reason)
        if isinstance(drawn, PanelDrawn):
            number = plan.panels[drawn.position].number
            if number is not None:
                pictures[number] = drawn.image
    assert isinstance(drawn, Drawn)
    began = time.perf_counter()
    for page in press.work(Compose(plan, pictures)):
        if isinstance(page, Failed):
            raise StudioError(page.reason)
    return drawn, time.perf_counter() - began
