"""`inkthread toon train ...`: the steps that reproduce the weights, in the order of their help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from generation.toon import WEIGHTS

RUN = Path("build/toon")  # where training keeps checkpoints and latents; not in the repository
PROCESSES = 2
RATE = 2e-3  # of a network that begins from nothing

Train = Callable[[argparse.Namespace], None]


def register(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `train` to the commands of `inkthread toon`."""
    train = commands.add_parser("train", help="train the model from nothing")
    parts = train.add_subparsers(dest="part", required=True)
    _register_pictures(parts)
    _register_motion(parts)
    _register_export(parts)
    _register_adopt(parts)


def _register_pictures(parts: argparse._SubParsersAction[Any]) -> None:
    _picture_part(parts, "autoencoder", "pictures to latents and back (first)", _autoencoder, 60.0)
    _picture_part(parts, "text", "vocabulary and text encoder", _text, 6.0)
    data = _picture_part(parts, "data", "latents of drawn pictures (needs the autoencoder)", _data)
    data.add_argument("--files", type=int, default=30, help="of 512 panels, of each kind")
    data.add_argument(
        "--first",
        type=_from_zero,
        default=0,
        metavar="N",
        help="files before, in earlier runs: begins with pictures that these didn't have",
    )
    about = "the denoiser (needs text and data)"
    denoiser = _picture_part(parts, "diffusion", about, _diffusion, 180.0)
    rate = "learning rate; less than half of it where a trained network goes on"
    denoiser.add_argument("--rate", type=_above_zero, default=RATE, help=rate)
    deaf = "more lessons for the text encoder of a denoiser that is deaf to some words"
    _picture_part(parts, "words", deaf, _words, 6.0)
    mends = "the autoencoder's decoder, which mends what the denoiser blurs (needs diffusion)"
    _picture_part(parts, "decoder", mends, _decoder, 60.0)
    told = "tells what a panel shows, for `inkthread evaluate`"
    reader = _picture_part(parts, "reader", told, _reader, 40.0)
    reader.add_argument("--out", type=Path, default=WEIGHTS / "reader", help="at the end")
    reader.add_argument("--model", type=Path, metavar="FOLDER", default=WEIGHTS)


def _register_motion(parts: argparse._SubParsersAction[Any]) -> None:
    seen = "pictures into the space of meaning (needs an exported model)"
    _motion_lessons(parts, "image-encoder", seen, 8.0)
    paths = "small pictures of drawn motions (needs the image encoder)"
    _motion_files(parts, "motion-paths", paths, "of 128 motions")
    _motion_lessons(parts, "matches", "what of a picture is where in another (needs paths)", 5.0)
    _motion_lessons(parts, "predictor", "the way between two pictures (needs matches)", 30.0)
    data = "latents of drawn motions, and what is foreseen of them (needs the predictor)"
    _motion_files(parts, "motion-data", data, "of 32 motions")
    others = "modules that let frames see each other (needs motion-data)"
    _motion_lessons(parts, "motion", others, 60.0)
    written, out = "write what was trained for motion", WEIGHTS / "motion"
    _motion_part(parts, "motion-export", written, _motion_export, "--out", type=Path, default=out)


def _register_export(parts: argparse._SubParsersAction[Any]) -> None:
    export = parts.add_parser("export", help="write the trained model as a diffusers folder")
    export.add_argument("--folder", type=Path, default=RUN)
    export.add_argument("--out", type=Path, default=WEIGHTS)
    export.set_defaults(func=_export)


def _register_adopt(parts: argparse._SubParsersAction[Any]) -> None:
    adopt = parts.add_parser("adopt", help="begin a run where an exported model stopped")
    adopt.add_argument("--folder", type=Path, default=RUN)
    adopt.add_argument("--model", type=Path, metavar="FOLDER", default=WEIGHTS)
    adopt.set_defaults(func=_adopt)


def _from_zero(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _above_zero(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


_above_zero.__name__ = "number above 0"
_from_zero.__name__ = "number from 0"  # argparse says it


def _picture_part(
    parts: argparse._SubParsersAction[Any],
    name: str,
    about: str,
    train: Train,
    minutes: float | None = None,
) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, help=about)
    part.add_argument("--folder", type=Path, default=RUN, help="goes on from what is there")
    part.add_argument("--processes", type=int, default=PROCESSES, help="one thread each")
    if minutes is not None:
        part.add_argument("--minutes", type=float, default=minutes, help="in all")
    part.set_defaults(func=_train, train=train)
    return part


def _motion_lessons(
    parts: argparse._SubParsersAction[Any], name: str, about: str, minutes: float
) -> None:
    _motion_part(
        parts, name, about, _motion, "--minutes", type=float, default=minutes, help="in all"
    )


def _motion_files(parts: argparse._SubParsersAction[Any], name: str, about: str, of: str) -> None:
    _motion_part(parts, name, about, _motion_data, "--files", type=int, default=60, help=of)


def _motion_part(
    parts: argparse._SubParsersAction[Any],
    name: str,
    about: str,
    train: Train,
    option: str,
    **own: Any,
) -> None:
    """With one `option` of its own, described by `own`."""
    part = parts.add_parser(name, help=about)
    part.add_argument("--folder", type=Path, default=RUN, help="goes on from what is there")
    part.add_argument("--model", type=Path, metavar="FOLDER", default=WEIGHTS)
    part.add_argument(option, **own)
    part.add_argument("--processes", type=int, default=PROCESSES, help="one thread each")
    part.set_defaults(func=_train, train=train)


def _train(args: argparse.Namespace) -> int:
    import torch

    torch.set_num_threads(args.processes)
    try:
        args.train(args)
    except FileNotFoundError as exc:
        print(
            f"inkthread toon train {args.part}: {exc.filename or exc} isn't there; the help names "
            "what comes first.",
            file=sys.stderr,
        )
        return 2
    except ChildProcessError as exc:
        print(f"inkthread toon train {args.part}: {exc}; the trace is above.", file=sys.stderr)
        return 1
    return 0


def _autoencoder(args: argparse.Namespace) -> None:
    from generation.toon.training.autoencoder import train_autoencoder
    from generation.toon.training.parallel import run_team

    run_team(train_autoencoder, args.folder, args.minutes, args.processes)


def _text(args: argparse.Namespace) -> None:
    from generation.toon.training.text import train_text

    train_text(args.folder, args.minutes)


def _data(args: argparse.Namespace) -> None:
    from generation.toon.training.latents import make_shards

    make_shards(args.folder, args.files, args.first)


def _diffusion(args: argparse.Namespace) -> None:
    from generation.toon.training.diffusion import train_diffusion
    from generation.toon.training.latents import shard_file
    from generation.toon.training.parallel import run_team

    _needs(shard_file(args.folder, "deeds", 0))  # made last: an older run's folder may lack it
    job = partial(train_diffusion, rate=args.rate)
    run_team(job, args.folder, args.minutes, args.processes)


def _words(args: argparse.Namespace) -> None:
    from generation.toon.training.relearning import relearn

    relearn(args.folder, args.minutes)


def _needs(file: Path) -> None:
    """What isn't there is said once, and not by every process."""
    if not file.exists():
        raise FileNotFoundError(file)


def _decoder(args: argparse.Namespace) -> None:
    from generation.toon.training import autoencoder, diffusion
    from generation.toon.training.mending import train_decoder
    from generation.toon.training.parallel import run_team

    _needs(args.folder / autoencoder.CHECKPOINT)
    _needs(args.folder / diffusion.CHECKPOINT)
    run_team(train_decoder, args.folder, args.minutes, args.processes)


def _reader(args: argparse.Namespace) -> None:
    from generation.toon.training.calibration import make_reader

    make_reader(args.folder, args.minutes, args.model, args.out, args.processes)


def _motion_data(args: argparse.Namespace) -> None:
    from generation.toon.training import motion_steps

    motion_steps.make_data(args.part, args.model, args.folder, args.files, args.processes)


def _motion(args: argparse.Namespace) -> None:
    from generation.toon.training import motion_steps

    motion_steps.train(args.part, args.model, args.folder, args.minutes, args.processes)


def _motion_export(args: argparse.Namespace) -> None:
    from generation.toon.training import motion_export

    if not motion_export.export_motion(args.model, args.folder, args.out):
        print("the motion modules aren't trained yet: clips are drafted, nothing is drawn anew")


def _export(args: argparse.Namespace) -> int:
    from generation.toon.training.export import export

    export(args.folder, args.out)
    return 0


def _adopt(args: argparse.Namespace) -> int:
    from generation.toon.training.export import adopt

    try:
        adopt(args.model, args.folder)
    except FileExistsError as exc:
        print(
            f"inkthread toon train adopt: {exc} is there already: train on in that folder, or name "
            "another with --folder.",
            file=sys.stderr,
        )
        return 2
    return 0
