"""`/schedule`: a story's new lines, drawn and posted at fixed times."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.errors import NoStoryHere, NotYours
from bot.limits import CHOICE_LETTERS, CHOICES
from bot.permissions import need_to_post
from bot.schedules import planning
from bot.schedules.calendar import LONGEST, cron_of
from bot.schedules.show import choice_text, list_text, schedule_text
from bot.stories.suggesting import suggest_stories
from bot.whispers import whisper
from storage import stories
from storage.columns import now
from storage.errors import NotFound
from storage.values import Schedule, Story

if TYPE_CHECKING:
    from bot.client import Inkthread

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
REPEATS = ("daily", "weekdays", "weekly", "cron")


def _choices(prefix: str, names: tuple[str, ...]) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=locale_str(name, key=f"{prefix}_{name.lower()}"), value=name)
        for name in names
    ]


@app_commands.guild_only()
class ScheduleCog(
    commands.GroupCog,
    group_name="schedule",
    group_description=locale_str("Post a story's new panels at fixed times", key="schedule"),
):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client
        self._zones = sorted(available_timezones())

    @app_commands.command(
        description=locale_str("Draw and post what was written, at fixed times", key="schedule_add")
    )
    @app_commands.describe(
        repeat=locale_str("How often", key="schedule_repeat"),
        zone=locale_str("Your time zone: type a city", key="schedule_zone"),
        time=locale_str("On the clock there, as 18:30", key="schedule_time"),
        day=locale_str("Day of the week, for weekly", key="schedule_day"),
        cron=locale_str("Instead of a time: five fields, as 30 18 * * 5", key="schedule_cron_text"),
        story=locale_str("Which story; otherwise that of this thread", key="schedule_story"),
    )
    @app_commands.choices(repeat=_choices("schedule", REPEATS), day=_choices("day", DAYS))
    async def add(
        self,
        interaction: "discord.Interaction[Inkthread]",
        repeat: str,
        zone: app_commands.Range[str, 1, CHOICE_LETTERS],
        time: app_commands.Range[str, 1, 20] = "",
        day: str = "Monday",
        cron: app_commands.Range[str, 1, LONGEST] = "",
        story: str = "",
    ) -> None:
        need_to_post(interaction)
        database, words = self._client.services.database, self._client.answers.words(interaction)
        chosen = await self._story(interaction, story)
        _need_owner(interaction, chosen.owner_id)
        text = cron if repeat == "cron" else cron_of(repeat, time, DAYS.index(day))
        moment = now()
        schedule = await planning.add_schedule(
            database,
            chosen,
            cron=text,
            zone=zone,
            channel_id=interaction.channel_id or 0,
            owner_id=interaction.user.id,
            now=moment,
        )
        dates = planning.coming(schedule, moment)
        await whisper(interaction, schedule_text(schedule, chosen, dates, words))

    @add.autocomplete("zone")
    async def zones(
        self, interaction: "discord.Interaction[Inkthread]", typed: str
    ) -> list[app_commands.Choice[str]]:
        """Names that contain what was typed, cities before all, with the time there."""
        wanted = typed.strip().casefold().replace(" ", "_")
        found = [name for name in self._zones if wanted in name.casefold()]
        found.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))
        moment = now()
        return [
            app_commands.Choice(
                name=f"{name} ({moment.astimezone(ZoneInfo(name)):%H:%M})", value=name
            )
            for name in found[:CHOICES]
        ]

    @add.autocomplete("story")
    async def stories_to_choose(
        self, interaction: "discord.Interaction[Inkthread]", typed: str
    ) -> list[app_commands.Choice[str]]:
        return await suggest_stories(interaction, typed)

    @app_commands.command(
        name="list", description=locale_str("Show this server's schedules", key="schedule_list")
    )
    async def show(self, interaction: "discord.Interaction[Inkthread]") -> None:
        found = await planning.of_guild(self._client.services.database, interaction.guild_id or 0)
        await whisper(interaction, list_text(found, self._client.answers.words(interaction)))

    @app_commands.command(description=locale_str("Stop a schedule for now", key="schedule_pause"))
    @app_commands.describe(schedule=locale_str("Which schedule", key="schedule_which"))
    async def pause(self, interaction: "discord.Interaction[Inkthread]", schedule: int) -> None:
        found, story = await self._owned(interaction, schedule)
        await planning.pause(self._client.services.database, found)
        await self._say(interaction, "schedule.now_paused", story)

    @app_commands.command(
        description=locale_str("Let a paused schedule go on", key="schedule_resume")
    )
    @app_commands.describe(schedule=locale_str("Which schedule", key="schedule_which"))
    async def resume(self, interaction: "discord.Interaction[Inkthread]", schedule: int) -> None:
        found, story = await self._owned(interaction, schedule)
        moment = now()
        going = await planning.resume(self._client.services.database, found, moment)
        words = self._client.answers.words(interaction)
        dates = planning.coming(going, moment)
        await whisper(interaction, schedule_text(going, story, dates, words))

    @app_commands.command(
        description=locale_str("Delete a schedule; its episodes stay", key="schedule_delete")
    )
    @app_commands.describe(schedule=locale_str("Which schedule", key="schedule_which"))
    async def delete(self, interaction: "discord.Interaction[Inkthread]", schedule: int) -> None:
        found, story = await self._owned(interaction, schedule)
        await planning.remove(self._client.services.database, found)
        await self._say(interaction, "schedule.deleted", story)

    @app_commands.command(
        description=locale_str("Draw and post the next episode at once", key="schedule_run")
    )
    @app_commands.describe(schedule=locale_str("Which schedule", key="schedule_which"))
    async def run(self, interaction: "discord.Interaction[Inkthread]", schedule: int) -> None:
        found, story = await self._owned(interaction, schedule)
        await self._client.services.sweep.run_now(found)
        await self._say(interaction, "schedule.running", story)

    @pause.autocomplete("schedule")
    @resume.autocomplete("schedule")
    @delete.autocomplete("schedule")
    @run.autocomplete("schedule")
    async def schedules_to_choose(
        self, interaction: "discord.Interaction[Inkthread]", typed: int | str
    ) -> list[app_commands.Choice[int]]:
        found = await planning.of_guild(self._client.services.database, interaction.guild_id or 0)
        names = [(choice_text(schedule, story), schedule.id) for schedule, story, _ in found]
        return [
            app_commands.Choice(name=name[:CHOICE_LETTERS], value=number)
            for name, number in names
            if str(typed).casefold() in name.casefold()
        ][:CHOICES]

    async def _story(self, interaction: "discord.Interaction[Inkthread]", chosen: str) -> Story:
        async with self._client.services.database.session() as session:
            if not chosen:
                story = await stories.by_thread(session, interaction.channel_id or 0)
                if story is None:
                    raise NoStoryHere
                return story
            if not chosen.isdigit():  # typed, not chosen
                raise NotFound("story", chosen)
            story = await stories.get(session, int(chosen))
        if story.guild_id != interaction.guild_id:
            raise NotFound("story", chosen)
        return story

    async def _owned(
        self, interaction: "discord.Interaction[Inkthread]", number: int
    ) -> tuple[Schedule, Story]:
        found, story = await planning.find(
            self._client.services.database, interaction.guild_id or 0, number
        )
        _need_owner(interaction, found.owner_id)
        return found, story

    async def _say(
        self, interaction: "discord.Interaction[Inkthread]", key: str, story: Story
    ) -> None:
        words = self._client.answers.words(interaction)
        title = discord.utils.escape_markdown(story.title)
        await whisper(interaction, words(key, title=title))


def _need_owner(interaction: discord.Interaction, owner_id: int) -> None:
    if interaction.user.id != owner_id and not interaction.permissions.manage_messages:
        raise NotYours
