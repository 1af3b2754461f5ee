"""The settings as a private message: a menu for each choice that there is, and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.choosing.wording import size_words, style_name, summary
from bot.limits import OPTION_LETTERS, OPTIONS
from bot.locales.words import Words
from bot.rendering.requests import Shelf
from bot.sticky import StickyButton, StickySelect
from generation.script.choices import (
    Choices,
    Consistency,
    Layout,
    Terms,
    qualities,
    rates,
    sizes,
)


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """`state` is a sentence about the story, empty where there is none."""

    key: int
    choices: Choices
    state: str = ""


def settings_view(
    facts: PanelFacts,
    shelf: Shelf,
    words: Words,
    select: type[StickySelect],
    buttons: Sequence[StickyButton],
) -> discord.ui.LayoutView:
    """At most 26 of Discord's 40 components. What the model can't vary has no menu."""
    terms = shelf.terms(facts.choices)
    items: list[discord.ui.Item[Any]] = [
        discord.ui.TextDisplay(words("choice.story" if facts.key else "choice.member"))
    ]
    for field, options in menus(facts.choices, terms, shelf, words).items():
        items.append(discord.ui.TextDisplay(words(f"choice.{field}")))
        menu = select(f"{facts.key}-{field}", words, options)
        items.append(discord.ui.ActionRow(menu))
    lines = [summary(terms, words)] if facts.key else []
    if facts.state:
        lines.append(facts.state)
    if lines:
        items += [discord.ui.Separator(), discord.ui.TextDisplay("\n".join(lines))]
    if buttons:
        items.append(discord.ui.ActionRow(*buttons))
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container[Any](*items))
    view.stop()
    return view


def menus(
    chosen: Choices, terms: Terms, shelf: Shelf, words: Words
) -> dict[str, list[discord.SelectOption]]:
    """The options of each choice, what holds now among them, where there is more than one."""
    model = terms.model
    found = {
        "model": [_option(one.title, one.name, one == model) for one in shelf.on_offer()[:OPTIONS]],
        "style": [
            _option(style_name(one, words), one.name, one == terms.style)
            for one in shelf.drawable(model)[:OPTIONS]
        ],
        "size": _sizes(terms, words),
        "quality": _qualities(terms, words),
        "consistency": _strengths(chosen, terms, words),
        "layout": [
            _option(
                words(f"choice.layout_{one}"),
                one.value,
                one is terms.layout,
                words(f"choice.layout_{one}_about"),
            )
            for one in Layout
        ],
    }
    return {field: options for field, options in found.items() if len(options) > 1}


def _sizes(terms: Terms, words: Words) -> list[discord.SelectOption]:
    return [
        _option(
            size_words(width, height, words),
            name,
            (width, height) == (terms.width, terms.height),
            words(f"choice.{_shape(width, height)}"),
        )
        for name, (width, height) in list(sizes(terms.model).items())[:OPTIONS]
    ]


def _qualities(terms: Terms, words: Words) -> list[discord.SelectOption]:
    return [
        _option(
            words(f"choice.quality_{one}"),
            one.value,
            steps == terms.steps,
            words("choice.steps", steps=steps),
        )
        for one, steps in qualities(terms.model).items()
    ]


def _strengths(chosen: Choices, terms: Terms, words: Words) -> list[discord.SelectOption]:
    return [
        _option(
            words(f"choice.consistency_{one}"),
            one.value,
            one is chosen.consistency,
            words("choice.consistency_off_about")
            if one is Consistency.OFF
            else words("choice.rate", share=round(rate * 100)),
        )
        for one, rate in rates(terms.model).items()
    ]


def _option(label: str, value: str, chosen: bool, about: str = "") -> discord.SelectOption:
    return discord.SelectOption(
        label=f"{label[:1].upper()}{label[1:OPTION_LETTERS]}",
        value=value,
        default=chosen,
        description=about[:OPTION_LETTERS] or None,
    )


def _shape(width: int, height: int) -> str:
    return "square" if width == height else "landscape" if width > height else "portrait"
