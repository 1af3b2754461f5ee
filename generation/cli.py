"""`inkthread render` and `inkthread plan`: a story file without Discord.

`render` draws through the same studio as the bot's.
"""

import argparse
import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from config.log import start_logging
from config.settings import StudioSettings
from generation.request import BadInput, add_request, plan_request
from generation.script.catalogue import CatalogueError, read_models
from generation.script.errors import PlanError
from generation.script.plan import RenderPlan
from generation.studio.events import Failed, Finished, Order, Progress
from generation.studio.local import LocalStudio
from generation.studio.portfolio import PictureNotKept, Portfolio
from generation.studio.studio import StudioError

PLAN = (
    "Print the plan of a story file, or predict its cost from the network's shapes. Draws nothing."
)
FAILED = 1
BAD_INPUT = 2  # as for a wrong option
INTERRUPTED = 130  # 128 + SIGINT, as shells say it


def register(subparsers: Any) -> None:
    """Add `render` and `plan` to the subparsers of the command."""
    parser = subparsers.add_parser("render", help="draw a story file", description=__doc__)
    add_request(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for pictures and summary")
    parser.add_argument("--plan-only", action="store_true", help="print the plan, draw nothing")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.set_defaults(func=render)
    planner = subparsers.add_parser("plan", help="what would be drawn", description=PLAN)
    add_request(planner)
    planner.add_argument("--flops", action="store_true", help="predict what it costs instead")
    planner.add_argument("--json", action="store_true", help="print the prediction as JSON")
    planner.set_defaults(func=plan)


def render(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    settings = StudioSettings.from_env()
    try:
        if chosen.out is None and not chosen.plan_only:
            raise BadInput("say where the pictures go with --out DIR, or ask for --plan-only.")
        plan = plan_request(
            chosen, settings.models_file, settings.styles_file, settings.default_model
        )
        if chosen.plan_only:
            print(json.dumps(json.loads(plan.to_json()), indent=2, ensure_ascii=False))
            return 0
        portfolio = _portfolio(chosen.out, plan)
    except (BadInput, CatalogueError, PlanError) as exc:
        print(f"inkthread render: {exc}", file=sys.stderr)
        return BAD_INPUT
    start_logging(settings.log_level)
    try:
        summary = asyncio.run(_draw(plan, portfolio, settings))
    except KeyboardInterrupt:
        print("\nStopped. Pictures that were finished are kept.", file=sys.stderr)
        return INTERRUPTED
    if isinstance(summary, Failed):
        print(f"inkthread render: {summary.reason}", file=sys.stderr)
        return FAILED
    _report(summary, chosen)
    return 0


def plan(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    settings = StudioSettings.from_env()
    try:
        made = plan_request(
            chosen, settings.models_file, settings.styles_file, settings.default_model
        )
        if not chosen.flops:
            print(json.dumps(json.loads(made.to_json()), indent=2, ensure_ascii=False))
            return 0
        print(_prediction(made, settings.models_file, chosen.json))
        return 0
    except (BadInput, CatalogueError, PlanError) as exc:
        print(f"inkthread plan: {exc}", file=sys.stderr)
        return BAD_INPUT


def _prediction(made: RenderPlan, models_file: Path, as_json: bool) -> str:
    # imported here: torch takes seconds, and only this option needs it
    from generation.diffusion.predicting import predict, told
    from generation.diffusion.shapes import pixels_per_latent, unet_config

    entry = read_models(models_file)[made.model]
    config, source = unet_config(entry, models_file.parent)
    pixels = pixels_per_latent(entry, models_file.parent)
    found = predict(made, entry, config, pixels_per_latent=pixels)
    return json.dumps(asdict(found), indent=2) if as_json else told(found, source)


def _portfolio(folder: Path, plan: RenderPlan) -> Portfolio:
    try:
        return Portfolio(folder, plan)
    except OSError as exc:
        raise BadInput(f"{folder} can't be made: {exc.strerror}.") from exc


async def _draw(
    plan: RenderPlan, portfolio: Portfolio, settings: StudioSettings
) -> dict[str, Any] | Failed:
    """The summary, or why there is none."""
    studio = LocalStudio(settings.models_file, nice=0, threads=settings.threads)
    try:
        await studio.start()  # both children at once
        async with aclosing(studio.draw(Order(render=1, attempt=1, plan=plan))) as events:
            async for event in events:
                portfolio.take(event)
                if isinstance(event, Progress):
                    _show(event)
                elif isinstance(event, Failed):
                    return event
                elif isinstance(event, Finished):
                    return portfolio.finish(event)
        raise AssertionError("a stream of events ends with Failed or Finished")
    except StudioError as exc:
        return Failed(str(exc), retryable=True)
    except PictureNotKept as exc:
        return Failed(str(exc), retryable=False)
    finally:
        await studio.close()


def _show(progress: Progress) -> None:
    """One line that is overwritten on a terminal, or a line for each tenth in a log."""
    text = f"step {progress.step} of {progress.steps}"
    if sys.stderr.isatty():
        end = "\n" if progress.step == progress.steps else ""
        print(f"\r{text}", end=end, file=sys.stderr, flush=True)
    elif progress.step % max(1, progress.steps // 10) == 0:
        print(text, file=sys.stderr, flush=True)


def _report(summary: dict[str, Any], chosen: argparse.Namespace) -> None:
    if chosen.json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    for note in summary["notes"]:
        print(note)
    for entry in (*summary["panels"], *summary["pages"]):
        print(chosen.out / entry["file"])
    print(f"seed {summary['seed']}, {summary['seconds']['total']:.1f} s")
