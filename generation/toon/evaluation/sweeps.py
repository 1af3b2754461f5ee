"""`inkthread evaluate --curves`: the figures over a setting."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generation.toon.evaluation.benchmark import MODES, Benchmark, Settings
from generation.toon.evaluation.plot import Curve, plot
from generation.toon.evaluation.report import Line, as_json, summarise
from generation.toon.evaluation.story import Story


@dataclass(frozen=True)
class Sweep:
    """A setting that a curve goes over."""

    about: str
    values: tuple[float, ...]
    at: Callable[[Settings, float], Settings]


SWEEPS = {
    "rate": Sweep(
        "share of a panel's tokens that others see",
        (0.1, 0.25, 0.5, 0.75, 1.0),
        lambda old, x: replace(old, entry=replace(old.entry, rate=x)),
    ),
    "identity": Sweep(
        "identity panels of each character",
        (1, 2, 3, 4),
        lambda old, x: replace(old, identity=int(x)),
    ),
    "steps": Sweep("steps", (6, 12, 25, 40), lambda old, x: replace(old, steps=int(x))),
}
CURVES = {"kappa": "kappa", "pose": "pose drawn right", "place": "place drawn right"}


def draw_curves(
    bench: Benchmark,
    stories: Sequence[Story],
    names: Sequence[str],
    out: Path,
    tell: Callable[[str], None],
) -> None:
    """Draw `ours` at every value of each sweep; a picture and the figures of each in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        sweep = SWEEPS[name]
        points: list[tuple[float, Line]] = []
        for value in sweep.values:
            tell(f"{name} {value:g}")
            at = replace(bench, settings=sweep.at(bench.settings, value))
            (line,) = summarise({"ours": at.run(MODES["ours"], stories, tell)}, bench.seed)
            points.append((value, line))
        curves = [
            Curve(told, [(x, line.figures[figure]) for x, line in points])
            for figure, told in CURVES.items()
        ]
        title = f"{bench.settings.entry.title}: {name}"
        plot(title, sweep.about, curves).save(out / f"{name}.png")
        figures = [{"at": x, **as_json([line])[0]} for x, line in points]
        (out / f"{name}.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
        print(out / f"{name}.png")
