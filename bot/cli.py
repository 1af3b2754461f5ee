"""`inkthread bot` and `inkthread run`."""

import argparse
import asyncio
import logging
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import Inkthread
    from bot.rendering.requests import Shelf
    from config.settings import BotSettings

log = logging.getLogger(__name__)

SANDBOX_TOKEN = "sandbox"  # the sandbox takes any
INTERRUPTED = 130  # exit status after Ctrl-C, as shells count it
REFUSED = 2  # exit status; `inkthread run` doesn't start the bot again
UNREACHABLE = 1  # exit status; it does


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bot = subparsers.add_parser("bot", help="start the bot and its worker")
    bot.set_defaults(func=run_bot)
    run = subparsers.add_parser(
        "run", help="start the bot, its worker and, without a token, the sandbox"
    )
    run.set_defaults(func=run_all)


def run_bot(_: argparse.Namespace) -> int:
    """The bot process. Without a token it needs the address of a sandbox."""
    from config.log import start_logging
    from config.settings import BotSettings

    settings = BotSettings.from_env()
    start_logging(settings.log_level)
    if not settings.discord_token and not settings.discord_api:
        print(
            "Set DISCORD_TOKEN to your bot's token, or try it without one: inkthread run",
            file=sys.stderr,
        )
        return REFUSED
    return asyncio.run(_bot(settings))


def run_all(_: argparse.Namespace) -> int:
    """Migrate, then the sandbox (without a token) and the bot, until Ctrl-C."""
    from bot.supervisor import Child, command_line, supervise
    from config.log import start_logging
    from config.settings import BotSettings

    settings = BotSettings.from_env()
    start_logging(settings.log_level)
    try:
        migrated = subprocess.run(command_line("migrate"), check=False).returncode
    except KeyboardInterrupt:
        return INTERRUPTED
    if migrated:
        return migrated
    if settings.discord_token or settings.discord_api:
        return asyncio.run(supervise([Child("bot", ["bot"])]))
    page = f"http://127.0.0.1:{settings.sandbox_port}"
    options = ["--port", str(settings.sandbox_port)]
    options += ["--state", str(Path(settings.data_dir) / "sandbox.sqlite3")]
    if settings.sandbox_document:
        options += ["--document", settings.sandbox_document]
    sandbox = Child("sandbox", ["sandbox", *options])
    bot = Child("bot", ["bot"], {"INKTHREAD_DISCORD_API": page, "DISCORD_TOKEN": SANDBOX_TOKEN})
    print(
        f"\n  Inkthread runs without a Discord token, on its own sandbox.\n"
        f"  Open {page} and type /comic. Ctrl-C stops everything.\n",
        flush=True,
    )
    return asyncio.run(supervise([sandbox, bot], settings.sandbox_port))


async def _bot(settings: "BotSettings") -> int:
    """Discord's libraries are loaded here, so that `inkthread run` stays small."""
    import discord
    from aiohttp import ClientConnectionError

    from bot.client import point_to
    from generation.script.catalogue import CatalogueError
    from storage.errors import Unavailable

    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
    if settings.discord_api:
        point_to(settings.discord_api)
    try:
        client = _client(settings)
    except (CatalogueError, Unavailable) as exc:
        print(f"inkthread: {exc}", file=sys.stderr)
        return REFUSED
    loop = asyncio.get_running_loop()
    closing: list[asyncio.Task[None]] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(
            number, lambda: closing.append(asyncio.ensure_future(client.close()))
        )
    try:
        await client.start(settings.discord_token or SANDBOX_TOKEN)
    except discord.LoginFailure:
        print("inkthread: Discord doesn't accept DISCORD_TOKEN. Copy it anew.", file=sys.stderr)
        return REFUSED
    except discord.PrivilegedIntentsRequired:
        print(
            "inkthread: allow the message content intent on your bot's page at Discord, "
            "or set INKTHREAD_MESSAGE_CONTENT=false.",
            file=sys.stderr,
        )
        return REFUSED
    except ClientConnectionError as exc:
        print(f"inkthread: Discord can't be reached: {exc}", file=sys.stderr)
        return UNREACHABLE
    finally:
        await asyncio.gather(*closing)
        await client.close()
        await client.services.database.close()
    return 0


def _client(settings: "BotSettings") -> "Inkthread":
    """Raises:
    CatalogueError: see `_shelf`.
    Unavailable: the database's URL can't be used.
    """
    from bot.client import Inkthread
    from bot.failpoints import Failpoints
    from bot.locales.words import read_catalogue
    from bot.wiring import Supplies
    from generation.studio.local import LocalStudio
    from storage.artifacts import ArtifactStore
    from storage.engine import Database

    shelf = _shelf(settings)
    supplies = Supplies(
        database=Database(settings.database_url),
        artifacts=ArtifactStore(settings.artifacts_url),
        studio=LocalStudio(
            settings.models_file,
            nice=settings.nice,
            threads=settings.threads,
            warm=shelf.model().name,
            motion_file=settings.motion_file,
            checkpoint_interval=settings.checkpoint_interval,
        ),
        shelf=shelf,
        catalogue=read_catalogue(),
        failpoints=Failpoints(settings.failpoints),
    )
    return Inkthread(supplies, message_content=settings.message_content)


def _shelf(settings: "BotSettings") -> "Shelf":
    """Raises:
    CatalogueError: a catalogue can't be read, or the settings ask for what isn't in it.
    """
    from bot.rendering.requests import Shelf
    from generation.script.catalogue import CatalogueError, read_models, read_styles
    from generation.script.motions import read_motions

    models, default = read_models(settings.models_file), settings.default_model
    if default not in models:
        raise CatalogueError(f"INKTHREAD_DEFAULT_MODEL={default!r}: there is {', '.join(models)}.")
    if unknown := ", ".join(sorted(settings.offered_models - models.keys())):
        raise CatalogueError(f"INKTHREAD_OFFERED_MODELS: no {unknown}, only {', '.join(models)}.")
    shelf = Shelf(
        models,
        read_styles(settings.styles_file),
        default,
        settings.offered_models,
        read_motions(settings.motion_file, settings.motion),
    )
    for model in shelf.on_offer():
        if not shelf.drawable(model):
            styles = settings.styles_file
            raise CatalogueError(f"[{model.name}] draws none of the styles in {styles}.")
    return shelf
