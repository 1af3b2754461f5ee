"""What the cogs work with: made once in `wiring.py`, and never changed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from discord import app_commands
from discord.app_commands import locale_str

from bot.delivery.outbox import Outbox
from bot.limits import CHOICES
from bot.pages.bindery import Bindery
from bot.rendering.board import ProgressBoard
from bot.rendering.dispatcher import Dispatcher
from bot.rendering.requests import Shelf
from bot.schedules.sweep import Sweep
from bot.stories.cards import CardBoard
from generation.studio.studio import Studio
from storage.artifacts import ArtifactStore
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    shelf: Shelf
    dispatcher: Dispatcher
    board: ProgressBoard
    cards: CardBoard
    outbox: Outbox
    bindery: Bindery
    sweep: Sweep
    artifacts: ArtifactStore
    studio: Studio

    def jobs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What runs beside the connection, by name."""
        return {
            "outbox": self.outbox.run,
            "dispatcher": self.dispatcher.run,
            "cards": self.cards.run,
            "bindery": self.bindery.run,
            "sweep": self.sweep.run,
        }

    def style_choices(self) -> list[app_commands.Choice[str]]:
        styles = self.shelf.drawable()[:CHOICES]
        return [
            app_commands.Choice(name=locale_str(one.title, key=f"style.{one.name}"), value=one.name)
            for one in styles
        ]
