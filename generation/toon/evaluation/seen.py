"""What was read of a character in the panels that it was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from generation.toon.evaluation.story import Story
from generation.toon.reader import Reading, Sight, Value

Take = Sequence[Reading]  # a reading for each panel of one drawing of the story


def values(story: Story, take: Take, name: str, field: str) -> list[Value | None]:
    """What was read of a field of a character in each panel that it was asked for."""
    return [
        None if (seen := figure_of(story, take, name, at)) is None else seen[field]
        for at in story.shows(name)
    ]


def figure_of(story: Story, take: Take, name: str, at: int) -> Sight | None:
    """The character in a panel: its place from left to right. None if figures lack or abound."""
    asked, found = story.panels[at].figures, take[at].figures
    return found[asked.index(name)] if len(found) == len(asked) else None
