"""What a clip is to be like, as a private message: menus, and a button that makes it.

All of it stands in the key: the page's marker, first and last panel, frames per second, and whether
the words are drawn on the pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.utils import escape_markdown

from bot.clips.making import SPEEDS
from bot.limits import OPTION_LETTERS, OPTIONS
from bot.locales.words import Words
from bot.sticky import StickyButton, StickySelect
from generation.script.clips import MOST_PANELS, Wish
from generation.script.errors import clip


@dataclass(frozen=True, slots=True)
class Facts:
    """`scenes` are those of all panels; `moves`: something sets the panels in motion."""

    title: str
    scenes: Sequence[str]
    moves: bool


def key_of(marker: str, wish: Wish) -> str:
    return f"{marker}-{wish.first}-{wish.last}-{wish.fps}-{int(wish.burnt_in)}"


def read_key(key: int | str) -> tuple[str, Wish]:
    marker, first, last, fps, burnt_in = str(key).rsplit("-", 4)
    return marker, Wish(int(first), int(last), int(fps), burnt_in == "1")


def clip_view(
    facts: Facts,
    words: Words,
    menus: Sequence[tuple[type[StickySelect], Sequence[discord.SelectOption]]],
    key: str,
    button: StickyButton,
) -> discord.ui.LayoutView:
    """At most 16 of Discord's 40 components: three menus each for the first and the last panel of
    60, two others."""
    about = [words("clip.heading"), words("clip.of", title=escape_markdown(facts.title))]
    if not facts.moves:
        about.append(words("clip.no_motion"))
    items: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay("\n".join(about))]
    for select, options in menus:
        for part, at in enumerate(range(0, len(options), OPTIONS)):
            menu = select(key, words, options[at : at + OPTIONS], part)
            items.append(discord.ui.ActionRow(menu))
    items.append(discord.ui.ActionRow(button))
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container[Any](*items))
    view.stop()
    return view


def first_options(facts: Facts, wish: Wish, words: Words) -> list[discord.SelectOption]:
    """Every panel but the last one."""
    numbers = range(1, len(facts.scenes))
    return [_panel("clip.first", number, facts, number == wish.first, words) for number in numbers]


def last_options(facts: Facts, wish: Wish, words: Words) -> list[discord.SelectOption]:
    """Those that come after the first one, as far as a clip goes."""
    furthest = min(len(facts.scenes), wish.first + MOST_PANELS - 1)
    numbers = range(wish.first + 1, furthest + 1)
    return [_panel("clip.last", number, facts, number == wish.last, words) for number in numbers]


def fps_options(wish: Wish, words: Words) -> list[discord.SelectOption]:
    speeds = sorted({*SPEEDS, wish.fps})
    return [
        discord.SelectOption(
            label=words("clip.fps", fps=fps), value=str(fps), default=fps == wish.fps
        )
        for fps in speeds
    ]


def words_options(wish: Wish, words: Words) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=words(f"clip.{name}"), value=value, default=(value == "1") is wish.burnt_in
        )
        for name, value in (("burnt_in", "1"), ("wordless", "0"))
    ]


def begun_at(wish: Wish, first: int, count: int) -> Wish:
    """With another first panel: the last one stays where it can, and comes closer or further off
    where it can't."""
    last = min(max(wish.last, first + 1), first + MOST_PANELS - 1, count)
    return Wish(first, last, wish.fps, wish.burnt_in)


def _panel(key: str, number: int, facts: Facts, chosen: bool, words: Words) -> discord.SelectOption:
    return discord.SelectOption(
        label=clip(words(key, panel=number), OPTION_LETTERS),
        description=clip(facts.scenes[number - 1], OPTION_LETTERS) or None,
        value=str(number),
        default=chosen,
    )
