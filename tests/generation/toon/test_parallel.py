"""A team of processes ends with whoever began it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from generation.toon.training.parallel import Team, run_team

PATIENCE = 60.0  # seconds
MEMBERS = 2


def linger(folder: Path, minutes: float, team: Team) -> None:
    """A job that says who does it, and doesn't end by itself."""
    (folder / f"{team.rank}.part").write_text(str(os.getpid()))
    (folder / f"{team.rank}.part").rename(folder / str(team.rank))
    time.sleep(minutes * 60)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"  # nobody waits for it any more


def test_members_don_t_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, __file__, str(tmp_path)])
    wait_for(lambda: all((tmp_path / str(rank)).exists() for rank in range(MEMBERS)))
    members = [int((tmp_path / str(rank)).read_text()) for rank in range(MEMBERS)]
    assert all(map(alive, members))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not any(map(alive, members)))


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


if __name__ == "__main__":
    run_team(linger, Path(sys.argv[1]), PATIENCE, MEMBERS)
