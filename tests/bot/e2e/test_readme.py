"""The README's table of commands is what the bot registers, no more and no less."""

import re
from pathlib import Path

from bot.sandbox.member import Member

README = Path(__file__).parents[3] / "README.md"
SUBCOMMAND = 1  # option type, https://discord.com/developers/docs/interactions/application-commands


async def test_the_readme_lists_the_commands_that_are_registered(ada: Member) -> None:
    registered = set()
    for command in (await ada.snapshot())["commands"]:
        parts = [one for one in command.get("options", []) if one["type"] == SUBCOMMAND]
        slash = "/" if command.get("type", 1) == 1 else ""
        registered |= {f"{slash}{command['name']} {part['name']}" for part in parts}
        if not parts:
            registered.add(f"{slash}{command['name']}")
    chapter = README.read_text(encoding="utf-8").split("## In Discord")[1].split("###")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", chapter, re.MULTILINE)) == registered
