"""How the services are connected: what each works with, and who wakes whom."""

from dataclasses import dataclass
from functools import partial

import discord

from bot.characters.portraits import Painter
from bot.delivery.discord_messenger import DiscordMessenger
from bot.delivery.outbox import Outbox
from bot.failpoints import Failpoints
from bot.locales.words import Catalogue
from bot.pages.bindery import Bindery
from bot.rendering.board import INTERVAL, ProgressBoard
from bot.rendering.dispatcher import Dispatcher
from bot.rendering.requests import Shelf
from bot.rendering.waiting import waits
from bot.schedules.sweep import Sweep
from bot.services import Services
from bot.stories.cards import INTERVAL as CARD_INTERVAL
from bot.stories.cards import CardBoard
from generation.studio.studio import Studio
from storage.artifacts import ArtifactStore
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the bot is given at its start; intervals are seconds between edits of a message."""

    database: Database
    artifacts: ArtifactStore
    studio: Studio
    shelf: Shelf
    catalogue: Catalogue
    failpoints: Failpoints
    progress_interval: float = INTERVAL
    card_interval: float = CARD_INTERVAL


def connect(client: discord.Client, given: Supplies) -> Services:
    def wake_outbox() -> None:  # which is made with the board
        outbox.wake()

    board = ProgressBoard(
        client, given.database, given.catalogue, given.progress_interval, on_posts=wake_outbox
    )
    outbox = _outbox(client, given, board)
    dispatcher = _dispatcher(given, board, outbox)
    return Services(
        given.database,
        given.shelf,
        dispatcher,
        board,
        CardBoard(client, given.database, given.catalogue, given.shelf, given.card_interval),
        outbox,
        Bindery(given.database, given.artifacts, given.studio, on_posts=outbox.wake),
        Sweep(given.database, given.shelf, on_renders=dispatcher.wake),
        given.artifacts,
        given.studio,
    )


def _outbox(client: discord.Client, given: Supplies, board: ProgressBoard) -> Outbox:
    messenger = DiscordMessenger(
        client, given.database, given.artifacts, given.catalogue, given.studio
    )
    return Outbox(
        given.database, given.artifacts, messenger, given.failpoints, tell=board.tell_post
    )


def _dispatcher(given: Supplies, board: ProgressBoard, outbox: Outbox) -> Dispatcher:
    painter = Painter(given.database, given.artifacts, given.studio, given.shelf)
    return Dispatcher(
        given.database,
        given.artifacts,
        given.studio,
        board.announce,
        given.failpoints,
        on_posts=outbox.wake,
        spare=painter.paint_one,
        waits=partial(waits, shelf=given.shelf),
    )
