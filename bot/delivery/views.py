"""How posted pages and redrawn panels look: made anew from what is stored, whenever they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.clips.buttons import ClipButton
from bot.clips.making import panel_count
from bot.locales.words import Words
from bot.pages.buttons import (
    BackButton,
    DeleteButton,
    ExportButton,
    KeepButton,
    LettersButton,
    RedoButton,
)
from bot.pages.sketch_buttons import (
    BackVariationButton,
    CloseButton,
    KeepVariationButton,
    LikeThisButton,
    PickButton,
    VariationsButton,
)
from bot.rendering.buttons import AgainButton, RedrawButton
from bot.schedules.show import date_text
from generation.script.plan import RenderPlan
from storage.limits import ALT_TEXT_LETTERS
from storage.values import Clip, Occurrence, Post, Render, Sketch, Take, TakeState, Variation


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a post's message is made of."""

    post: Post
    render: Render
    pages: int
    take: Take | None
    occurrence: Occurrence | None = None
    sketch: Sketch | None = None
    variation: Variation | None = None
    clip: Clip | None = None
    hidden: bool = False  # until somebody clicks on it


def post_view(shown: Shown, files: Sequence[discord.File], words: Words) -> discord.ui.LayoutView:
    """`files`: the page or the film, or the old and the new picture of a panel."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay("\n".join(_head(shown, words))))
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView]()
    for file, description in zip(files, _descriptions(shown, words), strict=True):
        about = description[:ALT_TEXT_LETTERS] or None
        gallery.add_item(media=file, description=about, spoiler=shown.hidden)
    view.add_item(gallery)
    for row in _rows(shown, words):
        view.add_item(discord.ui.ActionRow(*row))
    return view


def _head(shown: Shown, words: Words) -> list[str]:
    if shown.take is not None:
        return _take_head(shown, shown.take, words)
    if shown.sketch is not None:
        return _sketch_head(shown, shown.sketch, words)
    if shown.clip is not None:
        return _clip_head(shown, words)
    return _page_head(shown, words)


def _rows(shown: Shown, words: Words) -> list[list[discord.ui.Item[Any]]]:
    """The buttons, in rows that fit a phone."""
    if shown.take is not None:
        return [_choices(shown, shown.take, words)]
    if shown.sketch is not None:
        return _sketch_rows(shown, shown.sketch, words)
    marker = shown.post.marker
    if shown.clip is not None:
        return [[ClipButton(marker, words), DeleteButton(marker, words)]]
    moving = panel_count(RenderPlan.from_json(shown.render.plan)) > 1
    return [
        *([_pages_choice(shown, shown.variation, words)] if shown.variation is not None else []),
        [RedoButton(marker, words), LettersButton(marker, words), VariationsButton(marker, words)],
        [
            RedrawButton(marker, words),
            *([ClipButton(marker, words)] if moving else []),
            ExportButton(marker, words),
            DeleteButton(marker, words),
        ],
    ]


def _clip_head(shown: Shown, words: Words) -> list[str]:
    title = escape_markdown(RenderPlan.from_json(shown.render.plan).title)
    lines = [words("page.line", title=words("clip.title", title=title))]
    if shown.post.moved_from is not None:
        lines.append(words("clip.moved", thread=f"<#{shown.post.moved_from}>"))
    return [*lines, words("page.asked", member=f"<@{shown.render.user_id}>")]


def _sketch_head(shown: Shown, sketch: Sketch, words: Words) -> list[str]:
    title = escape_markdown(RenderPlan.from_json(shown.render.plan).title)
    kind = "preview" if sketch.comic_id is None else "variations"
    asked = words("page.asked", member=f"<@{shown.render.user_id}>")
    return [words("page.line", title=title), words(f"{kind}.about"), asked]


def _sketch_rows(shown: Shown, sketch: Sketch, words: Words) -> list[list[discord.ui.Item[Any]]]:
    marker = shown.post.marker
    again, close = AgainButton(shown.render.id, words), CloseButton(marker, words)
    if sketch.comic_id is None:
        return [[LikeThisButton(marker, words), again, close]]
    count = len(RenderPlan.from_json(shown.render.plan).variants)
    picks: list[discord.ui.Item[Any]] = [
        PickButton(f"{marker}:{number}", words) for number in range(1, count + 1)
    ]
    return [picks, [again, close]]


def _pages_choice(shown: Shown, variation: Variation, words: Words) -> list[discord.ui.Item[Any]]:
    back: discord.ui.Item[Any] = BackVariationButton(shown.post.marker, words)
    if variation.state is TakeState.KEPT:
        return [back]
    return [KeepVariationButton(shown.post.marker, words), back]


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
    if shown.variation is not None and shown.variation.state is TakeState.OPEN:
        lines.append(words("variations.open"))
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
