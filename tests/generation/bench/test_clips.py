"""The measures of motion, and the benchmark that compares ways by them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image

from generation.bench import motion_measures as measures
from generation.bench.clip_goals import filmed, goals
from generation.bench.clip_ways import OURS, SLERP, strips
from generation.bench.clips import FADE, Bench, Size, stability, table, values
from generation.clips.baselines import CrossFade
from generation.clips.latents import pixels
from generation.clips.tween import Between, Watch
from generation.toon.reader import Reader
from generation.toon.world.motion import Motion, draw_moment, moment
from generation.toon.world.scene import Figure, Look, Scene
from generation.toon.world.shots import Shot

SIZE = Size(motions=2, frames=5, kinds=("walk", "mood"), side=64)


class Oracle:
    """Knows the truth, by the first and the last picture."""

    def __init__(self, bench: Bench) -> None:
        self._known = {
            (clip.pictures[0].tobytes(), clip.pictures[-1].tobytes()): clip.pictures
            for clip in bench.clips
        }

    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        return list(self._known[request.first.tobytes(), request.last.tobytes()])


def walked(shift: float) -> torch.Tensor:
    scene = Scene("park", figures=(Figure(Look("man"), "walking"),), seed=4)
    shot = Shot(scene, (shift,))
    return pixels([draw_moment(moment(Motion(shot, shot), 0.0), 128)])[0]


def test_a_figure_is_found_where_it_is() -> None:
    empty = Shot(Scene("park", seed=4))
    bare = pixels([draw_moment(moment(Motion(empty, empty), 0.0), 128)])[0]
    for shift in (-50.0, 0.0, 30.0):
        off = measures.displacement(walked(shift), walked(0.0), bare)
        assert off == pytest.approx(abs(shift) / 256, abs=0.008)
    assert measures.displacement(walked(0.0), bare, bare) is None


def test_ssim_error_flicker_and_steps_say_what_they_are_named_for() -> None:
    one = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    assert torch.allclose(measures.ssim(one, one), torch.ones(4))
    assert measures.ssim(one, -one).max() < 0
    assert torch.allclose(measures.squared_error(one, one + 0.2), torch.full((4,), 0.01))
    even = torch.linspace(-1, 1, 5).view(-1, 1, 1, 1).expand(-1, 3, 8, 8)
    assert measures.flicker(even) == pytest.approx(0, abs=1e-6)
    assert measures.seam_jump(even) == pytest.approx(1)
    jumping = even.clone()
    jumping[-1] = -1
    assert measures.seam_jump(jumping) == pytest.approx(3)
    assert measures.flicker(jumping) > 0.1


def untaught() -> Reader:
    """The same whatever was drawn by chance before it: some can read nothing at all."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return Reader().eval()


def test_the_truth_is_best_and_a_cross_fade_is_told_as_one() -> None:
    bench = Bench(SIZE, untaught())
    told: list[str] = []
    found = bench.run({FADE: CrossFade(), "oracle": Oracle(bench)}, told.append)
    assert len(told) == 8
    figures = values(found)
    assert figures["truth"]["mse"][0] == figures["oracle"]["mse"][0] == 0
    assert figures["oracle"]["ssim"][0] == pytest.approx(1)
    assert figures["oracle"]["stable"][0] == 1
    assert figures["oracle"]["perceptual"][0] == pytest.approx(0, abs=1e-6)
    assert figures[FADE]["mse of cross-fade"] == (1, 1, 1)
    assert figures[FADE]["place"][0] > 0.02 > figures["oracle"]["place"][0]
    assert 5 < figures[FADE]["psnr"][1] < figures[FADE]["psnr"][0] < figures[FADE]["psnr"][2]
    assert table(found).count("\n") == 4
    assert list(strips(bench)) == ["00-walk", "01-mood", "02-walk", "03-mood"]


def test_the_goals_have_a_verdict_each_where_they_are_measured() -> None:
    bench = Bench(SIZE, untaught())
    ways = {FADE: CrossFade(), SLERP: CrossFade(), OURS: Oracle(bench)}
    found = bench.run(ways, lambda _: None)
    film = filmed(bench, OURS)
    told = [str(one) for one in goals(found, film)]
    assert [line.split(":")[0] for line in told] == ["reached"] * 7
    assert 0 < film.size < 1 << 20
    poor = bench.run({FADE: CrossFade(), OURS: CrossFade()}, lambda _: None)
    by_name = {one.about.split(",")[0]: one for one in goals(poor, None)}
    error, slerp = (one for one in goals(poor, None) if one.about.startswith("squared error"))
    assert str(error).startswith("MISSED: squared error, x cross-fade's: 1.000")
    assert str(slerp) == "not measured: squared error, x latent slerp's"
    assert str(by_name["its file"]).startswith("not measured")
    assert {str(one).split(":")[0] for one in goals(poor[:2], None)} == {"not measured"}


def test_places_are_told_in_pixels_too_and_seconds_of_what_was_made() -> None:
    bench = Bench(replace(SIZE, motions=1, kinds=("walk",)), None)
    figures = values(bench.run({FADE: CrossFade()}, lambda _: None))
    assert figures[FADE]["pixels"][0] == pytest.approx(SIZE.side * figures[FADE]["place"][0])
    assert figures[FADE]["seconds"][0] > 0
    assert "seconds" not in figures["truth"]


def test_without_a_reader_its_measures_are_shown_as_missing() -> None:
    bench = Bench(replace(SIZE, motions=1, kinds=("mood",)), None)
    found = bench.run({}, print)
    assert "stable" not in values(found)["truth"]
    assert "| - |" in table(found)
    assert stability([], []).of == 0
