"""Why something failed: stored as a code and what fills it in, and worded only when it is shown, in
the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec
from sqlalchemy import Dialect, Text, TypeDecorator


class ReasonCode(StrEnum):
    """Each is a key of the message catalogue's `[reason]`; what it needs stands behind it."""

    TOLD = "told"  # text: as the program said it, in English
    # Drawing.
    MEMORY = "memory"
    BROKE = "broke"  # text
    KILLED = "killed"
    SIGNALLED = "signalled"  # signal
    EXITED = "exited"  # status
    CLOSED = "closed"
    UNREADABLE = "unreadable"
    SILENT = "silent"
    ENDED_EARLY = "ended_early"
    BOT_BROKE = "bot_broke"
    STOPPED_TOO_OFTEN = "stopped_too_often"
    LINES = "lines"  # numbers, as "2, 3"
    # Pages.
    PICTURE_LOST = "picture_lost"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"  # megapixels, limit
    NO_ROOM = "no_room"
    # Clips.
    NO_MOTION = "no_motion"
    CLIP_TOO_LARGE = "clip_too_large"  # limit, in mebibytes
    # Posting.
    GAVE_UP = "gave_up"  # days; the cause is the last answer
    GUILD_LEFT = "guild_left"
    CHANNEL_DELETED = "channel_deleted"
    TAKEN_BACK = "taken_back"
    THREAD_LOCKED = "thread_locked"
    THREAD_ARCHIVED = "thread_archived"
    NOT_ALLOWED = "not_allowed"  # text
    DISCORD_ANSWERED = "discord_answered"  # status, text
    DISCORD_REFUSED = "discord_refused"  # number, text
    TOO_LARGE = "too_large"  # limit, in megabytes
    UNREACHABLE = "unreachable"  # text
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    data: Mapping[str, str] = field(default_factory=dict)
    cause: "Reason | None" = None

    def __str__(self) -> str:
        """For the log."""
        told = ", ".join(f"{name}: {value}" for name, value in self.data.items())
        text = f"{self.code} ({told})" if told else str(self.code)
        return text if self.cause is None else f"{text}, because {self.cause}"


class ReasonText(TypeDecorator[Reason]):
    """A reason as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Reason | None, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Reason | None:
        return None if value is None else msgspec.json.decode(value, type=Reason)


def told(text: str) -> Reason:
    """A reason for which there are only a program's own words."""
    return Reason(ReasonCode.TOLD, {"text": text})
