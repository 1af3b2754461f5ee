"""Errors a member can cause or meet; `replies.py` words them.

BotError
├── MissingPermissions   the bot lacks rights in this channel
├── WrongPlace           a thread can't be opened here
├── NoStoryHere          the channel is no story thread
├── NoText               a message without text can't be a panel
├── NothingToDraw        the story has no panels yet
├── AlreadyDrawing       the same member's render of this story is still open
├── NotYours             only the asker or a moderator may do that
├── NotManager           only those who manage the server may do that
├── NotInvited           only the owner, or those the owner has invited, write in this story
├── NotYourTurn          it is another member's
├── OneLineATurn         several lines came where members take turns
├── NotYourLine          another member wrote it
├── NotYourStory         only the owner of the story may do that
├── NotYourCharacter     another member keeps it in the library
├── CantInvite           bots don't write, and the owner need not be invited
├── NoTurns              the members of this story don't take turns
├── NothingToUndo
├── NothingToRedo
├── NoSuchLine           the story has no line of that number
├── StillNamed           lines name the character that is to be removed
├── WrongFile            neither .txt nor .story
├── FileTooLarge
├── FileUnreadable       its bytes are no text that we know
├── PictureTooLarge
├── PictureRefused       a file that is to show a character is no picture, or too large
├── NothingToCancel      the render is over
├── TooLongForDialog     a text doesn't fit into a dialog's box
├── BadSeed              a seed is a whole number
├── BadShare             a percentage of a picture
├── SeedRefused          the same, in the settings of a story
├── RedoRefused          a panel can't be drawn again from that text
├── BindingFailed        changed pages can't be composed
├── ExportFailed         files can't be made of a comic
├── OnePanel             a clip goes from one panel to another
├── BadPanels            these are no two panels of the comic
├── BadTime, BadZone, BadCron   a schedule's time can't be read
├── TooOften             a schedule that would post more than once an hour
├── NothingNew           no line was written since the last episode
├── EpisodeFailed        what was written since can't be drawn as it is
├── DraftKept            the text has errors; it is kept, and can be edited
├── KeptForLater         the text is fine but can't be used now, for the error it holds; it is kept
└── NotDrawnYet          the story is stored, but can't be drawn now for the error it holds
"""

from dataclasses import dataclass
from typing import Literal

from generation.script.errors import ScriptError, ScriptErrors
from storage.errors import StorageError
from storage.reasons import Reason


class BotError(Exception):
    """Base of all errors that bot raises on purpose."""


@dataclass
class MissingPermissions(BotError):
    """`names` are discord.py's permission names, in the order to ask for them."""

    names: tuple[str, ...]


class WrongPlace(BotError):
    pass


class NoStoryHere(BotError):
    pass


class NoText(BotError):
    pass


class NothingToDraw(BotError):
    pass


class AlreadyDrawing(BotError):
    pass


class NotYours(BotError):
    pass


class NotManager(BotError):
    pass


@dataclass
class NotInvited(BotError):
    """`kind` is the rule of the story (`storage.values.Writers`)."""

    owner: int
    kind: str


@dataclass
class NotYourTurn(BotError):
    """`member` is the one whose turn it is."""

    member: int


@dataclass
class OneLineATurn(BotError):
    count: int


@dataclass
class NotYourLine(BotError):
    author: int


@dataclass
class NotYourStory(BotError):
    owner: int


@dataclass
class NotYourCharacter(BotError):
    owner: int
    name: str


@dataclass
class CantInvite(BotError):
    member: int


class NoTurns(BotError):
    pass


class NothingToUndo(BotError):
    pass


class NothingToRedo(BotError):
    pass


@dataclass
class NoSuchLine(BotError):
    number: int


@dataclass
class StillNamed(BotError):
    """`numbers`: the lines, as "1, 4"."""

    story_id: int
    character_id: int
    name: str
    numbers: str


@dataclass
class WrongFile(BotError):
    filename: str


@dataclass
class FileTooLarge(BotError):
    """In kilobytes."""

    size: int
    limit: int


@dataclass
class FileUnreadable(BotError):
    """`line` is the first that can't be read."""

    line: int


@dataclass
class PictureTooLarge(BotError):
    """In megabytes."""

    size: int
    limit: int


@dataclass
class PictureRefused(BotError):
    reason: Reason


class NothingToCancel(BotError):
    pass


class TooLongForDialog(BotError):
    pass


@dataclass
class BadSeed(BotError):
    seed: str


@dataclass
class SeedRefused(BotError):
    """`seed` as typed, to be corrected."""

    story_id: int
    seed: str


@dataclass
class BadShare(BotError):
    """What was typed for the percentage of a picture that is to stay."""

    share: str
    most: int


@dataclass
class RedoRefused(BotError):
    """`scene` as typed; `cause` is what is wrong. `marker` is the page's."""

    marker: str
    scene: str
    cause: ScriptErrors | BadSeed | BadShare


@dataclass
class BindingFailed(BotError):
    reason: Reason


@dataclass
class ExportFailed(BotError):
    reason: Reason


class OnePanel(BotError):
    pass


@dataclass
class BadPanels(BotError):
    """`panels` as typed; the comic has `count`."""

    panels: str
    count: int


@dataclass
class BadTime(BotError):
    time: str


@dataclass
class BadZone(BotError):
    zone: str


@dataclass
class BadCron(BotError):
    cron: str


class TooOften(BotError):
    pass


class NothingNew(BotError):
    pass


@dataclass
class EpisodeFailed(BotError):
    reason: Reason


# None: none was sent; True: it is kept with the text.
SentPicture = Literal[True] | PictureTooLarge | PictureRefused | None


@dataclass
class DraftKept(BotError):
    """The text is stored: as the draft `draft_id` of a member in a thread, else as the story's own.
    `errors` are all that is wrong with it. `line` is the text when it is a single line. `picture`
    is what became of the picture that was sent along."""

    story_id: int
    errors: tuple[ScriptError, ...]
    line: str | None = None
    draft_id: int | None = None
    picture: SentPicture = None


@dataclass
class KeptForLater(BotError):
    """`line` is the text when it is a single line; `picture` as above."""

    draft_id: int
    cause: BotError | StorageError
    line: str | None
    picture: SentPicture = None


@dataclass
class NotDrawnYet(BotError):
    """The story is stored whole; it can be drawn when `cause` is settled."""

    story_id: int
    cause: BotError | StorageError
