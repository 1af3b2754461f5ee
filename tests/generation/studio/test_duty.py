"""A child at its desk, without a network: it counts instead of drawing."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from generation.script.plan import RenderPlan
from generation.studio.events import Cancelled, Order, Progress
from generation.studio.wire import ChildWire, Drawn, Ready, Stop, pack

COUNTS = """
import sys, time
from generation.studio.duty import Desk
from generation.studio.events import Cancelled, Progress
from generation.studio.wire import Drawn

def draw(order, stopped):
    for step in range(order.plan.steps):
        if stopped():
            yield Cancelled(step)
            return
        time.sleep(0.002)  # it would be done before it is heard that another came
        yield Progress(step + 1, order.plan.steps, 0.0)
    yield Drawn({}, 0, 1, order.plan.steps)

Desk(int(sys.argv[1])).carry_out(draw)
"""
LONG = 300  # steps


@contextmanager
def counting() -> Iterator[tuple[socket.socket, ChildWire]]:
    """A child that counts; the socket to it, and what reads from it."""
    ours, theirs = socket.socketpair()
    fd = theirs.fileno()
    command = [sys.executable, "-c", COUNTS, str(fd)]
    with subprocess.Popen(command, pass_fds=[fd]) as child:
        theirs.close()
        with ours:
            wire = ChildWire(ours)
            assert wire.receive() == (0, Ready())
            yield ours, wire
        assert child.wait() == 0  # it ends with the wire


def test_an_order_cuts_in_on_another_and_is_stopped_alone(
    make_plan: Callable[..., RenderPlan],
) -> None:
    with counting() as (line, wire):
        for ticket, steps in ((1, LONG), (2, 2), (3, LONG)):
            line.sendall(pack(ticket, Order(ticket, 1, make_plan(steps=steps))))
        line.sendall(pack(3, Stop()))
        ended, steps_of_first = [], 0
        while 1 not in ended:
            answer = wire.receive()
            assert answer is not None
            ticket, said = answer
            if isinstance(said, Drawn | Cancelled):
                ended.append(ticket)
                assert isinstance(said, Cancelled) == (ticket == 3)
            elif ticket == 1:
                assert isinstance(said, Progress)
                steps_of_first += 1
    assert ended == [2, 3, 1]
    assert steps_of_first == LONG
