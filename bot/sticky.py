"""Buttons and selects that outlive a restart: their state stands in the custom id,
`ink:<action>:<key>`."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.locales.words import Words

if TYPE_CHECKING:
    from bot.client import Inkthread


class StickyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"ink:-:(?P<key>-)"):
    """Subclasses set `action`, give a template with a group `key`, and say what a press does.
    The label is `button.<action>` of the message catalogue."""

    action: ClassVar[str]
    opens_dialog: ClassVar[bool] = False
    look: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, key: int | str, words: Words, label: str = "") -> None:
        self.key = key
        super().__init__(
            discord.ui.Button(
                label=label or words(f"button.{self.action}"),
                style=self.look,
                custom_id=self.custom_id_of(key),
            )
        )

    @classmethod
    def custom_id_of(cls, key: int | str) -> str:
        return f"ink:{cls.action}:{key}"

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Self:
        return cls(match["key"], interaction.client.answers.words(interaction))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.client.admit(interaction, opens_dialog=self.opens_dialog):
            async with interaction.client.answers.apologies(interaction):
                await self.press(interaction)

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        """What the button does. Errors become a private reply."""
        raise NotImplementedError


def pair_of(key: int | str) -> tuple[int, int]:
    """The story's id and another one, of a key that holds both."""
    story_id, other = str(key).split("-")
    return int(story_id), int(other)


def pair_view(
    story_id: int | str, key: int, words: Words, *kinds: type[StickyButton]
) -> discord.ui.View:
    """Buttons with such a key in a row, for an ordinary message."""
    view = discord.ui.View(timeout=None)
    for kind in kinds:
        view.add_item(kind(f"{story_id}-{key}", words))
    return view


class StickySelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"ink:-:(?P<key>--)"):
    """A select that outlives a restart. Subclasses set `action`, give a template with a group `key`
    (and `:<part>` after it where a message has several), and say what a choice does. The
    placeholder is `select.<action>` of the message catalogue."""

    action: ClassVar[str]
    opens_dialog: ClassVar[bool] = False

    def __init__(
        self,
        key: int | str,
        words: Words,
        options: Sequence[discord.SelectOption] = (),
        part: int = 0,
    ) -> None:
        self.key = key
        super().__init__(
            discord.ui.Select(
                placeholder=words(f"select.{self.action}"),
                custom_id=f"ink:{self.action}:{key}:{part}",
                options=list(options),
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Self:
        return cls(match["key"], interaction.client.answers.words(interaction))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.client.admit(interaction, opens_dialog=self.opens_dialog):
            async with interaction.client.answers.apologies(interaction):
                (value,) = self.item.values
                await self.choose(interaction, value)

    async def choose(self, interaction: "discord.Interaction[Inkthread]", value: str) -> None:
        """What choosing that value does. Errors become a private reply."""
        raise NotImplementedError
