"""Help, hints and greetings: what to do first, said once, in the member's language."""

import pytest
from discord import app_commands

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.reading import answer, boxes, buttons, components, text
from tests.bot.e2e.scripted import StartBot
from tests.bot.e2e.test_story import start

ATTACH_FILES = 1 << 15


async def test_help_names_every_command_and_each_missing_permission_in_the_members_language(
    ada: Member, bot: Inkthread, sandbox: Sandbox
) -> None:
    typed = {
        f"`/{one.qualified_name}`"
        for one in bot.tree.walk_commands()
        if isinstance(one, app_commands.Command)
    }
    helped = await answer(ada, await ada.command("/help"))
    assert {one for one in typed if one not in text(helped)} == set()
    assert "Type `/comic`" in text(helped)
    assert "every permission that I need here" in text(helped)
    assert helped["flags"] & 64  # for the member alone
    assert sum(len(one["content"]) for one in components(helped)) <= 4000
    thread = await start(ada)
    await ada.forbid("comics", ATTACH_FILES)
    sandbox.core.locales[ada.id] = "zh-CN"
    helped = await answer(ada, await ada.command("/help"))
    assert "输入 `/comic`" in text(helped)
    assert f"<#{thread}>" in text(helped)
    assert "- **添加附件**: 页面是我附上的图片。" in text(helped)
    refused = await answer(ada, await ada.command("/comic"))
    assert text(refused).endswith("\n- **添加附件**: 页面是我附上的图片。")


async def test_a_hint_is_given_once_to_each_member(ada: Member, ben: Member) -> None:
    thread = await start(ada)
    tip = "what stands before the `#` is drawn"
    for _ in range(2):
        await ada.command("/story line", thread, text="rain [NC]")
    await ben.command("/story line", thread, text="sun [NC]")
    await ben.wait_for_message(lambda message: tip in text(message), thread)
    for member in (ada, ben):
        assert sum(tip in text(one) for one in await member.messages(thread)) == 1


async def test_an_unfinished_comic_is_offered_until_it_is_drawn_or_thrown_away(
    ada: Member, ben: Member
) -> None:
    dialog = await ada.command("/comic", title="Bread")
    await ada.submit_modal(dialog, characters="[Tom] a baker", panels="[Tim] kneads")
    offered = await answer(ada, await ada.command("/comic"))
    assert "can't be drawn yet: **Bread**\n> [Tim] kneads" in text(offered)
    assert "modal" in await ben.command("/comic")
    assert "modal" in await ada.command("/comic", title="Another")
    dialog = await ada.click(offered, buttons(offered)["Edit"])
    written = {"characters": "[Tom] a baker", "panels": "[Tim] kneads"}
    assert boxes(dialog) == {"title": "Bread"} | written
    new = await ada.click(offered, buttons(offered)["New comic"])
    assert boxes(new)["panels"] == ""
    await ada.click(offered, buttons(offered)["Throw it away"])
    assert "modal" in await ada.command("/comic")


@pytest.fixture
def newcomers_channel(sandbox: Sandbox) -> str:
    """The channel in which the server greets its newcomers."""
    world = sandbox.core.world
    channel = next(key for key, one in world.channels.items() if one["name"] == "comics")
    world.guild["system_channel_id"] = channel
    return str(channel)


async def test_a_new_server_is_greeted_once(
    newcomers_channel: str, sandbox: Sandbox, start_bot: StartBot
) -> None:
    bot = await start_bot()
    for _ in range(2):
        bot.dispatch("guild_join", bot.guilds[0])
    async with Member(sandbox.url) as ada:
        await ada.wait_for_message(lambda message: "`/help` shows the rest" in text(message))
        said = await ada.messages(newcomers_channel)
        assert sum("`/help` shows the rest" in text(one) for one in said) == 1
