"""Draws stories in a mode, reads them, and adds up what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from PIL import Image
from torch import Tensor

from generation.consistency.sampling import counter_seed
from generation.consistency.separation import WHOLE, Separation
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import Model, Style
from generation.script.identities import WANTED
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.toon.evaluation.artists import Artist, Copyist, Engine, ReleasedScheme, World
from generation.toon.evaluation.measure import (
    BACKGROUND,
    BANK,
    DIVERSITY,
    bank_figure,
    diversity,
    figures_of,
    places_copied,
)
from generation.toon.evaluation.memory import Watch
from generation.toon.evaluation.plans import alone, with_fewer, with_strangers
from generation.toon.evaluation.redrawn import Decoded, Redrawn
from generation.toon.evaluation.statistics import Tally
from generation.toon.evaluation.story import Story
from generation.toon.reader import Reading, as_panels

TAKES = 2  # drawings of every story, with unrelated seeds: chance is what they have in common
SEEDS = 1 << 32


@dataclass(frozen=True)
class Settings:
    """What a plan is made of besides the story. `identity` of None is the product's own number."""

    entry: Model
    style: Style
    side: int  # pixels
    steps: int
    identity: int | None = None

    def plan(self, story: Story, seed: int) -> RenderPlan:
        """The product's plan."""
        plan = plan_story(
            story.script,
            self.entry,
            self.style,
            title=story.name,
            seed=seed,
            width=self.side,
            height=self.side,
            steps=self.steps,
            identity_wanted=max(WANTED, self.identity or 0),
        )
        return plan if self.identity is None else with_fewer(plan, self.identity)


@dataclass(frozen=True)
class Mode:
    """One way of drawing.

    `plan` makes its plan of the product's plans with the story's own seed and with another;
    `strangers`: its hidden panels are other people, whose looks its panels should follow.
    `separation`: what subject masks are used for where its plan has them.
    """

    name: str
    about: str
    plan: Callable[[RenderPlan, RenderPlan], RenderPlan]
    artist: Literal["engine", "released", "copyist", "world", "decoded", "redrawn"] = "engine"
    strangers: bool = False
    separation: Separation = WHOLE


def _unshared(plan: RenderPlan) -> RenderPlan:
    return replace(plan, shared_noise=0.0)


def _masked(own: RenderPlan, _: RenderPlan) -> RenderPlan:
    return replace(own, masks=True)


def _strange(own: RenderPlan, other: RenderPlan) -> RenderPlan:
    """Without noise in common, which strangers would be given too."""
    return _unshared(with_strangers(own, other))


MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("plain", "every panel for itself", lambda own, _: alone(own)),
        Mode("ours", "the product as it is", lambda own, _: own),
        Mode("masks", "ours with subject masks", _masked),
        Mode("noise", "ours without looking", lambda own, _: alone(own, own.shared_noise)),
        Mode("looking", "ours without noise in common", lambda own, _: _unshared(own)),
        Mode("same-seed", "plain from one start noise", lambda own, _: alone(own, 1.0)),
        Mode("released", "the released code's scheme", lambda own, _: own, "released"),
        Mode("copy", "the first panel for all", lambda own, _: own, "copyist"),
        Mode("oracle", "the world draws", lambda own, _: own, "world"),
        Mode("decoded", "the oracle's panels to latents and back", lambda own, _: own, "decoded"),
        Mode("redrawn", "their last two fifths drawn again", lambda own, _: own, "redrawn"),
        Mode("wrong-bank", "looks at strangers", _strange, strangers=True),
    )
}


@dataclass(frozen=True)
class Outcome:
    """What a mode did: tallies by story and figure, panels drawn, seconds, peak memory in bytes.

    Hidden sheet panels are drawn too, so their time is in it.
    """

    mode: str
    stories: Mapping[str, Mapping[str, Tally]]
    panels: int
    seconds: float
    peak_memory: int

    def tallies(self, figure: str, names: Sequence[str]) -> list[Tally]:
        """The figure's tally in each of these stories; nothing where the story has none."""
        return [self.stories[name].get(figure, Tally()) for name in names]


class Judge(Protocol):
    """Reads panels `(panels, 3, height, width)` in -1..1; the trained one is `reader.Reader`."""

    def read(self, panels: Tensor) -> list[Reading]: ...


@dataclass(frozen=True)
class Benchmark:
    """Everything that the modes have in common. `engine` is asked for what isn't the world's."""

    settings: Settings
    engine: Artist
    reader: Judge
    model: DiffusionModel | None = None
    seed: int = 0

    def run(
        self, mode: Mode, stories: Sequence[Story], told: Callable[[str], None] = lambda _: None
    ) -> Outcome:
        """Draw, read and count; `told` gets a line after every story."""
        artist = self._artist(mode)
        found: dict[str, Mapping[str, Tally]] = {}
        panels, seconds = 0, 0.0
        with Watch() as memory:
            for story in stories:
                own, plans = zip(*self._plans(mode, story), strict=True)
                began = time.perf_counter()
                drawn = [artist.draw(story, plan) for plan in plans]
                seconds += time.perf_counter() - began
                panels += sum(len(story.panels) for _ in plans)
                found[story.name] = self._count(mode, story, own, plans, drawn)
                told(f"{mode.name}: {len(found)} of {len(stories)} stories, {seconds:.0f} s")
        return Outcome(mode.name, found, panels, seconds, memory.peak)

    def _plans(self, mode: Mode, story: Story) -> Iterator[tuple[RenderPlan, RenderPlan]]:
        """The product's plan and the mode's, for each take."""
        for take in range(TAKES):
            own, other = (
                self.settings.plan(story, counter_seed(self.seed, story.name, take, who) % SEEDS)
                for who in ("own", "stranger")
            )
            yield own, mode.plan(own, other)

    def _artist(self, mode: Mode) -> Artist:
        if mode.artist == "world":
            return World(self.settings.side)
        if mode.artist == "copyist":
            return Copyist(self.engine)
        if mode.artist == "engine" and mode.separation == WHOLE:
            return self.engine
        if self.model is None:
            raise ValueError(f"{mode.name} needs a network")
        if mode.artist == "engine":
            return Engine(self.model, mode.separation)
        if mode.artist == "decoded":
            return Decoded(self.model, World(self.settings.side))
        if mode.artist == "redrawn":
            return Redrawn(self.model, World(self.settings.side))
        return ReleasedScheme(self.model)

    def _count(
        self,
        mode: Mode,
        story: Story,
        own: Sequence[RenderPlan],
        plans: Sequence[RenderPlan],
        drawn: Sequence[Sequence[Image.Image]],
    ) -> dict[str, Tally]:
        readings = [self.reader.read(as_panels(pictures)) for pictures in drawn]
        shown = [one[: len(story.panels)] for one in readings]
        own_panels = [pictures[: len(story.panels)] for pictures in drawn]
        tallies = figures_of(story, shown) | {DIVERSITY: diversity(own_panels)}
        if mode.strangers:
            hidden = [_strangers(plan, take) for plan, take in zip(plans, readings, strict=True)]
            tallies[BANK] = bank_figure(story, shown, hidden)
            return tallies
        for plan, take in zip(own, readings, strict=True):
            looked_at = [panel.references for panel in plan.panels]
            copied = places_copied(story, take, looked_at)
            tallies[BACKGROUND] = tallies.get(BACKGROUND, Tally()) + copied
        return tallies


def _strangers(plan: RenderPlan, take: Sequence[Reading]) -> list[tuple[str, Reading]]:
    return [
        (panel.characters[0], reading)
        for panel, reading in zip(plan.panels, take, strict=True)
        if panel.number is None
    ]
