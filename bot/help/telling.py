"""What `/help` says: what to do first, the commands by what they are for, and what stands in the
way here."""

from collections.abc import Iterable, Sequence

import discord

from bot.locales.words import Words
from bot.permissions import IN_CHANNEL, IN_THREAD, OPEN_THREAD
from storage.values import Story

# Commands by what they are for, in the order in which one needs them. What is in none of these
# stands under "more".
PURPOSES = {
    "begin": ("comic", "story start", "help"),
    "write": (
        *("story line", "story import", "story edit", "story move", "story remove"),
        *("story undo", "story redo", "story history", "story show"),
    ),
    "cast": (
        *("character add", "character picture", "character edit", "character remove"),
        *("character save", "character use", "character list", "character forget"),
    ),
    "draw": ("story render", "clip", "settings drawing", "settings spoilers"),
    "together": ("story invite", "story uninvite", "story writers", "story pass"),
    "later": (
        *("schedule add", "schedule list", "schedule pause", "schedule resume"),
        *("schedule run", "schedule delete"),
    ),
}
MORE = "more"
OPEN_STORIES = 3  # threads that are shown


def help_texts(
    commands: Iterable[str], missing: Sequence[str], stories: Sequence[Story], words: Words
) -> list[str]:
    """The parts of the answer. `commands` are all that can be typed, by their whole names;
    `missing` permissions are those of this channel; `stories` are open ones to write in."""
    parts = [
        f"## {words('help.title')}\n{words('help.first')}",
        "\n".join(_purposes(set(commands), words)),
        words("help.messages"),
    ]
    if stories:
        threads = ", ".join(f"<#{one.thread_id}>" for one in stories[:OPEN_STORIES])
        parts.append(words("help.stories", threads=threads))
    return [*parts, permission_text(missing, words)]


def permission_text(missing: Sequence[str], words: Words) -> str:
    """A sentence for each permission that the bot lacks, or one that says that it lacks none."""
    if not missing:
        return words("help.allowed")
    return "\n".join([words("help.forbidden"), *needs_text(missing, words)])


def needs_text(missing: Sequence[str], words: Words) -> list[str]:
    """A line for each missing permission: its name as Discord has it, and what it is for."""
    return [
        f"- **{words(f'permission.{name}')}**: {words(f'permission_for.{name}')}"
        for name in missing
    ]


def wanted_here(channel: object) -> tuple[str, ...]:
    """The permissions that everything needs that can be done in such a channel."""
    if isinstance(channel, discord.Thread):
        return IN_THREAD
    return tuple(dict.fromkeys((*IN_CHANNEL, *OPEN_THREAD)))


def _purposes(commands: set[str], words: Words) -> Iterable[str]:
    placed = {name for names in PURPOSES.values() for name in names}
    for purpose, names in (*PURPOSES.items(), (MORE, tuple(sorted(commands - placed)))):
        typed = " ".join(f"`/{name}`" for name in names if name in commands)
        if typed:
            yield f"**{words(f'help.{purpose}')}**\n{typed}"
