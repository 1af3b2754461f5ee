"""Portraits of kept characters: drawn once, and only while nobody waits for a drawing."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.characters.portraits import Painter
from bot.rendering.requests import Shelf
from config import settings
from generation.script.catalogue import read_styles
from generation.studio.events import Failed
from storage import library, limits
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.values import SavedCharacter
from tests.bot.e2e.conftest import MODEL
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.waiting import eventually

GUILD, ADA = 1, 31
STYLES = read_styles(settings.CATALOGUES / "styles.toml")


class Atelier:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.studio = database, ScriptedStudio()
        self.store = ArtifactStore(str(folder / "artifacts"))
        shelf = Shelf({MODEL.name: MODEL}, STYLES, MODEL.name)
        self.painter = Painter(database, self.store, self.studio, shelf)
        self.wanted_elsewhere = asyncio.Event()

    async def save(self, looks: str = "a baker", name: str = "Tom") -> None:
        async with self.database.session() as session:
            await library.save(session, GUILD, ADA, name, looks, shared=True)

    async def saved(self) -> SavedCharacter:
        async with self.database.session() as session:
            found = await library.find(session, GUILD, "Tom")
        assert found is not None
        return found

    async def paint(self) -> bool:
        return await self.painter.paint_one(self.wanted_elsewhere)


@pytest.fixture
async def atelier(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Atelier]:
    shutil.copy(migrated_file, tmp_path / "bot.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    yield Atelier(database, tmp_path)
    await database.close()


async def test_a_portrait_is_drawn_once_and_again_only_when_the_looks_change(
    atelier: Atelier,
) -> None:
    await atelier.save()
    assert await atelier.paint()
    first = await atelier.saved()
    assert (await atelier.store.get(first.portrait))[:2] == b"\xff\xd8"  # JPEG
    await atelier.save()  # as it was
    assert not await atelier.paint()
    assert (await atelier.saved()).portrait == first.portrait
    await atelier.save("an old baker")
    assert await atelier.paint()
    assert [order.plan.panels[0].number for order in atelier.studio.orders] == [1, 1]
    assert "an old baker" in atelier.studio.orders[1].plan.panels[0].prompt
    assert all(order.render < 0 for order in atelier.studio.orders)


async def test_who_orders_a_comic_does_not_wait_for_a_portrait(atelier: Atelier) -> None:
    await atelier.save()
    atelier.studio.go.clear()
    painting = asyncio.create_task(atelier.paint())
    await eventually(lambda: bool(atelier.studio.orders))
    atelier.wanted_elsewhere.set()
    atelier.studio.go.set()
    assert not await painting
    assert not (await atelier.saved()).portrait
    atelier.wanted_elsewhere.clear()
    assert await atelier.paint()


async def test_what_cannot_be_painted_is_given_up_and_others_are_painted(
    atelier: Atelier,
) -> None:
    await atelier.save()
    atelier.studio.failures = [Failed("no", False)] * limits.PORTRAIT_TRIES
    for _ in range(limits.PORTRAIT_TRIES):
        assert not await atelier.paint()
    assert not await atelier.paint()
    assert len(atelier.studio.orders) == limits.PORTRAIT_TRIES
    await atelier.save("a nurse", "Lisa")
    assert await atelier.paint()


async def test_a_portrait_of_older_looks_is_not_kept(atelier: Atelier) -> None:
    await atelier.save()
    atelier.studio.go.clear()
    painting = asyncio.create_task(atelier.paint())
    await eventually(lambda: bool(atelier.studio.orders))
    await atelier.save("an old baker")
    atelier.studio.go.set()
    await painting
    assert not (await atelier.saved()).portrait
