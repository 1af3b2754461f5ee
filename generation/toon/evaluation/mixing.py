"""Looks that get to the wrong one of two characters in a panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations

from generation.toon.evaluation.seen import Take, figure_of, values
from generation.toon.evaluation.statistics import Tally
from generation.toon.evaluation.story import Story
from generation.toon.reader import Reading, Value

SWAPPED, BLENDED = "swapped", "blended"  # of the looks that words state
LEAKED = "leaked"  # of those that none states
MIXED = "mixed up"  # all three


def mixed_up(story: Story, names: Sequence[str], reading: Reading) -> list[tuple[str, bool]]:
    """Of each field that is stated of both and differs: were the values swapped, or blended (both
    figures have the same one of the two)?"""
    left, right = (story.looks[name] for name in names)
    fields: list[tuple[str, Value, Value]] = [
        (field, left.fields[field], right.fields[field])
        for field in sorted(set(left.fields) & set(right.fields))
    ]
    if len(left.kinds) == len(right.kinds) == 1:
        fields.append(("kind", left.kinds[0], right.kinds[0]))
    found: list[tuple[str, bool]] = []
    for field, of_left, of_right in fields:
        if of_left == of_right:
            continue
        seen = [one[field] for one in reading.figures] if len(reading.figures) == 2 else []
        found.append((SWAPPED, seen == [of_right, of_left]))
        found.append((BLENDED, seen in ([of_left, of_left], [of_right, of_right])))
    return found


def leaked(story: Story, take: Take) -> Tally:
    """How often one of two characters in a panel shows a look of the other's that no word gave it.

    What is a character's own is told by the panels in which it is alone. Where both have the same,
    nothing can be told. What can't be read is no leak.
    """
    found = Tally()
    for at, panel in enumerate(story.panels):
        for name, other in _pairs(panel.figures):
            for field in story.unsaid(name):
                own, theirs = (_own(story, take, one, field) for one in (name, other))
                if None in (own, theirs) or own == theirs:
                    continue
                seen = figure_of(story, take, name, at)
                found += Tally(float(seen is not None and seen[field] == theirs), 1.0)
    return found


def _pairs(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return permutations(names) if len(names) == 2 else iter(())


def _own(story: Story, take: Take, name: str, field: str) -> Value | None:
    """What most panels show in which the character is alone; None if they don't tell."""
    read = zip(story.shows(name), values(story, take, name, field), strict=True)
    alone = [seen for at, seen in read if len(story.panels[at].figures) == 1 and seen is not None]
    most = Counter(alone).most_common(2)
    if not most or (len(most) == 2 and most[0][1] == most[1][1]):
        return None
    return most[0][0]
