"""Under a line that was made of somebody's message: its author can take it back."""

from typing import TYPE_CHECKING

import discord

from bot.sticky import StickyButton
from bot.stories.editing import remove_line
from bot.stories.here import actor_of
from bot.whispers import show_instead

if TYPE_CHECKING:
    from bot.client import Inkthread


class TakeBackButton(StickyButton, template=r"ink:take_back:(?P<key>\d{1,18}-\d{1,18})"):
    """The key is the story's id and the line's."""

    action = "take_back"
    look = discord.ButtonStyle.secondary

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, panel_id = (int(part) for part in str(self.key).split("-"))
        services, words = interaction.client.services, interaction.client.answers.words(interaction)
        gone = await remove_line(services.database, story_id, actor_of(interaction), panel_id)
        services.cards.touch(story_id)
        text = words("line.taken_back", number=gone.position, member=interaction.user.mention)
        await show_instead(interaction, content=text, view=None)
