"""The README's invitation asks for what the bot needs: its number, its words and the code agree."""

import re
from pathlib import Path

import discord

from bot.permissions import IN_CHANNEL, IN_THREAD, OPEN_THREAD

README = Path(__file__).parents[2] / "README.md"
NAMES = {"View Channels": "view_channel"}  # Discord's page has the plural here


def in_words(text: str) -> discord.Permissions:
    """The permissions listed after `Permissions:`."""
    found = re.search(r"Permissions: ([^.]+)\.", text)
    assert found is not None
    listed = [" ".join(name.split()) for name in found[1].split(",")]
    names = [NAMES.get(name, name.lower().replace(" ", "_")) for name in listed]
    return discord.Permissions(**dict.fromkeys(names, True))


def test_the_invitation_asks_for_what_it_lists_and_the_bot_needs_and_for_nothing_else() -> None:
    text = README.read_text(encoding="utf-8")
    number = re.search(r"scope=bot\+applications\.commands&permissions=(\d+)", text)
    assert number is not None
    asked = discord.Permissions(int(number[1]))
    assert asked == in_words(text)
    needed = dict.fromkeys((*IN_CHANNEL, *IN_THREAD, *OPEN_THREAD), True)
    assert asked == discord.Permissions(**needed)
