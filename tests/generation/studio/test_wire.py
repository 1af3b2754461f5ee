"""Frames between parent and child."""

import asyncio
import socket

import pytest

from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.story import Lettering
from generation.studio import wire
from generation.studio.events import (
    Bind,
    BoundFile,
    Checkpoint,
    Failed,
    Finished,
    Order,
    Preview,
    Started,
)
from generation.studio.wire import Bound, ChildWire, Compose, ParentWire, Ready, Stop, WireError

PLAN = RenderPlan(
    title="Ünïcode 漫画",
    model="toon",
    style="comic book",
    width=64,
    height=64,
    steps=4,
    guidance=5.0,
    seed=1,
    rate=0.5,
    shared_noise=0.0,
    micro_batch=2,
    panels=(
        PlannedPanel("a", "b", 2**63 - 1, (), ("Tom",), 1, (Lettering("hm", "Tom"),), "alt"),
        PlannedPanel("a", "b", 7, (0,), (), None, (), ""),
    ),
)


@pytest.mark.parametrize(
    "message",
    [
        Ready(),
        Stop(),
        Started(0, 4),
        Preview(1, b"\xff\xd8"),
        Checkpoint(2, bytes(range(256))),
        Finished({"load": 0.5}, 1 << 40, 2, 4),
        Failed("because", retryable=True),
        Order(1, 2, PLAN, checkpoint=b"\0"),
        Order(1, 2, PLAN),
        Compose(PLAN, {1: b"png"}, first=2),
        Bind("cbz", (b"one", b"two"), "Tabs", "tabs", 10_000, language="en"),
        Bound((BoundFile("tabs.cbz", b"book"),)),
    ],
)
def test_what_is_packed_unpacks_to_the_same(message: wire.Message) -> None:
    frame = wire.pack(7, message)
    head, body = frame[: wire.LENGTH.size], frame[wire.LENGTH.size :]
    assert wire.length_of(head) == len(body)
    assert wire.unpack(body) == (7, message)


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", b"\x93\xa5Alien\x00\x90", b"\x93\xa7Started\x00\x90"]
)
def test_what_is_no_frame_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        wire.unpack(body)


def test_a_length_over_the_limit_is_refused() -> None:
    with pytest.raises(WireError):
        wire.length_of(b"\xff\xff\xff\xff")


async def test_messages_larger_than_every_buffer_arrive_in_order() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        parent, child = await ParentWire.over(ours), ChildWire(theirs)
        sent = [Checkpoint(step, bytes([step]) * 3_000_000) for step in range(5)]

        def send_all() -> None:
            for message in sent:
                child.send(3, message)

        sending = asyncio.create_task(asyncio.to_thread(send_all))
        assert [await parent.receive() for _ in sent] == [(3, message) for message in sent]
        await sending
        order = Order(1, 1, PLAN, bytes(3_000_000))
        receiving = asyncio.create_task(asyncio.to_thread(child.receive))
        await parent.send(4, order)
        assert await receiving == (4, order)
        await parent.close()
        assert await asyncio.to_thread(child.receive) is None


async def test_a_child_that_dies_inside_a_frame_ends_the_stream() -> None:
    ours, theirs = socket.socketpair()
    parent = await ParentWire.over(ours)
    with theirs:
        theirs.sendall(wire.pack(1, Started(0, 1))[:-1])
    assert await parent.receive() is None
    await parent.close()


async def test_a_child_may_not_give_orders() -> None:
    ours, theirs = socket.socketpair()
    parent = await ParentWire.over(ours)
    with theirs:
        theirs.sendall(wire.pack(1, Stop()))
        with pytest.raises(WireError):
            await parent.receive()
    await parent.close()
