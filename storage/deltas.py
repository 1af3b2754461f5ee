"""What a change did to a story's lines, small enough to keep and exact enough to take back.

The lines of a story are two ordered lists. A change replaces a window of each; all else stays.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class ChangeKind(StrEnum):
    LINE_ADDED = "line_added"
    LINE_EDITED = "line_edited"
    LINE_MOVED = "line_moved"
    LINE_REMOVED = "line_removed"
    CAST_ADDED = "cast_added"
    CAST_EDITED = "cast_edited"
    CAST_REMOVED = "cast_removed"
    PICTURE_CHANGED = "picture_changed"  # of a character: a new one, another, none
    TEXT_ADDED = "text_added"  # several characters and lines at once
    TURN_PASSED = "turn_passed"


class ChangeState(StrEnum):
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"  # undone, and then something else was written: it can't be redone


@dataclass(frozen=True, slots=True)
class CharacterRecord:
    """A character as its row has it, but for its place."""

    id: int
    owner_id: int
    name: str
    description: str
    created_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PanelRecord:
    """A panel line as its row has it, but for its place."""

    id: int
    author_id: int
    text: str
    source_message_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoryState:
    """All that changes of a story are about. `turn_id`: whose turn it is."""

    cast: tuple[CharacterRecord, ...]
    panels: tuple[PanelRecord, ...]
    turn_id: int | None


@dataclass(frozen=True, slots=True)
class Splice(Generic[T]):
    """From index `at` on, the items `old` became the items `new`."""

    at: int
    old: tuple[T, ...]
    new: tuple[T, ...]

    @staticmethod
    def between(before: tuple[T, ...], after: tuple[T, ...]) -> "Splice[T]":
        start = common_start(before, after)
        end = common_start(before[start:][::-1], after[start:][::-1])
        return Splice(start, before[start : len(before) - end], after[start : len(after) - end])

    def apply(self, items: tuple[T, ...]) -> tuple[T, ...]:
        """Raises:
        ValueError: these are not the items that the change was made to.
        """
        end = self.at + len(self.old)
        if items[self.at : end] != self.old:
            raise ValueError("the lines are not those that the change was made to")
        return (*items[: self.at], *self.new, *items[end:])

    def inverse(self) -> "Splice[T]":
        return Splice(self.at, self.new, self.old)


@dataclass(frozen=True, slots=True)
class Delta:
    cast: Splice[CharacterRecord]
    panels: Splice[PanelRecord]
    turn_before: int | None
    turn_after: int | None

    @staticmethod
    def between(before: StoryState, after: StoryState) -> "Delta":
        return Delta(
            Splice.between(before.cast, after.cast),
            Splice.between(before.panels, after.panels),
            before.turn_id,
            after.turn_id,
        )

    def apply(self, state: StoryState) -> StoryState:
        """Raises:
        ValueError: the state is not the one that the change was made to.
        """
        return StoryState(
            self.cast.apply(state.cast), self.panels.apply(state.panels), self.turn_after
        )

    def inverse(self) -> "Delta":
        return Delta(self.cast.inverse(), self.panels.inverse(), self.turn_after, self.turn_before)

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str) -> "Delta":
        return msgspec.json.decode(text, type=Delta)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a story's history. `undone_by` is the member who took it back."""

    id: int
    story_id: int
    actor_id: int
    kind: ChangeKind
    state: ChangeState
    undone_by: int | None
    delta: Delta
    created_at: datetime


def common_start(one: tuple[T, ...], other: tuple[T, ...]) -> int:
    """How many items both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
