"""How posted pages and redrawn panels look: made anew from what is stored, whenever they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.locales.words import Words
from bot.pages.buttons import (
    BackButton,
    DeleteButton,
    ExportButton,
    KeepButton,
    LettersButton,
    RedoButton,
)
from bot.rendering.buttons import AgainButton, RedrawButton
from bot.schedules.show import date_text
from generation.script.plan import RenderPlan
from storage.limits import ALT_TEXT_LETTERS
from storage.values import Occurrence, Post, Render, Take, TakeState


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a post's message is made of."""

    post: Post
    render: Render
    pages: int
    take: Take | None
    occurrence: Occurrence | None = None


def post_view(shown: Shown, files: Sequence[discord.File], words: Words) -> discord.ui.LayoutView:
    """`files`: the page, or the old and the new picture of a panel."""
    view = discord.ui.LayoutView(timeout=None)
    head = _page_head(shown, words) if shown.take is None else _take_head(shown, shown.take, words)
    view.add_item(discord.ui.TextDisplay("\n".join(head)))
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView]()
    for file, description in zip(files, _descriptions(shown, words), strict=True):
        gallery.add_item(media=file, description=description[:ALT_TEXT_LETTERS] or None)
    view.add_item(gallery)
    marker = shown.post.marker
    buttons: list[discord.ui.Item[Any]]
    if shown.take is None:
        kinds = (RedoButton, LettersButton, RedrawButton, ExportButton, DeleteButton)
        buttons = [kind(marker, words) for kind in kinds]
    else:
        buttons = list(_choices(shown, shown.take, words))
    view.add_item(discord.ui.ActionRow(*buttons))
    return view


def _page_head(shown: Shown, words: Words) -> list[str]:
    title = escape_markdown(RenderPlan.from_json(shown.render.plan).title)
    page = shown.post.page + 1
    lines = [
        words("page.line", title=title)
        if shown.pages == 1
        else words("page.line_of", title=title, page=page, pages=shown.pages)
    ]
    if shown.occurrence is not None and shown.occurrence.late:
        lines.append(words("schedule.late", date=date_text(shown.occurrence.due_at)))
    if shown.post.moved_from is not None:
        lines.append(words("page.moved", thread=f"<#{shown.post.moved_from}>"))
    planned = "page.asked" if shown.occurrence is None else "schedule.asked"
    return [*lines, words(planned, member=f"<@{shown.render.user_id}>")]


def _take_head(shown: Shown, take: Take, words: Words) -> list[str]:
    title = escape_markdown(RenderPlan.from_json(shown.render.plan).title)
    return [
        words("take.line", title=title, panel=take.panel),
        words(f"take.{take.state}"),
        words("page.asked", member=f"<@{shown.render.user_id}>"),
    ]


def _descriptions(shown: Shown, words: Words) -> list[str]:
    alt = shown.post.alt_text
    if shown.take is None:
        return [alt]
    return [words("take.old"), words("take.new", alt=alt)]


def _choices(shown: Shown, take: Take, words: Words) -> list[discord.ui.Item[Any]]:
    marker = shown.post.marker
    buttons: list[discord.ui.Item[Any]] = []
    if take.state is not TakeState.KEPT:
        buttons.append(KeepButton(marker, words))
    if take.state is not TakeState.LEFT:
        buttons.append(BackButton(marker, words))
    return [*buttons, AgainButton(take.render_id, words)]
