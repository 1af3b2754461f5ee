"""The motion weights that come with the software."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from generation.bench.clips import HELD_OUT
from generation.clips.backends import open_motion
from generation.clips.baselines import CrossFade
from generation.clips.latents import pixels
from generation.clips.ours import Motion, load_drafts
from generation.clips.tween import Between, tween
from generation.script.motions import read_motions
from generation.toon.world.motion import frames
from generation.toon.world.moving import MotionKind, moving

CONFIG = Path("config")


def test_what_is_shipped_moves_toon_s_panels_as_they_move() -> None:
    """Far nearer to the truth than a cross-fade, on motions that no training has seen."""
    assert read_motions(CONFIG / "motion.toml").mover("toon").moves
    entry = read_motions(CONFIG / "motion.toml").entries["toon"]
    tweener = open_motion(entry, CONFIG / "motion.toml", CONFIG / "models.toml")
    kinds: tuple[MotionKind, ...] = ("camera", "enter", "leave", "walk")
    off = dict.fromkeys(kinds, 0.0)
    for kind in kinds:
        true = frames(moving(HELD_OUT + 700, kind).motion, 6, entry.longest)
        given = Between(true[0], true[-1], frames=6, steps=entry.steps)
        made, faded = (_apart(tween(way, given), true) for way in (tweener, CrossFade()))
        off[kind] = made / faded
    assert off["camera"] < 0.15, off
    assert all(share < 0.75 for share in off.values()), off


def test_what_is_drawn_after_drafts_is_nearer_to_the_truth_than_they_are() -> None:
    entry = read_motions(CONFIG / "motion.toml").entries["toon"]
    tweener = open_motion(entry, CONFIG / "motion.toml", CONFIG / "models.toml")
    assert isinstance(tweener, Motion), "modules are shipped"
    drafts = load_drafts(CONFIG / entry.source, tweener.model)
    true = frames(moving(HELD_OUT + 700, "turn").motion, 6, entry.longest)
    given = Between(true[0], true[-1], frames=6, steps=entry.steps)
    drawn, drafted = (_apart(tween(way, given), true) for way in (tweener, drafts))
    assert drawn < 0.85 * drafted, "whoever turns grows narrow"


def _apart(some: list[Image.Image], others: list[Image.Image]) -> float:
    return float((pixels(some) - pixels(others)).square().mean())
