"""What Discord is told about the commands."""

import pytest

from bot.client import Inkthread
from bot.locales.words import FOLDER, read_texts
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.checking import ShapeChecker
from tests.bot.e2e.reading import text
from tests.bot.sandbox.openapi import document

OTHERS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "en")


async def test_the_commands_are_those_of_the_readme(bot: Inkthread) -> None:
    assert {command.qualified_name for command in bot.tree.walk_commands()} == {
        "clip",
        "comic",
        "help",
        "story",
        "story start",
        "story invite",
        "story uninvite",
        "story writers",
        "story pass",
        "story line",
        "story import",
        "story edit",
        "story move",
        "story remove",
        "story undo",
        "story redo",
        "story history",
        "story show",
        "story render",
        "character",
        "character add",
        "character edit",
        "character remove",
        "character picture",
        "character save",
        "character use",
        "character list",
        "character forget",
        "schedule",
        "schedule add",
        "schedule list",
        "schedule pause",
        "schedule resume",
        "schedule delete",
        "schedule run",
        "settings",
        "settings drawing",
        "settings spoilers",
    }


@pytest.mark.parametrize("language", OTHERS)
async def test_every_command_and_option_is_described_in_every_language(
    bot: Inkthread, ada: Member, language: str
) -> None:
    described = set(read_texts(FOLDER / f"{language}.toml").values())
    waiting = [one for one in (await ada.snapshot())["commands"] if one["type"] == 1]
    assert waiting
    while waiting:
        command = waiting.pop()
        assert command["description_localizations"][language] in described
        for choice in command.get("choices") or []:
            assert choice["name_localizations"][language] in described
        waiting += command.get("options") or []


async def test_a_member_is_answered_in_their_own_language(ada: Member, sandbox: Sandbox) -> None:
    english = await ada.command("/story show")
    sandbox.core.locales[ada.id] = "zh-CN"
    chinese = await ada.command("/story show")
    assert text(english["message"]).startswith("There is no story in this channel.")
    assert text(chinese["message"]).startswith("这个频道里没有故事。")


def test_calls_are_checked_against_discords_document() -> None:
    document()  # skips, visibly, where it is not
    checker = ShapeChecker(set())
    for _ in range(2):
        checker("POST", "/api/v10/channels/1574016449490452480/messages", {"tts": "no"}, 200, {})
    assert {(one.side, one.where) for one in checker.misfits} >= {("request", "tts")}
