import asyncio
from datetime import UTC, datetime

from bot.rendering.announcer import Announcer
from bot.rendering.updates import Kind, RenderUpdate
from storage.values import Render, RenderState


def update(
    render_id: int, step: int, preview: bytes | None = None, kind: Kind = "running"
) -> RenderUpdate:
    render = Render(
        id=render_id,
        story_id=1,
        guild_id=1,
        channel_id=1,
        user_id=1,
        state=RenderState.RUNNING,
        lane=1,
        attempt=1,
        plan="{}",
        step=step,
        steps=9,
        progress_message_id=None,
        checkpoint=None,
        reason=None,
        created_at=datetime.now(UTC),
        started_at=None,
        finished_at=None,
    )
    return RenderUpdate(render, None, preview, kind)


async def test_what_comes_while_one_is_told_is_told_once_with_the_newest_preview() -> None:
    told: list[tuple[int, int, bytes | None, str]] = []
    go = asyncio.Event()

    async def announce(one: RenderUpdate) -> None:
        told.append((one.render.id, one.render.step, one.preview, one.kind))
        await go.wait()

    announcer = Announcer(announce)
    async with announcer.running():
        announcer.tell(update(1, 1))
        await asyncio.sleep(0.01)
        announcer.tell(update(1, 2, b"second"))
        announcer.tell(update(2, 1, b"other"))
        announcer.tell(update(1, 3))
        announcer.tell(update(2, 9, kind="done"))
        go.set()
    assert told == [(1, 1, None, "running"), (1, 3, b"second", "running"), (2, 9, None, "done")]


async def test_a_mistake_in_telling_one_render_does_not_silence_the_others() -> None:
    told: list[int] = []

    async def announce(one: RenderUpdate) -> None:
        if one.render.id == 1:
            raise KeyError("a mistake")
        told.append(one.render.id)

    announcer = Announcer(announce)
    async with announcer.running():
        for render_id in (1, 2, 3):
            announcer.tell(update(render_id, 1))
    assert told == [2, 3]


async def test_the_end_does_not_wait_for_a_telling_that_hangs() -> None:
    async def announce(one: RenderUpdate) -> None:
        await asyncio.sleep(60)

    announcer = Announcer(announce)
    async with asyncio.timeout(60), announcer.running():
        announcer.tell(update(1, 1))
