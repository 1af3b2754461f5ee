"""The most memory this process holds while something runs."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

INTERVAL = 0.05  # seconds; a forward pass takes longer
# Linux keeps the highest mark itself, and begins anew when told to (proc(5)).
_RESET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_BEGIN_ANEW = "5"
_HIGHEST = "VmHWM:"


class Watch:
    """`peak` bytes of resident memory between entering and leaving: exactly on Linux, if this is
    the only one at a time, elsewhere as asked often."""

    def __init__(self) -> None:
        self.peak = 0
        self._marked = False
        self._process = psutil.Process()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._marked = _begin_anew()
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
        if self._marked:
            self.peak = max(self.peak, _highest())

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, self._process.memory_info().rss)
            if self._stopped.wait(INTERVAL):
                return


def _begin_anew() -> bool:
    """Forget the highest mark. False: there is none here."""
    if not _RESET.exists():
        return False
    try:
        _RESET.write_text(_BEGIN_ANEW, encoding="ascii")
    except PermissionError:  # as in some containers
        return False
    return True


def _highest() -> int:
    """The highest mark in bytes."""
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(_HIGHEST))
