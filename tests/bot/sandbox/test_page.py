"""The page in a real browser: a comic by clicking, wide and narrow, and by keyboard.

Screenshots are kept in .ci/out for people to look at.
"""

from collections.abc import AsyncIterator

import discord
import pytest
from discord import app_commands
from playwright.async_api import Page, Route

from bot.sandbox import threads
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bots import Client, picture, running
from tests.browser import SIZES, opened, picture_of

pytestmark = pytest.mark.browser


class Comic(discord.ui.Modal):
    def __init__(self) -> None:
        super().__init__(title="A new comic")
        paragraph = discord.TextStyle.paragraph
        for name in ("characters", "panels"):
            box = discord.ui.TextInput[discord.ui.Modal](
                custom_id=name, style=paragraph, placeholder="[Tom] A cat"
            )
            self.add_item(discord.ui.Label(text=name.title(), component=box))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("On its way.", ephemeral=True)
        assert isinstance(interaction.channel, discord.abc.Messageable)
        progress = await interaction.channel.send("drawing: step 1 of 2")
        preview = discord.File(picture(64, 64), "preview.png")
        await progress.edit(content="drawing: step 2 of 2", attachments=[preview])
        await progress.delete()
        view = discord.ui.LayoutView(timeout=None)
        image = discord.MediaGalleryItem("attachment://page.png", description="Tom types")
        redraw = discord.ui.Button(label="Redraw", custom_id="redraw")
        view.add_item(
            discord.ui.Container(
                discord.ui.TextDisplay("## Tabs or spaces"),
                discord.ui.MediaGallery(image),
                discord.ui.ActionRow(redraw),
            )
        )
        await interaction.channel.send(view=view, file=discord.File(picture(640, 640), "page.png"))


def redraw_view() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Redraw", custom_id="redraw"))
    return view


def comic_bot() -> Client:
    client = Client()
    tree = client.tree
    story = app_commands.Group(name="story", description="Stories")
    tree.add_command(story)

    @tree.command(description="Make a comic")
    async def comic(interaction: discord.Interaction, style: str | None = None) -> None:
        await interaction.response.send_modal(Comic())

    @comic.autocomplete("style")
    async def styles(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        listed = [name for name in ("Film noir", "Line art") if text.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=name) for name in listed]

    @story.command(description="Open a thread for a story")
    async def start(interaction: discord.Interaction, title: str) -> None:
        assert isinstance(interaction.channel, discord.TextChannel)
        kind = discord.ChannelType.public_thread
        thread = await interaction.channel.create_thread(name=title, type=kind)
        await thread.send(f"**{title}** begins")
        await interaction.response.send_message(f"See {thread.mention}", ephemeral=True)

    @tree.context_menu(name="Add as panel")
    async def add(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"Added: {message.content}", ephemeral=True)

    @client.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_message("Redrawing", ephemeral=True)

    return client


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Client]:
    client = comic_bot()
    async with running(client, sandbox):
        await client.tree.sync()
        yield client


@pytest.mark.parametrize("size", SIZES)
async def test_a_newcomer_makes_a_comic_by_clicking(
    browser_address: str, sandbox: Sandbox, bot: Client, ada: Member, size: str
) -> None:
    async with opened(browser_address, sandbox.url, size) as page:
        await picture_of(page, f"sandbox-first-use-{size}")
        await page.get_by_role("button", name="Try /comic").click()
        await page.get_by_role("button", name="Fill in an example").click()
        box = page.get_by_label("Characters")
        assert "[Tom] A young programmer" in await box.input_value()
        await picture_of(page, f"sandbox-dialog-{size}")
        await page.get_by_role("button", name="Submit").click()
        drawn = page.get_by_role("button", name="Enlarge: Tom types")
        await drawn.click()
        await page.get_by_role("button", name="Close").click()
        assert await page.get_by_text("Only you can see this").count() == 1
        assert await page.locator(".first-use").count() == 0
        await page.get_by_role("button", name="Redraw").click()
        await page.get_by_text("Redrawing").wait_for()
        await picture_of(page, f"sandbox-page-{size}")
        root = "document.documentElement"
        needed = await page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
        assert tuple(needed) == SIZES[size], "only the messages scroll"
    kinds = [(m["flags"] & 64, len(m["attachments"])) for m in await ada.messages()]
    assert kinds == [(64, 0), (0, 1), (64, 0)]


async def test_a_command_is_found_filled_in_and_sent_by_keyboard(
    browser_address: str, sandbox: Sandbox, bot: Client, ada: Member
) -> None:
    async with opened(browser_address, sandbox.url, "wide") as page:
        keyboard = page.keyboard
        await page.get_by_label("Message", exact=True).focus()
        await keyboard.type("/")
        await page.get_by_role("option", name="/story start").wait_for()
        await picture_of(page, "sandbox-commands-wide")
        await keyboard.press("ArrowDown")
        await keyboard.press("Enter")
        await keyboard.press("Enter")  # without its required title it isn't sent
        await page.get_by_role("alert").get_by_text("title").wait_for()
        await keyboard.type("Rain")
        await keyboard.press("Enter")
        await page.get_by_role("button", name="Rain", exact=True).first.click()
        await page.get_by_text("Rain begins").wait_for()
        assert (await ada.messages("Rain"))[-1]["content"] == "**Rain** begins"
        await page.get_by_label("Message", exact=True).fill("a line")
        await keyboard.press("Enter")
        await page.get_by_text("a line").wait_for()
        await page.get_by_text("a line").click(button="right")
        await page.get_by_role("menuitem", name="Add as panel").click()
        await page.get_by_text("Added:").wait_for()


async def test_choices_are_offered_while_one_types(
    browser_address: str, sandbox: Sandbox, bot: Client
) -> None:
    async with opened(browser_address, sandbox.url, "wide") as page:
        await page.get_by_label("Message", exact=True).fill("/comic")
        await page.get_by_role("option", name="/comic").wait_for()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="+ style").click()
        await page.get_by_role("textbox", name="style").press_sequentially("noir")
        offered = page.locator(".palette [role=option]")
        await offered.get_by_text("Line art").wait_for(state="detached")
        assert await offered.all_inner_texts() == ["Film noir"]
        await page.keyboard.press("Enter")
        assert await page.get_by_role("textbox", name="style").input_value() == "Film noir"
        await page.keyboard.press("Escape")
        assert await page.get_by_label("Message", exact=True).is_visible()


async def test_members_see_each_other_live_and_only_their_own_ephemeral_answers(
    browser_address: str, sandbox: Sandbox, bot: Client
) -> None:
    async with (
        opened(browser_address, sandbox.url, "wide") as page,
        Member(sandbox.url, "Ben") as ben,
    ):
        said = await ben.say("**hello** from <b>Ben</b>")
        await page.get_by_text("hello from <b>Ben</b>").wait_for()
        await ben.context_menu("Add as panel", said)
        assert await page.get_by_text("Added:").count() == 0
        await page.get_by_label("Act as this member").select_option("Ben")
        await page.get_by_text("Added:").wait_for()


async def test_what_is_said_while_the_channel_loads_is_not_lost(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    async with opened(browser_address, sandbox.url, "wide") as page:

        async def late(route: Route) -> None:
            old = await route.fetch()
            await ada.say("just now")
            await page.get_by_text("just now").wait_for()
            await route.fulfill(response=old)

        await page.route("**/sandbox/messages*", late, times=1)
        async with page.expect_request_finished(lambda asked: "/messages?" in asked.url):
            await page.reload()
        frames = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
        await page.evaluate(frames)
        assert await page.get_by_text("just now").count() == 1


async def test_a_thread_that_opens_while_the_page_asks_for_news_is_not_lost(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    async with opened(browser_address, sandbox.url, "wide") as page:
        await page.get_by_role("button", name="lounge").wait_for()

        async def late(route: Route) -> None:
            old = await route.fetch()
            parent = sandbox.core.world.channel((await ada.channel("comics"))["id"])
            threads.start(sandbox.core, parent, ada.id, {"name": "Just now"})
            await page.get_by_role("button", name="Just now", exact=True).wait_for()
            await route.fulfill(response=old)

        await page.route("**/sandbox/snapshot", late, times=1)
        async with Member(sandbox.url, "Dora"):
            await page.locator("#viewer option", has_text="Dora").wait_for(state="attached")
        assert await page.locator("#channels").get_by_role("button", name="Just now").count() == 1


async def test_a_press_counts_though_the_message_changes_and_a_form_stays_though_its_thread_does(
    browser_address: str, sandbox: Sandbox, bot: Client, ada: Member
) -> None:
    async with opened(browser_address, sandbox.url, "wide") as page:
        sent = await bot.comics.send("before", view=redraw_view())
        button = page.get_by_role("button", name="Redraw")
        await button.hover()
        await page.mouse.down()
        await sent.edit(content="after")
        await bot.comics.send("would move the button away")
        await page.locator("#announcer", has_text="New message from").wait_for(state="attached")
        await page.mouse.up()
        await page.get_by_text("Redrawing").wait_for()
        await page.locator(".message", has_text="after (edited)").wait_for()
        await page.get_by_text("would move the button away").wait_for()
        await sent.create_thread(name="Rain")
        await page.locator("#channels").get_by_role("button", name="Rain").click()
        await page.get_by_label("Message", exact=True).fill("/story start")
        await page.get_by_role("option", name="/story start").wait_for()
        await page.keyboard.press("Enter")
        await page.get_by_role("textbox", name="title").fill("Half typed")
        await ada.archive("Rain")
        await page.locator("#channels .closed").wait_for()
        assert await page.get_by_role("textbox", name="title").input_value() == "Half typed"


async def fill(page: Page, ada: Member) -> None:
    """More lines than fit on a screen."""
    for number in range(40):
        await ada.say(f"line {number}")
    await page.get_by_text("line 39").wait_for()


async def test_what_comes_below_is_said_and_one_press_away(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    async with opened(browser_address, sandbox.url, "narrow") as page:
        await fill(page, ada)
        button = page.get_by_role("button", name="New messages")
        await ada.say("seen at once")
        await page.get_by_text("seen at once").wait_for()
        assert not await button.is_visible()
        await page.locator("#log").evaluate("node => { node.scrollTop = 0; }")
        await page.wait_for_function("() => document.querySelector('#log').scrollTop === 0")
        await ada.say("the newest")
        await button.wait_for()
        await picture_of(page, "sandbox-below-narrow")
        await button.click()
        await button.wait_for(state="hidden")
        ends = "node => node.scrollHeight - node.scrollTop - node.clientHeight"
        assert await page.locator("#log").evaluate(ends) < 2


async def test_who_has_just_left_the_end_is_not_brought_back(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    """The browser tells of scrolling a frame late: here, never."""
    async with opened(browser_address, sandbox.url, "narrow") as page:
        await fill(page, ada)
        log = page.locator("#log")
        await log.evaluate(
            "node => node.addEventListener('scroll', e => e.stopImmediatePropagation(), true)"
        )
        await log.evaluate("node => { node.scrollTop = 0; }")
        await ada.say("the newest")
        await page.get_by_role("button", name="New messages").wait_for()
        assert await log.evaluate("node => node.scrollTop") == 0


async def test_a_reply_shows_words_without_marks_and_a_named_channel_opens(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    lounge = await ada.channel("lounge")
    said = await ada.say(f"**Look** at\n-# <#{lounge['id']}>")
    await ada.say("there", reply_to=said)
    async with opened(browser_address, sandbox.url, "wide") as page:
        quoted = page.locator(".reference").last
        await quoted.wait_for()
        assert await quoted.inner_text() == "A\nAda Look at #lounge"
        await page.get_by_role("link", name="#lounge").click()
        await page.get_by_role("heading", name="#lounge", exact=True).wait_for()


async def test_the_page_says_when_the_bot_is_gone(browser_address: str, sandbox: Sandbox) -> None:
    async with opened(browser_address, sandbox.url, "narrow") as page:
        await page.get_by_text("The bot is not connected").wait_for()
        client = comic_bot()
        async with running(client, sandbox):
            await client.tree.sync()
            await page.get_by_text("Bot online").wait_for()
            await page.get_by_role("button", name="Try /comic").wait_for()
        await page.get_by_text("Bot offline").wait_for()


async def test_what_the_sandbox_did_not_take_stays_in_its_box(
    browser_address: str, sandbox: Sandbox, bot: Client
) -> None:
    async with opened(browser_address, sandbox.url, "narrow") as page:
        await page.get_by_role("button", name="Try /comic").click()
        await page.get_by_label("Characters").fill("[Tom] A cat")
        await page.get_by_label("Panels").fill("[Tom] runs")
        await page.evaluate("() => { window.fetch = async () => { throw new TypeError(); }; }")
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_role("alert").get_by_text("The sandbox doesn't answer.").wait_for()
        await picture_of(page, "sandbox-away-narrow")
        assert await page.get_by_label("Panels").input_value() == "[Tom] runs"
        await page.get_by_role("button", name="Close").click()
        box = page.get_by_label("Message", exact=True)
        await box.fill("a long line")
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").get_by_text("The sandbox doesn't answer.").wait_for()
        assert await box.input_value() == "a long line"


async def test_an_escaped_letter_neither_begins_nor_ends_a_mark(
    browser_address: str, sandbox: Sandbox, ada: Member
) -> None:
    await ada.say(r"**Rain & \*stars\*** and **bold** and *\_slanted\_* and \*plain\*")
    async with opened(browser_address, sandbox.url, "wide") as page:
        text = page.locator(".message .text").last
        await text.wait_for()
        assert await text.inner_text() == "Rain & *stars* and bold and _slanted_ and *plain*"
        assert await text.locator("b").all_inner_texts() == ["Rain & *stars*", "bold"]
        assert await text.locator("i").all_inner_texts() == ["_slanted_"]


async def test_every_control_has_a_name(
    browser_address: str, sandbox: Sandbox, bot: Client, ada: Member
) -> None:
    await ada.say("hello")
    async with opened(browser_address, sandbox.url, "wide") as page:
        await page.get_by_label("Show activity and faults").click()
        await page.get_by_role("tab", name="Faults").click()
        await picture_of(page, "sandbox-faults-wide")
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, textarea, a")]
                .filter((node) => !(node.getAttribute("aria-label") || node.innerText.trim()
                    || node.labels?.length || node.hidden))
                .map((node) => node.outerHTML.slice(0, 120))"""
        )
        assert nameless == []
