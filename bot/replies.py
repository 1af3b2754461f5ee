"""Error to reply: everything that went wrong is worded here, as a sentence that says what to do."""

from dataclasses import fields, is_dataclass

import discord
from discord.utils import escape_markdown

from bot.errors import (
    BindingFailed,
    BotError,
    DraftKept,
    EpisodeFailed,
    ExportFailed,
    KeptForLater,
    MissingPermissions,
    NotDrawnYet,
    PictureRefused,
    RedoRefused,
)
from bot.help.telling import needs_text
from bot.limits import MESSAGE_LETTERS
from bot.locales.words import Words
from bot.reasons import reason_text
from generation.script.errors import (
    OldPlan,
    PlanError,
    ScriptError,
    ScriptErrors,
    UnknownCharacter,
    clip,
    listed,
)
from storage.errors import StorageError

SHOWN_ERRORS = 8  # more don't help: they are mended a few at a time


def reply_to(error: BaseException, words: Words) -> str | None:
    """The sentence for an error raised on purpose; None for an unexpected one."""
    if isinstance(error, DraftKept):
        return _draft_kept(error, words)
    if isinstance(error, KeptForLater):
        return _shorten("\n".join([reply_to(error.cause, words) or "", *_typed(error, words)]))
    if isinstance(error, RedoRefused):
        text = "\n".join([words("error.RedoRefused"), _quoted(error.scene)])
        return _shorten(f"{reply_to(error.cause, words)}\n{text}")
    if isinstance(error, NotDrawnYet):
        return f"{reply_to(error.cause, words)}\n{words('error.NotDrawnYet')}"
    if isinstance(error, ScriptErrors):
        return _shorten("\n".join(_mistakes(error.errors, words)))
    if isinstance(error, MissingPermissions):
        return "\n".join([words("error.MissingPermissions"), *needs_text(error.names, words)])
    if isinstance(error, BindingFailed | EpisodeFailed | ExportFailed | PictureRefused):
        return words(f"error.{type(error).__name__}", reason=reason_text(error.reason, words))
    if isinstance(error, OldPlan):
        return words("error.OldPlan")
    if isinstance(error, PlanError):
        return words("error.PlanError", text=escape_markdown(str(error)))
    if isinstance(error, discord.Forbidden):  # a permission was lost after it was checked
        return words("error.Forbidden", text=escape_markdown(error.text))
    if isinstance(error, discord.DiscordServerError):  # the last of several tries
        return words("error.DiscordServerError")
    if isinstance(error, BotError | StorageError):
        return _sentence(error, words)
    return None


def mistake(error: ScriptError, words: Words) -> str:
    """One mistake in a text. A mistake in a single line (no box) needs no line number."""
    key, data = f"script.{type(error).__name__}", _data(error)
    if isinstance(error, UnknownCharacter) and error.nearest is None:
        key += "_none_near" if error.cast else "_no_cast"
        data["cast"] = escape_markdown(listed(error.cast))
    text = words(key, **data) if key in words else escape_markdown(error.explain())
    if error.box is None:
        return f"{text[0].upper()}{text[1:]}"
    return f"**{words(f'script.{error.box}', line=error.line)}**: {text}"


def _draft_kept(error: DraftKept, words: Words) -> str:
    if error.line is None:
        opening = words("error.DraftKept")
        return _shorten("\n".join([opening, *_mistakes(error.errors, words)]))
    opening = words("error.DraftKept_line")
    told = [*_mistakes(error.errors, words), *_picture(error, words), _quoted(error.line)]
    return _shorten("\n".join([opening, *told]))


def _typed(error: KeptForLater, words: Words) -> list[str]:
    kept = [*_picture(error, words), words("error.KeptForLater")]
    return kept if error.line is None else [*kept, _quoted(error.line)]


def _picture(error: DraftKept | KeptForLater, words: Words) -> list[str]:
    """What became of the picture that was sent with the text."""
    if error.picture is None:
        return []
    if error.picture is True:
        return [words("error.picture_kept")]
    return [reply_to(error.picture, words) or ""]


def _quoted(line: str) -> str:
    """As typed, to be copied by whoever doesn't want the dialog."""
    return "\n".join(f"> {one}" for one in escape_markdown(line).splitlines())


def _mistakes(errors: tuple[ScriptError, ...], words: Words) -> list[str]:
    lines = [f"- {mistake(error, words)}" for error in errors[:SHOWN_ERRORS]]
    if len(errors) > SHOWN_ERRORS:
        lines.append(words("script.more", count=len(errors) - SHOWN_ERRORS))
    return lines


def _sentence(error: Exception, words: Words) -> str | None:
    """By the error's type, and its kind if it has one. What has no words was not for members."""
    key = f"error.{type(error).__name__}"
    special = f"{key}_{getattr(error, 'kind', '')}"
    known = next((one for one in (special, key) if one in words), None)
    return known and words(known, **_data(error))


def _data(error: object) -> dict[str, object]:
    """The error's fields, with whatever a member typed clipped and made harmless."""
    if not is_dataclass(error):
        return {}
    data = {one.name: getattr(error, one.name) for one in fields(error)}
    return {
        name: escape_markdown(clip(value)) if isinstance(value, str) else value
        for name, value in data.items()
    }


def _shorten(text: str) -> str:
    return text if len(text) <= MESSAGE_LETTERS else f"{text[: MESSAGE_LETTERS - 1]}…"
