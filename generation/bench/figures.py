"""What `inkthread bench consistency` measured: a table, curves, and the goals with verdicts."""

from collections.abc import Sequence

from generation.bench.consistency import MAIN, Measured
from generation.bench.ways import MASKED, OURS, PLAIN, RELEASED, SKIPPING
from generation.goals import Goal

MIB = 2**20
OFF = 0.08  # of the prediction
MOST_TIME, MOST_MEMORY = 1.08, 1.15  # of plain's
OF_RELEASED = 0.95
TITLES = (
    *("network", "panels", "steps", "way", "seconds", "x plain (rounds)", "predicted"),
    *("tensors MiB", "bank MiB", "process MiB"),
)


def table(found: Sequence[Measured]) -> str:
    """A line for each network, story and way, as Markdown."""
    lines = [f"| {' | '.join(TITLES)} |", "| --- " * len(TITLES) + "|"]
    for one in found:
        predicted = "" if one.predicted is None else f"{one.predicted:.3f}"
        spread = f"{one.ratio:.3f} ({min(one.ratios):.3f}-{max(one.ratios):.3f})"
        lines.append(
            f"| {one.network} | {one.panels} | {one.steps} | {one.way} | {one.seconds:.2f} "
            f"| {spread} | {predicted} | {one.tensors / MIB:.1f} | {one.bank / MIB:.2f} "
            f"| {one.memory / MIB:.0f} |"
        )
    return "\n".join(lines)


def goals(found: Sequence[Measured]) -> list[Goal]:
    """Of the story with four identity panels among six, at the fewest steps, on each network; of
    time and memory with subject masks, as all models of the catalogue draw."""
    lines: list[Goal] = []
    for network in dict.fromkeys(one.network for one in found):
        of_network = [one for one in found if one.network == network and one.panels == MAIN]
        if not of_network:
            continue
        steps = min(one.steps for one in of_network)
        lines += _goals({one.way: one for one in of_network if one.steps == steps})
    return lines


def _goals(ways: dict[str, Measured]) -> list[Goal]:
    ours, masked, plain, released = (ways[way] for way in (OURS, MASKED, PLAIN, RELEASED))
    on = f"{ours.network}, {ours.panels} panels, {ours.steps} steps"
    whole = 2 * ours.rate / ours.steps * released.bank
    skipping = ours.ratio / ways[SKIPPING].ratio
    return [
        *(
            Goal(f"{on}: {one.way}, off its predicted time", abs(_off(one)), OFF)
            for one in (ours, masked)
        ),
        Goal(f"{on}: time with masks, x plain", masked.ratio, MOST_TIME),
        Goal(
            f"{on}: memory of tensors with masks, x plain",
            masked.tensors / plain.tensors,
            MOST_MEMORY,
        ),
        Goal(
            f"{on}: time, x released without its skips (with them {skipping:.3f})",
            ours.ratio / released.ratio,
            OF_RELEASED,
        ),
        Goal(f"{on}: bank, x 2 rate / steps of the released one", ours.bank / whole, 1.0),
    ]


def _off(one: Measured) -> float:
    assert one.predicted is not None  # ours is
    return one.ratio / one.predicted - 1


def curves(found: Sequence[Measured], over: str, what: str) -> dict[str, list[tuple[float, float]]]:
    """For a plot: `what` (a field) of each way over "panels" or "steps", all else the same, on one
    network."""
    fixed = min(one.steps for one in found) if over == "panels" else MAIN
    other = "steps" if over == "panels" else "panels"
    lines: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        if getattr(one, other) == fixed:
            lines.setdefault(one.way, []).append((getattr(one, over), getattr(one, what)))
    return {way: sorted(points) for way, points in lines.items()}
