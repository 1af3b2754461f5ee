"""From what was read in a story's panels to what the story adds to each figure.

Unreadable is wrong: a panel that can't be read doesn't show what it was asked for.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from PIL import Image

from generation.toon.evaluation.mixing import BLENDED, LEAKED, MIXED, SWAPPED, leaked, mixed_up
from generation.toon.evaluation.seen import Take, values
from generation.toon.evaluation.statistics import Agreement, Tally, agreement, following
from generation.toon.evaluation.story import Story
from generation.toon.reader import Reading

KAPPA = "kappa"
VARIETY = "looks"
BANK = "bank kappa"
DIVERSITY = "diversity"
COUNTS = ("nobody", "one figure", "two figures", "three figures")
BACKGROUND = "place copied"
THUMBNAIL = 32  # pixels: composition and colours, no details


def figures_of(story: Story, takes: Sequence[Take]) -> dict[str, Tally]:
    """The story's part of kappa, in all and by field, and of every guard."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    whole = Agreement()
    for name in story.looks:
        for field in story.unsaid(name):
            one = agreement([values(story, take, name, field) for take in takes])
            tallies[f"{KAPPA} {field}"] += one.kappa
            whole += one
    tallies[KAPPA], tallies[VARIETY] = whole.kappa, whole.variety
    for take in takes:
        tallies[LEAKED] += leaked(story, take)
        for at, reading in enumerate(take):
            for guard, hit in _guards(story, at, reading):
                tallies[guard] += Tally(float(hit), 1.0)
    swapped, blended, leaks = (tallies[fault] for fault in (SWAPPED, BLENDED, LEAKED))
    tallies[MIXED] = leaks + Tally(swapped.hits + blended.hits, swapped.of)
    return dict(tallies)


def bank_figure(
    story: Story, takes: Sequence[Take], shown: Sequence[Sequence[tuple[str, Reading]]]
) -> Tally:
    """How much panels follow the figures they were shown, where those are strangers.

    `shown[t]` are the readings of take t's strangers with the character each stands in for.
    """
    whole = Agreement()
    for name in story.looks:
        strangers = [[one for stands_for, one in take if stands_for == name] for take in shown]
        for field in story.unsaid(name):
            own = [values(story, take, name, field) for take in takes]
            theirs = [
                [one.figures[0][field] if len(one.figures) == 1 else None for one in take]
                for take in strangers
            ]
            whole += following(own, theirs)
    return whole.kappa


def places_copied(story: Story, take: Take, looked_at: Sequence[Sequence[int]]) -> Tally:
    """How often a panel shows the place of one that it looks at where another was asked for.

    `looked_at` are the positions that each panel of the story looks at, or would; those that were
    not drawn are left out.
    """
    found = Tally()
    for at, panel in enumerate(story.panels):
        asked = panel.panel.get("place")
        for other in looked_at[at]:
            theirs = take[other].panel["place"] if other < len(take) else None
            if asked is not None and theirs not in (None, asked):
                found += Tally(float(take[at].panel["place"] == theirs), 1.0)
    return found


def diversity(takes: Sequence[Sequence[Image.Image]]) -> Tally:
    """How different a story's panels are from each other: mean difference of levels, 0 to 1."""
    far = Tally()
    for pictures in takes:
        small = [
            np.asarray(
                one.convert("RGB").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), dtype=float
            )
            / 255
            for one in pictures
        ]
        for one, other in itertools.combinations(small, 2):
            far += Tally(float(np.abs(one - other).mean()), 1.0)
    return far


def _guards(story: Story, at: int, reading: Reading) -> list[tuple[str, bool]]:
    """Guard and whether the panel passes it, for everything that was asked for."""
    asked = story.panels[at]
    count = len(asked.figures)
    found: list[tuple[str, bool]] = [(COUNTS[count], reading.panel["figures"] == count)]
    found += [(field, reading.panel[field] == value) for field, value in asked.panel.items()]
    matched = reading.figures if len(reading.figures) == count else (None,) * count
    for name, seen in zip(asked.figures, matched, strict=True):
        deeds = asked.deeds[name].items()
        found += [(field, seen is not None and seen[field] == value) for field, value in deeds]
        look = story.looks[name]
        right = [seen is not None and seen["kind"] in look.kinds]
        right += [seen is not None and seen[field] == value for field, value in look.fields.items()]
        found += [("stated looks", hit) for hit in right]
        found += [("held-out looks", hit) for hit in right if story.held_out(name)]
    if count == 2:
        found += mixed_up(story, asked.figures, reading)
    return found
