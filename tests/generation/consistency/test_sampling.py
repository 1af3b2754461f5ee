"""Which tokens are shown."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from generation.consistency.sampling import counter_seed, sample_size, sample_tokens

RATES = st.floats(min_value=0.01, max_value=1.0)
SEEDS = st.integers(min_value=0, max_value=2**64 - 1)


@given(SEEDS, st.integers(0, 100), st.integers(1, 1100), SEEDS, RATES)
def test_a_sample_has_its_fixed_size_and_no_repeats(
    seed: int, step: int, tokens: int, panel: int, rate: float
) -> None:
    sample = sample_tokens(seed, step, tokens, panel, rate)
    assert len(sample) == sample_size(tokens, rate)
    assert sample.tolist() == sorted(set(sample.tolist()))
    assert sample.min() >= 0
    assert sample.max() < tokens


@given(st.integers(1, 4096), RATES)
def test_the_size_is_the_rate_rounded_and_never_nothing(tokens: int, rate: float) -> None:
    size = sample_size(tokens, rate)
    assert 1 <= size <= tokens
    assert abs(size - rate * tokens) <= 0.5 or size == 1


def test_a_sample_is_the_same_every_time() -> None:
    assert sample_tokens(1, 2, 64, 3, 0.5).tolist() == sample_tokens(1, 2, 64, 3, 0.5).tolist()


def test_story_step_resolution_and_panel_each_change_the_sample() -> None:
    paths = [(1, 2, 64, 3), (9, 2, 64, 3), (1, 9, 64, 3), (1, 2, 64, 9), (2, 1, 64, 3)]
    samples = [tuple(sample_tokens(*path, 0.5).tolist()) for path in paths]
    assert len(set(samples)) == len(paths)


def test_sampling_leaves_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    sample_tokens(1, 2, 64, 3, 0.5)
    assert torch.equal(before, torch.random.get_rng_state())


def test_every_token_is_shown_equally_often() -> None:
    shown = torch.zeros(16)
    for step in range(2000):
        shown[sample_tokens(5, step, 16, 1, 0.5)] += 1
    # 1000 of 2000 expected with a deviation of 22; five deviations
    assert (shown - 1000).abs().max() < 110


def test_different_paths_of_counters_have_different_seeds() -> None:
    paths = [(1, 23), (12, 3), (123,), ("1", "2", "3"), (1, 2, 3, 0)]
    assert len({counter_seed(*path) for path in paths}) == len(paths)
    assert all(0 <= counter_seed(*path) < 2**63 for path in paths)
