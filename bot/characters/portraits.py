"""Portraits of kept characters: each drawn once by the studio, when nobody waits for a drawing."""

import asyncio
import logging
from contextlib import aclosing

from bot.characters.pictures import KEPT_TYPE, PIXELS
from bot.rendering.requests import Shelf
from generation.script.errors import PlanError
from generation.script.portrait import portrait_plan
from generation.script.story import Character
from generation.studio.events import Order, PanelDrawn, Repack
from generation.studio.studio import Studio, StudioError
from storage import artifacts, portraits
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound
from storage.values import SavedCharacter

log = logging.getLogger(__name__)

SIDE = 320  # pixels; Discord shows it smaller still
LIMIT = 60_000  # bytes: a page of a list stays under half a megabyte


class Painter:
    """Draws for the library what the dispatcher leaves time for."""

    def __init__(
        self, database: Database, store: ArtifactStore, studio: Studio, shelf: Shelf
    ) -> None:
        self._database = database
        self._store = store
        self._studio = studio
        self._shelf = shelf

    async def paint_one(self, wanted_elsewhere: asyncio.Event) -> bool:
        """Draw the portrait that has waited longest. Ends within a step when somebody wants
        something else drawn. Whether there may be more to paint at once.

        Raises:
            Unavailable: database or artifacts can't be reached; nothing is lost.
        """
        async with self._database.session() as session:
            saved = await portraits.wanted(session)
        if saved is None:
            return False
        try:
            picture = await self._draw(saved, wanted_elsewhere)
        except (StudioError, PlanError) as exc:
            log.warning("Character %s has no portrait: %s", saved.id, exc)
            async with self._database.session() as session:
                await portraits.failed(session, saved)
            return False
        if picture is None:
            return False
        await self._keep(saved, picture)
        return True

    async def _draw(self, saved: SavedCharacter, wanted_elsewhere: asyncio.Event) -> bytes | None:
        """None when it was broken off.

        Raises:
            StudioError: it can't be drawn.
        """
        order = await self._order(saved)
        async with aclosing(self._studio.draw(order)) as events:
            async for event in events:
                if isinstance(event, PanelDrawn):
                    return await self._studio.repack(Repack(event.image, LIMIT, SIDE, PIXELS))
                if wanted_elsewhere.is_set():
                    log.info("The portrait of character %s waits for other work", saved.id)
                    return None
        raise StudioError("the drawing ended without a picture")

    async def _order(self, saved: SavedCharacter) -> Order:
        """Numbered below zero, where no render is."""
        character = Character(saved.name, saved.description, saved.reference)
        style = self._shelf.style(saved.sheet.style if saved.sheet else "")
        plan = portrait_plan(character, self._shelf.model(), style, saved.id, saved.sheet)
        pictures: dict[str, bytes] = {}
        for key in plan.pictures:
            try:
                pictures[key] = await self._store.get(key)
            except (NotFound, ArtifactDamaged) as exc:
                log.error("The picture of character %s is lost: %s", saved.id, exc)
        return Order(-saved.id, 1, plan, pictures=pictures)

    async def _keep(self, saved: SavedCharacter, picture: bytes) -> None:
        key = await self._store.put(picture, KEPT_TYPE)
        async with self._database.session() as session:
            await artifacts.record(session, key, KEPT_TYPE, len(picture))
            kept = await portraits.keep(session, saved, key)
        log.info("Character %s has its portrait%s", saved.id, "" if kept else ", too late")
