"""Pictures that show how a character looks: taken in, shown, replaced, removed.

What Discord says of a file is checked before it is loaded; what it really is, by the press, which
is a process of its own.
"""

import io
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.errors import PictureRefused, PictureTooLarge
from bot.reasons import reason_of
from bot.stories import rules
from bot.stories.rules import Actor
from generation.studio.events import Repack
from generation.studio.studio import Studio, StudioError
from storage import artifacts, characters, drafts, history, states, writers
from storage.artifacts import ArtifactStore
from storage.deltas import ChangeKind
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound
from storage.reasons import Reason, ReasonCode
from storage.values import StoryCharacter

log = logging.getLogger(__name__)

KINDS = ("image/png", "image/jpeg", "image/webp", "image/gif")
UPLOAD_LIMIT = 10_000_000  # bytes; a photograph of a phone has half of it
PIXELS = 50_000_000  # of a large phone; decoded they take 150 MB in the press
SIDE = 1024  # pixels of the picture that is kept; models look at a quarter of that
KEPT_LIMIT = 500_000  # bytes of it
KEPT_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Upload:
    """What Discord says of a file that a member sent. `width` and `height` are None where it
    doesn't know the file for a picture."""

    url: str
    size: int
    content_type: str
    width: int | None = None
    height: int | None = None


Fetch = Callable[[str], Awaitable[bytes]]


def upload_of(attachment: discord.Attachment) -> Upload:
    return Upload(
        attachment.url,
        attachment.size,
        attachment.content_type or "",
        attachment.width,
        attachment.height,
    )


def upload_from(raw: Mapping[str, Any]) -> Upload:
    """An attachment as a dialog brings it."""
    return Upload(
        raw["url"],
        raw["size"],
        raw.get("content_type") or "",
        raw.get("width"),
        raw.get("height"),
    )


def check_upload(upload: Upload) -> None:
    """Raises:
    PictureRefused: it is no picture, or has too many pixels.
    PictureTooLarge: it has too many bytes.
    """
    if upload.content_type.partition(";")[0] not in KINDS:
        raise PictureRefused(Reason(ReasonCode.NOT_A_PICTURE))
    if upload.size > UPLOAD_LIMIT:
        raise PictureTooLarge(-(-upload.size // 1_000_000), UPLOAD_LIMIT // 1_000_000)
    pixels = (upload.width or 0) * (upload.height or 0)
    if pixels > PIXELS:
        sizes = {"megapixels": f"{pixels / 1e6:.1f}", "limit": f"{PIXELS / 1e6:.0f}"}
        raise PictureRefused(Reason(ReasonCode.TOO_MANY_PIXELS, sizes))


async def take_in(upload: Upload, fetch: Fetch, studio: Studio) -> bytes:
    """The picture as it is kept: small, and with nothing but its pixels.

    Raises:
        PictureRefused, PictureTooLarge
    """
    check_upload(upload)
    data = await fetch(upload.url)
    try:
        return await studio.repack(Repack(data, KEPT_LIMIT, SIDE, PIXELS))
    except StudioError as exc:
        raise PictureRefused(reason_of(exc)) from exc


async def check_may_change(
    database: Database, story_id: int, actor: Actor, character_id: int
) -> None:
    """Raises:
    NotYourLine: the character is another member's.
    NotFound
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        known = await characters.get(session, story_id, character_id)
    rules.check_edit(circle, actor, known.owner_id)


async def set_picture(
    database: Database,
    store: ArtifactStore,
    story_id: int,
    actor: Actor,
    character_id: int,
    picture: bytes | None,
) -> StoryCharacter:
    """Give a character that picture, or none; a change that can be taken back.

    Raises:
        NotYourLine, NotFound
        Unavailable: it can't be stored.
    """
    await check_may_change(database, story_id, actor, character_id)
    key = "" if picture is None else await store.put(picture, KEPT_TYPE)
    async with database.session() as session:
        if picture is not None:
            await artifacts.record(session, key, KEPT_TYPE, len(picture))
        async with history.recorded(session, story_id, actor.id, ChangeKind.PICTURE_CHANGED):
            await states.set_reference(session, story_id, character_id, key)
        return await characters.get(session, story_id, character_id)


async def keep_with_draft(
    database: Database, store: ArtifactStore, draft_id: int, picture: bytes
) -> None:
    """Keep a picture until the text that it was sent with is mended.

    Raises:
        Unavailable: it can't be stored.
    """
    key = await store.put(picture, KEPT_TYPE)
    async with database.session() as session:
        await artifacts.record(session, key, KEPT_TYPE, len(picture))
        await drafts.keep_picture(session, draft_id, key)


async def picture_file(store: ArtifactStore, key: str, name: str) -> discord.File | None:
    """A stored picture, to be shown with its character; None where there is none (any more: what it
    was shown with is worth saying without)."""
    if not key:
        return None
    try:
        data = await store.get(key)
    except (NotFound, ArtifactDamaged) as exc:
        log.error("The picture of %s is lost: %s", name, exc)
        return None
    return discord.File(io.BytesIO(data), filename=f"{key[:16]}.jpg", description=name)
