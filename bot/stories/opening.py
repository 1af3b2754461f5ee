"""Opening a story thread, and saying who may write in it."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.errors import WrongPlace
from bot.help.hints import hint
from bot.permissions import OPEN_THREAD, need
from bot.stories import rules
from bot.stories.here import actor_of, story_here
from bot.stories.writing import TITLE_LETTERS, begin_choices, title_of
from bot.whispers import aloud, think, whisper
from storage import choices, stories, writers
from storage.values import Story, Writers

if TYPE_CHECKING:
    from bot.client import Inkthread

WRITERS = [
    app_commands.Choice(name=locale_str("Everyone", key="writers_everyone"), value="everyone"),
    app_commands.Choice(name=locale_str("Only me", key="writers_owner"), value="owner"),
    app_commands.Choice(
        name=locale_str("Me and those I invite", key="writers_invited"), value="invited"
    ),
    app_commands.Choice(
        name=locale_str("Me and those I invite, in turns", key="writers_turns"), value="turns"
    ),
]


def start_command(client: "Inkthread") -> "app_commands.Command[Any, ..., None]":
    """`/story start`; its choices are the styles on offer."""

    @app_commands.command(
        name="start",
        description=locale_str("Open a thread to write a comic together", key="story_start"),
    )
    @app_commands.describe(
        title=locale_str("What the comic is called", key="comic_title"),
        style=locale_str("How it is drawn", key="comic_style"),
        who=locale_str("Who may write; everyone, if you don't say", key="story_start_who"),
    )
    @app_commands.choices(style=client.services.style_choices(), who=WRITERS)
    async def start(
        interaction: "discord.Interaction[Inkthread]",
        title: app_commands.Range[str, 1, TITLE_LETTERS],
        style: str = "",
        who: str = Writers.EVERYONE.value,
    ) -> None:
        await _open(interaction, title, style, Writers(who))

    return start


async def invite(interaction: "discord.Interaction[Inkthread]", member: discord.Member) -> None:
    """A story that only its owner could write opens up for the invited."""
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    story = await story_here(services.database, interaction)
    async with services.database.session() as session:
        circle = await writers.circle(session, story.id)
        rules.check_lead(circle, actor_of(interaction))
        rules.check_invitation(circle, member.id, bot=member.bot)
        await writers.invite(session, story.id, member.id)
        if circle.writers is Writers.OWNER:
            await writers.set_writers(session, story.id, Writers.INVITED)
    services.cards.touch(story.id)
    await aloud(interaction, words("story.invited", member=member.mention), words, ping=member)


async def uninvite(
    interaction: "discord.Interaction[Inkthread]", member: discord.User | discord.Member
) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    story = await story_here(services.database, interaction)
    async with services.database.session() as session:
        circle = await writers.circle(session, story.id)
        rules.check_lead(circle, actor_of(interaction))
        if rules.turn_of(circle) == member.id:
            await writers.set_turn(session, story.id, rules.next_turn(circle))
        await writers.uninvite(session, story.id, member.id)
    services.cards.touch(story.id)
    await whisper(interaction, words("story.uninvited", member=member.mention))


async def change_writers(interaction: "discord.Interaction[Inkthread]", who: Writers) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    story = await story_here(services.database, interaction)
    async with services.database.session() as session:
        rules.check_lead(await writers.circle(session, story.id), actor_of(interaction))
        await writers.set_writers(session, story.id, who)
    services.cards.touch(story.id)
    text = words(f"card.writers_{who}", owner=f"<@{story.owner_id}>")
    await aloud(interaction, text, words)


async def _open(
    interaction: "discord.Interaction[Inkthread]", title: str, style: str, who: Writers
) -> None:
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel):
        raise WrongPlace
    need(interaction, OPEN_THREAD)
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    title = title_of(title, "", words("story.untitled"))
    story = await _store(interaction, channel, title, style, who)
    await think(interaction)
    thread = await channel.create_thread(name=title, type=discord.ChannelType.public_thread)
    async with services.database.session() as session:
        await stories.set_thread(session, story.id, thread.id)
    services.cards.touch(story.id)
    await thread.add_user(interaction.user)
    await whisper(interaction, words("story.opened", thread=thread.mention))
    await hint(interaction, "thread")


async def _store(
    interaction: "discord.Interaction[Inkthread]",
    channel: discord.TextChannel,
    title: str,
    style: str,
    who: Writers,
) -> Story:
    services, member = interaction.client.services, interaction.user.id
    async with services.database.session() as session:
        last = await choices.last_of(session, channel.guild.id, member)
        story = await stories.create(
            session,
            guild_id=channel.guild.id,
            channel_id=channel.id,
            thread_id=None,
            owner_id=member,
            title=title,
            style=style or last.style or services.shelf.style("").name,
            writers=who,
        )
        await begin_choices(session, story)
    return story
