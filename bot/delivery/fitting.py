"""Pictures that Discord takes: those that are too large are repacked smaller, and then smaller."""

import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import discord

from bot.delivery.errors import TryAgain, Undeliverable
from bot.reasons import reason_of
from generation.studio.events import Refilm, Repack, Trouble
from generation.studio.studio import Studio, StudioError
from storage.reasons import Reason, ReasonCode

log = logging.getLogger(__name__)

T = TypeVar("T")

UNKNOWN_LIMIT = 10 * 1024 * 1024  # bytes a file; Discord: Uploading Files, without any boost
REFUSED_SIZE = (40005, 413)  # Discord: JSON error code and HTTP status
SMALLER = 0.6  # of what was refused, in bytes
SMALLEST = 100_000  # bytes; a page that has fewer can't be read
SIDE = 65_500  # pixels; no JPEG has more
PIXELS = 178_000_000  # where Pillow refuses


@dataclass(frozen=True, slots=True)
class Picture:
    """`stem` is its file's name without the kind; `hidden` until it is clicked on; `film`: it is
    one, as MP4."""

    data: bytes
    stem: str
    hidden: bool = False
    film: bool = False


async def fitted(
    studio: Studio,
    pictures: Sequence[Picture],
    limit: int,
    act: Callable[[list[discord.File]], Awaitable[T]],
) -> T:
    """What `act` returns, with files of at most `limit` bytes each; smaller ones when Discord
    refuses those for their size.

    Raises:
        Undeliverable: Discord takes none that could be read.
        TryAgain: they can't be made smaller now.
    """
    room = limit
    while True:
        ready = [await _within(studio, one, room) for one in pictures]
        try:
            return await act(
                [
                    discord.File(io.BytesIO(data), filename=name, spoiler=one.hidden)
                    for one, (data, name) in zip(pictures, ready, strict=True)
                ]
            )
        except discord.HTTPException as exc:
            if not {exc.code, exc.status} & set(REFUSED_SIZE):
                raise
            largest = max(len(data) for data, _ in ready)
            log.warning("A picture of %d bytes is too large for Discord", largest)
            room = int(largest * SMALLER)
            if room < SMALLEST:
                raise Undeliverable(_too_large(limit)) from exc


async def _within(studio: Studio, picture: Picture, room: int) -> tuple[bytes, str]:
    """Bytes and name of a picture as it is, or of one that is small enough."""
    if len(picture.data) <= room:
        return picture.data, f"{picture.stem}.{'mp4' if picture.film else 'png'}"
    try:
        if picture.film:
            data = await studio.refilm(Refilm(picture.data, room))
        else:
            data = await studio.repack(Repack(picture.data, room, SIDE, PIXELS))
    except StudioError as exc:
        if exc.code is Trouble.NO_ROOM:
            raise Undeliverable(_too_large(room)) from exc
        raise TryAgain(reason_of(exc)) from exc
    return data, f"{picture.stem}.{'mp4' if picture.film else 'jpg'}"


def _too_large(limit: int) -> Reason:
    return Reason(ReasonCode.TOO_LARGE, {"limit": f"{limit / 1e6:.1f}"})
