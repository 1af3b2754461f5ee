"""What a run of the benchmark says: figures with intervals, guards, shares of the oracle."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from generation.toon.evaluation.benchmark import Outcome
from generation.toon.evaluation.measure import (
    BACKGROUND,
    BANK,
    COUNTS,
    DIVERSITY,
    KAPPA,
    VARIETY,
)
from generation.toon.evaluation.mixing import BLENDED, LEAKED, MIXED, SWAPPED
from generation.toon.evaluation.statistics import Figure, Tally, difference, figure, share

MARGIN = 0.03  # a guard may be this much worse than plain's
LEAST_DIVERSITY = 0.75  # of plain's: one face in all panels makes them a little more alike
SHARES = (*COUNTS[:3], "stated looks", "held-out looks", "place", "night", "pose", "expression")
FAULTS = (SWAPPED, BLENDED, BACKGROUND)
VARIETIES = (DIVERSITY, VARIETY)
GUARDS = (*SHARES, *FAULTS, *VARIETIES)
REPORTED = (COUNTS[3], LEAKED, MIXED)  # measured, but no guard


@dataclass(frozen=True)
class Line:
    """One mode. `share` is kappa's of the oracle's, `gain` kappa less plain's, both on the stories
    that both drew; `failed` are the guards that are worse than plain's, None without plain."""

    mode: str
    stories: int
    panels: int
    seconds: float
    peak_memory: int
    figures: Mapping[str, Figure]
    share: Figure | None
    gain: Figure | None
    failed: tuple[str, ...] | None

    @property
    def kappa(self) -> Figure:
        return self.figures[KAPPA]


def summarise(outcomes: Mapping[str, Outcome], seed: int = 0) -> list[Line]:
    """One line for each mode, in the order of drawing."""
    return [_line(outcome, outcomes, seed) for outcome in outcomes.values()]


def failed_guards(outcome: Outcome, plain: Outcome) -> tuple[str, ...]:
    """The guards in which a mode is worse than plain drawing, on the stories that both drew."""
    names = _common(outcome, plain)
    failed = []
    for guard in GUARDS:
        own, other = (_ratio(one.tallies(guard, names)) for one in (outcome, plain))
        if own is None or other is None:
            continue  # no such panel in these stories
        if guard in VARIETIES:
            worse = own < LEAST_DIVERSITY * other
        elif guard in FAULTS:
            worse = own > other + MARGIN
        else:
            worse = own < other - MARGIN
        if worse:
            failed.append(guard)
    return tuple(failed)


def table(lines: Sequence[Line]) -> str:
    """For the terminal: figures by row, modes by column."""
    kappas = [KAPPA, *sorted({name for line in lines for name in line.figures if _detail(name)})]
    rows = [["", *(line.mode for line in lines)]]
    rows += [
        [name, *(str(line.figures.get(name, _NOTHING)) for line in lines)]
        for name in (*kappas, BANK, *GUARDS, *REPORTED)
        if any(name in line.figures for line in lines)
    ]
    rows.append(["share of the oracle's kappa", *(str(line.share or "-") for line in lines)])
    rows.append(["kappa over plain's", *(str(line.gain or "-") for line in lines)])
    rows.append(["guards", *(_told(line.failed) for line in lines)])
    rows.append(["stories", *(str(line.stories) for line in lines)])
    rows.append(["seconds a panel", *(f"{_each(line):.2f}" for line in lines)])
    rows.append(["peak memory, MB", *(f"{line.peak_memory / 1e6:.0f}" for line in lines)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    failures = [f"{line.mode} fails: {', '.join(line.failed)}" for line in lines if line.failed]
    return "\n".join([*text, *failures])


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Plain values; what could not be measured is None."""
    return [_plain(asdict(line)) for line in lines]


_NOTHING = Figure(math.nan, math.nan, math.nan)


def _line(outcome: Outcome, outcomes: Mapping[str, Outcome], seed: int) -> Line:
    names = list(outcome.stories)
    figures = {
        name: figure(outcome.tallies(name, names), seed)
        for name in sorted({name for story in outcome.stories.values() for name in story})
    }
    oracle, plain = outcomes.get("oracle"), outcomes.get("plain")
    return Line(
        mode=outcome.mode,
        stories=len(names),
        panels=outcome.panels,
        seconds=outcome.seconds,
        peak_memory=outcome.peak_memory,
        figures=figures,
        share=None if oracle is None else share(*_both(outcome, oracle), seed),
        gain=None if plain is None else difference(*_both(outcome, plain), seed),
        failed=None if plain is None else failed_guards(outcome, plain),
    )


def _both(outcome: Outcome, other: Outcome) -> tuple[list[Tally], list[Tally]]:
    names = _common(outcome, other)
    return outcome.tallies(KAPPA, names), other.tallies(KAPPA, names)


def _common(outcome: Outcome, other: Outcome) -> list[str]:
    return [name for name in outcome.stories if name in other.stories]


def _ratio(tallies: Sequence[Tally]) -> float | None:
    whole = sum(tallies, Tally())
    return whole.hits / whole.of if whole.of else None


def _detail(name: str) -> bool:
    return name.startswith(f"{KAPPA} ")


def _told(failed: tuple[str, ...] | None) -> str:
    if failed is None:
        return "-"
    return f"{len(failed)} failed" if failed else "passed"


def _each(line: Line) -> float:
    return line.seconds / max(1, line.panels)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
