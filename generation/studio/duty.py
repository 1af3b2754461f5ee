"""What both child processes do besides their work: stand back, listen, and die with the parent."""

import ctypes
import logging
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

from generation.studio.events import Order
from generation.studio.wire import Answer, ChildWire, PressWork, Ready, Stop, WireError

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

log = logging.getLogger(__name__)


def take_up_duty(parent: int, nice: int) -> None:
    """Make this process a good child of `parent` (its process id)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    os.nice(nice)
    if sys.platform == "linux":
        # The signal goes out with the parent's *thread* that started us: the event loop's.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(0)


# Asked to stop before each step. None is nothing to tell: others may have their turn.
Draw = Callable[[Order, Callable[[], bool]], Iterator[Answer | None]]


class Desk:
    """Orders come in on a thread of their own, so that a stop is heard while a step is drawn."""

    def __init__(self, wire: int) -> None:
        """`wire` is the file descriptor of the socket to the parent."""
        line = socket.socket(fileno=wire)
        line.set_inheritable(False)
        self._wire = ChildWire(line)
        self._orders: queue.SimpleQueue[tuple[int, Order | PressWork]] = queue.SimpleQueue()
        self._stopped: set[int] = set()
        threading.Thread(target=self._listen, name="wire", daemon=True).start()

    def carry_out(self, draw: Draw) -> None:
        """Draw what is ordered, for ever. An order that comes while another is drawn is one that
        the parent wants before the rest of it: it cuts in at the next answer or None.

        Raises:
            WireError: an order of another kind came in.
        """
        for ticket, order in self._work():
            for _ in self._answered(draw, ticket, order):
                self._cut_in(draw)

    def _cut_in(self, draw: Draw) -> None:
        while not self._orders.empty():
            for _ in self._answered(draw, *self._orders.get()):
                pass

    def _answered(self, draw: Draw, ticket: int, order: Order | PressWork) -> Iterator[None]:
        """Once for everything that was done."""
        for answer in draw(_drawing(order), partial(self.stopped, ticket)):
            if answer is not None:
                self.answer(ticket, answer)
            yield

    def press_work(self) -> Iterator[tuple[int, PressWork]]:
        """Ticket and order, for ever.

        Raises:
            WireError: an order of another kind came in.
        """
        for ticket, order in self._work():
            if isinstance(order, Order):
                raise WireError("a drawing is not for the press")
            yield ticket, order

    def _work(self) -> Iterator[tuple[int, Order | PressWork]]:
        self.answer(0, Ready())
        while True:
            yield self._orders.get()

    def answer(self, ticket: int, answer: Answer) -> None:
        try:
            self._wire.send(ticket, answer)
        except OSError:
            os._exit(0)  # the parent is gone

    def stopped(self, ticket: int) -> bool:
        """Whether the parent no longer wants that order."""
        return ticket in self._stopped

    def _listen(self) -> None:
        """Ends the process when the wire closes: there is nobody to work for, nothing to save."""
        try:
            while (frame := self._wire.receive()) is not None:
                ticket, message = frame
                if isinstance(message, Stop):
                    self._stopped.add(ticket)
                elif isinstance(message, Order | PressWork):
                    self._orders.put((ticket, message))
        except WireError:
            log.exception("the parent speaks in tongues")
            os._exit(1)
        os._exit(0)


def _drawing(order: Order | PressWork) -> Order:
    """Raises:
    WireError: it is none.
    """
    if not isinstance(order, Order):
        raise WireError(f"{type(order).__name__} is not for the artist")
    return order
