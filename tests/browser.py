"""Debian's chromium, and a page in it. Screenshots are kept in .ci/out for people to look at."""

import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Page

CHROMIUM = shutil.which("chromium")
OUT = Path(__file__).parents[1] / ".ci" / "out"
START = 120.0  # seconds, for a busy machine
PATIENT = 120_000  # milliseconds; waiting costs nothing when what is waited for comes
SIZES = {"wide": (1280, 800), "narrow": (390, 844)}


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """The address at which a new chromium listens; its profile and log are in `folder`."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    switches += ["--disable-background-networking", "--remote-debugging-port=0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([CHROMIUM, *switches, f"--user-data-dir={folder}"], stderr=log)
    try:
        yield _listening(folder / "log")
    finally:
        process.terminate()
        process.wait(60)


def _listening(log: Path) -> str:
    end = time.monotonic() + START
    while time.monotonic() < end:
        found = re.search(r"listening on (ws://\S+)", log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise TimeoutError("chromium did not start")


@asynccontextmanager
async def opened(browser: str, address: str, size: str) -> AsyncIterator["Page"]:
    """The page in chromium; fails when it complained in its console."""
    from playwright.async_api import async_playwright

    complaints: list[str] = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.connect_over_cdp(browser)
        width, height = SIZES[size]
        profile = await chromium.new_context(viewport={"width": width, "height": height})
        profile.set_default_timeout(PATIENT)
        page = await profile.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        await page.goto(address)
        yield page
        await profile.close()
    assert complaints == []


async def picture_of(page: "Page", name: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=OUT / f"{name}.png")


async def in_dialog(page: "Page", instead: str) -> None:
    """Until a dialog is open. A bot that can't open it in time, on a busy machine, answers with the
    button `instead`: press it then."""
    dialog, button = page.locator("dialog"), page.get_by_role("button", name=instead, exact=True)
    await dialog.or_(button).first.wait_for()
    if not await dialog.is_visible():
        await button.last.click()
        await dialog.wait_for()
