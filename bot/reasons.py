"""Reasons of failures in words, in the language of whoever reads them."""

from discord.utils import escape_markdown

from bot.locales.words import Words
from generation.studio.events import Failed
from generation.studio.studio import StudioError
from storage.reasons import Reason, ReasonCode


def reason_text(reason: Reason, words: Words) -> str:
    """A sentence. What other programs said stands in it as they said it, made harmless."""
    data = {name: escape_markdown(value) for name, value in reason.data.items()}
    if reason.cause is not None:
        data["cause"] = reason_text(reason.cause, words)
    return words(f"reason.{reason.code}", **data)


def reason_of(failure: Failed | StudioError) -> Reason:
    """The studio's failure as it is stored. The studio's codes are among storage's."""
    return Reason(ReasonCode(failure.code), failure.data or {"text": failure.reason})
