"""A progress message: its text, the preview while it is drawn, and a button."""

import io

import discord

from bot.locales.words import Words
from bot.rendering.buttons import AgainButton, CancelButton, RetryButton
from bot.rendering.progress import preview_text, progress_text
from bot.rendering.updates import RenderUpdate

PREVIEW = "preview.jpg"
OPEN_KINDS = ("queued", "running")


def progress_view(
    update: RenderUpdate, words: Words, left: int | None, preview: bytes | None, hidden: bool
) -> tuple[discord.ui.LayoutView, list[discord.File]]:
    """`left`: seconds; `preview`: the newest (JPEG); `hidden`: until somebody clicks on it."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(progress_text(update, words, left)))
    files: list[discord.File] = []
    if preview is not None and update.kind == "running":
        file = discord.File(io.BytesIO(preview), filename=PREVIEW, spoiler=hidden)
        gallery = discord.ui.MediaGallery[discord.ui.LayoutView]()
        gallery.add_item(media=file, description=preview_text(update, words), spoiler=hidden)
        view.add_item(gallery)
        files.append(file)
    button = _button(update, words)
    if button is not None:
        view.add_item(discord.ui.ActionRow(button))
    return view, files


def _button(update: RenderUpdate, words: Words) -> CancelButton | AgainButton | RetryButton | None:
    if update.kind in OPEN_KINDS:
        return CancelButton(update.render.id, words)
    if update.kind == "failed":
        return RetryButton(update.render.id, words)
    if update.kind == "done" and not update.lost:
        return None
    return AgainButton(update.render.id, words)
