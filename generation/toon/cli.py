"""`inkthread toon ...`: contact sheets, and the training that reproduces the weights."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).parent / "weights"
RUN = Path("build/toon")  # where training keeps checkpoints and latents; not in the repository
PROCESSES = 2
MOTION_MINUTES = {"image-encoder": 8.0, "predictor": 15.0, "motion": 60.0}


def register(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the `toon` command; each of its commands sets `func`, a function of the arguments."""
    toon = subparsers.add_parser("toon", help="the embedded default model: look at it, train it")
    commands = toon.add_subparsers(dest="toon_command", required=True)

    sheet = commands.add_parser("sheet", help="draw a contact sheet")
    sheet.add_argument("--out", type=Path, required=True, help="picture file to write")
    sheet.add_argument("--seed", type=int, default=0)
    sheet.add_argument("--panels", type=int, default=24)
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

    strip = commands.add_parser("strip", help="draw the world in motion, frame by frame")
    strip.add_argument("--out", type=Path, required=True, help="picture file to write")
    strip.add_argument("--seed", type=int, default=0)
    strip.add_argument("--frames", type=int, choices=range(2, 65), default=9, metavar="N")
    strip.add_argument("--size", type=int, choices=range(32, 513), default=128, metavar="PIXELS")
    strip.add_argument("--marked", action="store_true", help="cross where each character is")
    strip.set_defaults(func=_strip)

    labels = commands.add_parser(
        "labels", help="panels for labelling by hand, to judge the reader by"
    )
    labels.add_argument("folder", type=Path, metavar="DIR", help="of panels and sheet")
    labels.add_argument("--panels", type=int, default=200)
    labels.add_argument("--seed", type=int, default=0)
    labels.add_argument("--check", action="store_true", help="compare the filled sheet: no drawing")
    labels.set_defaults(func=_labels)

    train = commands.add_parser("train", help="train the model from nothing")
    parts = train.add_subparsers(dest="part", required=True)
    helps = {
        "autoencoder": "pictures to latents and back (first)",
        "text": "vocabulary and text encoder",
        "data": "latents of drawn pictures (needs the autoencoder)",
        "diffusion": "the denoiser (needs text and data)",
        "words": "more lessons for the text encoder of a denoiser that is deaf to some words",
        "reader": "tells what a panel shows, for `inkthread evaluate`",
    }
    minutes = {"autoencoder": 60.0, "text": 6.0, "diffusion": 180.0, "words": 6.0, "reader": 40.0}
    for name, text in helps.items():
        part = parts.add_parser(name, help=text)
        part.add_argument("--folder", type=Path, default=RUN, help="goes on from what is there")
        part.add_argument("--processes", type=int, default=PROCESSES, help="one thread each")
        if name == "data":
            part.add_argument("--files", type=int, default=30, help="of 512 panels, of each kind")
        else:
            part.add_argument("--minutes", type=float, default=minutes[name], help="in all")
        if name == "reader":
            part.add_argument("--out", type=Path, default=WEIGHTS / "reader", help="at the end")
        part.set_defaults(func=_train, train=_train_pictures)
    motion_helps = {
        "image-encoder": "pictures into the space of meaning (needs an exported model)",
        "motion-data": "latents and tokens of drawn motions (needs the image encoder)",
        "predictor": "the way between two pictures (needs motion data)",
        "motion": "modules that let frames see each other (needs the predictor)",
        "motion-export": "write what was trained for motion",
    }
    for name, text in motion_helps.items():
        part = parts.add_parser(name, help=text)
        part.add_argument("--folder", type=Path, default=RUN, help="goes on from what is there")
        part.add_argument("--model", type=Path, metavar="FOLDER", default=WEIGHTS)
        if name == "motion-data":
            part.add_argument(
                "--files", type=int, default=60, help="of 32 motions, and as many of paths"
            )
        elif name == "motion-export":
            part.add_argument("--out", type=Path, default=WEIGHTS / "motion")
        else:
            part.add_argument("--minutes", type=float, default=MOTION_MINUTES[name], help="in all")
        part.add_argument("--processes", type=int, default=PROCESSES, help="one thread each")
        part.set_defaults(func=_train, train=_train_motion)
    export = parts.add_parser("export", help="write the trained model as a diffusers folder")
    export.add_argument("--folder", type=Path, default=RUN)
    export.add_argument("--out", type=Path, default=WEIGHTS)
    export.set_defaults(func=_export)
    adopt = parts.add_parser("adopt", help="begin a run where an exported model stopped")
    adopt.add_argument("--folder", type=Path, default=RUN)
    adopt.add_argument("--model", type=Path, metavar="FOLDER", default=WEIGHTS)
    adopt.set_defaults(func=_adopt)


def _sheet(args: argparse.Namespace) -> int:
    from generation.toon import sheet

    if args.model is None:
        picture = sheet.world_sheet(args.panels, args.seed)
    else:
        pipeline = sheet.load_pipeline(args.model)
        picture = sheet.model_sheet(pipeline, args.panels, args.seed, args.steps, args.guidance)
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


def _train_pictures(args: argparse.Namespace) -> None:
    import torch

    from generation.toon.training.parallel import run_team

    torch.set_num_threads(args.processes)
    if args.part == "autoencoder":
        from generation.toon.training.autoencoder import train_autoencoder

        run_team(train_autoencoder, args.folder, args.minutes, args.processes)
    elif args.part == "text":
        from generation.toon.training.text import train_text

        train_text(args.folder, args.minutes)
    elif args.part == "words":
        from generation.toon.training.relearning import relearn

        relearn(args.folder, args.minutes)
    elif args.part == "reader":
        from generation.toon.training.calibration import make_reader

        make_reader(args.folder, args.minutes, WEIGHTS, args.out)
    elif args.part == "data":
        from generation.toon.training.latents import make_shards

        make_shards(args.folder, args.files)
    else:
        from generation.toon.training.diffusion import train_diffusion

        run_team(train_diffusion, args.folder, args.minutes, args.processes)


def _train_motion(args: argparse.Namespace) -> None:
    import torch

    from generation.toon.training import motion_export, motion_steps

    torch.set_num_threads(args.processes)
    if args.part == "motion-data":
        motion_steps.make_data(args.model, args.folder, args.files, args.processes)
    elif args.part == "motion-export":
        motion_export.export_motion(args.model, args.folder, args.out)
    else:
        motion_steps.train(args.part, args.model, args.folder, args.minutes, args.processes)


def _train(args: argparse.Namespace) -> int:
    try:
        args.train(args)
    except FileNotFoundError as exc:
        print(
            f"inkthread toon train {args.part}: {exc.filename or exc} isn't there; the help names "
            "what comes first.",
            file=sys.stderr,
        )
        return 2
    return 0


def _export(args: argparse.Namespace) -> int:
    from generation.toon.training.export import export

    export(args.folder, args.out)
    return 0


def _adopt(args: argparse.Namespace) -> int:
    from generation.toon.training.export import adopt

    adopt(args.model, args.folder)
    return 0
