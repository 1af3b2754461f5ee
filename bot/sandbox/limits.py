"""Rate limits like Discord's, when the sandbox is asked to be that strict.

https://docs.discord.com/developers/topics/rate-limits. The limits of single routes are not
documented; these are what the API's headers said of them for years.
"""

import hashlib
import time
from collections import deque

PER_CHANNEL = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): (1, 0.25),
    ("POST", "/channels/{channel_id}/threads"): (50, 300.0),
}  # requests, seconds
OTHERS = (50, 1.0)  # the global limit


class Limits:
    def __init__(self) -> None:
        self._used: dict[str, deque[float]] = {}

    def spend(self, method: str, path: str, major: str) -> tuple[dict[str, str], float]:
        """Headers for the answer, and the seconds to wait when the bucket is empty."""
        requests, seconds = PER_CHANNEL.get((method, path), OTHERS)
        now = time.monotonic()
        used = self._used.setdefault(f"{method} {path} {major}", deque())
        while used and used[0] <= now - seconds:
            used.popleft()
        wait = used[0] + seconds - now if len(used) >= requests else 0.0
        if not wait:
            used.append(now)
        reset = used[0] + seconds - now
        return headers(method, path, requests, requests - len(used), reset), wait


def headers(method: str, path: str, limit: int, remaining: int, reset: float) -> dict[str, str]:
    """https://docs.discord.com/developers/topics/rate-limits#header-format"""
    bucket = hashlib.md5(f"{method} {path}".encode(), usedforsecurity=False)
    return {
        "Via": "1.1 sandbox",  # without it discord.py takes a 429 for a ban
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
        "X-RateLimit-Reset-After": f"{reset:.3f}",
        "X-RateLimit-Bucket": bucket.hexdigest(),
    }
