"""Who draws a plan in the benchmark: the product's engine, the drawn world, one that copies."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from PIL import Image

from generation.consistency.separation import WHOLE, Separation
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan
from generation.toon.baselines import Released
from generation.toon.evaluation.plans import alone
from generation.toon.evaluation.story import Story
from generation.toon.world.draw import draw_scene
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.scene import Look, Scene


class Artist(Protocol):
    """Draws the picture of every stack position of a plan of the story."""

    def draw(self, story: Story, plan: RenderPlan) -> Sequence[Image.Image]: ...


@dataclass(frozen=True)
class Engine:
    """The product's own: lock step, with whatever the plan says."""

    model: DiffusionModel
    separation: Separation = WHOLE

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        with LockStep(self.model, plan, separation=self.separation) as run:
            while not run.done:
                run.advance()
            return run.pictures()


@dataclass(frozen=True)
class ReleasedScheme:
    """StoryDiffusion's released code's way."""

    model: DiffusionModel

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        return Released(self.model).pictures(plan)


@dataclass(frozen=True)
class Copyist:
    """Draws the first panel and hands it out for all: as consistent as can be, and worthless."""

    artist: Artist

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        lone = alone(plan)
        (picture,) = self.artist.draw(story, replace(lone, panels=lone.panels[:1]))
        return [picture] * len(plan.panels)


@dataclass(frozen=True)
class World:
    """Draws what the words state, and by lot what they leave open.

    A character's look is decided by the first of the panels that are looked at, so the world
    keeps a face exactly where the plan says who looks at whom: with the product's plan it is the
    oracle, with a plan of strangers it draws the strangers.
    """

    side: int  # pixels

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        return [
            draw_scene(self.scene(story, plan, position), self.side)
            for position in range(len(plan.panels))
        ]

    def scene(self, story: Story, plan: RenderPlan, position: int) -> Scene:
        """The truth of one picture."""
        panel = plan.panels[position]
        chance = random.Random(f"scene {panel.seed}")
        looks = tuple(self.look(story, plan, position, name) for name in panel.characters)
        scene = scene_with(looks, chance)
        if panel.number is None:
            return replace(scene, night=False)
        stated = story.panels[panel.number - 1]
        figures = tuple(
            replace(figure, **_only(stated.deeds[name]))
            for figure, name in zip(scene.figures, panel.characters, strict=True)
        )
        return replace(scene, figures=figures, **_only(stated.panel))

    def look(self, story: Story, plan: RenderPlan, position: int, name: str) -> Look:
        """A character's look in one panel."""
        chance = random.Random(f"look {plan.panels[_model(plan, position, name)].seed} {name}")
        stated = story.looks[name]
        kind = chance.choice(stated.kinds)
        return replace(random_look(chance), kind=kind, **_only(stated.fields))


def _model(plan: RenderPlan, position: int, name: str) -> int:
    """The first panel of those that this one takes the look from."""
    seen = {to for to in plan.panels[position].references if name in plan.panels[to].characters}
    if any(position in plan.panels[to].references for to in seen):
        seen.add(position)  # it is an identity panel itself
    return min(seen, default=position)


def _only(fields: Any) -> dict[str, Any]:
    return dict(fields)
