"""`inkthread bench WHAT`: each part of the project brings its own measurements."""

from importlib import import_module
from typing import Any

# Modules whose `register(kinds)` adds to the command; by name, for nobody here may import them.
PARTS = ("generation.bench.cli", "bot.bench.cli")


def register(subparsers: Any) -> None:
    """Add `bench` to the subparsers of the command."""
    parser = subparsers.add_parser("bench", help="measure")
    kinds = parser.add_subparsers(dest="bench", metavar="WHAT", required=True)
    for part in PARTS:
        import_module(part).register(kinds)
