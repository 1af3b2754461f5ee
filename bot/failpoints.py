"""Places at which tests let a process die, to see that nothing is lost or done twice."""

import os
import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failpoints:
    """`names` are armed: `post.begun` (a post is marked, nothing sent), `post.sent` (sent, nothing
    marked), `render.checkpoint` (just stored)."""

    names: frozenset[str] = frozenset()

    def hit(self, name: str) -> None:
        """Kill the own process, without any clean-up, if `name` is armed."""
        if name in self.names:
            os.kill(os.getpid(), signal.SIGKILL)
