"""What can go wrong with a clip.

ClipError
├── ClipTooLarge    not even the smallest version fits the limit
├── NothingToShow   a film without pictures
└── BackendMissing  what sets panels in motion isn't there
"""

from __future__ import annotations


class ClipError(Exception):
    """The message is a sentence for whoever asked."""


class ClipTooLarge(ClipError):
    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"the smallest version of the clip takes {size:,} bytes, but only {limit:,} are "
            "allowed; choose fewer panels."
        )
        self.size, self.limit = size, limit


class NothingToShow(ClipError):
    def __init__(self) -> None:
        super().__init__("a clip needs at least one panel that is drawn.")


class BackendMissing(ClipError):
    """The message says what isn't there and what to do."""
