"""`inkthread sandbox`: a Discord on this machine, with a page to use it by hand."""

import argparse
import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

DEFAULT_PORT = 8710


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("sandbox", help="start the Discord-compatible sandbox alone")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="on 127.0.0.1; 0 picks one")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep everything in this file (SQLite)"
    )
    parser.add_argument(
        "--document",
        type=Path,
        metavar="FILE",
        help="Discord's openapi.json, to check calls against in the page's activity",
    )
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(serve(arguments.port, arguments.state, arguments.document))


async def serve(port: int, state: Path | None, document: Path | None = None) -> int:
    """Serves until Ctrl-C or SIGTERM."""
    from bot.sandbox.inspecting import NoDocument
    from bot.sandbox.server import Sandbox

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        sandbox = Sandbox(port, state, document=document)
    except (NoDocument, sqlite3.Error, OSError) as error:
        print(f"inkthread: {_reason(error, state)}", file=sys.stderr)
        return 2
    try:
        await sandbox.start()
    except OSError as error:
        print(f"inkthread: port {port} can't be used: {error.strerror}", file=sys.stderr)
        await sandbox.close()
        return 2
    print(f"The sandbox is at {sandbox.url}", flush=True)
    await stopped.wait()
    await sandbox.close()
    return 0


def _reason(error: Exception, state: Path | None) -> str:
    if not isinstance(error, sqlite3.Error | OSError):
        return str(error)
    if state is not None and state.is_dir():
        return f"--state {state} is a folder; name a file in it"
    return f"--state {state} can't be used: {error}"
