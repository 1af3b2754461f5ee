"""How much memory a process has, or had at most."""

import resource
import sys
from pathlib import Path


def peak_memory() -> int:
    """Bytes. On Linux from `VmHWM`: what `getrusage` says starts with the parent's size there."""
    if sys.platform == "linux":
        return _status("self", "VmHWM")
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def resident_memory(pid: int) -> int:
    """Bytes of a running process; Linux tells.

    Raises:
        OSError: there is no such process, or this is no Linux.
    """
    return _status(str(pid), "VmRSS")


def _status(process: str, field: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    (line,) = (one for one in lines if one.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
