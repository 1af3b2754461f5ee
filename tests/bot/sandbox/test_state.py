"""A sandbox with a file goes on where it stopped."""

from pathlib import Path

import discord

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from bot.sandbox.wire import Snowflakes, snowflake_time
from tests.bot.sandbox.bots import Client, picture, running
from tests.bot.sandbox.conftest import Clock


def test_snowflakes_grow_even_when_the_clock_goes_back(clock: Clock) -> None:
    snowflakes = Snowflakes(clock)
    made = [int(snowflakes.next()) for _ in range(100)]
    clock.ahead -= 3600
    made += [int(snowflakes.next()) for _ in range(100)]
    assert made == sorted(set(made))
    assert abs(snowflake_time(str(made[0])) - clock() - 3600) < 5


async def test_after_a_restart_everything_is_there_at_the_new_address(tmp_path: Path) -> None:
    async with Sandbox(state=tmp_path / "state") as first, Member(first.url) as ada:
        client = Client()

        @client.tree.command(description="d")
        async def comic(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hidden", ephemeral=True)

        async with running(client, first):
            await client.tree.sync()
            page = await client.comics.send("page", file=discord.File(picture(), "page.png"))
            await page.add_reaction("🎨")
            thread = await page.create_thread(name="Story")
            await thread.send("line")
            await ada.command("/comic")
        old_url = first.url

    async with Sandbox(state=tmp_path / "state") as second, Member(second.url) as ada:
        assert second.url != old_url
        client = Client()
        async with running(client, second):
            found = await client.comics.fetch_message(page.id)
            assert found.content == "page"
            assert await found.attachments[0].read() == picture().getvalue()
            assert found.attachments[0].url.startswith(second.url)
            assert [str(reaction.emoji) for reaction in found.reactions] == ["🎨"]
            await found.edit(content="edited")
            lines = [m.content async for m in client.comics.threads[0].history()]
            assert "line" in lines
            newer = await client.comics.send("newer")
            assert newer.id > page.id
            assert [c.name for c in await client.tree.fetch_commands()] == ["comic"]
        assert [m["content"] for m in await ada.messages()] == ["edited", "newer"]


async def test_a_dialog_that_was_open_during_a_restart_can_still_be_sent(tmp_path: Path) -> None:
    def asking() -> Client:
        client = Client()

        @client.tree.command(description="d")
        async def comic(interaction: discord.Interaction) -> None:
            modal = discord.ui.Modal(title="Comic", custom_id="story")
            box = discord.ui.TextInput[discord.ui.Modal](custom_id="panels")
            modal.add_item(discord.ui.Label(text="Panels", component=box))
            await interaction.response.send_modal(modal)

        @client.event
        async def on_interaction(interaction: discord.Interaction) -> None:
            if interaction.type is discord.InteractionType.modal_submit:
                assert interaction.data is not None
                label = interaction.data["components"][0]  # type: ignore[typeddict-item]
                await interaction.response.send_message(label["component"]["value"])

        return client

    client = asking()
    async with (
        Sandbox(state=tmp_path / "state") as first,
        Member(first.url) as ada,
        running(client, first),
    ):
        await client.tree.sync()
        dialog = await ada.command("/comic")

    async with Sandbox(state=tmp_path / "state") as second, Member(second.url) as ada:
        early = await ada.submit_modal(dialog, {"panels": "[Tom] runs"})
        assert early["failed"] == "The bot is offline."
        async with running(asking(), second):
            answer = await ada.submit_modal(dialog, {"panels": "[Tom] runs"})
        assert answer["message"]["content"] == "[Tom] runs"


async def test_without_a_file_every_sandbox_is_new() -> None:
    async with Sandbox() as first, Member(first.url) as ada:
        await ada.say("hello")
    async with Sandbox() as second, Member(second.url) as ada:
        assert await ada.messages() == []
