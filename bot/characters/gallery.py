"""The characters that a server keeps, to be looked at: pages with portraits, for one member."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.characters import library
from bot.characters.pictures import picture_file
from bot.locales.words import Words
from bot.sticky import StickyButton
from bot.stories.card import clipped
from bot.whispers import whisper_view
from storage.artifacts import ArtifactStore
from storage.values import SavedCharacter

if TYPE_CHECKING:
    from bot.client import Inkthread

# Of a page. Discord takes 10 files and 40 components a message, and 4,000 letters; a character is
# one file, three components and at most 500 letters.
SHOWN = 7
LOOKS = 280  # letters of a description, in harmless spelling


class LibraryPageButton(StickyButton, template=r"ink:library:(?P<key>\d{1,3}[<>])"):
    """Opens another page, for the member whose list it is. The key is the page and a direction."""

    action = "library"

    def __init__(self, key: int | str, words: Words) -> None:
        super().__init__(key, words, {"<": "◀", ">": "▶"}[str(key)[-1]])

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await show_library(interaction, int(str(self.key)[:-1]))


async def show_library(interaction: "discord.Interaction[Inkthread]", page: int = 0) -> None:
    """That page of what the member may use, or the last one."""
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    guild_id, member_id = interaction.guild_id or 0, interaction.user.id
    found = await library.usable(services.database, guild_id, member_id)
    pages = max(1, -(-len(found) // SHOWN))
    page = min(page, pages - 1)
    view, files = await library_page(found, page, pages, words, services.artifacts)
    await whisper_view(interaction, view, files)


async def library_page(
    found: Sequence[SavedCharacter], page: int, pages: int, words: Words, store: ArtifactStore
) -> tuple[discord.ui.LayoutView, list[discord.File]]:
    view = discord.ui.LayoutView(timeout=None)
    heading = words("library.heading")
    if pages > 1:
        heading += f" · {words('library.page', page=page + 1, pages=pages, count=len(found))}"
    view.add_item(discord.ui.TextDisplay(heading))
    if not found:
        view.add_item(discord.ui.TextDisplay(words("library.empty")))
    files: list[discord.File] = []
    for one in found[page * SHOWN : (page + 1) * SHOWN]:
        file = await picture_file(store, one.portrait or one.reference, one.name)
        view.add_item(_entry(one, file, words))
        files += [file] if file else []
    if pages > 1:
        view.add_item(discord.ui.ActionRow(*_turners(page, pages, words)))
    return view, files


def _entry(
    saved: SavedCharacter, file: discord.File | None, words: Words
) -> "discord.ui.Item[Any]":
    who = words("library.shared" if saved.shared else "library.own", owner=f"<@{saved.owner_id}>")
    lines = [
        f"**[{escape_markdown(saved.name)}]** {clipped(saved.description, LOOKS)}",
        f"-# {who}" if file or saved.portrait else f"-# {who} · {words('library.undrawn')}",
    ]
    text = discord.ui.TextDisplay[Any]("\n".join(lines))
    if file is None:
        return text
    picture = discord.ui.Thumbnail[Any](file, description=words("library.alt", name=saved.name))
    return discord.ui.Section[Any](text, accessory=picture)


def _turners(page: int, pages: int, words: Words) -> list[LibraryPageButton]:
    back = LibraryPageButton(f"{max(0, page - 1)}<", words)
    on = LibraryPageButton(f"{min(pages - 1, page + 1)}>", words)
    back.item.disabled = page == 0
    on.item.disabled = page == pages - 1
    return [back, on]
