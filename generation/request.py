"""What a command line asks to draw: a story file and a few names become a plan."""

import argparse
import secrets
from pathlib import Path
from typing import TypeVar

from generation.script.catalogue import read_models, read_styles
from generation.script.errors import ScriptErrors
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.window import windowed

T = TypeVar("T")

LARGEST_FILE = 10_000_000  # bytes; sixty panel lines have a hundredth of it
SEEDS = 1 << 32


class BadInput(Exception):
    """What was typed can't be drawn; the message says what is wrong with it."""


def add_request(parser: argparse.ArgumentParser) -> None:
    """The arguments that `plan_request` reads."""
    parser.add_argument("file", type=Path, metavar="FILE", help="characters, empty line, panels")
    parser.add_argument(
        "--seed", type=_whole, metavar="N", help="of the story; by chance when not given"
    )
    parser.add_argument(
        "--steps", type=_whole, metavar="N", help="timesteps; otherwise the model's own"
    )
    parser.add_argument("--style", metavar="NAME", help="otherwise the model's first")
    parser.add_argument("--model", metavar="NAME", help="otherwise INKTHREAD_DEFAULT_MODEL")
    parser.add_argument("--no-consistency", action="store_true", help="no panel looks at another")
    parser.add_argument(
        "--window", type=_whole, metavar="N", help="panels look at neighbours, N back: long stories"
    )


def plan_request(
    chosen: argparse.Namespace, models_file: Path, styles_file: Path, default_model: str
) -> RenderPlan:
    """Raises:
    BadInput: no such file, model or style, or mistakes in the story: all of them, with lines.
    CatalogueError, PlanError: as they say.
    """
    models = read_models(models_file)
    model = _pick("model", chosen.model or default_model, models)
    styles = read_styles(styles_file)
    style = _pick("style", chosen.style or next(iter(model.styles or styles), ""), styles)
    try:
        script = parse_script(_text(chosen.file))
    except ScriptErrors as exc:
        mistakes = "\n".join(f"  {error}" for error in exc.errors)
        raise BadInput(f"{chosen.file} is not a story yet.\n{mistakes}") from exc
    plan = plan_story(
        script,
        model,
        style,
        title=chosen.file.stem.replace("-", " ").replace("_", " ").capitalize(),
        seed=secrets.randbelow(SEEDS) if chosen.seed is None else chosen.seed,
        steps=chosen.steps,
        consistency=not chosen.no_consistency,
    )
    return plan if chosen.window is None else windowed(plan, chosen.window)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:  # devices and pipes have no size, and may never end
            content = opened.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise BadInput(f"{file} is too large for a story.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput(f"{file} is not a text in UTF-8.") from exc
    except OSError as exc:
        raise BadInput(f"{file} can't be read: {exc.strerror}.") from exc


def _pick(kind: str, name: str, entries: dict[str, T]) -> T:
    if name not in entries:
        raise BadInput(f"there is no {kind} {name!r}; there is {', '.join(entries)}.")
    return entries[name]


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


_whole.__name__ = "whole number"  # argparse names it in its message
