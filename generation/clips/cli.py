"""`inkthread clip`: the pictures of a drawn story as a film."""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from config.settings import StudioSettings
from generation.clips.assemble import ClipPanel, Cutter, Wishes
from generation.clips.errors import ClipError
from generation.clips.film import FASTEST, FPS, SLOWEST
from generation.clips.fit import mp4_within, webp_within
from generation.request import BadInput, add_request, plan_request
from generation.script.catalogue import CatalogueError
from generation.script.errors import PlanError
from generation.script.motions import WITHOUT_MODEL, read_motion_models
from generation.script.plan import PlannedPanel, RenderPlan

MIB = 1 << 20
UPLOAD = 10  # MiB; what Discord takes where nothing else is known
BAD_INPUT = 2


def register(subparsers: Any) -> None:
    """Add `clip` to the subparsers of the command."""
    parser = subparsers.add_parser("clip", help="a drawn story as a film", description=__doc__)
    add_request(parser)
    parser.add_argument(
        "--pictures", type=Path, required=True, metavar="DIR", help="--out of `inkthread render`"
    )
    parser.add_argument("--out", type=Path, required=True, help=".mp4 or .webp file to write")
    parser.add_argument("--motion", default="cross-fade", metavar="NAME", help="see motion.toml")
    parser.add_argument("--frames", type=int, choices=range(2, 33), default=16, metavar="N")
    parser.add_argument(
        "--fps", type=int, choices=range(SLOWEST, FASTEST + 1), default=FPS, metavar="N"
    )
    parser.add_argument("--limit", type=float, default=UPLOAD, metavar="MIB", help="of the file")
    parser.add_argument(
        "--words",
        choices=("drawn", "track", "none"),
        default="drawn",
        help="on the pictures, as a text track, or not at all",
    )
    parser.set_defaults(func=clip)


def clip(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    settings = StudioSettings.from_env()
    try:
        if chosen.out.suffix not in (".mp4", ".webp"):
            raise BadInput(f"{chosen.out}: a clip is an .mp4 or a .webp file.")
        plan = plan_request(
            chosen, settings.models_file, settings.styles_file, settings.default_model
        )
        panels = [one for one in plan.panels if one.number is not None]
        pictures = [_picture(chosen.pictures, one) for one in panels]
        between = _transitions(chosen, settings, panels, pictures)
        written = _film(chosen, plan, panels, pictures, between)
        chosen.out.write_bytes(written)
    except (BadInput, CatalogueError, PlanError, ClipError) as exc:
        print(f"inkthread clip: {exc}", file=sys.stderr)
        return BAD_INPUT
    print(f"{chosen.out}: {len(written):,} bytes")
    return 0


def _picture(folder: Path, panel: PlannedPanel) -> Image.Image:
    file = folder / f"panel-{panel.number:02}.png"
    try:
        with Image.open(file) as opened:
            return opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as exc:
        raise BadInput(f"{file} can't be read as a picture: {exc}") from exc


def _transitions(
    chosen: argparse.Namespace,
    settings: StudioSettings,
    panels: list[PlannedPanel],
    pictures: list[Image.Image],
) -> list[list[Image.Image]]:
    # imported here: torch takes seconds, and mistakes in the story are told without it
    from generation.clips.backends import open_motion, open_without_model
    from generation.clips.tween import Between, tween

    motion_file = settings.motion_file
    entries = {} if chosen.motion in WITHOUT_MODEL else read_motion_models(motion_file)
    if chosen.motion not in (*WITHOUT_MODEL, *entries):
        known = ", ".join((*WITHOUT_MODEL, *entries))
        raise BadInput(f"there is no motion {chosen.motion!r}; there is {known}.")
    if chosen.motion in entries:
        entry = entries[chosen.motion]
        tweener, steps = open_motion(entry, motion_file, settings.models_file), entry.steps
    else:
        tweener, steps = open_without_model(chosen.motion), 1
    made: list[list[Image.Image]] = []
    pairs = itertools.pairwise(zip(panels, pictures, strict=True))
    for (one, first), (two, last) in pairs:
        said = (one.prompt, two.prompt)
        request = Between(first, last, said, chosen.frames, chosen.steps or steps, two.seed)
        made.append(tween(tweener, request))
        print(f"transition {len(made)} of {len(panels) - 1}", file=sys.stderr, flush=True)
    return made


def _film(
    chosen: argparse.Namespace,
    plan: RenderPlan,
    panels: list[PlannedPanel],
    pictures: list[Image.Image],
    between: list[list[Image.Image]],
) -> bytes:
    wordless = chosen.words == "none"
    shown = [
        ClipPanel(picture, () if wordless else panel.lettering, panel.characters)
        for panel, picture in zip(panels, pictures, strict=True)
    ]
    wishes = Wishes(chosen.fps, chosen.words == "drawn", plan.title, plan.credits)
    film = Cutter().assemble(shown, between, wishes)
    limit = int(chosen.limit * MIB)
    if chosen.out.suffix == ".webp":
        return webp_within(film, limit).data
    return mp4_within(film, limit, subtitles=chosen.words == "track").data
