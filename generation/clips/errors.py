"""What can go wrong with a clip.

ClipError
├── ClipTooLarge    not even the smallest version fits the limit
├── NothingToShow   a film without pictures
├── NoFootage       there is nothing to learn motion from
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


class NoFootage(ClipError):
    def __init__(self, place: object, videos: int, frames: int) -> None:
        super().__init__(
            f"{place}: none of {videos} videos can be read and has {frames} frames."
            if videos
            else f"there is no video in {place}; put some there, 2 seconds long or longer."
        )


class BackendMissing(ClipError):
    """The message says what isn't there and what to do."""
