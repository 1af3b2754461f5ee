"""Panels that the model drew, and what was seen in them: the surest lessons of a judge.

Words say what was asked for, and a redrawn panel's scene what it was made from. What a panel shows
is known only to who has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.toon.evaluation.labels import Labelled, read_sheet
from generation.toon.reader import FIGURE_FIELDS, Value, as_panels
from generation.toon.training.examples import Examples
from generation.toon.world.scene import Figure, Look, Scene

# No panel is in two of them, nor among the tests'.
LEARNT, CALIBRATING = (
    Path(__file__).parent / name for name in ("labelled", "labelled_to_calibrate")
)
ANY_PERSON, ANY_ANIMAL = "woman", "cat"  # stand for kinds that couldn't be told


def labelled(folder: Path) -> Examples:
    """All panels of a filled sheet whose figures could be counted.

    Raises:
        BadSheet: there is none, or an answer is none of its field's.
    """
    found = Examples()
    for panel in read_sheet(folder):
        if panel.figures[0]["figures"] is not None:
            found.add(as_panels([panel.picture]), [_scene(panel)], [_known(panel)])
    return found


def _scene(panel: Labelled) -> Scene:
    """As far as it is known; the rest stands for nothing."""
    people = panel.figures if panel.figures[0]["figures"] else ()
    return Scene("office", figures=tuple(_figure(one) for one in people))


def _known(panel: Labelled) -> frozenset[str]:
    return frozenset(
        f"{place}.{field}"
        for place, figure in enumerate(panel.figures)
        for field in FIGURE_FIELDS
        if figure[field] is not None
    )


def _figure(seen: Mapping[str, Value | None]) -> Figure:
    known: dict[str, Any] = {
        field: seen[field] for field in FIGURE_FIELDS if seen[field] is not None
    }
    kind = ANY_PERSON if "fur" not in known else ANY_ANIMAL
    acted = {field: known.pop(field) for field in ("pose", "expression") if field in known}
    return Figure(Look(**{"kind": kind, **known}), **acted)
