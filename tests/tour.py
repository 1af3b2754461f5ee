"""The README's tour: its pictures are screenshots of the sandbox, made by this command.

    make tour

The bot's real process draws with the model that ships. Needs Debian's chromium.
"""

import asyncio
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.bench.stage import Stage, staged
from bot.sandbox.member import Member
from tests.bot.e2e.hand import Hand
from tests.browser import PATIENT, in_dialog, started

FOLDER = Path(__file__).parents[1] / "examples" / "tour"
COLOURS = 160  # of a picture: a few ten kilobytes, and no harm that one sees
WIDE, NARROW = (1040, 700), (390, 760)  # pixels
CAST = {"Mia": "a pilot with red hair and a green shirt", "Rob": "a small robot"}
PANELS = """[Mia] in the kitchen, holding a cup #Mia: Good morning!
[Rob] stands in the kitchen #Rob: Beep.
[Mia] and [Rob] in the street, smiling #Mia: To the airport!
[NC] the street at night #Much later..."""


async def main() -> None:
    """Make all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="inkthread-tour-") as work,
        started(_made(Path(work) / "chromium")) as browser_address,
    ):
        async with (
            staged(Path(work) / "bot", {}, deadline=60.0) as stage,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.connect_over_cdp(browser_address)
            for walk, size in ((_comic, WIDE), (_story, NARROW)):
                profile = await browser.new_context(
                    viewport={"width": size[0], "height": size[1]}, device_scale_factor=1
                )
                profile.set_default_timeout(PATIENT)
                page = await profile.new_page()
                await page.goto(stage.sandbox.url)
                await walk(Hand(page, "wide" if size == WIDE else "narrow"), stage)
                await profile.close()


async def _comic(hand: Hand, _stage: Stage) -> None:
    """A newcomer's first page, and a panel of it drawn again."""
    await hand.press("Try /comic")
    await in_dialog(hand.page, instead="New comic")
    await hand.press("Fill in an example")
    await _keep(hand.page, "dialog")
    await hand.submits()
    await hand.page.get_by_role("button", name="Redraw").wait_for(timeout=600_000)
    await hand.sees("Done in")
    await _pictures_are_there(hand.page)
    await _keep(hand.page, "page")


async def _story(hand: Hand, stage: Stage) -> None:
    """Friends write a story in a thread, one of them on a phone."""
    async with Member(stage.sandbox.url) as ada, Member(stage.sandbox.url, "Ben") as ben:
        thread = await stage.open_story(ada.id, "First flight")
        for name, looks in CAST.items():
            await ada.command("/character add", thread, name=name, description=looks)
        for number, line in enumerate(PANELS.splitlines()):
            await (ada, ben)[number % 2].command("/story line", thread, text=line)
    await hand.page.goto(f"{stage.sandbox.url}/#{thread}")
    await hand.page.reload()
    await hand.sees("4 panels, about")
    render = hand.page.get_by_role("button", name="Render", exact=True).last
    await render.evaluate("node => node.closest('.message').scrollIntoView()")
    await _keep(hand.page, "card")
    await hand.press("Render", newest=True)
    await hand.page.get_by_role("button", name="Redo a panel").wait_for(timeout=600_000)
    await hand.sees("Done in")
    await _pictures_are_there(hand.page)
    redo = hand.page.get_by_role("button", name="Redo a panel")
    await redo.evaluate("node => node.closest('.message').scrollIntoView()")
    await _keep(hand.page, "phone")


async def _pictures_are_there(page: Page) -> None:
    loaded = "[...document.images].every((one) => one.complete && one.naturalWidth)"
    await page.wait_for_function(f"() => {loaded}")
    await page.evaluate("document.fonts.ready")


async def _keep(page: Page, name: str) -> None:
    """A small PNG: few colours, no dithering, which would only cost bytes."""
    path = FOLDER / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    with Image.open(path) as shot:
        small = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    asyncio.run(main())
