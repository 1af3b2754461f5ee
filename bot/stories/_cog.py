"""`/story`: a comic that a thread writes together."""

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.help.hints import hint
from bot.limits import MESSAGE_LETTERS
from bot.stories import opening
from bot.stories.adding import add_line, add_script
from bot.stories.card_buttons import redo_here, render_here, undo_here
from bot.stories.editing import line_at, move_line, pass_turn
from bot.stories.files import read_script
from bot.stories.here import actor_of, story_here
from bot.stories.picking import edit_line_here, remove_line_here
from bot.stories.show import story_text, tell_added, understood_text
from bot.stories.suggesting import suggest_lines, suggest_names
from bot.stories.telling import history_text
from bot.whispers import aloud, whisper
from storage import characters, history, limits, stories
from storage.values import Writers

if TYPE_CHECKING:
    from bot.client import Inkthread

LINE_LIMIT = (
    4000  # characters a command's text option may have; longer lines get the parser's reply
)
HISTORY = 15  # changes that are shown

Number = app_commands.Range[int, 1, limits.PANELS]


@app_commands.guild_only()
class StoryCog(
    commands.GroupCog,
    group_name="story",
    group_description=locale_str("Write a comic together in a thread", key="story"),
):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    async def cog_load(self) -> None:
        """The styles on offer are known only now."""
        assert self.app_command is not None
        self.app_command.add_command(opening.start_command(self._client))

    @app_commands.command(
        description=locale_str("Let a member write in this thread's story", key="story_invite")
    )
    @app_commands.describe(member=locale_str("Who is to write with you", key="story_member"))
    async def invite(
        self, interaction: "discord.Interaction[Inkthread]", member: discord.Member
    ) -> None:
        await opening.invite(interaction, member)

    @app_commands.command(
        description=locale_str("Take a member's invitation back", key="story_uninvite")
    )
    @app_commands.describe(
        member=locale_str("Who is not to write any more", key="story_gone_member")
    )
    async def uninvite(
        self, interaction: "discord.Interaction[Inkthread]", member: discord.User
    ) -> None:
        await opening.uninvite(interaction, member)

    @app_commands.command(
        description=locale_str("Change who may write in this thread's story", key="story_writers")
    )
    @app_commands.describe(who=locale_str("Who may write", key="story_who"))
    @app_commands.choices(who=opening.WRITERS)
    async def writers(self, interaction: "discord.Interaction[Inkthread]", who: str) -> None:
        await opening.change_writers(interaction, Writers(who))

    @app_commands.command(
        name="pass", description=locale_str("Pass the turn to the next member", key="story_pass")
    )
    async def pass_on(self, interaction: "discord.Interaction[Inkthread]") -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        turn = await pass_turn(services.database, story.id, actor_of(interaction))
        services.cards.touch(story.id)
        text = words("story.turn", member=f"<@{turn}>")
        await aloud(interaction, text, words, ping=discord.Object(turn))

    @app_commands.command(
        description=locale_str("Add a panel to this thread's story", key="story_line")
    )
    @app_commands.describe(
        text=locale_str("[Tom] in the office, typing #Tom: It works!", key="story_line_text")
    )
    @app_commands.autocomplete(text=suggest_names)
    async def line(
        self,
        interaction: "discord.Interaction[Inkthread]",
        text: app_commands.Range[str, 1, LINE_LIMIT],
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        line = await add_line(services.database, story, actor_of(interaction), text)
        services.cards.touch(story.id, line.panel.position)
        await aloud(interaction, understood_text(line, words), words)
        await hint(interaction, "line")

    @app_commands.command(
        name="import",
        description=locale_str("Add the cast and panels of a script file", key="story_import"),
    )
    @app_commands.describe(
        file=locale_str("A .txt or .story file in the format of the README", key="story_file")
    )
    async def import_script(
        self, interaction: "discord.Interaction[Inkthread]", file: discord.Attachment
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        script = await read_script(file)
        added = await add_script(services.database, story, actor_of(interaction), script)
        if not added.characters and not added.lines:
            await whisper(interaction, words("story.lines_kept"))
            return
        services.cards.touch(story.id, added.lines[-1].panel.position if added.lines else None)
        await aloud(interaction, tell_added(added, words), words)

    @app_commands.command(description=locale_str("Change the text of a line", key="story_edit"))
    @app_commands.describe(line=locale_str("The line's number", key="story_number"))
    @app_commands.autocomplete(line=suggest_lines)
    async def edit(self, interaction: "discord.Interaction[Inkthread]", line: Number) -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        panel = await line_at(database, story, line)
        await edit_line_here(interaction, story.id, panel.id)

    @app_commands.command(description=locale_str("Move a line to another place", key="story_move"))
    @app_commands.describe(
        line=locale_str("The line's number", key="story_number"),
        to=locale_str("The number it is to have", key="story_to"),
    )
    @app_commands.autocomplete(line=suggest_lines)
    async def move(
        self, interaction: "discord.Interaction[Inkthread]", line: Number, to: Number
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        panel = await line_at(services.database, story, line)
        moved = await move_line(services.database, story.id, actor_of(interaction), panel.id, to)
        services.cards.touch(story.id, moved.position)
        await whisper(interaction, words("line.moved", start=line, end=moved.position))

    @app_commands.command(description=locale_str("Remove a line", key="story_remove"))
    @app_commands.describe(line=locale_str("The line's number", key="story_number"))
    @app_commands.autocomplete(line=suggest_lines)
    async def remove(self, interaction: "discord.Interaction[Inkthread]", line: Number) -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        panel = await line_at(database, story, line)
        await remove_line_here(interaction, story.id, panel.id)

    @app_commands.command(description=locale_str("Take the last change back", key="story_undo"))
    async def undo(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story = await story_here(self._client.services.database, interaction)
        await undo_here(interaction, story.id)

    @app_commands.command(
        description=locale_str("Do again what was taken back last", key="story_redo")
    )
    async def redo(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story = await story_here(self._client.services.database, interaction)
        await redo_here(interaction, story.id)

    @app_commands.command(
        description=locale_str("Show who changed what in this thread's story", key="story_history")
    )
    async def history(self, interaction: "discord.Interaction[Inkthread]") -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        async with database.session() as session:
            changes = await history.newest(session, story.id, HISTORY)
        words = self._client.answers.words(interaction)
        await whisper(interaction, history_text(changes, words))

    @app_commands.command(
        description=locale_str("Show the cast and the panels so far", key="story_show")
    )
    async def show(self, interaction: "discord.Interaction[Inkthread]") -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        async with database.session() as session:
            cast = await characters.for_story(session, story.id)
            panels = await stories.panels(session, story.id)
            parts = await stories.script_parts(session, story.id)
        words = self._client.answers.words(interaction)
        text = story_text(story, cast, panels, words)
        if len(text) <= MESSAGE_LETTERS:
            await whisper(interaction, text)
            return
        whole = io.BytesIO("\n\n".join(parts).encode())
        file = discord.File(whole, filename=f"story-{story.id}.txt")
        await whisper(interaction, words("story.full_text"), file=file)

    @app_commands.command(
        description=locale_str("Draw this thread's story as a comic", key="story_render")
    )
    async def render(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story = await story_here(self._client.services.database, interaction)
        await render_here(interaction, story.id)
