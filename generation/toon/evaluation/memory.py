"""The most memory this process holds while something runs, asked often."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import psutil

INTERVAL = 0.05  # seconds; a forward pass takes longer


class Watch:
    """`peak` bytes of resident memory between entering and leaving."""

    def __init__(self) -> None:
        self.peak = 0
        self._process = psutil.Process()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, self._process.memory_info().rss)
            if self._stopped.wait(INTERVAL):
                return
