"""`inkthread migrate`: bring the database up to date, or check that it is."""

import argparse
import asyncio
import sys


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("migrate", help="bring the database up to date")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if not")
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Imports here, so that other commands needn't load the database's libraries."""
    from config.settings import StorageSettings
    from storage import migrate
    from storage.errors import SchemaDiffers, Unavailable

    url = StorageSettings.from_env().database_url
    try:
        asyncio.run(migrate.check(url) if arguments.check else migrate.upgrade(url))
    except SchemaDiffers as exc:
        print(f"The database is not up to date: {exc}", file=sys.stderr)
        return 1
    except Unavailable as exc:
        print(f"The database can't be used: {exc}", file=sys.stderr)
        return 1
    print("The database is up to date.")
    return 0
