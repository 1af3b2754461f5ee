"""The second round of the drawn world: everything in the truth shows, and styles look like it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from config.cli import main
from generation.toon.world.draw import draw_scene
from generation.toon.world.focus import BODY, HEAD, PLACE, focus
from generation.toon.world.palette import SKIN
from generation.toon.world.round_two import round_two, round_two_group
from generation.toon.world.scene import (
    BEARDS,
    DRAWINGS,
    EXPRESSIONS,
    FRAMINGS,
    IN_BED,
    KINDS,
    MORE_PLACES,
    MORE_POSES,
    PATTERNS,
    PLACES,
    POSES,
    PROPS,
    Drawing,
    Figure,
    Look,
    Place,
    Scene,
)
from generation.toon.world.stances import seen_stances

SIZE = 96  # pixels
SHOWS = 40  # pixels of 96 x 96 that an attribute changes at least
MANY = 300


def pixels(scene: Scene) -> np.ndarray:
    return np.asarray(draw_scene(scene, SIZE)).astype(int)


def changed(one: Scene, other: Scene) -> int:
    """Number of pixels that differ visibly."""
    return int((np.abs(pixels(one) - pixels(other)).max(axis=2) > 24).sum())


def alone(place: Place = "park", seed: int = 2, **does: Any) -> Scene:
    look = does.pop("look", Look("man"))
    return Scene(place, figures=(Figure(look, **does),), seed=seed)


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_the_same_seed_gives_the_same_sample_in_every_style(drawing: Drawing) -> None:
    for seed in range(3):
        one, other = round_two(seed), round_two(seed)
        assert one == other
        scenes = [replace(sample.scene, drawing=drawing) for sample in (one, other)]
        pictures = [draw_scene(scene, SIZE) for scene in scenes]
        assert pictures[0].tobytes() == pictures[1].tobytes()
        assert (pictures[0].size, pictures[0].mode) == ((SIZE, SIZE), "RGB")


@pytest.mark.parametrize("place", MORE_PLACES)
def test_places_and_night_and_a_fire_in_them_show(place: Place) -> None:
    day = Scene(place, seed=3)
    assert changed(day, replace(day, night=True)) > SIZE * SIZE // 20
    assert changed(day, replace(day, extras=frozenset({"fire"}))) > SHOWS
    for other in (*PLACES, *MORE_PLACES):
        if other != place:
            assert changed(day, replace(day, place=other)) > SIZE * SIZE // 4


@pytest.mark.parametrize("place", MORE_PLACES)
def test_a_place_fills_the_whole_picture_whatever_its_seed(place: Place) -> None:
    for seed, night in itertools.product(range(8), (False, True)):
        empty = np.asarray(draw_scene(Scene(place, night, seed=seed), SIZE))
        edge = np.concatenate([empty[0], empty[-1], empty[:, 0], empty[:, -1]])
        assert not (edge == 255).all(axis=1).any()  # the canvas is white


@pytest.mark.parametrize("kind", KINDS)
def test_poses_show(kind: Any) -> None:
    poses = (*POSES, *MORE_POSES)
    for one, other in itertools.combinations(poses, 2):
        scenes = [alone(pose=pose, look=Look(kind)) for pose in (one, other)]
        assert changed(*scenes) > SHOWS, (one, other)


@pytest.mark.parametrize("pose", MORE_POSES)
def test_expressions_show_in_every_pose(pose: Any) -> None:
    for one, other in itertools.pairwise(EXPRESSIONS):
        scenes = [alone(pose=pose, expression=mood) for mood in (one, other)]
        assert changed(*scenes) > SHOWS // 4, (one, other)


@pytest.mark.parametrize(("field", "values"), [("beard", BEARDS), ("pattern", PATTERNS)])
def test_beards_and_patterns_show(field: str, values: tuple[Any, ...]) -> None:
    for one, other in itertools.combinations(values, 2):
        looks = [Look("man", hair="black", **{field: value}) for value in (one, other)]
        assert changed(*(alone(look=look) for look in looks)) > SHOWS, (one, other)


def test_only_men_have_beards_and_only_people_have_patterns() -> None:
    for kind in KINDS:
        plain = alone(look=Look(kind))
        assert (changed(plain, alone(look=Look(kind, beard="full"))) > 0) == (kind == "man")
        patterned = changed(plain, alone(look=Look(kind, pattern="checks")))
        assert (patterned > 0) == (kind in ("man", "woman", "boy", "girl"))


def test_props_show() -> None:
    for one, other in itertools.combinations(PROPS, 2):
        assert changed(alone(prop=one), alone(prop=other)) > SHOWS, (one, other)
    readers = [alone(pose="reading", prop=prop) for prop in ("book", "newspaper")]
    assert changed(*readers) > SHOWS


@pytest.mark.parametrize("count", [1, 2])
def test_framings_show_and_say_how_large_figures_are(count: int) -> None:
    figures = (Figure(Look("woman")), Figure(Look("dog"), facing=-1))[:count]
    scenes = {how: Scene("park", figures=figures, seed=4, framing=how) for how in FRAMINGS}
    for one, other in itertools.combinations(scenes.values(), 2):
        assert changed(one, other) > SIZE * SIZE // 10
    small, usual, large = (seen_stances(scenes[how])[0] for how in ("wide", "medium", "close-up"))
    assert small.scale < 0.6 * usual.scale < usual.scale < 0.8 * large.scale


def test_heads_are_in_the_picture_and_in_focus_however_it_is_framed() -> None:
    for seed in range(MANY):
        scene = round_two(seed).scene
        for one in seen_stances(scene):
            assert 20 < one.x < 236
            assert 20 < one.neck - 38 * one.scale < 225
        if seed < 20:
            counts = focus(scene, SIZE)
            assert {int(count) for count in np.unique(counts)} <= {PLACE, BODY, HEAD}
            for one in seen_stances(scene):
                row, column = round((one.neck - 30) * SIZE / 256), round(one.x * SIZE / 256)
                assert counts[row, column] == HEAD


def test_every_two_styles_differ_at_a_glance() -> None:
    for seed in (1, 5, 9):
        scenes = [replace(round_two(seed).scene, drawing=drawing) for drawing in DRAWINGS]
        for one, other in itertools.combinations(scenes, 2):
            assert changed(one, other) > SIZE * SIZE // 4, (one.drawing, other.drawing)


def test_styles_have_the_colours_of_their_names() -> None:
    scene = alone("kitchen", look=Look("woman", shirt="red"))
    shown = {drawing: pixels(replace(scene, drawing=drawing)) for drawing in DRAWINGS}
    spread = {name: np.ptp(one, axis=2) for name, one in shown.items()}
    assert spread["line art"].max() == spread["film noir"].max() == 0
    assert (shown["line art"] > 200).mean() > 0.6
    assert shown["film noir"].mean() < 0.8 * shown["comic book"].mean()
    assert shown["film noir"].std() > 60
    assert shown["pastel"].mean() > shown["comic book"].mean() + 20
    assert shown["pastel"].min() > 60
    assert 5 < spread["pastel"].mean() < 0.75 * spread["comic book"].mean()
    warm = shown["storybook"][..., 0] - shown["storybook"][..., 2]
    assert warm[[0, -1]].mean() > 20


def test_shades_of_skin_stay_apart_in_film_noir() -> None:
    scenes = [
        replace(alone(look=Look("man", skin=skin)), framing="close-up", drawing="film noir")
        for skin in SKIN
    ]
    for one, other in itertools.pairwise(scenes):
        assert changed(one, other) > SHOWS


def test_a_share_of_scenes_is_the_first_rounds_and_everything_else_occurs() -> None:
    scenes = [round_two(seed).scene for seed in range(4 * MANY)]
    figures = [figure for scene in scenes for figure in scene.figures]
    assert {scene.place for scene in scenes} == {*PLACES, *MORE_PLACES}
    assert {scene.framing for scene in scenes} == {*FRAMINGS}
    assert {scene.drawing for scene in scenes} == {*DRAWINGS}
    assert {extra for scene in scenes for extra in scene.extras} == {"papers", "house", "fire"}
    assert {figure.pose for figure in figures} == {*POSES, *MORE_POSES}
    assert {figure.prop for figure in figures} == {*PROPS}
    assert {figure.look.beard for figure in figures} == {*BEARDS}
    assert {figure.look.pattern for figure in figures} == {*PATTERNS}
    plain = [scene for scene in scenes if scene == first_round(scene)]
    assert 0.25 < len(plain) / len(scenes) < 0.55


def first_round(scene: Scene) -> Scene:
    """The scene without what only the second round has."""
    figures = tuple(
        Figure(
            replace(one.look, beard="none", pattern="plain"),
            one.pose if one.pose in POSES else "standing",
            one.expression,
            one.facing,
        )
        for one in scene.figures
    )
    place = scene.place if scene.place in PLACES else "park"
    return Scene(place, scene.night, figures, scene.extras - {"fire"}, scene.seed)


def test_scenes_make_sense() -> None:
    for seed in range(4 * MANY):
        scene = round_two(seed).scene
        poses = [figure.pose for figure in scene.figures]
        assert sum(pose in IN_BED for pose in poses) <= 1
        assert "fighting" not in poses or poses == ["fighting"] * 2
        assert not (scene.place == "space" and scene.night)
        for figure in scene.figures:
            assert figure.pose != "reading" or figure.prop in ("book", "newspaper")
            assert figure.look.beard == "none" or figure.look.kind == "man"
            assert not (figure.look.slogan and figure.look.pattern != "plain")
            if scene.framing == "close-up":
                assert figure.prop not in ("ball", "box")


def test_a_group_has_one_cast_in_one_style() -> None:
    counts = []
    for seed in range(40):
        panels = round_two_group(seed)
        assert len({one.scene.drawing for one in panels}) == 1
        assert len({one.scene.seed for one in panels}) == len(panels)
        casts = [{figure.look for figure in one.scene.figures} for one in panels]
        assert all(cast <= casts[0] for cast in casts)
        counts.append([len(one.scene.figures) for one in panels])
    assert {tuple(one) for one in counts} == {(1, 1, 1, 1), (2, 1, 1, 2)}


def test_the_sheet_command_shows_the_round_that_is_asked_for(tmp_path: Path) -> None:
    for number in (1, 2):
        file = str(tmp_path / f"{number}.png")
        told = ["toon", "sheet", "--out", file, "--panels", "3", "--round", str(number)]
        assert main(told) == 0
    sheets = [Image.open(tmp_path / f"{number}.png") for number in (1, 2)]
    assert sheets[0].size == sheets[1].size
    assert sheets[0].tobytes() != sheets[1].tobytes()
