"""What stock discord.py asks and the sandbox answers fits Discord's OpenAPI document."""

import discord
import pytest
from discord import app_commands

from bot.sandbox import permissions
from bot.sandbox.document import Checker
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bots import Client, picture, running
from tests.bot.sandbox.openapi import document


class Question(discord.ui.Modal, title="A question"):
    answer = discord.ui.Label[discord.ui.Modal](
        text="Answer", component=discord.ui.TextInput(custom_id="answer")
    )
    proof = discord.ui.Label[discord.ui.Modal](
        text="Proof", component=discord.ui.FileUpload(custom_id="proof", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Thank you", ephemeral=True)


class Buttons(discord.ui.View):
    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: object) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, _: object) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later", view=None)

    @discord.ui.select(
        custom_id="style",
        options=[discord.SelectOption(label="Noir"), discord.SelectOption(label="Ink")],
    )
    async def style(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.edit_message(content=select.values[0])


class Page(discord.ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        gallery = discord.ui.MediaGallery(
            discord.MediaGalleryItem("attachment://page.png", description="Tom types", spoiler=True)
        )
        section = discord.ui.Section(
            "Cast", accessory=discord.ui.Thumbnail("attachment://page.png", description="Tom")
        )
        row = discord.ui.ActionRow(discord.ui.Button(label="Redraw", custom_id="redraw"))
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay("# Tabs or spaces"),
                section,
                gallery,
                discord.ui.Separator(),
                row,
                accent_colour=discord.Colour.orange(),
            )
        )


async def test_a_working_day_fits_the_document() -> None:
    checker = Checker(document())
    async with Sandbox(observer=checker, deadline=20.0) as sandbox, Member(sandbox.url) as ada:
        client = Client()
        tree = client.tree

        @tree.command(description="Ask")
        @app_commands.describe(title="its title")
        async def ask(interaction: discord.Interaction, title: str, loud: bool = False) -> None:
            await interaction.response.send_message(title, view=Buttons())

        @ask.autocomplete("title")
        async def titles(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=text + "!", value=text)]

        @tree.command(description="Think")
        async def think(interaction: discord.Interaction) -> None:
            await interaction.response.defer(thinking=True)
            await interaction.followup.send("thought", file=discord.File(picture(), "page.png"))
            more = await interaction.followup.send("more", wait=True, ephemeral=True)
            await more.edit(content="even more")
            await more.delete()
            await interaction.edit_original_response(content="thought well")

        @tree.context_menu(name="Add as panel")
        async def add(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(message.content, ephemeral=True)

        async with running(client, sandbox):
            await tree.sync()
            await tree.sync(guild=client.guild)
            await tree.fetch_commands()
            assert await ada.autocomplete("/ask", "title", title="Ra") == [
                {"name": "Ra!", "value": "Ra"}
            ]
            asked = await ada.command("/ask", title="Rain", loud=True)
            await ada.choose(asked["message"], "style", ["Ink"])
            dialog = await ada.click(asked["message"], "ask")
            upload = await ada.upload("page.png", picture().getvalue())
            answered = await ada.submit_modal(dialog, answer="Yes", proof=[upload["id"]])
            assert answered["message"]["content"] == "Thank you"
            await ada.click(asked["message"], "later")
            await ada.command("/think")
            await ada.wait_for_message(lambda m: m["content"] == "thought well")
            await ada.allow("comics", permissions.MANAGE_THREADS)
            said = await ada.say("hello")
            await ada.context_menu("Add as panel", said)
            await a_channel_day(client, said["id"])
    assert not checker.misfits, "\n".join(sorted({str(m) for m in checker.misfits}))


async def a_channel_day(client: Client, said_id: str) -> None:
    channel = client.comics
    page = await channel.send(view=Page(), file=discord.File(picture(), "page.png"), nonce="1")
    embed = discord.Embed(title="Rain").set_image(url="attachment://rain.png")
    plain = await channel.send("x", embed=embed, file=discord.File(picture(), "rain.png"))
    await plain.edit(
        content="y", attachments=[*plain.attachments, discord.File(picture(), "b.png")]
    )
    await plain.add_reaction("🎨")
    await plain.remove_reaction("🎨", client.user)  # type: ignore[arg-type]
    said = await channel.fetch_message(int(said_id))
    await said.reply("hi", mention_author=False)
    thread = await said.create_thread(name="Story")
    await thread.send("line")
    await thread.edit(archived=True)
    await thread.edit(archived=False, name="Other")
    await thread.fetch_members()
    other = await channel.create_thread(name="Free", type=discord.ChannelType.public_thread)
    await other.add_user(said.author)
    await other.delete()
    [m async for m in channel.history(limit=5)]
    [m async for m in channel.history(limit=5, after=page)]
    [m async for m in channel.history(limit=5, around=page)]
    async with channel.typing():
        pass
    await client.fetch_guild(client.guild.id)
    await client.guild.fetch_channels()
    await client.guild.fetch_roles()
    await client.guild.fetch_member(said.author.id)
    await client.guild.active_threads()
    await client.fetch_channel(channel.id)
    [t async for t in channel.archived_threads()]
    await (await said.author.create_dm()).send("psst")
    await plain.delete()
    with pytest.raises(discord.HTTPException, match="50035"):
        await channel.send("x" * 2001)
