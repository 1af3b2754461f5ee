"""Errors of delivery; a messenger translates its own into these.

DeliveryError
├── Undeliverable   this message can never be sent (channel gone, no right to post, too large)
├── ThreadClosed    this thread takes no messages any more; its channel may
├── TooOld          this message can't be edited any more; a new one can take its place
├── MessageGone     somebody has deleted this message
└── TryAgain        it may work later; whether the message was sent is not known
"""

from dataclasses import dataclass

from storage.reasons import Reason


class DeliveryError(Exception):
    """Base of all errors that delivery raises on purpose."""


@dataclass
class Undeliverable(DeliveryError):
    """`reason` is one that the guild's admin understands."""

    reason: Reason


@dataclass
class ThreadClosed(DeliveryError):
    """`channel_id` is where the thread belongs."""

    channel_id: int


class TooOld(DeliveryError):
    pass


class MessageGone(DeliveryError):
    pass


@dataclass
class TryAgain(DeliveryError):
    """`after`: seconds that the other side asks us to wait, if it does."""

    reason: Reason
    after: float | None = None
