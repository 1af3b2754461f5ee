"""Panels of the model for labelling by hand, and the reader compared with the labels.

`make` writes numbered pictures and `labels.csv`: a row for each figure asked for (one, without
fields, where nobody is), all answers empty. Somebody who looks at the pictures fills in what they
show, from left to right, and `?` where it can't be seen; rows may be added or taken away. What was
asked for is not written down, so that it tempts nobody.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from generation.toon.reader import (
    FIELDS,
    FIGURE_FIELDS,
    PANEL_FIELDS,
    Reader,
    Reading,
    Value,
    as_panels,
)
from generation.toon.world.samples import single

SHEET = "labels.csv"
COLUMNS = ("panel", "figure", *PANEL_FIELDS, *FIGURE_FIELDS)
UNSEEN = "?"
LABEL_SEEDS = 1 << 42  # scenes that no training has seen
STEPS, GUIDANCE = 25, 3.0  # as the catalogue has them
QUALITY = 90  # of WebP: the pictures are kept with their labels, and are to stay small


class BadSheet(Exception):
    """The sheet can't be compared; the message says why."""


@dataclass(frozen=True)
class Labelled:
    """A panel, and what its labeller saw of each figure from left to right, all fields: None where
    it couldn't be seen. One without answers where nobody is."""

    picture: Image.Image
    figures: tuple[Mapping[str, Value | None], ...]


@dataclass(frozen=True)
class Count:
    """Of a field: answers of the reader that agree with the labels, its answers, all labels."""

    agreed: int = 0
    readable: int = 0
    labelled: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.agreed + other.agreed,
            self.readable + other.readable,
            self.labelled + other.labelled,
        )


def make(folder: Path, weights: Path, panels: int, seed: int) -> None:
    """Draw the panels with the model in `weights`, and write the empty sheet.

    Raises:
        BadSheet: there is a sheet already: labels are work, and never written over.
    """
    from generation.toon.sheet import draw_captions, load_pipeline

    if (folder / SHEET).exists():
        raise BadSheet(f"{folder / SHEET} is there already; choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    samples = [single(LABEL_SEEDS + seed * panels + i) for i in range(panels)]
    prompts = [sample.caption.text for sample in samples]
    pictures = draw_captions(load_pipeline(weights), prompts, seed, STEPS, GUIDANCE)
    with (folder / SHEET).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number, (sample, picture) in enumerate(zip(samples, pictures, strict=True)):
            picture.save(folder / _picture(number), quality=QUALITY)
            for figure in range(max(1, len(sample.scene.figures))):
                writer.writerow({"panel": number, "figure": figure + 1})


def check(folder: Path, reader: Reader) -> dict[str, Count]:
    """The reader's answers against the labels, by field.

    Raises:
        BadSheet: there is no sheet, nothing is filled in, or an answer is none of the field's.
    """
    counts: dict[str, Count] = defaultdict(Count)
    for panel in read_sheet(folder):
        (reading,) = reader.read(as_panels([panel.picture]))
        for field in PANEL_FIELDS:
            counts[field] += _compare(panel.figures[0][field], reading.panel[field])
        for place, figure in enumerate(panel.figures):
            for field in FIGURE_FIELDS:
                seen = _seen(reading, len(panel.figures), place, field)
                counts[field] += _compare(figure[field], seen)
    if not any(count.labelled for count in counts.values()):
        raise BadSheet(f"{folder / SHEET} is empty: fill it in first.")
    return dict(counts)


def read_sheet(folder: Path) -> list[Labelled]:
    """All panels of a sheet, in order.

    Raises:
        BadSheet: there is no sheet, or an answer is none of the field's.
    """
    found: list[Labelled] = []
    for number, rows in sorted(_rows(folder / SHEET).items()):
        with Image.open(folder / _picture(number)) as file:
            picture = file.convert("RGB")
        answers = [{field: _answer(row, field, number) for field in FIELDS} for row in rows]
        found.append(Labelled(picture, tuple(answers)))
    return found


def told(counts: Mapping[str, Count]) -> str:
    """A line for each field, and one for all."""
    whole = sum(counts.values(), Count())
    return "\n".join(
        f"{field}: {one.agreed} of {one.readable} agree, "
        f"{one.labelled - one.readable} of {one.labelled} unreadable"
        for field, one in {**counts, "in all": whole}.items()
    )


def _rows(sheet: Path) -> dict[int, list[dict[str, str]]]:
    try:
        with sheet.open(encoding="utf-8", newline="") as file:
            rows: dict[int, list[dict[str, str]]] = defaultdict(list)
            for row in csv.DictReader(file):
                rows[int(row["panel"])].append(row)
    except OSError as exc:
        raise BadSheet(f"{sheet} can't be read: {exc.strerror}.") from exc
    except (KeyError, ValueError) as exc:
        raise BadSheet(f"{sheet} has a row without the number of its panel.") from exc
    return {number: sorted(found, key=lambda row: row["figure"]) for number, found in rows.items()}


def _answer(row: Mapping[str, str], field: str, panel: int) -> Value | None:
    """None where the labeller saw nothing, or nothing is filled in."""
    text = (row.get(field) or "").strip().lower()
    if text in ("", UNSEEN):
        return None
    answers = {str(value).lower(): value for value in FIELDS[field]}
    if text not in answers:
        raise BadSheet(f"panel {panel}: {field} is {text!r}, not one of {', '.join(answers)}.")
    return answers[text]


def _seen(reading: Reading, figures: int, place: int, field: str) -> Value | None:
    return reading.figures[place][field] if len(reading.figures) == figures else None


def _compare(label: Value | None, seen: Value | None) -> Count:
    if label is None:
        return Count()
    return Count(int(seen == label), int(seen is not None), 1)


def _picture(number: int) -> str:
    return f"panel-{number:03}.webp"
