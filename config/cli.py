"""The `inkthread` command. Each part is imported only when it is asked for, so that
`inkthread bot` never pays for what `inkthread render` needs."""

import argparse
import os
import sys
from importlib import import_module

from config.settings import SettingsError

# Command, the module whose `register(subparsers)` adds it, and its line in the help.
COMMANDS = {
    "run": ("bot.cli", "start the bot, its worker and, without a token, the sandbox"),
    "bot": ("bot.cli", "start the bot and its worker"),
    "sandbox": ("bot.sandbox.cli", "start the sandbox: a Discord to try the bot on"),
    "render": ("generation.cli", "draw a story file"),
    "plan": ("generation.cli", "print the plan of a story file, or predict what it costs"),
    "clip": ("generation.clips.cli", "the pictures of a drawn story as a film"),
    "clips": ("generation.clips.train_cli", "teach models to move, from videos"),
    "doctor": ("generation.doctor.cli", "say which models can draw on this machine"),
    "bench": (
        "config.bench",
        "measure: drawing, consistency, motion, the bot under load and under faults",
    ),
    "toon": ("generation.toon.cli", "the embedded model: contact sheets and training"),
    "evaluate": ("generation.toon.evaluation.cli", "measure consistency against the truth"),
    "migrate": ("storage.cli", "bring the database to the newest form"),
}

SERVERS = ("run", "bot", "sandbox")  # a broken pipe is not their output's, but a mistake
CLOSED = 141  # exit status; 128 + SIGPIPE, as shells say it


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status (2: bad input, told on standard error)."""
    words = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="inkthread", description="A Discord bot for comics that a community writes together."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    if words and words[0] in COMMANDS:
        import_module(COMMANDS[words[0]][0]).register(commands)
    for name, (_, about) in COMMANDS.items():
        if name not in commands.choices:
            commands.add_parser(name, help=about)
    chosen = parser.parse_args(words)
    try:
        status = int(chosen.func(chosen) or 0)
        sys.stdout.flush()
        return status
    except SettingsError as exc:
        print(f"inkthread: {exc}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads what we print has seen enough, as `head` does
        if chosen.command in SERVERS:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
        return CLOSED
