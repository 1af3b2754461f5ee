"""What people are told when something goes wrong, and whether it is tried again."""

import pytest

from generation.diffusion.errors import ModelMissing
from generation.script.errors import GraphError
from generation.studio.child import cause_of_death
from generation.studio.failures import UnknownModel, failure


@pytest.mark.parametrize(
    "error", [UnknownModel("no"), ModelMissing("toon", "nowhere", "nothing"), GraphError("loop")]
)
def test_what_another_attempt_would_meet_again_is_not_tried_again(error: Exception) -> None:
    failed = failure(error, "drawing")
    assert failed.reason == str(error)
    assert not failed.retryable


def test_too_little_memory_is_said_without_jargon() -> None:
    failed = failure(MemoryError(), "drawing")
    assert "not enough memory" in failed.reason
    assert failed.retryable


def test_the_unexpected_is_named_and_tried_again() -> None:
    failed = failure(RuntimeError("a wire is loose"), "drawing")
    assert "drawing" in failed.reason
    assert "a wire is loose" in failed.reason
    assert failed.retryable


@pytest.mark.parametrize(
    ("code", "words"), [(-9, "out of memory"), (-11, "signal 11"), (1, "code 1")]
)
def test_a_death_has_a_cause(code: int, words: str) -> None:
    assert words in cause_of_death(code)
