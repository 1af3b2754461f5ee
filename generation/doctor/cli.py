"""`inkthread doctor`: can this machine draw with the models of the catalogue? Told before the first
story, not at midnight. Exit status 1: the default model can't draw."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from config.settings import StudioSettings
from generation.script.catalogue import CatalogueError, Model, read_models, read_styles
from generation.script.motions import read_motions

UNFIT = 1
BAD_INPUT = 2


def register(subparsers: Any) -> None:
    """Add `doctor` to the subparsers of the command."""
    parser = subparsers.add_parser("doctor", help="can this machine draw?", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL", help="of the catalogue; all if none")
    parser.add_argument("--quick", action="store_true", help="look at the files, load nothing")
    parser.add_argument("--draw", action="store_true", help="draw one step with each, and time it")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(func=doctor)


def doctor(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    settings = StudioSettings.from_env()
    try:
        models = read_models(settings.models_file)
        asked = _asked(chosen.models or list(models), models)
        motions = read_motions(settings.motion_file, settings.motion)
        mistakes = _mistakes(settings.default_model, models, set(read_styles(settings.styles_file)))
    except CatalogueError as exc:
        print(f"inkthread doctor: {exc}", file=sys.stderr)
        return BAD_INPUT
    from generation.doctor.clips import movement  # torch takes seconds to import
    from generation.doctor.examine import State, examine

    findings = []
    for name in asked:
        folder: Path = settings.models_file.parent
        found = examine(models[name], folder, load=not chosen.quick, draw=chosen.draw)
        loads = found.state is State.READY and not chosen.quick
        moved = movement(models[name], folder, motions, load=loads)
        told = f"{found.advice} {moved.sentence}"
        found = replace(found, motion=moved.name, advice=told)
        findings.append(found)
        if not chosen.json:
            print(f"{found.name}: {found.state}. {found.advice}", flush=True)
    if chosen.json:
        print(json.dumps([asdict(found) for found in findings], indent=2))
    for mistake in mistakes:
        print(f"inkthread doctor: {mistake}", file=sys.stderr)
    unfit = {found.name for found in findings if found.state is not State.READY}
    return UNFIT if mistakes or settings.default_model in unfit else 0


def _asked(names: list[str], models: dict[str, Model]) -> list[str]:
    """Raises:
    CatalogueError: one of them isn't in the catalogue.
    """
    for name in names:
        if name not in models:
            raise CatalogueError(f"there is no model {name!r}; there is {', '.join(models)}.")
    return names


def _mistakes(default: str, models: dict[str, Model], styles: set[str]) -> list[str]:
    """What is wrong with the catalogues whatever the machine."""
    told = []
    if default not in models:
        known = ", ".join(models)
        told.append(f"INKTHREAD_DEFAULT_MODEL is {default!r}; the catalogue has {known}.")
    for model in models.values():
        unknown = [style for style in model.styles if style not in styles]
        if unknown:
            told.append(f"[{model.name}] names styles that don't exist: {', '.join(unknown)}.")
    return told
