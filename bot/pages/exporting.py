"""A finished comic as files: sent privately to whoever asks, each within the upload limit."""

import io
import re
from typing import TYPE_CHECKING

import discord

from bot.errors import ExportFailed
from bot.limits import MESSAGE_FILES
from bot.pages.changing import Comic
from bot.reasons import reason_of
from bot.whispers import think, whisper
from generation.script.rewording import written
from generation.studio.events import Bind, Binding, BoundFile
from generation.studio.studio import StudioError
from storage import posts
from storage.values import Post

if TYPE_CHECKING:
    from bot.client import Inkthread

BINDINGS: tuple[Binding, ...] = ("cbz", "pdf", "png")
KINDS = (*BINDINGS, "txt")
_UNFIT = re.compile(r"[^A-Za-z0-9]+")  # what Discord would change in a file's name


async def export(
    interaction: "discord.Interaction[Inkthread]", post: Post, comic: Comic, kind: str
) -> None:
    """Send the comic of a page as files of that kind.

    Raises:
        ExportFailed: the files can't be made.
        NotFound, ArtifactDamaged: a page is lost.
    """
    words = interaction.client.answers.words(interaction)
    await think(interaction)
    if kind == "txt":
        text = str(written(comic.plan)).encode()
        files: tuple[BoundFile, ...] = (BoundFile(f"{stem_of(comic)}.txt", text),)
    else:
        binding = next(one for one in BINDINGS if one == kind)
        files = await _bind(interaction, post, comic, binding)
    for first in range(0, len(files), MESSAGE_FILES):
        part = [
            discord.File(io.BytesIO(one.data), filename=one.name)
            for one in files[first : first + MESSAGE_FILES]
        ]
        await whisper(interaction, words("export.done"), files=part)


async def _bind(
    interaction: "discord.Interaction[Inkthread]", post: Post, comic: Comic, binding: Binding
) -> tuple[BoundFile, ...]:
    services = interaction.client.services
    async with services.database.session() as session:
        pages = await posts.for_render(session, comic.render.id)
    images = [await services.artifacts.get(page.artifact) for page in pages]
    book = Bind(
        binding,
        tuple(images),
        comic.plan.title,
        stem_of(comic),
        interaction.filesize_limit,
        summary="\n".join(page.alt_text for page in pages),
        writers=comic.plan.credits,
    )
    try:
        return await services.studio.bind(book)
    except StudioError as exc:
        raise ExportFailed(reason_of(exc)) from exc


def stem_of(comic: Comic) -> str:
    """The title in letters that a file's name keeps, or the comic's number."""
    return _UNFIT.sub("-", comic.plan.title).strip("-").lower() or f"comic-{comic.render.id}"
