"""Stock discord.py works against the sandbox as it does against Discord."""

from typing import Any

import discord
import pytest
from discord import app_commands

from bot.sandbox import permissions
from bot.sandbox.member import Member, Refused
from bot.sandbox.server import Sandbox
from bot.sandbox.state import RETIREMENT
from bot.sandbox.threads import archive_idle
from tests.bot.sandbox.bots import Client, picture, running
from tests.bot.sandbox.conftest import Clock


class Story(discord.ui.Modal, title="A new comic"):
    characters = discord.ui.TextInput[discord.ui.Modal](
        label="Characters", style=discord.TextStyle.paragraph, placeholder="[Tom] A cat"
    )
    panels = discord.ui.TextInput[discord.ui.Modal](
        label="Panels", style=discord.TextStyle.paragraph, required=False
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{self.characters.value}/{self.panels.value}")
        assert isinstance(interaction.channel, discord.TextChannel)
        progress = await interaction.channel.send("drawing 0 of 4")
        await progress.edit(content="done", attachments=[discord.File(picture(), "page.png")])


async def test_a_command_opens_a_dialog_whose_submit_sends_and_edits_a_message_with_a_file(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()

    @client.tree.command(description="Make a comic")
    async def comic(interaction: discord.Interaction, title: str) -> None:
        await interaction.response.send_modal(Story(title=title))

    async with running(client, sandbox):
        await client.tree.sync()
        assert str(client.user) == "inkthread#0000" or client.user
        opened = await ada.command("/comic", title="Rain")
        assert opened["modal"]["title"] == "Rain"
        outcome = await ada.submit_modal(opened, Characters="[Tom] A cat", Panels="[Tom] sleeps")
        assert outcome["message"]["content"] == "[Tom] A cat/[Tom] sleeps"
        page = await ada.wait_for_message(lambda m: m["content"] == "done")
        assert [a["filename"] for a in page["attachments"]] == ["page.png"]
        assert page["attachments"][0]["width"] == 64
        assert await ada.download(page["attachments"][0]) == picture().getvalue()


class Redraw(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"ink:redraw:(?P<page>\d+)"):
    def __init__(self, page: str) -> None:
        button = discord.ui.Button[Any](label="Redraw", custom_id=f"ink:redraw:{page}")
        super().__init__(button)
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "Redraw":
        return cls(match["page"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"redrawing {self.page}", ephemeral=True)


class Page(discord.ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        image = discord.MediaGalleryItem("attachment://page.png", description="Tom types")
        self.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay("# Tabs or spaces"),
                discord.ui.MediaGallery(image),
                discord.ui.ActionRow(Redraw("17")),
            )
        )


async def test_a_posted_page_has_its_picture_and_alt_text_and_its_button_outlives_the_bot(
    sandbox: Sandbox, ada: Member
) -> None:
    first = Client()
    async with running(first, sandbox):
        sent = await first.comics.send(view=Page(), file=discord.File(picture(), "page.png"))
        gallery = sent.components[0].children[1]  # type: ignore[union-attr]
        assert isinstance(gallery, discord.MediaGalleryComponent)
        assert gallery.items[0].description == "Tom types"
        assert (gallery.items[0].media.width, gallery.items[0].media.height) == (64, 48)
        assert gallery.items[0].media.url.startswith(sandbox.url)

    second = Client()
    second.add_dynamic_items(Redraw)
    async with running(second, sandbox):
        [page] = await ada.messages()
        outcome = await ada.click(page, "ink:redraw:17")
        assert outcome["message"]["content"] == "redrawing 17"
        assert outcome["message"]["flags"] & 64


async def test_a_dialog_left_open_over_a_restart_reaches_the_new_bot(
    sandbox: Sandbox, ada: Member
) -> None:
    first = Client()

    @first.tree.command(description="d")
    async def comic(interaction: discord.Interaction) -> None:
        modal = Story(custom_id="ink:new:5")
        await interaction.response.send_modal(modal)

    async with running(first, sandbox):
        await first.tree.sync()
        opened = await ada.command("/comic")

    second = Client()

    @second.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data
            texts = [row["components"][0]["value"] for row in data["components"]]
            await interaction.response.send_message(f"{data['custom_id']} {texts[0]}")

    async with running(second, sandbox):
        outcome = await ada.submit_modal(opened, Characters="[Tom] A cat")
        assert outcome["message"]["content"] == "ink:new:5 [Tom] A cat"


async def test_a_failed_submit_leaves_the_dialog_open_for_another_try(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()

    @client.tree.command(description="d")
    async def comic(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Story(custom_id="ink:new:5"))

    async with running(client, sandbox):
        await client.tree.sync()
        opened = await ada.command("/comic")
    sandbox.interactions.deadline = 0.2  # nobody answers any more: that need not take long
    failed = await ada.submit_modal(opened, Characters="[Tom] A cat")
    assert "failed" in failed
    with pytest.raises(Refused, match="is required"):
        await ada.submit_modal(opened, Characters="")


async def test_subcommands_options_and_context_menus_arrive_whole(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    story = app_commands.Group(name="story", description="d")
    client.tree.add_command(story)

    @story.command(description="d")
    async def line(
        interaction: discord.Interaction,
        text: str,
        panel: app_commands.Range[int, 1, 60],
        who: discord.Member,
        where: discord.TextChannel,
        picture: discord.Attachment,
        loud: bool = False,
    ) -> None:
        said = f"{text} {panel} {who.display_name} {where.name} {picture.size} {loud}"
        await interaction.response.send_message(said)

    @client.tree.context_menu(name="Add as panel")
    async def add(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.display_name}: {message.content}")

    async with running(client, sandbox):
        await client.tree.sync()
        upload = await ada.upload("page.png", picture().getvalue())
        options = {
            "text": "[Tom] sleeps",
            "panel": 3,
            "who": ada.id,
            "where": str(client.comics.id),
            "picture": upload["id"],
        }
        outcome = await ada.command("/story line", **options)
        size = len(picture().getvalue())
        assert outcome["message"]["content"] == f"[Tom] sleeps 3 Ada comics {size} False"
        assert outcome["message"]["interaction_metadata"]["name"] == "story line"
        with pytest.raises(Refused, match="panel must be between 1 and 60"):
            await ada.command("/story line", **(options | {"panel": 61}))
        with pytest.raises(Refused, match="The option text is required"):
            await ada.command("/story line", **(options | {"text": ""}))
        with pytest.raises(Refused, match="Choose one of: line"):
            await ada.command("/story")
        menu = await ada.context_menu("Add as panel", await ada.say("a line"))
        assert menu["message"]["content"] == "Ada: a line"


async def test_threads_archive_and_reopen_and_say_what_happened(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()
    async with running(client, sandbox):
        await ada.allow("comics", permissions.MANAGE_THREADS)
        said = await ada.say("once upon a time")
        message = await client.comics.fetch_message(int(said["id"]))
        thread = await message.create_thread(name="Story")
        assert thread.id == message.id
        await thread.edit(archived=True, locked=True)
        assert (await ada.channel("Story"))["thread_metadata"]["locked"] is True
        with pytest.raises(Refused, match="This thread is locked"):
            await ada.say("me too", "Story")
        assert [t.id async for t in client.comics.archived_threads()] == [thread.id]
        await thread.edit(archived=False, locked=False)
        await thread.send("line one")
        lines = await ada.messages("Story")
        assert [(m["type"], m["content"]) for m in lines] == [(21, ""), (0, "line one")]
        assert lines[0]["referenced_message"]["content"] == "once upon a time"
        kind = discord.ChannelType.public_thread
        await client.comics.create_thread(name="Free", type=kind)
        assert (await ada.messages())[-1]["type"] == 18
        found = await ada.channel("Free")
        assert (found["message_count"], found["member_count"]) == (0, 1)


async def test_mentions_are_only_those_that_were_allowed(sandbox: Sandbox, ada: Member) -> None:
    client = Client(allowed_mentions=discord.AllowedMentions.none())
    async with running(client, sandbox):
        quiet = await client.comics.send(f"<@{ada.id}> @everyone")
        loud = await client.comics.send(
            f"<@{ada.id}>", allowed_mentions=discord.AllowedMentions(users=True)
        )
    assert (quiet.mentions, quiet.mention_everyone) == ([], False)
    assert [user.id for user in loud.mentions] == [int(ada.id)]


async def test_history_pages_are_those_of_discord(sandbox: Sandbox) -> None:
    client = Client()
    async with running(client, sandbox):
        sent = [await client.comics.send(str(n)) for n in range(12)]

        async def texts(**where: Any) -> list[str]:
            return [m.content async for m in client.comics.history(**where)]

        assert await texts(limit=3) == ["11", "10", "9"]
        assert await texts(limit=3, before=sent[5]) == ["4", "3", "2"]
        assert await texts(limit=3, after=sent[5], oldest_first=True) == ["6", "7", "8"]
        assert await texts(limit=5, around=sent[5]) == ["7", "6", "5", "4", "3"]
        assert len(await texts(limit=None)) == 12


async def test_removed_attachments_are_gone_and_kept_ones_stay(sandbox: Sandbox) -> None:
    client = Client()
    async with running(client, sandbox):
        files = [discord.File(picture(), name) for name in ("a.png", "b.png")]
        sent = await client.comics.send(files=files)
        added = discord.File(picture(), "c.png", description="third")
        edited = await sent.edit(attachments=[sent.attachments[1], added])
        assert [a.filename for a in edited.attachments] == ["b.png", "c.png"]
        assert edited.attachments[1].description == "third"
        assert (await edited.edit(content="x")).attachments == edited.attachments


async def test_a_member_speaks_a_language_and_needs_permissions(
    sandbox: Sandbox, ada: Member
) -> None:
    client = Client()

    @client.tree.command(description="d")
    @app_commands.default_permissions(manage_guild=True)
    async def hello(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(str(interaction.locale))

    async with running(client, sandbox), Member(sandbox.url, "Ben") as ben:
        await client.tree.sync()
        await ada.speak("zh-CN")
        assert (await ada.command("/hello"))["message"]["content"] == "zh-CN"
        with pytest.raises(Refused, match="permission"):
            await ben.command("/hello")


async def test_files_that_an_edit_replaced_take_no_room_for_long(
    sandbox: Sandbox, ada: Member, clock: Clock
) -> None:
    client = Client()
    async with running(client, sandbox):
        sent = await client.comics.send("x", file=discord.File(picture(), "a.png"))
        for _ in range(3):
            await sent.edit(attachments=[discord.File(picture(), "b.png")])
        assert len(sandbox.core.world.attachments) == 4
        clock.ahead += RETIREMENT + 1
        await sent.delete()
        assert len(sandbox.core.world.attachments) == 1


async def test_an_idle_thread_archives_itself(sandbox: Sandbox, ada: Member, clock: Clock) -> None:
    client = Client()
    async with running(client, sandbox):
        kind = discord.ChannelType.public_thread
        thread = await client.comics.create_thread(
            name="Story", type=kind, auto_archive_duration=60
        )
        clock.ahead += 50 * 60
        await thread.send("a line")
        clock.ahead += 50 * 60
        archive_idle(sandbox.core)
        assert not (await ada.channel("Story"))["thread_metadata"]["archived"]
        clock.ahead += 11 * 60
        archive_idle(sandbox.core)
        assert (await ada.channel("Story"))["thread_metadata"]["archived"]


async def test_the_first_answer_may_carry_a_file(sandbox: Sandbox, ada: Member) -> None:
    client = Client()

    @client.tree.command(description="d")
    async def show(interaction: discord.Interaction) -> None:
        file = discord.File(picture(), "page.png", description="Tom types")
        answer = await interaction.response.send_message("here", file=file)
        assert isinstance(answer.resource, discord.InteractionMessage)
        assert answer.resource.attachments[0].description == "Tom types"

    async with running(client, sandbox):
        await client.tree.sync()
        outcome = await ada.command("/show")
        [attachment] = outcome["message"]["attachments"]
        assert await ada.download(attachment) == picture().getvalue()
