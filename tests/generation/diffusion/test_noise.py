"""Start noise."""

import pytest
import torch

from generation.diffusion.noise import start_noise

SHAPE = (4, 32, 32)


def test_alone_it_is_what_a_pipeline_draws_from_the_same_seed() -> None:
    expected = torch.randn((1, *SHAPE), generator=torch.Generator("cpu").manual_seed(42))
    assert torch.equal(start_noise([42], SHAPE, 0.0, seed=1), expected)


def test_a_panel_s_noise_does_not_depend_on_the_others() -> None:
    assert torch.equal(start_noise([1, 2], SHAPE, 0.3, 9)[1], start_noise([2], SHAPE, 0.3, 9)[0])


@pytest.mark.parametrize("shared", [0.0, 0.25, 0.5, 1.0])
def test_the_shared_part_is_the_correlation_and_the_variance_stays_one(shared: float) -> None:
    noise = start_noise(list(range(8)), SHAPE, shared, seed=3).flatten(1)
    assert (noise.var(dim=1) - 1).abs().max() < 0.1  # 4096 numbers: deviation 0.02
    correlation = torch.corrcoef(noise)
    between = correlation[~torch.eye(8, dtype=torch.bool)]
    assert (between - shared).abs().max() < 0.1


def test_a_panel_seed_that_is_the_story_s_is_no_exception() -> None:
    noise = start_noise([3], SHAPE, 0.5, seed=3)
    assert (noise.var() - 1).abs() < 0.1


def test_noise_leaves_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    start_noise([1, 2], SHAPE, 0.5, seed=3)
    assert torch.equal(before, torch.random.get_rng_state())
