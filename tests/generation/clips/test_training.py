"""Motion is learned from a folder of videos, by a network of SD1.5's shape, tiny here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

from config.cli import main
from generation.clips.camera import CameraMove
from generation.clips.drafting import SIDE
from generation.clips.encode import Quality, to_mp4
from generation.clips.errors import NoFootage
from generation.clips.film import Film, Piece
from generation.clips.ours import Motion, MotionWeights, load_motion
from generation.clips.places import sized
from generation.clips.semantics import SemanticShape, even_times
from generation.clips.train.course import Course
from generation.clips.train.footage import takes
from generation.clips.tween import Between, tween
from generation.diffusion.model import DiffusionModel
from generation.toon.training.foresight_shares import inside, share_of_fade, share_of_straight
from generation.toon.training.motions import Paths, Traces

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=1)
FRAMES, SIZE = 6, (96, 64)


def ball(colour: str, left: int, right: int, frames: int) -> Film:
    """A ball that rolls."""
    pictures = []
    for number in range(frames):
        picture = Image.new("RGB", (128, 64), "white")
        x = left + (right - left) * number // (frames - 1)
        ImageDraw.Draw(picture).ellipse((x, 20, x + 24, 44), fill=colour, outline="black")
        pictures.append(picture)
    return Film((Piece(tuple(pictures)),), fps=12)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handful: four takes, and one video that is too short for any."""
    folder = tmp_path_factory.mktemp("videos")
    for name, film in {
        "right": ball("red", 0, 100, FRAMES),
        "left": ball("blue", 100, 0, 2 * FRAMES + 3),
        "across": ball("green", 20, 60, FRAMES),
        "short": ball("black", 0, 9, FRAMES - 1),
    }.items():
        (folder / f"{name}.mp4").write_bytes(to_mp4(film, Quality()))
    (folder / "right.txt").write_text("a red ball rolls\n", encoding="utf-8")
    return folder


def test_videos_are_cut_into_takes_of_the_models_size(videos: Path, tmp_path: Path) -> None:
    found = list(takes(videos, FRAMES, SIZE))
    assert [take.caption for take in found] == ["", "", "", "a red ball rolls"]
    assert {frame.size for take in found for frame in take.frames} == {SIZE}
    assert {len(take.frames) for take in found} == {FRAMES}
    with pytest.raises(NoFootage, match="no video"):
        list(takes(tmp_path, FRAMES, SIZE))
    with pytest.raises(NoFootage, match="none of 4"):
        list(takes(videos, 40, SIZE))
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    with pytest.raises(NoFootage, match=r"broken\.mp4"):
        list(takes(tmp_path, FRAMES, SIZE))


def test_every_part_learns_and_the_image_network_stays_as_it_is(
    model_of: Callable[..., DiffusionModel], videos: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model, when = model_of("sd15"), even_times(FRAMES)
    frozen = {name: one.clone() for name, one in model.unet.state_dict().items()}
    weights = MotionWeights.new(SHAPE, model)
    losses: dict[str, list[float]] = defaultdict(list)
    course = Course(
        model,
        weights,
        torch.Generator().manual_seed(0),
        lambda part, _, loss: losses[part].append(loss),
        rate=1e-3,  # tiny networks bear more than large ones
    )
    course.take_in(takes(videos, FRAMES, SIZE))
    fresh = {name: one.clone() for name, one in weights.modules.state_dict().items()}
    course.run(400)  # processors round otherwise: after 200 one had 0.98 of a straight line's error
    assert {part: len(told) for part, told in losses.items()} == {
        "image encoder": 60,
        "predictor": 100,
        "motion": 240,
    }
    seen = losses["image encoder"]
    assert sum(seen[-10:]) < 0.9 * sum(seen[:10])
    assert losses["predictor"][0] == pytest.approx(2.0, abs=0.5), "a straight line, a cross-fade"
    small = torch.stack([lesson.small for lesson in course.lessons])
    small = torch.cat([small, small.flip(1)]).flatten(0, 1)
    nothing = torch.zeros(len(small) // FRAMES, FRAMES, 4, 1, 1)
    unknown = nothing[:, :, :2].bool()
    traces = Traces(nothing, unknown, nothing.unflatten(2, (2, 2)), unknown)
    with torch.no_grad():
        tokens, pictures = weights.encoder(small), sized(small, SIDE)
        films = (one.unflatten(0, (-1, FRAMES)) for one in (tokens, pictures))
        paths = Paths(*films, when, traces, CameraMove(torch.zeros(len(small) // FRAMES, 3)))
        at = inside(paths)
        path, drafted = weights.foresight(paths.ends, when, at, paths.camera)
    assert share_of_straight(path, paths) < 0.97
    assert share_of_fade(paths.some(at), drafted.plan) < 0.9
    changed = weights.modules.state_dict()
    assert any((changed[name] - one).abs().max() > 1e-3 for name, one in fresh.items())
    assert all(torch.equal(one, frozen[name]) for name, one in model.unet.state_dict().items())
    weights.save(tmp_path)
    first, last = (Image.new("RGB", SIZE, colour) for colour in ("red", "blue"))
    made = tween(Motion(model, load_motion(tmp_path, model)), Between(first, last, frames=FRAMES))
    assert (made[0], made[-1]) == (first, last)


def test_the_command_trains_goes_on_and_says_what_is_missing(
    models_file: Path,
    videos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INKTHREAD_MODELS", str(models_file))
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "tiny")
    asked = ["clips", "train", "--out", str(tmp_path / "motion"), "--frames", str(FRAMES)]
    assert main([*asked, "--data", str(tmp_path), "--steps", "2"]) == 2
    assert "there is no video" in capfd.readouterr().err
    for _ in range(2):
        assert main([*asked, "--data", str(videos), "--steps", "2"]) == 0
        told = capfd.readouterr().out
        assert "4 takes of 6 frames" in told
        assert "motion: step 1, error" in told
    assert {one.name for one in (tmp_path / "motion").iterdir()} == {
        "config.json",
        "image_encoder.safetensors",
        "foresight.safetensors",
        "modules.safetensors",
    }
    assert main([*asked, "--data", str(videos), "--model", "nobody"]) == 2
