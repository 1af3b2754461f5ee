"""Messages that become lines: picked by "Add as panel", mentioning the bot, replying to it, or,
where the operator lets the bot read, any that names somebody."""

import re
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.answers import way_out
from bot.errors import BotError, NoText, NotInvited, NotYourTurn
from bot.replies import reply_to
from bot.stories.adding import add_line
from bot.stories.buttons import sticky_view
from bot.stories.here import actor_of, story_here
from bot.stories.rules import Actor, check_write
from bot.stories.show import understood_text
from bot.stories.taking_back import TakeBackButton
from bot.whispers import aloud
from storage import stories, writers
from storage.errors import StorageError
from storage.values import Circle, Story

if TYPE_CHECKING:
    from bot.client import Inkthread

NAMED = re.compile(r"[\[［][^\[\]［］]+[\]］]")


class MessageCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    async def cog_load(self) -> None:
        """Discord knows no context menus in groups."""

        @app_commands.context_menu(name=locale_str("Add as panel", key="add_as_panel"))
        @app_commands.guild_only()
        async def add_as_panel(
            interaction: "discord.Interaction[Inkthread]", message: discord.Message
        ) -> None:
            await self._add_message(interaction, message)

        self._client.tree.add_command(add_as_panel)

    async def _add_message(
        self, interaction: "discord.Interaction[Inkthread]", message: discord.Message
    ) -> None:
        """The line is its author's, who is told, and can take it back."""
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        text = "" if self._is_me(message.author) else self._text_of(message)
        if not text:
            raise NoText
        line = await add_line(
            services.database,
            story,
            actor_of(interaction),
            text,
            author_id=message.author.id,
            message_id=message.id,
        )
        services.cards.touch(story.id, line.panel.position)
        told = words(
            "story.line_added_from",
            line=understood_text(line, words),
            author=message.author.mention,
            member=interaction.user.mention,
        )
        view = sticky_view(TakeBackButton(f"{story.id}-{line.panel.id}", words))
        ping = None if message.author.id == interaction.user.id else message.author
        await aloud(interaction, told, words, view, ping=ping)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if not isinstance(message.channel, discord.Thread):
            return
        self._client.services.cards.said(message.channel.id, message.id)
        if message.author.bot or not message.content:
            return
        replied = self._replied_to(message)
        mentioned = self._client.user in message.mentions
        if not mentioned and replied is None and not NAMED.search(message.content):
            return
        async with self._client.services.database.session() as session:
            story = await stories.by_thread(session, message.channel.id)
            circle = await writers.circle(session, story.id) if story else None
        if story is None or circle is None or not self._client.first_time(message.id):
            return
        # Under a page one chats: only replies to the card, or to what was said of a line, count.
        of_story = replied is not None and (
            replied.id == story.card_message_id or not replied.flags.components_v2
        )
        if mentioned or of_story or (NAMED.search(message.content) and may_write(circle, message)):
            await self._take(message, story)

    async def _take(self, message: discord.Message, story: Story) -> None:
        services, words = self._client.services, self._client.answers.words_for(message)
        text = self._text_of(message)
        if not text:
            return
        actor = Actor(message.author.id)
        try:
            line = await add_line(services.database, story, actor, text, message_id=message.id)
        except (BotError, StorageError) as exc:
            view = way_out(exc, words) or discord.utils.MISSING
            answer = reply_to(exc, words) or ""
            await message.reply(answer, view=view, mention_author=False)
        else:
            services.cards.touch(story.id, line.panel.position)
            await message.reply(understood_text(line, words), mention_author=False)

    def _is_me(self, author: discord.abc.User) -> bool:
        return self._client.user is not None and author.id == self._client.user.id

    def _replied_to(self, message: discord.Message) -> discord.Message | None:
        """The message of the bot that this one replies to."""
        replied = message.reference and message.reference.resolved
        if isinstance(replied, discord.Message) and self._is_me(replied.author):
            return replied
        return None

    def _text_of(self, message: discord.Message) -> str:
        """The message as one line, without the mention that called the bot."""
        me, content = self._client.user, message.clean_content
        if me is not None:
            called = [one.display_name for one in message.mentions if one.id == me.id]
            for name in (*called, me.display_name, me.name):
                content = content.replace(f"@{name}", " ", 1)
        return " ".join(content.split())


def may_write(circle: Circle, message: discord.Message) -> bool:
    """Who may not write now is only chatting, and isn't told so at every word."""
    try:
        check_write(circle, Actor(message.author.id))
    except (NotInvited, NotYourTurn):
        return False
    return True
