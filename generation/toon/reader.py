"""The judge: reads from a panel what it shows, or says that it can't be read.

Two small convolutional networks. One looks at the whole panel: how many figures, which place, day
or night. The other looks at one figure at a time, cut out where the world's figures stand, at the
same scale whatever their number, and in a mirror: what it says on average is right more often, and
scaled by what is known of how often it is (`scaling.py`). A field is readable where the network is
at least as sure as the field's threshold.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from generation.toon.cutting import SIDE, resized, stands, views
from generation.toon.scaling import Scaling
from generation.toon.world.scene import (
    EXPRESSIONS,
    FUR_COLOURS,
    HAIR_COLOURS,
    HAIR_STYLES,
    KINDS,
    PLACES,
    POSES,
    SHIRT_COLOURS,
    SKINS,
    Kind,
    Look,
)

Value = str | int | bool

PANEL_FIELDS: dict[str, tuple[Value, ...]] = {
    "figures": (0, 1, 2, 3),
    "place": PLACES,
    "night": (False, True),
}
FIGURE_FIELDS: dict[str, tuple[Value, ...]] = {
    "kind": KINDS,
    "skin": SKINS,
    "hair": HAIR_COLOURS,
    "style": HAIR_STYLES,
    "shirt": SHIRT_COLOURS,
    "fur": FUR_COLOURS,
    "glasses": (False, True),
    "hat": (False, True),
    "pose": POSES,
    "expression": EXPRESSIONS,
}
FIELDS = PANEL_FIELDS | FIGURE_FIELDS
WHOLE = 64  # pixels of the whole panel for the first network
ROUNDING = 1e-6  # of shares that make up a whole
WEIGHTS = "model.safetensors"
CONFIG = "config.json"


class ReaderMissing(Exception):
    """There is no trained reader in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"there is no reader in {folder}; `inkthread toon train reader` trains one."
        )


@dataclass(frozen=True)
class Sight:
    """What was read of one thing: the value of each field, None where it is unreadable."""

    values: Mapping[str, Value | None]

    def __getitem__(self, field: str) -> Value | None:
        return self.values[field]


@dataclass(frozen=True)
class Reading:
    """What a panel shows; `figures` from left to right, none where they can't be counted.

    The panel's fields are "figures" (their number), "place" and "night". A figure's fields that
    its kind doesn't have (a cat's shirt) are None, as are those that it surely has only where its
    kind is readable.
    """

    panel: Sight
    figures: tuple[Sight, ...]


class Convolutions(nn.Module):
    """Half the size with every width; two convolutions at each."""

    def __init__(self, widths: tuple[int, ...], features: int, outputs: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise((3, *widths)):
            layers += [
                nn.Conv2d(before, after, 3, stride=2, padding=1),
                nn.GroupNorm(4, after),
                nn.SiLU(),
                nn.Conv2d(after, after, 3, padding=1),
                nn.GroupNorm(4, after),
                nn.SiLU(),
            ]
        thin = 32  # channels that keep their place
        self.body = nn.Sequential(*layers, nn.Conv2d(widths[-1], thin, 1), nn.Flatten())
        self.answer = nn.Sequential(nn.Linear(features * thin, 256), nn.SiLU(), nn.Dropout(0.1))
        self.heads = nn.Linear(256, outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        answers: Tensor = self.heads(self.answer(self.body(pictures)))
        return answers


class Reader(nn.Module):
    """Panels `(panels, 3, height, width)` in -1..1, square, to readings.

    `thresholds` holds for every field how sure the reader must be; over 1 is never sure enough.
    `scaling` is of fields of figures; the others' shares stay as they are.
    """

    def __init__(
        self,
        thresholds: Mapping[str, float] | None = None,
        scaling: Mapping[str, Scaling] | None = None,
    ) -> None:
        super().__init__()
        self.thresholds = dict(thresholds or dict.fromkeys(FIELDS, 0.0))
        self.scaling = dict(scaling or {})
        self.whole = Convolutions((24, 48, 64, 96), 4 * 4, _width(PANEL_FIELDS))
        self.figure = Convolutions((24, 48, 80, 112), 9 * 7, _width(FIGURE_FIELDS))

    def of_panels(self, panels: Tensor) -> dict[str, Tensor]:
        """Logits `(panels, values)` of the panel's fields."""
        return _split(self.whole(resized(panels, WHOLE)), PANEL_FIELDS)

    def of_figures(self, cuts: Tensor) -> dict[str, Tensor]:
        """Logits `(figures, values)` of the fields of cut-out figures `(figures, 3, *CUT)`."""
        return _split(self.figure(cuts), FIGURE_FIELDS)

    @torch.no_grad()
    def read(self, panels: Tensor) -> list[Reading]:
        """One reading for each panel."""
        small = resized(panels, SIDE)
        answers = {name: one.softmax(1) for name, one in self.of_panels(small).items()}
        seen = [
            Sight({name: self._value(name, shares[row]) for name, shares in answers.items()})
            for row in range(len(small))
        ]
        counts = [int(one["figures"] or 0) for one in seen]
        figures = iter(self._figures(small, counts))
        return [
            Reading(one, tuple(itertools.islice(figures, count)))
            for one, count in zip(seen, counts, strict=True)
        ]

    def _figures(self, panels: Tensor, counts: Sequence[int]) -> list[Sight]:
        """All figures of all panels, `counts` of each."""
        if not any(counts):
            return []
        rows = torch.tensor([row for row, count in enumerate(counts) for _ in range(count)])
        boxes = torch.cat([stands(count) for count in counts if count])
        answers = self.shares(panels, rows, boxes)
        return [self._figure(answers, row) for row in range(len(boxes))]

    @torch.no_grad()
    def shares(self, panels: Tensor, rows: Tensor, boxes: Tensor) -> dict[str, Tensor]:
        """How likely each value is, `(boxes, values)`, of the figures in these boxes of panels
        `rows`, looked at twice."""
        looks = self.of_figures(torch.cat(views(panels, rows, boxes)))
        found = {
            name: logits.softmax(1).view(-1, len(boxes), logits.shape[1]).mean(0)
            for name, logits in looks.items()
        }
        return found | {name: scaled(found[name]) for name, scaled in self.scaling.items()}

    def _figure(self, answers: Mapping[str, Tensor], row: int) -> Sight:
        values = {name: self._value(name, shares[row]) for name, shares in answers.items()}
        kept = self._shown(answers["kind"][row])
        return Sight({name: value if name in kept else None for name, value in values.items()})

    def _shown(self, kinds: Tensor) -> set[str]:
        """The fields that a figure surely has. A woman or a girl, who knows: both have hair."""
        kind, least = self._value("kind", kinds), self.thresholds["kind"]
        if kind is not None:
            return set(visible(kind))
        shares = dict(zip(KINDS, kinds.tolist(), strict=True))
        sure = {
            name: sum(share for kind, share in shares.items() if name in visible(kind))
            for name in FIGURE_FIELDS
        }
        return {name for name, share in sure.items() if share >= min(least, 1.0 - ROUNDING)}

    def _value(self, name: str, shares: Tensor) -> Value | None:
        sure, index = shares.max(0)
        return FIELDS[name][int(index)] if float(sure) >= self.thresholds[name] else None

    def save(self, folder: Path) -> None:
        """Write the weights in half precision, and thresholds and scaling beside them."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {name: one.half().contiguous() for name, one in self.state_dict().items()},
            folder / WEIGHTS,
        )
        (folder / WEIGHTS).chmod(0o644)  # written for the owner only
        scaling = {name: asdict(one) for name, one in self.scaling.items()}
        told = json.dumps({"thresholds": self.thresholds, "scaling": scaling}, indent=2)
        (folder / CONFIG).write_text(told + "\n", encoding="utf-8")


def load_reader(folder: Path) -> Reader:
    """The trained reader in `folder`, ready to read.

    Raises:
        ReaderMissing: there is none.
    """
    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise ReaderMissing(folder)
    told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    scaling = {
        name: Scaling(one["sharpness"], tuple(one["shifts"]))
        for name, one in told["scaling"].items()
    }
    reader = Reader(told["thresholds"], scaling)
    reader.load_state_dict({name: one.float() for name, one in load_file(folder / WEIGHTS).items()})
    return reader.eval()


def as_panels(pictures: Sequence[Image.Image]) -> Tensor:
    """Pictures of one size as `(pictures, 3, height, width)` in -1..1."""
    levels = np.stack([np.asarray(one.convert("RGB")) for one in pictures])
    return torch.from_numpy(levels).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def visible(kind: Value | None) -> tuple[str, ...]:
    """The figure fields that a kind has; none where the kind is unknown."""
    if kind is None:
        return ()
    return (*Look(cast(Kind, kind)).visible(), "pose", "expression")


def _width(fields: Mapping[str, tuple[Value, ...]]) -> int:
    return sum(len(values) for values in fields.values())


def _split(answers: Tensor, fields: Mapping[str, tuple[Value, ...]]) -> dict[str, Tensor]:
    parts = torch.split(answers, [len(values) for values in fields.values()], dim=1)
    return dict(zip(fields, parts, strict=True))
