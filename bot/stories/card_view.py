"""A story's card as a message: its texts, and the buttons below them."""

from typing import Any

import discord

from bot.choosing.buttons import SettingsButton
from bot.locales.words import Words
from bot.stories.card import CardFacts, cast_text, head_text, lines_text, readiness_text
from bot.stories.card_buttons import (
    AddCharacterButton,
    AddLineButton,
    ChangeButton,
    PageButton,
    PasteButton,
    PreviewButton,
    RedoChangeButton,
    RenderButton,
    UndoButton,
)

ACCENT = discord.Colour(0xE8A33D)


def card_view(facts: CardFacts, words: Words) -> discord.ui.LayoutView:
    """At most 40 components and 4,000 letters, however long the story is."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(
        discord.ui.Container[Any](
            discord.ui.TextDisplay(head_text(facts, words)),
            discord.ui.Separator(),
            discord.ui.TextDisplay(cast_text(facts, words)),
            discord.ui.TextDisplay(lines_text(facts, words)),
            *_pager(facts, words),
            discord.ui.Separator(),
            discord.ui.TextDisplay(readiness_text(facts.readiness, words)),
            *_rows(facts, words),
            accent_colour=ACCENT,
        )
    )
    return view


def _pager(facts: CardFacts, words: Words) -> list[discord.ui.ActionRow[Any]]:
    if facts.pages == 1:
        return []
    key = facts.story.id
    back = PageButton(f"{key}-{max(0, facts.page - 1)}<", words)
    on = PageButton(f"{key}-{min(facts.pages - 1, facts.page + 1)}>", words)
    back.item.disabled = facts.page == 0
    on.item.disabled = facts.page == facts.pages - 1
    return [discord.ui.ActionRow(back, on)]


def _rows(facts: CardFacts, words: Words) -> list[discord.ui.ActionRow[Any]]:
    key = facts.story.id
    undo, redo, render = (
        UndoButton(key, words),
        RedoChangeButton(key, words),
        RenderButton(key, words),
    )
    change = ChangeButton(f"{key}-{facts.page}", words)
    change.item.disabled = not facts.panels and not facts.cast
    undo.item.disabled = not facts.can_undo
    preview = PreviewButton(key, words)
    preview.item.disabled = render.item.disabled = not facts.readiness.ready
    return [
        discord.ui.ActionRow(
            AddLineButton(key, words), AddCharacterButton(key, words), PasteButton(key, words)
        ),
        discord.ui.ActionRow(change, undo, *([redo] if facts.can_redo else [])),
        discord.ui.ActionRow(SettingsButton(key, words), preview, render),
    ]
