"""Asking for a comic from an interaction: queue it, tell the member, open its progress message."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.clips.making import request_clip_again
from bot.locales.durations import duration
from bot.locales.words import Words
from bot.pages.changing import retake
from bot.permissions import need_to_post
from bot.rendering.progress import MOMENT
from bot.rendering.requests import Request, request_again, request_story
from bot.rendering.sketching import request_preview, sketch_again
from bot.rendering.updates import RenderUpdate
from bot.rendering.waiting import waits
from bot.whispers import whisper
from storage import clips, editions, renders, sketches
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread


async def order_story(
    interaction: "discord.Interaction[Inkthread]",
    story: Story,
    view: discord.ui.View | None = None,
) -> None:
    """Queue the story as it is written now; the answer has these buttons.

    Raises:
        MissingPermissions, NothingToDraw, AlreadyDrawing, ScriptErrors
    """
    need_to_post(interaction)
    services = interaction.client.services
    request = await request_story(
        services.database, services.shelf, story, user_id=interaction.user.id
    )
    await begin(interaction, request, view)


async def order_seed(
    interaction: "discord.Interaction[Inkthread]", story: Story, seed: int
) -> None:
    """Queue the story as it is written now, from that seed. Raises as `order_story`."""
    need_to_post(interaction)
    services, member = interaction.client.services, interaction.user.id
    request = await request_story(
        services.database, services.shelf, story, user_id=member, seed=seed
    )
    await begin(interaction, request)


async def order_preview(interaction: "discord.Interaction[Inkthread]", story: Story) -> None:
    """Queue a quick picture of the story. Raises as `order_story`."""
    need_to_post(interaction)
    services = interaction.client.services
    words = interaction.client.answers.words_of(interaction.guild)
    request = await request_preview(
        services.database,
        services.shelf,
        story,
        user_id=interaction.user.id,
        title=words("preview.title", title=story.title),
    )
    await begin(interaction, request, what="preview")


async def order_again(
    interaction: "discord.Interaction[Inkthread]", render_id: int, *, same_seed: bool = False
) -> None:
    """Queue the story of an earlier render, or the panel that it drew again, with a new seed unless
    it is to be the same.

    Raises:
        MissingPermissions, NotFound, AlreadyDrawing
    """
    need_to_post(interaction)
    services = interaction.client.services
    database, shelf, member = services.database, services.shelf, interaction.user.id
    async with database.session() as session:
        take = await editions.take_of(session, render_id)
        sketch = await sketches.of_render(session, render_id)
        clip = await clips.of_render(session, render_id)
        render = await renders.get(session, render_id)
    if clip is not None:
        request = await request_clip_again(database, shelf, clip, user_id=member)
    elif sketch is not None:
        request = await sketch_again(database, shelf, sketch, user_id=member, same_seed=same_seed)
    elif take is None:
        request = await request_again(
            database, shelf, render_id, user_id=member, same_seed=same_seed
        )
    else:
        place = render.channel_id
        request = await retake(
            database, shelf, take, user_id=member, channel_id=place, same_seed=same_seed
        )
    await begin(interaction, request, what="render" if clip is None else "clip")


async def begin(
    interaction: "discord.Interaction[Inkthread]",
    request: Request,
    view: discord.ui.View | None = None,
    what: str = "render",
    notes: Sequence[str] = (),
) -> None:
    """Tell the member that it is queued, open its progress message, and let it be drawn. `what` is
    asked for: a "render", a "preview", "variations" or a "clip"; `notes` are told with it."""
    services = interaction.client.services
    words = interaction.client.answers.words(interaction)
    async with services.database.session() as session:
        wait = (await waits(session, services.shelf)).get(request.render.id)
    await services.board.announce(
        RenderUpdate(request.render, request.place, None, "queued", wait=wait)
    )
    services.dispatcher.wake()
    text = "\n".join([_promise(request, words, what, wait), *notes])
    await whisper(interaction, text, view, replace=True)


def _promise(request: Request, words: Words, what: str, wait: float | None) -> str:
    """What is queued, how long it takes, and how long before that others take."""
    one = request.panels == 1
    panels = words("render.one_panel") if one else words("render.panels", count=request.panels)
    text = (
        words(f"{what}.ordered_unmeasured", panels=panels)
        if request.seconds is None
        else words(f"{what}.ordered", panels=panels, time=duration(request.seconds, words))
    )
    if wait is None or wait < MOMENT:
        return text
    return f"{text}\n{words('render.begins', time=duration(wait, words))}"
