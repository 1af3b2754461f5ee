"""The finished page and what its buttons open, by clicking, narrow and wide. Screenshots are kept
in .ci/out for people to look at; the page in them is composed by the real press."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from config import settings
from generation.script.plan import RenderPlan
from generation.studio.events import PageComposed
from generation.studio.local import LocalStudio
from tests.bot.e2e.reading import boxes, buttons, gallery, is_page
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.e2e.test_comic import write
from tests.bot.e2e.test_pages import is_comparison, redo
from tests.browser import SIZES, opened, picture_of

pytestmark = pytest.mark.browser

PANELS = """[Tom] in the office, typing #Tom: It works!
[Lisa] looks at his screen #Lisa: Tabs?
[Tom] and [Lisa] argue #Much later...
[NC] the office at night"""


class PressStudio(ScriptedStudio):
    """Draws plain colours, and composes them as the real one does."""

    press: LocalStudio

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        return await self.press.compose(plan, pictures)


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[PressStudio]:
    studio = PressStudio()
    studio.press = LocalStudio(settings.CATALOGUES / "models.toml", nice=0)
    yield studio
    await studio.press.close()


@pytest.mark.parametrize("size", SIZES)
async def test_a_page_is_changed_by_clicking(
    browser_address: str, sandbox: Sandbox, ada: Member, size: str
) -> None:
    await write(ada, panels=PANELS, title="Tabs or spaces")
    shown = await ada.wait_for_message(is_page)
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    await ada.submit_modal(dialog, {**boxes(dialog), "2": "Lisa: Spaces!"})
    await ada.wait_for_message(
        lambda one: is_page(one) and "Spaces!" in gallery(one)[0]["description"]
    )
    async with opened(browser_address, sandbox.url, size) as page:
        await page.get_by_role("button", name="Redo a panel").wait_for()
        await picture_of(page, f"finished-page-{size}")
        await page.get_by_role("button", name="Edit lettering").click()
        assert await page.get_by_role("textbox", name="Panel 1").input_value() == "Tom: It works!"
        await picture_of(page, f"finished-lettering-{size}")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Export").click()
        await page.get_by_text("As what kind of file").wait_for()
        await picture_of(page, f"finished-export-{size}")
        await redo(ada, shown, 2)
        await page.get_by_role("button", name="Keep the new one").wait_for()
        await picture_of(page, f"finished-comparison-{size}")
        root = "document.documentElement"
        needed = await page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
        assert tuple(needed) == SIZES[size], "only the messages scroll"
    assert any(is_comparison(one) for one in await ada.messages())
