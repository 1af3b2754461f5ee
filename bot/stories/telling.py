"""Changes of a story in words: for the history, and for whoever takes one back."""

from collections.abc import Sequence
from datetime import datetime

from discord.utils import escape_markdown, format_dt

from bot.locales.words import Words
from storage.deltas import Change, ChangeKind, ChangeState, PanelRecord, Splice

SHOWN_LETTERS = 80  # of a line or a name that is quoted


def history_text(changes: Sequence[Change], words: Words) -> str:
    """Newest first, one a line; what was taken back is struck through."""
    if not changes:
        return words("history.empty")
    return "\n".join([words("history.heading"), *(_entry(one, words) for one in changes)])


def change_text(change: Change, words: Words) -> str:
    """What a change did: "added line 3: [Tom] waves"."""
    delta = change.delta
    lines = delta.panels
    number = lines.at + 1
    match change.kind:
        case ChangeKind.LINE_ADDED:
            return words("change.line_added", number=number, text=_quote(lines.new[0].text))
        case ChangeKind.LINE_REMOVED:
            return words("change.line_removed", number=number, text=_quote(lines.old[0].text))
        case ChangeKind.LINE_EDITED:
            old, new = _quote(lines.old[0].text), _quote(lines.new[0].text)
            return words("change.line_edited", number=number, old=old, new=new)
        case ChangeKind.LINE_MOVED:
            start, end = _moved(lines)
            return words("change.line_moved", start=start, end=end)
        case ChangeKind.CAST_ADDED:
            return words("change.cast_added", name=_quote(delta.cast.new[0].name))
        case ChangeKind.CAST_EDITED:
            return words("change.cast_edited", name=_quote(delta.cast.new[0].name))
        case ChangeKind.CAST_REMOVED:
            return words("change.cast_removed", name=_quote(delta.cast.old[0].name))
        case ChangeKind.PICTURE_CHANGED:
            one = delta.cast.new[0]
            key = "change.picture_set" if one.reference else "change.picture_removed"
            return words(key, name=_quote(one.name))
        case ChangeKind.TEXT_ADDED:
            cast, panels = len(delta.cast.new), len(lines.new)
            return words("change.text_added", cast=cast, panels=panels)
        case ChangeKind.TURN_PASSED:
            return words("change.turn_passed", member=f"<@{delta.turn_after}>")


def _entry(change: Change, words: Words) -> str:
    moment: datetime = change.created_at
    text = f"<@{change.actor_id}> {change_text(change, words)}"
    if change.state is not ChangeState.DONE:
        text = f"~~{text}~~ {words('history.undone', member=f'<@{change.undone_by}>')}"
    return f"- {format_dt(moment, 'R')} {text}"


def _moved(lines: Splice[PanelRecord]) -> tuple[int, int]:
    """Numbers of a line before and after it was moved."""
    first, last = lines.at + 1, lines.at + len(lines.old)
    if lines.new[-1] == lines.old[0]:
        return first, last
    return last, first


def _quote(text: str) -> str:
    return escape_markdown(text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…")
