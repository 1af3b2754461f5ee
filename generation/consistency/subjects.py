"""The subjects of a run: where its characters are, learnt from cross-attention while it is drawn.

At every timestep the maps of all listened layers are averaged and go into a running average over
the last timesteps. What is learnt in a timestep serves the next one, so it depends neither on the
order of forward passes nor on their size.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.consistency.masks import PanelMasks, grid_of
from generation.script.sides import Strip

WARM_UP = 0.2  # of the timesteps: the layout isn't decided yet, so words can't be found in it
LAST_STEPS = 5  # that the running average remembers


@dataclass(frozen=True)
class PanelSubjects:
    """The subjects of one panel, in the order in which its prompt mentions them.

    `strips` is where each is expected, from and to as shares of the width; `words` are the places
    of its words among the text tokens, none if the prompt doesn't have them.
    """

    names: tuple[str, ...]
    strips: tuple[Strip, ...]
    words: tuple[Tensor, ...]

    @property
    def heard(self) -> bool:
        """Whether cross-attention can tell where they are; without words for one of them it
        can't tell the others from it."""
        return bool(self.names) and all(len(places) > 0 for places in self.words)


class Subjects:
    """The subjects of all panels of a stack."""

    def __init__(self, panels: Sequence[PanelSubjects], latents: tuple[int, int], steps: int):
        """`latents` is their height and width, `steps` the number of timesteps of the run."""
        self.panels = tuple(panels)
        self.latents = latents
        self._grid = tuple((side + 1) // 2 for side in latents)
        self._warm_up = math.ceil(WARM_UP * steps)
        self._steps: dict[int, int] = {}  # in which each panel was heard
        self._averages: dict[int, Tensor] = {}
        self._heard: dict[int, Tensor] = {}
        self._layers: dict[int, int] = {}
        self._masks: dict[tuple[int, int], PanelMasks] = {}
        self._owners: dict[tuple[tuple[int, ...], int], Tensor] = {}

    def begin(self) -> None:
        """A timestep begins; what was heard in one that failed is forgotten."""
        self._heard.clear()
        self._layers.clear()

    def owners(self, panels: Sequence[int], keys: Tensor) -> Tensor:
        """Whose words the text tokens of these panels are: `(panels, text tokens, subjects)`, each
        subject's words with a sum of 1. `keys` is `(batch, text tokens, channels)`."""
        place = (tuple(panels), keys.shape[1])
        if place not in self._owners:
            most = max(len(self.panels[panel].words) for panel in panels)
            owners = keys.new_zeros(len(panels), keys.shape[1], most)
            for row, panel in enumerate(panels):
                for subject, places in enumerate(self.panels[panel].words):
                    owners[row, places, subject] = 1 / len(places)
            self._owners[place] = owners
        return self._owners[place]

    def hear(self, panel: int, maps: Tensor) -> None:
        """A layer's maps of one panel: `(subjects, tokens)`."""
        maps = maps.to(torch.promote_types(maps.dtype, torch.float32))
        rows, columns = grid_of(maps.shape[1], *self.latents)
        maps = maps.view(1, len(maps), rows, columns)
        if (rows, columns) != self._grid:
            maps = F.interpolate(maps, self._grid, mode="bilinear", align_corners=False)
        known = self._heard.get(panel)
        self._heard[panel] = maps[0] if known is None else known + maps[0]
        self._layers[panel] = self._layers.get(panel, 0) + 1

    def settle(self) -> None:
        """The timestep is done: what was heard joins the average."""
        for panel, heard in self._heard.items():
            self._steps[panel] = self._steps.get(panel, 0) + 1
            share = max(1 / self._steps[panel], 1 / LAST_STEPS)
            now = (heard / self._layers[panel]).cpu()
            before = self._averages.get(panel, now)
            self._averages[panel] = before + share * (now - before)
        self.begin()
        self._masks.clear()

    def masks(self, panel: int, tokens: int | None = None) -> PanelMasks:
        """The masks of a panel as known before this timestep, at the resolution of a layer with so
        many tokens; at their own without."""
        place = (panel, tokens or 0)
        if place not in self._masks:
            if tokens is None:
                self._make_all()
            else:
                size = grid_of(tokens, *self.latents)
                self._masks[place] = self.masks(panel).resized(*size)
        return self._masks[place]

    def state(self) -> dict[str, Tensor]:
        """What the next timesteps depend on."""
        averages = {f"panel {panel}": average for panel, average in self._averages.items()}
        steps = {f"steps {panel}": torch.tensor(steps) for panel, steps in self._steps.items()}
        return {**averages, **steps}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on as if the timesteps that left this state had just been made."""
        self.begin()
        self._masks.clear()
        self._steps = {at: int(steps) for at, steps in _numbered(state, "steps ")}
        self._averages = dict(_numbered(state, "panel "))

    def take_over(self, other: "Subjects", places: Sequence[int]) -> None:
        """Know of the first panels what `other` knows of those at `places`."""
        for panel, place in enumerate(places):
            if place in other._averages:
                self._averages[panel] = other._averages[place]
                self._steps[panel] = other._steps[place]
        self._masks.clear()

    def _make_all(self) -> None:
        """The masks of all panels, at their own resolution."""
        seen = [at for at, steps in self._steps.items() if steps >= max(1, self._warm_up)]
        if seen:
            found = PanelMasks.all_seen([self._averages[at] for at in seen])
            self._masks |= {(at, 0): one for at, one in zip(seen, found, strict=True)}
        for at in range(len(self.panels)):
            if (at, 0) not in self._masks:
                self._masks[at, 0] = self._expected(at)

    def _expected(self, panel: int) -> PanelMasks:
        strips = torch.tensor(self.panels[panel].strips, dtype=torch.float64).view(-1, 2)
        return PanelMasks.expected(strips, *self._grid)


def _numbered(state: Mapping[str, Tensor], prefix: str) -> Iterator[tuple[int, Tensor]]:
    for name, value in state.items():
        if name.startswith(prefix):
            yield int(name.removeprefix(prefix)), value
