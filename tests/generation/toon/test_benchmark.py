"""The benchmark on a model and a judge that are both perfect: the drawn world and its truth."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from PIL import Image

from generation.script.catalogue import Model, Style
from generation.script.plan import RenderPlan
from generation.toon.evaluation.artists import World
from generation.toon.evaluation.benchmark import MODES, Benchmark, Outcome, Settings
from generation.toon.evaluation.measure import BANK, KAPPA, figures_of
from generation.toon.evaluation.report import as_json, failed_guards, summarise, table
from generation.toon.evaluation.story import Story, read_stories, spread, story_from
from generation.toon.reader import FIGURE_FIELDS, Reading, Sight, Value, as_panels, visible
from generation.toon.world.scene import Scene

SIDE = 64
ENTRY = Model("toon", "Toon", "nowhere", "sd15", SIDE, SIDE, 4, 3.0, shared_noise=0.5)
STYLE = Style("comic", "Comic", "comic, {scene}", "")
ASKED = ("plain", "ours", "copy", "oracle", "wrong-bank")


def reading_of(scene: Scene) -> Reading:
    """What a reader without faults would say."""
    figures = []
    for figure in scene.figures:
        values: dict[str, Value | None] = dict.fromkeys(FIGURE_FIELDS)
        for name in visible(figure.look.kind):
            if name in FIGURE_FIELDS:
                owner = figure if name in ("pose", "expression") else figure.look
                values[name] = getattr(owner, name)
        figures.append(Sight(values))
    panel = Sight({"figures": len(figures), "place": scene.place, "night": scene.night})
    return Reading(panel, tuple(figures))


@dataclass(frozen=True)
class Truthful:
    """The world as an artist, and the judge who remembers what it drew."""

    world: World = field(default_factory=lambda: World(SIDE))
    drawn: dict[str, Scene] = field(default_factory=dict)

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        pictures = self.world.draw(story, plan)
        for position, picture in enumerate(pictures):
            (panel,) = as_panels([picture])
            self.drawn[_print(panel)] = self.world.scene(story, plan, position)
        return pictures

    def read(self, panels: torch.Tensor) -> list[Reading]:
        return [reading_of(self.drawn[_print(panel)]) for panel in panels]


def _print(panel: torch.Tensor) -> str:
    return hashlib.sha256(panel.numpy().tobytes()).hexdigest()


class Knowing(Benchmark):
    """Its oracle too is drawn where the judge can see it."""

    def _artist(self, mode):  # type: ignore[no-untyped-def]
        return self.engine if mode.artist == "world" else super()._artist(mode)


@pytest.fixture(scope="module")
def stories() -> tuple[Story, ...]:
    return spread(read_stories(), 30)


@pytest.fixture(scope="module")
def outcomes(stories: tuple[Story, ...]) -> dict[str, Outcome]:
    truthful = Truthful()
    bench = Knowing(Settings(ENTRY, STYLE, SIDE, 4), truthful, truthful)
    return {name: bench.run(MODES[name], stories) for name in ASKED}


def test_the_oracle_has_kappa_one_and_passes_all_guards(outcomes: dict[str, Outcome]) -> None:
    lines = {line.mode: line for line in summarise(outcomes)}
    assert lines["oracle"].kappa.value == pytest.approx(1.0)
    assert lines["oracle"].failed == ()
    for guard in ("stated looks", "place", "pose", "expression", "nobody", "two figures"):
        assert lines["oracle"].figures[guard].value == 1.0
    assert lines["oracle"].figures["swapped"].value == 0.0


def test_panels_drawn_alone_agree_by_chance(outcomes: dict[str, Outcome]) -> None:
    (line,) = summarise({"plain": outcomes["plain"]})
    assert abs(line.kappa.value) < 0.1
    assert line.kappa.low < 0 < line.kappa.high


def test_a_copy_is_consistent_and_fails_the_guards(outcomes: dict[str, Outcome]) -> None:
    failed = failed_guards(outcomes["copy"], outcomes["plain"])
    assert {"place", "pose", "expression", "nobody", "diversity"} <= set(failed)


def test_who_looks_at_strangers_looks_like_them(outcomes: dict[str, Outcome]) -> None:
    (line,) = summarise({"wrong-bank": outcomes["wrong-bank"]})
    assert line.figures[BANK].value == pytest.approx(1.0)
    assert BANK not in summarise({"ours": outcomes["ours"]})[0].figures


def test_shares_and_gains_are_of_the_same_stories(outcomes: dict[str, Outcome]) -> None:
    lines = {line.mode: line for line in summarise(outcomes)}
    assert lines["ours"].share is not None
    assert lines["ours"].share.value == pytest.approx(1.0)
    assert lines["ours"].gain is not None
    assert lines["ours"].gain.value > 0.85
    assert lines["plain"].gain is not None
    assert lines["plain"].gain.value == 0.0


def test_a_judge_who_reads_nothing_finds_nothing_right(stories: tuple[Story, ...]) -> None:
    nothing = Reading(Sight({"figures": None, "place": None, "night": None}), ())
    for story in stories:
        take = [nothing] * len(story.panels)
        for name, tally in figures_of(story, [take, take]).items():
            assert tally.hits == 0 or name == "looks"


def test_swapped_and_blended_looks_are_told_apart() -> None:
    text = "[A] A man with red hair\n[B] A man with blue hair\n\n[A] and [B] in the park"
    story = story_from("pair", text)

    def judged(left: str, right: str) -> tuple[float, float]:
        figures = tuple(
            Sight({**dict.fromkeys(FIGURE_FIELDS), "kind": "man", "hair": hair})
            for hair in (left, right)
        )
        reading = Reading(Sight({"figures": 2, "place": "park", "night": False}), figures)
        found = figures_of(story, [[reading]])
        assert found["mixed up"].hits == found["swapped"].hits + found["blended"].hits
        assert found["mixed up"].of == 1.0
        return found["swapped"].hits, found["blended"].hits

    assert judged("red", "blue") == (0.0, 0.0)
    assert judged("blue", "red") == (1.0, 0.0)
    assert judged("red", "red") == (0.0, 1.0)
    assert judged("pink", "grey") == (0.0, 0.0)


def test_the_world_draws_what_is_stated_and_keeps_the_rest(stories: Sequence[Story]) -> None:
    world, settings = World(SIDE), Settings(ENTRY, STYLE, SIDE, 4)
    for story in stories:
        plan = settings.plan(story, 5)
        for at, panel in enumerate(story.panels):
            scene = world.scene(story, plan, at)
            assert all(getattr(scene, name) == value for name, value in panel.panel.items())
            for figure, name in zip(scene.figures, panel.figures, strict=True):
                stated = story.looks[name]
                assert figure.look.kind in stated.kinds
                assert stated.fields.items() <= vars(figure.look).items()
                assert figure.look == world.look(story, plan, story.shows(name)[0], name)


def test_table_and_json_have_every_mode(outcomes: dict[str, Outcome]) -> None:
    lines = summarise(outcomes)
    text = table(lines)
    for name in ASKED:
        assert name in text.splitlines()[0]
    assert "copy fails: " in text
    told = as_json(lines)
    assert [one["mode"] for one in told] == list(ASKED)
    assert told[0]["figures"][KAPPA]["low"] <= told[0]["figures"][KAPPA]["high"]
    assert all(one["seconds"] > 0 and one["peak_memory"] > 1e7 for one in told)


def test_the_same_seed_gives_the_same_figures(stories: tuple[Story, ...]) -> None:
    some = stories[:3]
    runs = []
    for seed in (1, 1, 2):
        truthful = Truthful()
        bench = Knowing(Settings(ENTRY, STYLE, SIDE, 4), truthful, truthful, seed=seed)
        runs.append(bench.run(MODES["plain"], some).stories)
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_pictures_become_panels() -> None:
    grey = Image.fromarray(np.full((4, 4, 3), 255, dtype=np.uint8))
    panels = as_panels([grey, grey])
    assert panels.shape == (2, 3, 4, 4)
    assert float(panels.min()) == 1.0
