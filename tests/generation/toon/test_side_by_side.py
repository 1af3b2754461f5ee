"""Several processes find what one finds, and one that stops is not passed over."""

from __future__ import annotations

import os

import pytest

from generation.toon.evaluation.benchmark import MODES, Benchmark
from generation.toon.evaluation.side_by_side import SideBySide
from generation.toon.evaluation.story import read_stories, spread
from tests.generation.toon.test_benchmark import ENTRY, SIDE, STYLE, Settings, Truthful


def test_shares_add_up_to_what_one_process_finds() -> None:
    stories = spread(read_stories(), 5)
    truthful = Truthful()
    settings = Settings(ENTRY, STYLE, SIDE, 4)
    alone = Benchmark(settings, truthful, truthful).run(MODES["plain"], stories)
    told: list[str] = []
    shared = SideBySide(settings, truthful, truthful, processes=2).run(
        MODES["plain"], stories, told.append
    )
    assert shared.stories == alone.stories
    assert list(shared.stories) == [story.name for story in stories]
    assert shared.panels == alone.panels
    assert told == [f"plain: {done} of 5 stories" for done in range(1, 6)]
    assert shared.seconds > 0


class Stopping(Truthful):
    def draw(self, story, plan):  # type: ignore[no-untyped-def]
        os._exit(3)


def test_a_process_that_stops_is_told() -> None:
    stopping = Stopping()
    bench = SideBySide(Settings(ENTRY, STYLE, SIDE, 4), stopping, stopping, processes=2)
    with pytest.raises(ChildProcessError, match="plain"):
        bench.run(MODES["plain"], spread(read_stories(), 2))
