"""`inkthread bench discord` and `inkthread bench endurance`: the bot under load and faults."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.bench.stage import Stage


BURST = """500 members' lines within 5 s, from 50 members in 10 story threads, while the worker
draws a comic. The bot is its real process; the sandbox (without checks against Discord's document)
and the members are in this one."""
ENDURANCE = """Members write lines and order comics while the gateway is dropped every 10 s, 5 % of
the requests are answered with 5xx and 10 % with 429. Then everything is counted."""


def register(kinds: Any) -> None:
    """Add to the kinds of `inkthread bench`."""
    one = kinds.add_parser("discord", help="a burst of interactions", description=BURST)
    one.add_argument("--quick", action="store_true", help="50 interactions in 1 s")
    one.add_argument("--json", action="store_true", help="print figures as JSON")
    one.set_defaults(func=bench_discord)
    two = kinds.add_parser("endurance", help="minutes of faults", description=ENDURANCE)
    two.add_argument("--quick", action="store_true", help="15 s")
    two.add_argument("--json", action="store_true", help="print figures as JSON")
    two.set_defaults(func=bench_endurance)


def bench_discord(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from bot.bench import burst

    size = burst.QUICK if chosen.quick else burst.Size()
    return _print(lambda stage: burst.run(stage, size), burst.table, as_json=chosen.json)


def bench_endurance(chosen: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from bot.bench import endurance

    trial = endurance.QUICK if chosen.quick else endurance.Trial()
    return _print(lambda stage: endurance.run(stage, trial), endurance.table, as_json=chosen.json)


def _print(
    measure: Callable[["Stage"], Awaitable[Any]], table: Callable[[Any], str], *, as_json: bool
) -> int:
    """Measure on a new stage, with the worker of the operator's settings."""
    from bot.bench.stage import StageError, staged

    async def on_stage() -> Any:
        with tempfile.TemporaryDirectory(prefix="inkthread-bench-") as folder:
            async with staged(Path(folder), {}) as stage:
                return await measure(stage)

    try:
        found = asyncio.run(on_stage())
    except StageError as exc:
        print(f"inkthread bench: {exc}", file=sys.stderr)
        return 1
    print(json.dumps({**asdict(found), "held": found.held}, indent=2) if as_json else table(found))
    return 0 if found.held else 1
