"""The reader against people: 200 panels that the model drew, labelled by looking at them."""

from pathlib import Path

import pytest

from generation.toon import WEIGHTS
from generation.toon.evaluation.labels import Count, check
from generation.toon.reader import load_reader

LABELLED = Path(__file__).parent / "labelled"
AGREES = 0.98  # of what it calls readable
UNREADABLE = 0.05  # of what people could read


@pytest.fixture(scope="module")
def counts() -> dict[str, Count]:
    return check(LABELLED, load_reader(WEIGHTS / "reader"))


def test_the_reader_agrees_with_hand_labels(counts: dict[str, Count]) -> None:
    whole = sum(counts.values(), Count())
    assert whole.agreed >= AGREES * whole.readable
    assert whole.labelled - whole.readable <= UNREADABLE * whole.labelled


@pytest.mark.parametrize("field", ["figures", "place", "night", "shirt", "fur", "kind"])
def test_what_kappa_is_mostly_made_of_is_read_almost_without_mistakes(
    counts: dict[str, Count], field: str
) -> None:
    assert counts[field].agreed >= 0.98 * counts[field].readable
