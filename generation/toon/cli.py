"""`inkthread toon ...`: look at the world and at what the model makes of it; `train` trains it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from generation.toon import WEIGHTS, train_cli


def register(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the `toon` command; each of its commands sets `func`, a function of the arguments."""
    toon = subparsers.add_parser("toon", help="the embedded default model: look at it, train it")
    commands = toon.add_subparsers(dest="toon_command", required=True)
    _register_sheet(commands)
    _register_strip(commands)
    _register_labels(commands)
    train_cli.register(commands)


def _register_sheet(commands: argparse._SubParsersAction[Any]) -> None:
    sheet = commands.add_parser("sheet", help="draw a contact sheet")
    sheet.add_argument("--out", type=Path, required=True, help="picture file to write")
    sheet.add_argument("--seed", type=int, default=0)
    sheet.add_argument("--panels", type=int, default=24)
    sheet.add_argument(
        "--round",
        type=int,
        choices=(1, 2),
        default=1,
        help="of the world's growth: 2 adds places, poses, props, close-ups and drawing styles",
    )
    sheet.add_argument(
        "--model",
        type=Path,
        metavar="FOLDER",
        nargs="?",
        const=WEIGHTS,
        help="drawn by the model (the embedded one, or a folder), not by the world",
    )
    sheet.add_argument("--steps", type=int, default=24)
    sheet.add_argument("--guidance", type=float, default=3.0)
    sheet.set_defaults(func=_sheet)


def _register_strip(commands: argparse._SubParsersAction[Any]) -> None:
    strip = commands.add_parser("strip", help="draw the world in motion, frame by frame")
    strip.add_argument("--out", type=Path, required=True, help="picture file to write")
    strip.add_argument("--seed", type=int, default=0)
    strip.add_argument("--frames", type=int, choices=range(2, 65), default=9, metavar="N")
    strip.add_argument("--size", type=int, choices=range(32, 513), default=128, metavar="PIXELS")
    strip.add_argument("--marked", action="store_true", help="cross where each character is")
    strip.set_defaults(func=_strip)


def _register_labels(commands: argparse._SubParsersAction[Any]) -> None:
    labels = commands.add_parser(
        "labels", help="panels for labelling by hand, to judge the reader by"
    )
    labels.add_argument("folder", type=Path, metavar="DIR", help="of panels and sheet")
    labels.add_argument("--panels", type=int, default=200)
    labels.add_argument("--seed", type=int, default=0)
    labels.add_argument("--check", action="store_true", help="compare the filled sheet: no drawing")
    labels.set_defaults(func=_labels)


def _sheet(args: argparse.Namespace) -> int:
    from generation.toon import sheet

    if args.model is None:
        picture = sheet.world_sheet(args.panels, args.seed, args.round)
    else:
        pipeline = sheet.load_pipeline(args.model)
        picture = sheet.model_sheet(
            pipeline, args.panels, args.seed, args.steps, args.guidance, args.round
        )
    picture.save(args.out)
    return 0


def _strip(args: argparse.Namespace) -> int:
    from generation.toon.strip import world_strip

    picture = world_strip(args.seed, args.frames, args.size, marked=args.marked)
    picture.save(args.out)
    return 0


def _labels(args: argparse.Namespace) -> int:
    from generation.toon.evaluation import labels
    from generation.toon.reader import ReaderMissing, load_reader

    try:
        if args.check:
            print(labels.told(labels.check(args.folder, load_reader(WEIGHTS / "reader"))))
        else:
            labels.make(args.folder, WEIGHTS, args.panels, args.seed)
    except (labels.BadSheet, ReaderMissing) as exc:
        print(f"inkthread toon labels: {exc}", file=sys.stderr)
        return 2
    return 0
