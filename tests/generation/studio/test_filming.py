"""The artist makes clips: of finished panels, in steps, from where it stopped, and not for ever."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from generation.clips.ours import MotionWeights
from generation.clips.semantics import SemanticShape
from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models
from generation.script.clips import Wish, plan_clip
from generation.script.errors import PlanError
from generation.script.motions import Mover, read_motions
from generation.script.plan import RenderPlan
from generation.studio.artist import Artist
from generation.studio.events import (
    Cancelled,
    Checkpoint,
    ClipMade,
    Event,
    Failed,
    Order,
    Preview,
    Progress,
    Started,
    Trouble,
)
from generation.studio.wire import Drawn

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LIMIT = 1 << 20
SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=1)
STEPS = 3  # of a transition of ours
COLOURS = {1: "red", 2: "green", 3: "blue"}

MakePlan = Callable[..., RenderPlan]


def png(colour: str, side: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def motion_file(models_file: Path, tmp_path: Path) -> Path:
    """What sets the tiny model's pictures in motion: untrained, but of the right shapes."""
    torch.manual_seed(4)
    model = load_model(read_models(models_file)["tiny"], models_file.parent)
    MotionWeights.new(SHAPE, model).save(tmp_path / "weights")
    file = tmp_path / "motion.toml"
    file.write_text(
        '[tiny]\ntitle = "Tiny"\nkind = "ours"\nsource = "weights"\nmodel = "tiny"\n'
        f'steps = {STEPS}\n[gone]\ntitle = "Gone"\nkind = "ours"\nsource = "nowhere"\n'
        'model = "tiny"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
def artist(models_file: Path, motion_file: Path) -> Artist:
    return Artist(models_file, motion_file, preview_interval=0.0, checkpoint_interval=0.0)


def order_of(plan: RenderPlan, motion: str = "cross-fade", last: int = 3) -> Order:
    mover = Mover(motion, 1 if motion == "cross-fade" else STEPS)
    keys = {number: f"panel {number}" for number in COLOURS}
    clip = plan_clip(plan, keys, Wish(1, last, 12, burnt_in=True), mover, LIMIT)
    return Order(1, 1, clip, pictures={keys[at]: png(one) for at, one in COLOURS.items()})


def never() -> bool:
    return False


def made(artist: Artist, order: Order) -> tuple[list[Event | Drawn], bytes]:
    events = list(artist.draw(order, never))
    return events, next(one.film for one in events if isinstance(one, ClipMade))


def seen(film: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(film)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_clip_goes_from_the_first_panel_to_the_last_within_its_limit(
    artist: Artist, make_plan: MakePlan
) -> None:
    events, film = made(artist, order_of(make_plan()))
    assert len(film) <= LIMIT
    frames = seen(film)
    assert frames[0][4, 4].argmax() == 0, "it begins with the red panel"
    assert frames[-1][4, 4].argmax() == 2, "it ends with the blue one"
    assert events[0] == Started(0, 2)
    assert [one.step for one in events if isinstance(one, Progress)] == [1, 2]
    (told,) = (one.alt_text for one in events if isinstance(one, ClipMade))
    assert told.splitlines() == [f"Panel {at}: Panel {at}." for at in (1, 2, 3)]
    drawn = events[-1]
    assert isinstance(drawn, Drawn)
    assert set(drawn.seconds) == {"load", "frames", "film"}
    assert drawn.steps_drawn == 2


def test_the_frames_are_seen_while_they_are_drawn(artist: Artist, make_plan: MakePlan) -> None:
    events, _ = made(artist, order_of(make_plan()))
    looks = [Image.open(io.BytesIO(one.image)) for one in events if isinstance(one, Preview)]
    first, last = looks[0], looks[-1]
    assert first.size == last.size
    middle = (first.width * 5 // 12, first.height * 3 // 4)  # of the second transition
    assert max(first.getpixel(middle)) - min(first.getpixel(middle)) < 10, "not drawn yet: grey"
    assert max(last.getpixel(middle)) - min(last.getpixel(middle)) > 60


def test_our_motion_draws_each_transition_in_steps(artist: Artist, make_plan: MakePlan) -> None:
    events, film = made(artist, order_of(make_plan(), "tiny"))
    steps = [(one.step, one.steps) for one in events if isinstance(one, Progress)]
    assert steps == [(at, 2 * STEPS) for at in range(1, 2 * STEPS + 1)]
    assert seen(film)
    looks = {one.step: one.image for one in events if isinstance(one, Preview)}
    assert sorted(looks) == list(range(1, 2 * STEPS + 1)), "each step shows what it has made"
    assert len(set(looks.values())) == len(looks)


def test_a_clip_goes_on_after_its_last_step_to_the_same_bytes(
    artist: Artist, make_plan: MakePlan
) -> None:
    order = order_of(make_plan(), "tiny")
    events, film = made(artist, order)
    kept = {one.step: one for one in events if isinstance(one, Checkpoint)}
    halfway = kept[STEPS + 1]
    middle, same = made(artist, replace(order, attempt=2, checkpoint=halfway.data))
    assert middle[0] == Started(STEPS + 1, 2 * STEPS)
    assert same == film
    saved = kept[STEPS]
    later, again = made(artist, replace(order, attempt=2, checkpoint=saved.data))
    assert later[0] == Started(STEPS, 2 * STEPS)
    assert again == film
    assert isinstance(later[-1], Drawn)
    assert later[-1].steps_drawn == STEPS
    other = order_of(make_plan(seed=2), "tiny")
    foreign, _ = made(artist, replace(other, checkpoint=saved.data))
    assert foreign[0] == Started(0, 2 * STEPS), "the tape of another clip is not used"


@pytest.mark.parametrize("heard", [1, STEPS + 1, 2 * STEPS])
def test_a_clip_stops_at_the_next_step_and_keeps_what_is_drawn(
    artist: Artist, make_plan: MakePlan, heard: int
) -> None:
    order = order_of(make_plan(), "tiny")
    before = dict(artist.easel("tiny").network.unet.attn_processors)
    events: list[Event | Drawn] = []

    def enough() -> bool:
        return sum(isinstance(one, Progress) for one in events) >= heard

    for event in artist.draw(order, enough):
        events.append(event)  # `enough` looks at it
    saved, last = events[-2:]
    assert isinstance(saved, Checkpoint)
    assert last == Cancelled(saved.step)
    assert sum(isinstance(one, Progress) for one in events) == heard
    assert saved.step == heard
    assert dict(artist.easel("tiny").network.unet.attn_processors) == before
    resumed, film = made(artist, replace(order, checkpoint=saved.data))
    assert resumed[0] == Started(saved.step, 2 * STEPS)
    assert film == made(artist, order)[1]


def test_what_is_missing_is_told_and_not_tried_again(artist: Artist, make_plan: MakePlan) -> None:
    (untrained,) = artist.draw(order_of(make_plan(), "gone"), never)
    assert isinstance(untrained, Failed)
    assert "no motion weights" in untrained.reason
    assert not untrained.retryable
    order = order_of(make_plan())
    (lost,) = artist.draw(replace(order, pictures={}), never)
    assert isinstance(lost, Failed)
    assert (lost.code, lost.retryable) == (Trouble.PICTURE_LOST, False)


def test_a_clip_takes_two_to_twenty_five_panels_that_are_drawn(make_plan: MakePlan) -> None:
    plan = make_plan()
    assert len(order_of(plan, last=2).plan.panels) == 2
    for wish, pictures in (
        (Wish(2, 2, 12, True), {2: "two"}),
        (Wish(1, 3, 12, True), {1: "one", 2: "two"}),
        (Wish(1, 26, 12, True), dict.fromkeys(range(1, 27), "many")),
    ):
        long = replace(plan, panels=tuple(replace(plan.panels[0], number=n) for n in range(1, 27)))
        with pytest.raises(PlanError):
            plan_clip(long, pictures, wish, Mover("cut", 1), LIMIT)


def test_motion_is_used_when_it_is_trained_for_the_model_that_drew(motion_file: Path) -> None:
    motions = read_motions(motion_file)
    assert motions.mover("tiny") == Mover("tiny", STEPS)
    assert motions.mover("toon") == Mover("cross-fade", 1)
    assert not motions.mover("toon").moves
    (motion_file.parent / "weights" / "config.json").unlink()
    assert not motions.mover("tiny").moves, "not trained yet"
    assert read_motions(motion_file, "gone").mover("tiny").name == "gone", "the operator's word"
