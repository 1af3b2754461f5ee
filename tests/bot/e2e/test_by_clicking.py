"""What members do, by clicking and typing, on a narrow and a wide screen: the bot's real process
with its worker and few steps, one chromium, and a story of its own for every test.

Screenshots are kept in .ci/out for people to look at.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from bot.bench.stage import Stage, staged
from bot.sandbox.member import Member
from tests.bot.e2e.hand import Hand, hand_on
from tests.browser import SIZES, in_dialog
from tests.quick_toon import quick_toon

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("size", SIZES),
]

PATIENT = 30.0  # seconds; Discord's 3 would make these tests depend on how busy the machine is
TOM = {"name": "Tom", "description": "a tired baker with a white cap"}
SCRIPT = "[Lisa] a nurse with red hair\n\n[Lisa] waits for the bus #Late again.\n[NC] rain"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    quick = quick_toon(tmp_path_factory.mktemp("models"))
    async with staged(tmp_path_factory.mktemp("bot"), quick, PATIENT) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(browser_address: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.connect_over_cdp(browser_address)


@pytest_asyncio.fixture(loop_scope="module")
async def ben(stage: Stage) -> AsyncIterator[Member]:
    async with Member(stage.sandbox.url, "Ben") as ben:
        yield ben


@asynccontextmanager
async def in_story(
    browser: Browser, stage: Stage, ben: Member, title: str, size: str
) -> AsyncIterator[Hand]:
    """Ada's hand in a new story thread of hers with one character."""
    async with Member(stage.sandbox.url) as ada:
        thread = await stage.open_story(ada.id, f"{title} {size}")
        await ada.command("/character add", thread, **TOM)
    async with hand_on(browser, f"{stage.sandbox.url}/#{thread}", size) as hand:
        await hand.sees("Add character")
        yield hand


async def test_a_story_is_opened_with_a_command(browser: Browser, stage: Stage, size: str) -> None:
    async with hand_on(browser, stage.sandbox.url, size) as hand:
        await hand.command("/story start", title=f"Opened {size}", who="invited")
        await hand.sees("Your story is open")
        await hand.opens(f"Opened {size}")
        await hand.sees("Add character")
        await hand.keeps("story-opened")


async def test_a_line_is_added_with_a_name_that_is_offered(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Offered", size) as hand:
        await hand.begins("/story line")
        field = hand.page.locator("#option-text")
        await field.press_sequentially("[To")
        await hand.page.locator(".palette [role=option]", has_text="[Tom]").first.wait_for()
        await hand.keeps("line-offered")
        await field.press("Enter")
        begun = await field.input_value()
        await field.fill(f"{begun.rstrip()} kneads dough #Tom: Again...")
        await hand.press("Send")
        await hand.sees("In the picture")
        await hand.keeps("line-understood")


async def test_a_line_with_a_mistake_is_mended_with_the_text_still_there(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Mended", size) as hand:
        await hand.command("/story line", text="[Tim] waves")
        await hand.sees("Did you mean")
        await hand.keeps("line-mistaken")
        answer = await hand.message("Did you mean")
        await answer.get_by_role("button", name="Edit", exact=True).click()
        box = hand.page.get_by_role("textbox", name="Panels")
        assert await box.input_value() == "[Tim] waves"
        await box.fill("[Tom] waves")
        await hand.submits()
        await hand.card_says("1. [Tom] waves")


async def test_a_message_becomes_a_panel_and_its_author_takes_it_back(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Taken back", size) as hand:
        await ben.say("a lonely street [NC]", f"Taken back {size}")
        said = await hand.message("a lonely street")
        await said.get_by_text("a lonely street").first.click(button="right")
        await hand.page.get_by_role("menuitem", name="Add as panel").click()
        await hand.page.get_by_role("button", name="Take it back").wait_for()
        await hand.keeps("panel-from-message")
        await hand.becomes("Ben")
        await hand.press("Take it back")
        await hand.sees("took line 1 back")


async def test_a_line_is_changed_and_taken_back_on_the_card(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Changed", size) as hand:
        await hand.command("/story line", text="[Tom] sleeps")
        await hand.card_says("1. [Tom] sleeps")
        await hand.command("/story edit", line="1")
        await in_dialog(hand.page, instead="Change text")
        await hand.writes("Line", "[Tom] snores")
        await hand.submits()
        await hand.card_says("1. [Tom] snores")
        await hand.press("Undo")
        await hand.card_says("1. [Tom] sleeps")
        await hand.begins("/story history")
        await hand.sees("The last changes")
        await hand.keeps("story-history")


async def test_scripts_come_as_a_file_and_pasted(
    browser: Browser, stage: Stage, ben: Member, tmp_path: Path, size: str
) -> None:
    (tmp_path / "rain.story").write_text(SCRIPT, encoding="utf-8")
    async with in_story(browser, stage, ben, "Imported", size) as hand:
        await hand.command("/story import", file=tmp_path / "rain.story")
        await hand.card_says("2. [NC] rain")
        await hand.press("Paste script", newest=True)
        await hand.writes("Panels", "[Lisa] and [Tom] meet")
        await hand.keeps("story-pasted")
        await hand.submits()
        await hand.card_says("3. [Lisa] and [Tom] meet")


async def test_a_character_is_saved_and_used_in_another_story(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Saved", size) as hand:
        await hand.command("/character add", name=f"Mia {size}", description="a pilot in red")
        await hand.sees("New in the cast")
        await hand.command("/character save", name=f"Mia {size}")
        await hand.begins("/character list")
        await hand.page.locator(".message.ephemeral", has_text="a pilot in red").last.wait_for()
        await hand.keeps("character-library")
    async with in_story(browser, stage, ben, "Used", size) as hand:
        await hand.command("/character use", name=f"Mia {size}")
        await hand.card_says("a pilot in red")


async def test_a_schedule_is_made_seen_paused_and_deleted(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Planned", size) as hand:
        await hand.begins("/schedule add")
        await hand.option("repeat", "daily")
        zone = hand.page.locator("#option-zone")
        if not await zone.count():
            await hand.press("+ zone")
        await zone.press_sequentially("Berl")
        await hand.page.locator(".palette [role=option]", has_text="Berlin").first.wait_for()
        await zone.press("Enter")
        await hand.option("time", "18:30")
        await hand.press("Send")
        await hand.sees("* * * Europe/Berlin")
        await hand.keeps("schedule-made")
        async with Member(stage.sandbox.url) as ada:
            (number, *_) = await ada.autocomplete("/schedule pause", "schedule")
        await hand.command("/schedule pause", schedule=str(number["value"]))
        await hand.sees("/schedule resume")
        await hand.command("/schedule delete", schedule=str(number["value"]))
        await hand.begins("/schedule list")
        await hand.sees("no schedule")


async def test_a_story_is_drawn_while_requests_fail(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Drawn", size) as hand:
        await hand.command("/story line", text="[Tom] kneads dough #Tom: Again...")
        await hand.card_says("1 panel, about")
        await hand.press("Show activity and faults")
        await hand.page.get_by_role("tab", name="Faults").click()
        await hand.page.get_by_label("Next requests get 429").fill("2")
        await hand.page.get_by_label("Next requests get 500").fill("1")
        await hand.page.get_by_label("Next requests get 500").press("Tab")
        await hand.press("Drop, resumable")
        await hand.page.get_by_role("tab", name="Activity").click()
        await hand.press("Close")
        await hand.press("Render", newest=True)
        picture = hand.page.get_by_role("button", name="Enlarge: ").last
        await picture.wait_for()
        await hand.sees("Done in")
        await hand.keeps("story-drawn")
        assert await hand.page.get_by_role("button", name="Redo a panel").count() == 1


async def test_one_person_tries_alone_how_several_write(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Alone", size) as hand:
        await hand.command("/story writers", who="owner")
        await hand.becomes("Ben")
        await hand.command("/story line", text="[Tom] waves")
        refusal = await hand.message("writes")
        await hand.keeps("writer-refused")
        await hand.becomes("Ada (admin)")
        await hand.command("/story invite", member="Ben")
        await hand.sees("can write here now")
        await hand.becomes("Ben")
        await refusal.get_by_role("button", name="Edit", exact=True).click()
        await hand.submits()
        await hand.card_says("1. [Tom] waves")


async def test_a_clip_is_made_of_a_page_and_played(
    browser: Browser, stage: Stage, ben: Member, size: str
) -> None:
    async with in_story(browser, stage, ben, "Filmed", size) as hand:
        for line in ("kneads dough #Tom: Again...", "opens the oven", "holds a loaf #Done!"):
            await hand.command("/story line", text=f"[Tom] {line}")
        await hand.card_says("3 panels")
        await hand.press("Render", newest=True)
        await hand.page.get_by_role("button", name="Enlarge: ").last.wait_for()
        await hand.sees("Done in")
        await hand.press("Clip", newest=True)
        asked = await hand.message("A clip of this comic")
        await asked.get_by_label("From which panel?").select_option("2")
        await hand.page.locator("select").filter(has_text="To panel 3").last.wait_for()
        await hand.keeps("clip-asked")
        await hand.press("Make the clip", newest=True)
        await hand.sees("Your clip is in the queue: 2 panels")
        clip = hand.page.locator("video").last
        await clip.wait_for()
        await hand.sees("Done in")
        await clip.evaluate("one => one.scrollIntoView()")  # at once: its message may be drawn anew
        await hand.keeps("clip-made")
        played = await clip.evaluate(PLAYED)
        assert played["seconds"] > 2
        assert played["width"] >= 256
        assert played["at"] > played["seconds"] - 0.5, "one can move to its end"
        label = await clip.get_attribute("aria-label")
        assert label is not None
        assert label.startswith("Clip: Panel 2: Tom opens the oven")


PLAYED = """async (video) => {
  const told = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
  if (video.readyState < 2) { video.preload = "auto"; await told("loadeddata"); }
  video.muted = true;
  await video.play();
  video.pause();
  const sought = told("seeked");
  video.currentTime = video.duration - 0.2;
  await sought;
  return { seconds: video.duration, width: video.videoWidth, at: video.currentTime };
}"""
