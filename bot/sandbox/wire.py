"""Names shared by the sandbox's modules: JSON, snowflakes and Discord's flag bits."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

Json = dict[str, Any]
Clock = Callable[[], float]

DISCORD_EPOCH = 1420070400.0  # seconds; https://docs.discord.com/developers/reference#snowflakes

# https://docs.discord.com/developers/resources/message#message-object-message-flags
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
IS_COMPONENTS_V2 = 1 << 15

encode = msgspec.json.encode
decode = msgspec.json.decode


class Snowflakes:
    """Ids that only ever grow, also over a restart and when the clock goes back."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        milliseconds = int((self._clock() - DISCORD_EPOCH) * 1000)
        self._last = max(milliseconds << 22, self._last + 1)
        return str(self._last)

    def seen(self, snowflake: str) -> None:
        """Every later id will be greater than this one."""
        self._last = max(self._last, int(snowflake))


def snowflake_time(snowflake: str) -> float:
    """Unix time in seconds at which the id was made."""
    return (int(snowflake) >> 22) / 1000 + DISCORD_EPOCH


def timestamp(seconds: float) -> str:
    """Discord's ISO 8601 form, always with a UTC offset."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
