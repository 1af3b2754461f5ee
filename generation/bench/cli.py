"""`inkthread bench ...`: measurements that anyone can repeat. They print; nothing is stored."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from config.log import start_logging
from config.settings import StudioSettings
from generation.bench import story
from generation.request import BadInput, add_request, plan_request
from generation.script.catalogue import CatalogueError, read_models
from generation.script.errors import PlanError
from generation.script.motions import read_motion_models
from generation.script.plan import RenderPlan
from generation.studio.studio import StudioError
from generation.toon import WEIGHTS

WAYS = """Denoise stories in several ways that take turns: the plain diffusers pipeline, the
released code's scheme, a dense mask, ours, ours with subject masks. On Toon, with stories that
grow, and on a network of SD1.5's shape with random weights; then what the goals say about it."""
CLIPS = """Give each way the first and last frame of held-out drawn motions and compare what it
draws between them with the truth: cross-fade, latent interpolation, ours and its parts."""
COMPARED = """These figures know the true frames. LPIPS-first, LPIPS-frames and CLIPSIM, which
papers give for videos, don't, and can't be compared: generation/clips/README.md says why."""
if TYPE_CHECKING:
    from generation.bench.clips import Size as ClipSize
    from generation.bench.consistency import Shape, Size
    from generation.bench.ways import Network
    from generation.clips.tween import Tweener
    from generation.toon.reader import Reader

Chosen = TypeVar("Chosen", "Size", "Shape", "ClipSize")
MOTION, READER = WEIGHTS / "motion", WEIGHTS / "reader"
NETWORKS = ("toon", "shaped")  # of `bench consistency`
SILENT = "99"  # above all levels of torch's profiler, which says whenever it begins and ends


def register(kinds: Any) -> None:
    """Add to the kinds of `inkthread bench`."""
    _register_story(kinds)
    _register_consistency(kinds)
    _register_clips(kinds)


def _register_story(kinds: Any) -> None:
    parser = kinds.add_parser(
        "story", help="seconds and memory of a story", description=story.__doc__
    )
    add_request(parser)
    parser.add_argument("--runs", type=int, default=3, help="how often it is drawn, with the first")
    parser.add_argument(
        "--split", action="store_true", help="one render, by network, page and so on"
    )
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(func=bench_story)


def _register_consistency(kinds: Any) -> None:
    parser = kinds.add_parser(
        "consistency", help="what looking at each other costs", description=WAYS
    )
    parser.add_argument("--quick", action="store_true", help="small pictures, few steps")
    parser.add_argument("--panels", type=_counts, metavar="N,...", help="Toon's story lengths")
    parser.add_argument("--steps", type=_counts, metavar="N,...", help="Toon's timesteps")
    parser.add_argument(
        "--shaped-panels", type=_counts, metavar="N,...", help="the same, on SD1.5's shape"
    )
    parser.add_argument("--shaped-steps", type=_counts, metavar="N,...")
    parser.add_argument("--side", type=int, choices=range(64, 1025, 64), metavar="PIXELS")
    parser.add_argument(
        "--divisor",
        type=int,
        choices=(1, 2, 4, 5, 8, 10, 20, 40),
        metavar="N",
        help="of SD1.5's channels",
    )
    parser.add_argument(
        "--rounds", type=int, choices=range(1, 101), metavar="N", help="for the time"
    )
    parser.add_argument("--only", choices=NETWORKS, help="one of the two networks")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where plots and figures go, after every story"
    )
    parser.add_argument(
        "--resume", action="store_true", help="keep what --out holds, measure what it lacks"
    )
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(func=bench_consistency)


def _register_clips(kinds: Any) -> None:
    parser = kinds.add_parser("clips", help="motion against true motion", description=CLIPS)
    parser.add_argument("--quick", action="store_true", help="few motions, frames and steps")
    parser.add_argument("--motions", type=int, choices=range(1, 201), metavar="N", help="of a kind")
    parser.add_argument("--frames", type=int, choices=range(4, 33), metavar="N")
    parser.add_argument("--steps", type=int, choices=range(1, 101), metavar="N")
    parser.add_argument("--model", default="toon", metavar="NAME", help="that draws the frames")
    parser.add_argument("--weights", type=Path, metavar="DIR", default=MOTION, help="for motion")
    left_out = "of the steps that drafts stand for; motion.toml's if not said"
    parser.add_argument("--drafted", type=_share, metavar="SHARE", help=left_out)
    parser.add_argument("--reader", type=Path, metavar="DIR", default=READER)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where strips and figures go")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(func=bench_clips)


def bench_story(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    settings = StudioSettings.from_env()
    try:
        plan = plan_request(
            chosen, settings.models_file, settings.styles_file, settings.default_model
        )
    except (BadInput, CatalogueError, PlanError) as exc:
        print(f"inkthread bench story: {exc}", file=sys.stderr)
        return 2
    start_logging("WARNING")
    try:
        if chosen.split:
            print(_split(plan, settings, chosen.json))
            return 0
        runs = asyncio.run(
            story.draw_often(plan, settings.models_file, settings.threads, chosen.runs)
        )
    except StudioError as exc:
        print(f"inkthread bench story: {exc}", file=sys.stderr)
        return 1
    print(json.dumps(story.values(runs), indent=2) if chosen.json else story.table(runs))
    return 0


def _split(plan: RenderPlan, settings: StudioSettings, as_json: bool) -> str:
    from generation.bench.split import split, table  # torch takes seconds to import

    found = split(plan, settings.models_file, settings.threads)
    figures = {"seconds": found.seconds, "overhead": found.overhead}
    return json.dumps(figures, indent=2) if as_json else table(found)


def bench_consistency(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from generation.bench import consistency, figures, record

    if chosen.resume and chosen.out is None:
        _tell("inkthread bench consistency: --resume needs --out DIR.")
        return 2
    os.environ.setdefault("KINETO_LOG_LEVEL", SILENT)
    settings = _settings()
    try:
        found = known = record.read(chosen.out) if chosen.resume else []
    except record.NoRecord as exc:
        _tell(f"inkthread bench consistency: {exc}")
        return 2
    for size, network in _networks(chosen, settings):
        for measured in consistency.Bench(size, network).run(known, _tell):
            found = record.joined(found, measured)
            if chosen.out is not None:
                record.write(chosen.out, found)
    if chosen.json:
        print(json.dumps(record.values(found), indent=2))
    else:
        print(figures.table(found), "", *figures.goals(found), sep="\n")
    return 0


def _networks(
    chosen: argparse.Namespace, settings: StudioSettings
) -> "Iterator[tuple[Size, Network]]":
    """Each network with the stories that are drawn on it, in the order of `NETWORKS`."""
    from generation.bench import consistency, ways

    growing = consistency.QUICK_GROWING if chosen.quick else consistency.GROWING
    shaped = consistency.QUICK_SHAPED if chosen.quick else consistency.SHAPED
    shape = consistency.QUICK_SHAPE if chosen.quick else consistency.SHAPE
    growing = _chosen(growing, panels=chosen.panels, steps=chosen.steps, rounds=chosen.rounds)
    shaped = _chosen(
        shaped, panels=chosen.shaped_panels, steps=chosen.shaped_steps, rounds=chosen.rounds
    )
    shape = _chosen(shape, side=chosen.side, divisor=chosen.divisor)
    toon = read_models(settings.models_file)["toon"]
    if chosen.only != "shaped":
        yield growing, ways.catalogue_network(toon, settings.models_file.parent)
    if chosen.only != "toon":
        yield shaped, ways.random_network(shape.side, shape.divisor)


def _chosen(size: Chosen, **asked: Any) -> Chosen:
    """With what was asked for in place of its own."""
    return replace(size, **{name: value for name, value in asked.items() if value})


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def bench_clips(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from generation.bench import clip_goals, clip_record, clip_ways, clips

    settings = _settings()
    reader = _clip_reader(chosen.reader)
    ways = _clip_ways(settings, chosen)
    bench = clips.Bench(_clip_size(chosen), reader)
    found = bench.run(ways, _tell)
    film = clip_goals.filmed(bench, clip_ways.OURS) if clip_ways.OURS in ways else None
    goals = clip_goals.goals(found, film)
    told = clip_record.told(bench.size, found, goals)
    if chosen.out is not None:
        clip_record.write(chosen.out, told, clip_ways.strips(bench))
    if chosen.json:
        print(told)
    else:
        print(clips.table(found), "", *goals, "", COMPARED, sep="\n")
    return 0


def _clip_size(chosen: argparse.Namespace) -> "ClipSize":
    from generation.bench import clips

    size = clips.QUICK if chosen.quick else clips.Size()
    return _chosen(size, motions=chosen.motions, frames=chosen.frames, steps=chosen.steps)


def _clip_reader(folder: Path) -> "Reader | None":
    from generation.toon.reader import ReaderMissing, load_reader

    try:
        return load_reader(folder)
    except ReaderMissing as exc:
        _tell(f"Without the reader's measures: {exc}")
        return None


def _clip_ways(settings: StudioSettings, chosen: argparse.Namespace) -> "dict[str, Tweener]":
    from generation.bench import clip_ways
    from generation.clips.errors import BackendMissing

    try:
        drafted = _drafted(settings, chosen)
        return clip_ways.ways(settings.models_file, chosen.model, chosen.weights, drafted)
    except BackendMissing as exc:
        _tell(f"Without ours: {exc}")
        return clip_ways.ways(settings.models_file, chosen.model, None)


def _drafted(settings: StudioSettings, chosen: argparse.Namespace) -> float:
    """As clips of this model are drawn, if nothing else is said."""
    if chosen.drafted is not None:
        return float(chosen.drafted)
    entries = read_motion_models(settings.motion_file).values()
    ours = (one.drafted for one in entries if one.kind == "ours" and one.model == chosen.model)
    return next(ours, 0.0)


def _settings() -> StudioSettings:
    """And torch told of its threads."""
    import torch

    settings = StudioSettings.from_env()
    if settings.threads:
        torch.set_num_threads(settings.threads)
    return settings


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise ValueError
    return value


_share.__name__ = "share from 0 to below 1"  # argparse says it


def _counts(text: str) -> tuple[int, ...]:
    values = tuple(int(word) for word in text.split(","))
    if min(values) < 1:
        raise ValueError
    return values


_counts.__name__ = "list of whole numbers from 1"  # argparse names it in its message
