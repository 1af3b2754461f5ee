"""The loop that the trainings for motion share."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from generation.toon.training.course import Course, taught, teach
from generation.toon.training.parallel import Team


def test_lessons_that_leave_parts_out_give_gradients_of_all(tmp_path: Path) -> None:
    """In a team they are added up, so there must be as many in every process."""
    model = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
    sizes: list[int] = []

    class Counting(Team):
        def sum(self, tensors: list[torch.Tensor]) -> None:
            sizes.append(len(tensors))

    def lesson(step: int) -> torch.Tensor:
        return model[step % 2](torch.ones(1, 2)).square().mean()

    course = Course("parts.pt", model, 1e-2, lesson, lambda: "measured")
    teach(course, tmp_path, 0.0005, Counting())
    assert set(sizes[::2]) == {4}, "weights and biases of both"


def test_a_course_goes_on_where_it_stopped(tmp_path: Path) -> None:
    seen: list[int] = []

    def course() -> Course:
        model = nn.Linear(4, 4)

        def lesson(step: int) -> torch.Tensor:
            seen.append(step)
            return model(torch.ones(1, 4)).square().mean()

        return Course("small.pt", model, 1e-2, lesson, lambda: "measured")

    with pytest.raises(FileNotFoundError):
        taught(nn.Linear(4, 4), tmp_path / "small.pt")
    teach(course(), tmp_path, 0.001, Team())
    first = len(seen)
    assert seen == list(range(first))
    teach(course(), tmp_path, 0.002, Team())
    assert seen == list(range(len(seen)))
    assert len(seen) > first > 0
    model = nn.Linear(4, 4)
    taught(model, tmp_path / "small.pt")
    stored = torch.load(tmp_path / "small.pt", weights_only=True)
    assert torch.equal(model.weight, stored["average"]["weight"])
