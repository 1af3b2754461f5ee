"""The first round of the drawn world stays as it was: the embedded model learned from it."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Callable, Iterable

import pytest

from generation.toon.world.deeds import deeds
from generation.toon.world.doubles import doubles
from generation.toon.world.draw import draw_scene
from generation.toon.world.faces import face_of
from generation.toon.world.figures import draw_body
from generation.toon.world.moving import moving
from generation.toon.world.pen import blank, finish
from generation.toon.world.places import draw_house, draw_papers, draw_place
from generation.toon.world.postures import posture_of
from generation.toon.world.samples import Sample, group, single
from generation.toon.world.scene import (
    EXPRESSIONS,
    KINDS,
    PLACES,
    POSES,
    Figure,
    Look,
    Scene,
)
from generation.toon.world.stances import stances
from generation.toon.world.twins import twins

LOOK = (
    *("kind", "skin", "hair", "style", "shirt", "fur"),
    *("glasses", "hat", "slogan", "stickers"),
)
FIGURE = ("pose", "expression", "facing")
SEEDS = range(12)
SIZE = 64  # pixels


def told(sample: Sample) -> str:
    """The truth, in the fields that the first round has, and its caption."""
    scene, words = sample.scene, sample.caption
    figures = [
        [getattr(one.look, name) for name in LOOK] + [getattr(one, name) for name in FIGURE]
        for one in scene.figures
    ]
    truth = (scene.place, scene.night, figures, sorted(scene.extras), scene.seed)
    return f"{truth!r} {words.text} {sorted(words.said)}"


def ends(seed: int) -> list[Sample]:
    """Both ends of a motion."""
    sample = moving(seed)
    shots = (sample.motion.start, sample.motion.end)
    return [Sample(shot.scene, words) for shot, words in zip(shots, sample.captions, strict=True)]


SAMPLERS: dict[str, Callable[[int], Iterable[Sample]]] = {
    "single": lambda seed: [single(seed)],
    "group": group,
    "doubles": lambda seed: itertools.chain(*doubles(seed)),
    "deeds": lambda seed: itertools.chain(*deeds(seed)),
    "twins": twins,
    "motion": ends,
}


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("single", "68960c7fc770ea22"),
        ("group", "fc10b905a9cdc9da"),
        ("doubles", "e55dc48d50c10594"),
        ("deeds", "d7f9c75d8801b3d9"),
        ("twins", "0170ff2aabf49a86"),
        ("motion", "9d61abb0f5408a0e"),
    ],
)
def test_seeds_give_the_scenes_and_captions_that_they_gave(name: str, digest: str) -> None:
    lines = [told(sample) for seed in SEEDS for sample in SAMPLERS[name](seed)]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("name", SAMPLERS)
def test_scenes_have_nothing_of_the_second_round(name: str) -> None:
    for seed in SEEDS:
        for sample in SAMPLERS[name](seed):
            scene = sample.scene
            assert (scene.framing, scene.drawing) == ("medium", "comic book")
            assert scene.place in PLACES
            assert scene.extras <= {"papers", "house"}
            for figure in scene.figures:
                assert figure.pose in POSES
                assert figure.prop == "none"
                assert (figure.look.beard, figure.look.pattern) == ("none", "plain")


def test_the_readers_classes_keep_their_numbers() -> None:
    assert POSES == ("standing", "walking", "sitting", "typing", "pointing", "cheering")
    assert (
        *("office", "park", "beach", "street"),
        *("kitchen", "bedroom", "classroom", "forest"),
    ) == PLACES
    assert EXPRESSIONS == ("neutral", "happy", "sad", "angry", "surprised")
    assert KINDS == ("man", "woman", "boy", "girl", "cat", "dog", "rabbit", "robot")
    assert Look("man").visible() == ("kind", *LOOK[1:5], "glasses", "hat", "slogan")


def drawn_plainly(scene: Scene) -> bytes:
    """A scene of the first round as the first round drew it, without what came later."""
    chance = random.Random(scene.seed)
    canvas, pen = blank(SIZE, (255, 255, 255))
    draw_place(pen, scene.place, scene.night, chance)
    if "house" in scene.extras:
        draw_house(pen, scene.night)
    if "papers" in scene.extras:
        draw_papers(pen, chance)
    for stance, figure in zip(stances(scene), scene.figures, strict=True):
        body = pen.moved(stance.x, stance.neck, stance.scale).moved(0, 0, flip=figure.facing)
        draw_body(body, figure.look, posture_of(figure.pose), face_of(figure.expression))
    return finish(canvas).tobytes()


def test_pictures_are_drawn_as_without_camera_style_and_props() -> None:
    for seed in range(60):
        scene = single(seed).scene
        assert draw_scene(scene, SIZE).tobytes() == drawn_plainly(scene)


def test_figures_stand_where_they_stood() -> None:
    scene = Scene("park", figures=(Figure(Look("man")), Figure(Look("girl"), "sitting")), seed=7)
    found = [(one.x, one.neck, one.scale) for one in stances(scene)]
    assert found[0] == pytest.approx((64.827359, 142.301392, 0.970142))
    assert found[1] == pytest.approx((190.72867, 158.029874, 0.938581))
