"""`inkthread evaluate`: does a character look the same, and is the rest still right?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from config.settings import StudioSettings
from generation.consistency.sampling import counter_seed
from generation.diffusion.errors import DiffusionError
from generation.script.catalogue import CatalogueError, Model, read_models, read_styles
from generation.toon import WEIGHTS
from generation.toon.evaluation.benchmark import MODES, SEEDS, Benchmark, Outcome, Settings
from generation.toon.evaluation.report import Line, as_json, summarise, table
from generation.toon.evaluation.separated import COMPARED, SEPARATED, goals, with_two
from generation.toon.evaluation.story import Story, read_stories, spread
from generation.toon.evaluation.sweeps import SWEEPS, draw_curves
from generation.toon.reader import ReaderMissing, load_reader

FAILED = 1
BAD_INPUT = 2
MAIN = ("plain", "ours")  # on all stories, the others on FEWER
FEWER = 30
QUICK_MODES = ("plain", "ours", "oracle")
QUICK_STORIES = 12
QUICK_PANELS = 4  # no story of the quick run is longer
QUICK_STEPS = 12
QUICK_OF_TWO = 4


class BadInput(Exception):
    """What was typed can't be measured; the message says what is wrong with it."""


def register(subparsers: Any) -> None:
    """Add `evaluate` to the subparsers of the command."""
    parser = subparsers.add_parser(
        "evaluate", help="measure consistency against the truth", description=__doc__
    )
    names = ", ".join(f"{mode.name} ({mode.about})" for mode in MODES.values())
    parser.add_argument("--modes", type=_words, metavar="NAME,...", help=f"of {names}")
    parser.add_argument(
        "--masks",
        action="store_true",
        help="each use of the subject masks apart, on stories with two characters in a panel; "
        f"--modes of {', '.join(SEPARATED)}: no others, but for what the goals compare",
    )
    parser.add_argument(
        "--likeness",
        action="store_true",
        help="how like its sheet a character has to be for the drift check (`likeness_least`)",
    )
    parser.add_argument(
        "--encoder", metavar="NAME", help="that compares, in place of the model's likeness_encoder"
    )
    parser.add_argument("--stories", type=_count, metavar="N", help="of the written ones")
    parser.add_argument("--steps", type=_count, help="timesteps; otherwise the model's own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=_count, help="otherwise INKTHREAD_THREADS")
    parser.add_argument(
        "--processes",
        type=_count,
        default=1,
        help="that draw side by side, one thread each; seconds are then those of all together",
    )
    parser.add_argument("--model", metavar="NAME", default="toon", help="of the catalogue")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="the model's, from here")
    parser.add_argument("--guidance", type=_guidance, help="otherwise the catalogue's")
    parser.add_argument("--guidance-rescale", type=_share, metavar="SHARE", help="the same")
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="portraits are told nothing by lot",
    )
    parser.add_argument("--reader", type=Path, metavar="DIR", default=WEIGHTS / "reader")
    parser.add_argument("--quick", action="store_true", help="a few stories, in under 3 minutes")
    parser.add_argument("--curves", type=_words, metavar="NAME,...", help=f"of {', '.join(SWEEPS)}")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where curves go, as PNG and JSON")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--gain", type=float, metavar="X", help="fail unless ours beats plain's kappa by X"
    )
    parser.set_defaults(func=evaluate)


def evaluate(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    try:
        _check(chosen)
        bench, stories = _benchmark(chosen), read_stories()
        if chosen.curves:
            some = spread(stories, chosen.stories or (QUICK_STORIES if chosen.quick else FEWER))
            draw_curves(bench, some, chosen.curves, chosen.out, _tell)
            return 0
        if chosen.likeness:
            return _likeness(bench, stories, chosen)
        if chosen.masks:
            return _masks(bench, stories, chosen)
        lines = summarise({one.mode: one for one in _outcomes(bench, stories, chosen)}, chosen.seed)
    except (BadInput, CatalogueError, DiffusionError, ReaderMissing) as exc:
        print(f"inkthread evaluate: {exc}", file=sys.stderr)
        return BAD_INPUT
    except ChildProcessError as exc:
        print(f"inkthread evaluate: {exc}; its trace is above, if it left one.", file=sys.stderr)
        return FAILED
    print(json.dumps(as_json(lines), indent=2) if chosen.json else table(lines))
    return _judge(lines, chosen.gain)


def _check(chosen: argparse.Namespace) -> None:
    modes = SEPARATED if chosen.masks else MODES
    for names, known in ((chosen.modes, modes), (chosen.curves, SWEEPS)):
        for name in names or ():
            if name not in known:
                raise BadInput(f"there is no {name!r}; there is {', '.join(known)}.")
    if chosen.curves and chosen.out is None:
        raise BadInput("say where the curves go with --out DIR.")
    if chosen.gain is not None and not set(MAIN) <= set(_modes(chosen)):
        raise BadInput(f"--gain compares {' and '.join(MAIN)}: name both in --modes.")


def _modes(chosen: argparse.Namespace) -> Sequence[str]:
    return chosen.modes or (QUICK_MODES if chosen.quick else tuple(MODES))


def _benchmark(chosen: argparse.Namespace) -> Benchmark:
    """Raises:
    BadInput, CatalogueError, DiffusionError, ReaderMissing: as they say.
    """
    import torch

    from generation.diffusion.loading import load_model
    from generation.toon.evaluation.artists import Engine
    from generation.toon.evaluation.side_by_side import SideBySide

    told = StudioSettings.from_env()
    threads = 1 if chosen.processes > 1 else chosen.threads or told.threads
    if threads:
        torch.set_num_threads(threads)
    reader = load_reader(chosen.reader)
    models, styles = read_models(told.models_file), read_styles(told.styles_file)
    if chosen.model not in models:
        raise BadInput(f"there is no model {chosen.model!r}; there is {', '.join(models)}.")
    entry = _as_chosen(models[chosen.model], chosen)
    model = load_model(entry, told.models_file.parent)
    settings = Settings(
        entry=entry,
        style=styles[next(iter(entry.styles or styles))],
        side=model.unet.config.sample_size * model.pixels_per_latent,
        steps=chosen.steps or (QUICK_STEPS if chosen.quick else entry.steps),
    )
    if chosen.processes > 1:
        return SideBySide(settings, Engine(model), reader, model, chosen.seed, chosen.processes)
    return Benchmark(settings, Engine(model), reader, model, chosen.seed)


def _as_chosen(entry: Model, chosen: argparse.Namespace) -> Model:
    """The catalogue's entry, but for what the command says otherwise."""
    source = None if chosen.weights is None else str(chosen.weights.absolute())
    said = {
        "source": source,
        "guidance": chosen.guidance,
        "guidance_rescale": chosen.guidance_rescale,
        "portraits": entry.portraits.as_written() if chosen.as_written else None,
    }
    return replace(entry, **{name: value for name, value in said.items() if value is not None})


def _outcomes(
    bench: Benchmark, stories: tuple[Story, ...], chosen: argparse.Namespace
) -> Iterator[Outcome]:
    for name in _modes(chosen):
        if chosen.quick:
            short = tuple(one for one in stories if len(one.panels) <= QUICK_PANELS)
            some = spread(short, chosen.stories or QUICK_STORIES)
        else:
            whole = len(stories) if name in MAIN else FEWER
            some = spread(stories, min(whole, chosen.stories or whole))
        yield bench.run(MODES[name], some, _tell)


def _masks(bench: Benchmark, stories: tuple[Story, ...], chosen: argparse.Namespace) -> int:
    """One table of all uses of the masks, and what they reach."""
    of_two = with_two(stories)
    if chosen.quick:
        of_two = tuple(story for story in of_two if len(story.panels) <= QUICK_PANELS)
    some = spread(of_two, chosen.stories or (QUICK_OF_TWO if chosen.quick else FEWER))
    wanted = {*COMPARED, *(chosen.modes or SEPARATED)}
    outcomes = {
        name: bench.run(mode, some, _tell) for name, mode in SEPARATED.items() if name in wanted
    }
    lines = summarise(outcomes, chosen.seed)
    found = goals(lines)
    if chosen.json:
        print(json.dumps({"modes": as_json(lines), "goals": [asdict(one) for one in found]}))
    else:
        print(table(lines), *found, sep="\n")
    return 0


def _likeness(bench: Benchmark, stories: tuple[Story, ...], chosen: argparse.Namespace) -> int:
    """The least likeness of a good picture, for the catalogue."""
    from generation.drift.calibrate import Lineup, calibrate
    from generation.drift.eyes import load_eye

    entry = bench.settings.entry
    if chosen.encoder:
        entry = replace(entry, likeness_encoder=chosen.encoder)
    eye = load_eye(entry, StudioSettings.from_env().models_file.parent)
    if eye is None:
        raise BadInput(f"{entry.name} has no likeness_encoder: name one with --encoder.")
    lineup = Lineup(eye)
    some = spread(stories, chosen.stories or (QUICK_STORIES if chosen.quick else FEWER))
    for number, story in enumerate(some, start=1):
        plan = bench.settings.plan(story, counter_seed(chosen.seed, story.name, "likeness") % SEEDS)
        lineup.add(plan, bench.engine.draw(story, plan))
        _tell(f"{number} of {len(some)} stories")
    try:
        found = calibrate(lineup.own, lineup.others)
    except ValueError as exc:
        raise BadInput(f"{exc}.") from exc
    print(json.dumps(asdict(found)) if chosen.json else found)
    return 0


def _judge(lines: Sequence[Line], least: float | None) -> int:
    if least is None:
        return 0
    by_name = {line.mode: line for line in lines}
    gain = by_name["ours"].gain
    if gain is not None and gain.value >= least:
        return 0
    print(f"inkthread evaluate: ours beats plain by {gain}, not by {least}.", file=sys.stderr)
    return FAILED


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _guidance(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


_words.__name__ = "list of names"  # argparse names them in its messages
_count.__name__ = "whole number from 1"
_guidance.__name__ = "number from 0"
_share.__name__ = "number from 0 to 1"
