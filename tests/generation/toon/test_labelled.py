"""What was seen in panels, as lessons: what they didn't see is unknown."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from generation.toon.cutting import SIDE
from generation.toon.evaluation.labels import COLUMNS, SHEET, BadSheet
from generation.toon.training.examples import NOT_SHOWN, figure_truth, panel_truth
from generation.toon.training.labelled import CALIBRATING, LEARNT, labelled

TESTED = Path(__file__).parent / "labelled"
SHEET_ROWS = (
    "0,1,2,park,false,?,?,red,?,blue,,true,false,?,happy",
    "0,2,2,park,false,dog,,,,,brown,false,?,sitting,?",
    "1,1,0,beach,true,,,,,,,,,,",
    "2,1,?,beach,true,man,,,,,,,,,",
)


def test_labels_are_lessons_about_figures_as_far_as_they_go(tmp_path: Path) -> None:
    (tmp_path / SHEET).write_text("\n".join((",".join(COLUMNS), *SHEET_ROWS)), encoding="utf-8")
    for number in range(3):
        Image.new("RGB", (64, 64), "red").save(tmp_path / f"panel-{number:03}.webp")
    found = labelled(tmp_path)
    assert len(found.panels) == 2, "the third's figures weren't counted"
    right = figure_truth(found.scenes, found.known)
    unknown = NOT_SHOWN
    assert right["kind"].tolist() == [unknown, 5]
    assert right["hair"].tolist() == [3, unknown]
    assert right["fur"].tolist() == [unknown, 4]
    assert right["glasses"].tolist() == [1, 0]
    assert right["hat"].tolist() == [0, unknown]
    assert right["pose"].tolist() == [unknown, 2]
    assert right["expression"].tolist() == [1, unknown]
    assert set(panel_truth(found.scenes, found.known)["place"].tolist()) == {unknown}
    panels, scenes, known = found.some(3, random.Random(0))
    assert (panels.shape, len(scenes), len(known)) == ((3, 3, SIDE, SIDE), 3, 3)


def test_a_missing_sheet_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSheet):
        labelled(tmp_path)


def test_what_the_reader_learnt_from_isn_t_what_it_is_scaled_or_tested_on() -> None:
    learnt, scaled, tested = (_small(one) for one in (LEARNT, CALIBRATING, TESTED))
    assert (len(learnt), len(scaled), len(tested)) == (600, 600, 200)
    for some, others in ((learnt, scaled), (learnt, tested), (scaled, tested)):
        apart = min(float(np.abs(some - one).mean(1).min()) for one in others)
        assert apart > 3, "the same panel, resized and packed again, is 1.6 away at most"


def _small(folder: Path) -> NDArray[np.float64]:
    """All panels of a folder `(panels, values)`, 0 to 255."""
    levels = []
    for file in sorted(folder.glob("*.webp")):
        with Image.open(file) as picture:
            small = picture.convert("RGB").resize((32, 32), Image.Resampling.BOX)
        levels.append(np.asarray(small, dtype=np.float64).ravel())
    return np.stack(levels)
