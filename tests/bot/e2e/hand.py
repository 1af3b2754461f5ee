"""A hand on the sandbox's page: what a member does there, by clicking and typing.

Every step waits for what it needs; none counts on time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from tests.browser import PATIENT, SIZES, picture_of


@dataclass(frozen=True)
class Hand:
    page: Page
    size: str

    async def press(self, name: str, *, newest: bool = False) -> None:
        """The button of that name; of several the newest."""
        buttons = self.page.get_by_role("button", name=name, exact=True)
        await (buttons.last if newest else buttons.first).click()

    async def sees(self, words: str) -> None:
        await self.page.get_by_text(words).last.wait_for()

    async def card_says(self, words: str) -> None:
        await self.page.locator(".message .container", has_text=words).last.wait_for()

    async def begins(self, command: str) -> None:
        """Type a command; its form is open, or it is sent when it has no options."""
        box = self.page.get_by_label("Message", exact=True)
        await box.fill(command)
        await self.page.get_by_role("option", name=command).first.wait_for()
        await box.press("Enter")

    async def option(self, name: str, value: str | Path) -> None:
        field = self.page.locator(f"#option-{name}")
        if not await field.count():
            await self.press(f"+ {name}")
        if isinstance(value, Path):
            await field.set_input_files(value)
        elif await field.evaluate("node => node.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)

    async def command(self, command: str, **options: str | Path) -> None:
        await self.begins(command)
        for name, value in options.items():
            await self.option(name, value)
        await self.press("Send")
        await self.page.locator("form.command").wait_for(state="detached")

    async def writes(self, name: str, text: str) -> None:
        """In a box of the open dialog."""
        await self.page.get_by_role("textbox", name=name).fill(text)

    async def submits(self) -> None:
        await self.press("Submit")
        await self.page.locator("dialog").wait_for(state="detached")

    async def message(self, words: str) -> Locator:
        found = self.page.locator(".message", has_text=words).last
        await found.wait_for()
        return found

    async def becomes(self, member: str) -> None:
        """Act as another member."""
        await self._drawer()
        await self.page.get_by_label("Act as this member").select_option(member)
        if self.size == "narrow":
            await self.page.keyboard.press("Escape")

    async def opens(self, channel: str) -> None:
        await self._drawer()
        await self.page.locator("#channels").get_by_role("button", name=channel).click()

    async def _drawer(self) -> None:
        if self.size == "narrow":
            await self.press("Show channels")

    async def keeps(self, name: str) -> None:
        """A screenshot for people to look at, of a page on which only the messages scroll."""
        root = "document.documentElement"
        needed = await self.page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
        assert tuple(needed) == SIZES[self.size]
        await picture_of(self.page, f"{name}-{self.size}")


@asynccontextmanager
async def hand_on(browser: Browser, address: str, size: str) -> AsyncIterator[Hand]:
    """A hand on the page in a profile of its own; fails when the page complained."""
    complaints: list[str] = []
    width, height = SIZES[size]
    profile = await browser.new_context(viewport={"width": width, "height": height})
    profile.set_default_timeout(PATIENT)
    page = await profile.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    try:
        yield Hand(page, size)
    except Exception:
        await picture_of(page, f"failed-{size}")  # what stood there instead
        raise
    await profile.close()
    assert complaints == []
