"""Back-pressure: bounded, ordered, and only what is outdated is dropped."""

import asyncio

from generation.studio.events import Checkpoint, PanelDrawn, Preview, Progress, Started
from generation.studio.mailbox import Mailbox


async def _drain(box: Mailbox) -> list[object]:
    await box.close()
    read = []
    while (message := await box.get()) is not None:
        read.append(message)
    return read


async def test_a_reader_that_sleeps_finds_only_the_newest_progress_and_preview() -> None:
    box = Mailbox(room=4)
    await box.put(Started(0, 1000))
    for step in range(1, 1001):
        await box.put(Progress(step, 1000, 0.1))
        if step % 10 == 0:
            await box.put(Preview(step, b"jpeg"))
    assert len(box) == 3
    assert await _drain(box) == [
        Started(0, 1000),
        Progress(1000, 1000, 0.1),
        Preview(1000, b"jpeg"),
    ]


async def test_what_counts_is_never_dropped_and_the_writer_waits_for_room() -> None:
    box = Mailbox(room=4)
    messages = [Checkpoint(step, b"") for step in range(20)]

    async def write() -> None:
        for message in messages:
            await box.put(message)

    writing = asyncio.create_task(write())
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(box) == 4
    assert not writing.done()
    assert [await box.get() for _ in messages] == messages
    await writing


async def test_progress_is_no_reason_to_wait() -> None:
    box = Mailbox(room=1)
    await box.put(Checkpoint(1, b""))
    await asyncio.wait_for(box.put(Progress(2, 9, 0.1)), timeout=60)
    assert await _drain(box) == [Checkpoint(1, b""), Progress(2, 9, 0.1)]


async def test_a_writer_that_waits_goes_on_when_the_reader_has_left() -> None:
    box = Mailbox(room=1)
    await box.put(PanelDrawn(0, b""))
    writing = asyncio.create_task(box.put(PanelDrawn(1, b"")))
    await asyncio.sleep(0)
    await box.abandon()
    await asyncio.wait_for(writing, timeout=60)
    assert len(box) == 0


async def test_what_waits_in_a_closed_box_can_be_read_but_nothing_is_added() -> None:
    box = Mailbox()
    await box.put(Started(0, 1))
    await box.close()
    await box.put(Progress(1, 1, 0.1))
    assert await box.get() == Started(0, 1)
    assert await box.get() is None
