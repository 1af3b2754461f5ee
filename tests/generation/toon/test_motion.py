"""The drawn world in motion: exact ends, true places, no jumps but the cut's."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageChops

from generation.toon.strip import world_strip
from generation.toon.world.draw import draw_scene
from generation.toon.world.motion import Motion, draw_moment, frames, moment, spots, times
from generation.toon.world.moving import KINDS, MotionKind, moving
from generation.toon.world.scene import Figure, Look, Scene
from generation.toon.world.shots import Shot
from generation.toon.world.stances import stances

SIZE = 48  # pixels
SCENE = Scene("park", figures=(Figure(Look("girl", shirt="red"), "standing"),), seed=5)


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.asarray(ImageChops.difference(one, other)).mean())


@pytest.mark.parametrize(
    "changes",
    [
        {"pose": "sitting"},
        {"pose": "typing"},
        {"pose": "cheering"},
        {"pose": "pointing", "expression": "angry"},
        {"expression": "surprised"},
        {"facing": -1},
    ],
)
def test_both_ends_of_a_motion_are_the_very_pictures_of_its_scenes(
    changes: dict[str, object],
) -> None:
    after = replace(SCENE, figures=(replace(SCENE.figures[0], **changes),))  # type: ignore[arg-type]
    drawn = frames(Motion(Shot(SCENE), Shot(after)), 3, SIZE)
    assert drawn[0] == draw_scene(SCENE, SIZE)
    assert drawn[2] == draw_scene(after, SIZE)
    assert drawn[1] not in (drawn[0], drawn[2])


@pytest.mark.parametrize("kind", KINDS)
def test_a_motion_is_the_same_at_every_drawing_and_begins_and_ends_in_its_shots(
    kind: MotionKind,
) -> None:
    sample = moving(3, kind)
    motion = sample.motion
    assert moving(3, kind) == sample
    assert frames(motion, 2, SIZE) == frames(motion, 2, SIZE)
    for part, shot in ((0.0, motion.start), (1.0, motion.end)):
        still = moment(Motion(shot, shot), 0.5)
        at_the_end = moment(motion, part)
        assert replace(at_the_end, backdrop=still.backdrop) == still


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"cut"}))
def test_only_a_cut_jumps(kind: MotionKind) -> None:
    pictures = frames(moving(11, kind).motion, 33, SIZE)
    steps = [difference(one, two) for one, two in itertools.pairwise(pictures)]
    assert 0 < max(steps) < 22
    cut = frames(moving(11, "cut").motion, 33, SIZE)
    assert max(difference(one, two) for one, two in itertools.pairwise(cut)) > 30


def test_the_truth_says_in_pixels_where_a_character_is() -> None:
    motion = moving(7, "walk").motion
    places = [spots(moment(motion, part), 256)[0].x for part in times(9)]
    stance = stances(motion.start.scene)[0]
    assert places[0] == stance.x + motion.start.shifts[0]
    assert sorted(places, reverse=motion.end.shifts < motion.start.shifts) == places
    empty = replace(motion.start.scene, figures=())
    for part in (0.0, 0.3, 0.8):
        alone = Motion(Shot(empty), Shot(empty))
        figure = np.asarray(
            ImageChops.difference(frames_at(motion, part), frames_at(alone, 0.5)).convert("L")
        )
        middle = np.average(np.arange(256), weights=(figure > 12).sum(0))
        assert abs(middle - spots(moment(motion, part), 256)[0].x) < 14


def frames_at(motion: Motion, part: float) -> Image.Image:
    return draw_moment(moment(motion, part), 256)


def test_whoever_leaves_is_out_of_the_picture_before_the_place_changes() -> None:
    for seed in range(6):
        motion = moving(seed, "cut").motion
        for part in (0.4999, 0.5001):
            spot = spots(moment(motion, part), 256)[0]
            assert not 0 < spot.x < 256


def test_a_closer_camera_moves_the_truth_with_the_picture() -> None:
    motion = moving(2, "camera").motion
    for part, shot in ((0.0, motion.start), (1.0, motion.end)):
        spot, stance = spots(moment(motion, part), 256)[0], shot.standing()[0][1]
        zoom, middle = shot.camera.zoom, shot.camera.x
        assert spot.x == pytest.approx(128 + (stance.x - middle) * zoom)
        assert spot.scale == pytest.approx(stance.scale * zoom)


def test_a_strip_has_a_row_for_each_motion() -> None:
    strip = world_strip(0, 3, 32, ("walk", "cut"), marked=True)
    assert strip.size == (96, 2 * (32 + 18))
    assert (255, 0, 255) in {strip.getpixel((x, y)) for x in range(32) for y in range(18, 50)}
