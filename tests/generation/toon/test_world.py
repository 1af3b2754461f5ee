"""The drawn world: the same seed, the same picture; everything in the truth shows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generation.toon.world.draw import draw_scene
from generation.toon.world.focus import BODY, HEAD, PLACE, focus
from generation.toon.world.samples import GROUP, group, single
from generation.toon.world.scene import (
    EXPRESSIONS,
    FUR_COLOURS,
    HAIR_COLOURS,
    HAIR_STYLES,
    KINDS,
    PLACES,
    POSES,
    SHIRT_COLOURS,
    SKINS,
    Figure,
    Look,
    Scene,
)
from generation.toon.world.stances import stances

SIZE = 96  # pixels
SHOWS = 40  # pixels of 96 x 96 that an attribute changes at least


def changed(one: Scene, other: Scene) -> int:
    """Number of pixels that differ visibly."""
    pixels = [np.asarray(draw_scene(scene, SIZE)).astype(int) for scene in (one, other)]
    return int((np.abs(pixels[0] - pixels[1]).max(axis=2) > 24).sum())


def portrait(**look: Any) -> Scene:
    return Scene("office", figures=(Figure(Look(**{"kind": "woman", **look})),), seed=5)


def test_the_same_seed_gives_the_same_sample() -> None:
    for seed in range(4):
        one, other = single(seed), single(seed)
        assert one == other
        assert one.picture().tobytes() == other.picture().tobytes()


def test_pictures_are_256_pixels_of_colour() -> None:
    picture = single(1).picture()
    assert (picture.size, picture.mode) == ((256, 256), "RGB")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", KINDS),
        ("skin", SKINS),
        ("hair", HAIR_COLOURS),
        ("style", HAIR_STYLES),
        ("shirt", SHIRT_COLOURS),
        ("glasses", (False, True)),
        ("hat", (False, True)),
        ("slogan", (False, True)),
    ],
)
def test_every_part_of_a_look_shows(field: str, values: tuple[object, ...]) -> None:
    for one, other in itertools.pairwise(values):
        assert changed(portrait(**{field: one}), portrait(**{field: other})) > SHOWS


@pytest.mark.parametrize("kind", ["cat", "dog", "rabbit"])
def test_fur_shows(kind: str) -> None:
    for one, other in itertools.pairwise(FUR_COLOURS):
        assert changed(portrait(kind=kind, fur=one), portrait(kind=kind, fur=other)) > SHOWS


@pytest.mark.parametrize(("field", "values"), [("pose", POSES), ("expression", EXPRESSIONS)])
def test_what_a_figure_does_shows(field: str, values: tuple[Any, ...]) -> None:
    for one, other in itertools.pairwise(values):
        scenes = [
            Scene("park", figures=(replace(Figure(Look("boy")), **{field: value}),), seed=2)
            for value in (one, other)
        ]
        assert changed(*scenes) > SHOWS // 2


def test_stickers_show_on_an_open_laptop() -> None:
    scenes = [
        Scene("park", figures=(Figure(Look("woman", stickers=stickers), "typing"),))
        for stickers in (False, True)
    ]
    assert changed(*scenes) > SHOWS


@pytest.mark.parametrize("place", PLACES)
def test_places_night_and_things_in_them_show(place: Any) -> None:
    day = Scene(place, seed=3)
    assert changed(day, replace(day, night=True)) > SIZE * SIZE // 20
    assert changed(day, replace(day, extras=frozenset({"papers"}))) > SHOWS
    assert changed(day, replace(day, extras=frozenset({"house"}))) > SHOWS
    for other in PLACES:
        if other != place:
            assert changed(day, replace(day, place=other)) > SIZE * SIZE // 4


def test_facing_and_order_show() -> None:
    cat, man = Figure(Look("cat")), Figure(Look("man"))
    assert changed(Scene("street", figures=(cat, man)), Scene("street", figures=(man, cat))) > 200
    turned = replace(man, facing=-1)
    assert changed(Scene("street", figures=(man,)), Scene("street", figures=(turned,))) > SHOWS


def test_a_group_has_one_cast_in_different_scenes() -> None:
    for seed in range(12):
        panels = group(seed)
        assert len(panels) == GROUP
        casts = [{figure.look for figure in one.scene.figures} for one in panels]
        assert all(cast <= casts[0] for cast in casts)
        assert len({one.scene.seed for one in panels}) == GROUP


def test_each_of_two_is_alone_in_one_panel_and_both_are_in_the_first_and_last() -> None:
    groups = [[len(one.scene.figures) for one in group(seed)] for seed in range(100)]
    pairs = [counts for counts in groups if counts[0] == 2]
    assert 25 < len(pairs) < 55
    assert all(counts == [2, 1, 1, 2] for counts in pairs)
    assert all(counts == [1, 1, 1, 1] for counts in groups if counts not in pairs)


def test_the_focus_is_on_figures_and_most_on_heads() -> None:
    for seed in range(20):
        scene = single(seed).scene
        counts = focus(scene, SIZE)
        assert set(np.unique(counts)) == ({PLACE, BODY, HEAD} if scene.figures else {PLACE})
        empty = replace(scene, figures=())
        pixels = [np.asarray(draw_scene(one, SIZE)).astype(int) for one in (scene, empty)]
        figure = np.abs(pixels[0] - pixels[1]).max(axis=2) > 24
        assert not figure.any() or (counts[figure] > PLACE).mean() > 0.8
        for stance in stances(scene):
            assert (
                counts[round((stance.neck - 30) * SIZE / 256), round(stance.x * SIZE / 256)] == HEAD
            )


def test_another_telling_is_about_the_same_picture() -> None:
    one, other = single(3), single(3, telling=1)
    assert one.scene == other.scene
    assert one.caption != other.caption
    casts = [{panel.caption.text for panel in group(3, telling=k)} for k in range(2)]
    assert not casts[0] & casts[1]
