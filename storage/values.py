"""Frozen values that leave storage. Times are UTC; Discord ids are 64-bit integers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from generation.script.casting import Sheet
from storage.reasons import Reason


class RenderState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PostState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    FAILED = "failed"


class Writers(StrEnum):
    """Who may add to the story of a thread."""

    OWNER = "owner"
    INVITED = "invited"
    EVERYONE = "everyone"
    TURNS = "turns"  # the owner and the invited, one line each, in the order of the invitations


class DraftKind(StrEnum):
    """What a text that can't be used yet was meant for."""

    TEXT = "text"  # characters and panels to add
    EDITED_LINE = "edited_line"
    NEW_CHARACTER = "new_character"
    EDITED_CHARACTER = "edited_character"


class Spoilers(StrEnum):
    """Which pictures are hidden until a member clicks on them."""

    NEVER = "never"
    OUTSIDE = "outside"  # of channels that are restricted by age
    ALWAYS = "always"


class TakeState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Story:
    """`thread_id` is None for a story made with `/comic`. `draft` is the text of such a story as
    long as it does not parse, kept as typed so that nothing is lost: characters box, panels box.

    `revision` grows with everything that the story's card shows; the card, in `card_message_id`,
    shows `card_revision`."""

    id: int
    guild_id: int
    channel_id: int
    thread_id: int | None
    owner_id: int
    title: str
    style: str
    draft: tuple[str, str] | None
    created_at: datetime
    writers: Writers = Writers.EVERYONE
    revision: int = 0
    card_message_id: int | None = None
    card_revision: int = 0


@dataclass(frozen=True, slots=True)
class Circle:
    """Who may write: the owner, those the owner has invited (in that order), or everyone. `turn_id`
    is the member whose turn it is; None: nobody has had a turn yet."""

    owner_id: int
    writers: Writers
    invited: tuple[int, ...]
    turn_id: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Text of a member that can't be used yet, as typed. `target_id` is the panel or character that
    it was to replace. A character's text stands in `characters`, a line's in `panels`; `reference`
    is the artifact of the picture that was sent along, or empty."""

    id: int
    story_id: int
    member_id: int
    kind: DraftKind
    target_id: int | None
    characters: str
    panels: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StoryCharacter:
    """`reference` is the artifact of a picture that shows how the character looks, or empty."""

    id: int
    story_id: int
    owner_id: int
    name: str
    description: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StoryPanel:
    """One panel line as typed (`text` is the whole line), `position` from 1 without gaps."""

    id: int
    story_id: int
    position: int
    author_id: int
    text: str


@dataclass(frozen=True, slots=True)
class SavedCharacter:
    """A character of the server's library. `shared`: everyone may use it, not only its owner.
    `reference` is the artifact of a picture that shows how the character looks, `portrait` that of
    the one that was drawn of it; empty where there is none. `sheet` is how it was drawn in the
    story that it comes from, where it was."""

    id: int
    guild_id: int
    owner_id: int
    name: str
    description: str
    shared: bool
    reference: str = ""
    portrait: str = ""
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Render:
    """One request to draw. `plan` is the frozen plan as JSON; `attempt` counts claims and fences
    late results; `failures` counts attempts in a row that ended without a new checkpoint.
    `checkpoint` is an artifact; `seconds` and `micro_batch` are those of the finished drawing."""

    id: int
    story_id: int
    guild_id: int
    channel_id: int
    user_id: int
    state: RenderState
    lane: int
    attempt: int
    plan: str
    step: int
    steps: int
    progress_message_id: int | None
    checkpoint: str | None
    reason: Reason | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failures: int = 0
    seconds: float | None = None
    micro_batch: int | None = None


@dataclass(frozen=True, slots=True)
class RenderedPanel:
    render_id: int
    position: int
    seed: int
    artifact: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """`key` is the SHA-256 of the bytes in hex."""

    key: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Post:
    """A page to post exactly once. `marker` stands in the custom ids of its components, so that the
    message can be found again after a crash; no message of it is older than `first_tried_at`.

    A sent page may be changed (its message is to show `artifact` instead) or withdrawn (its message
    is to go, as `withdrawn_by` wished). `replaces` is an older message whose place this one takes,
    `moved_from` the thread in which it could not be posted."""

    id: int
    render_id: int
    page: int
    channel_id: int
    artifact: str
    alt_text: str
    state: PostState
    marker: str
    attempts: int
    message_id: int | None
    reason: Reason | None = None
    first_tried_at: datetime | None = None
    replaces: int | None = None
    withdrawn_by: int | None = None
    moved_from: int | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """What the pages of a finished comic show since it was changed: `plan` is the plan as it is
    lettered now, with kept takes. Pages are composed up to `bound` of `version`; `reason` says why
    the newest can't be."""

    comic_id: int
    plan: str
    version: int
    bound: int
    failures: int
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Take:
    """A panel of the comic `comic_id`, drawn again by the render `render_id`. `scene` is the text
    it was drawn from, None for the old one; `before` the picture that it was compared with."""

    render_id: int
    comic_id: int
    panel: int
    scene: str | None
    before: str
    state: TakeState


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cron text in a time zone, by which a story's new lines are drawn and posted to the channel.
    `next_at` is None while it is paused; lines up to the panel `drawn_until` are in episodes."""

    id: int
    guild_id: int
    channel_id: int
    story_id: int
    owner_id: int
    cron: str
    zone: str
    next_at: datetime | None
    drawn_until: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A time at which a schedule was due: with an episode, or with the reason why there is none;
    with neither, nothing was written. `late`: the bot was away when it was due."""

    schedule_id: int
    due_at: datetime
    render_id: int | None
    late: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A render that is no comic: a preview, or variations of the comic `comic_id`."""

    render_id: int
    comic_id: int | None


@dataclass(frozen=True, slots=True)
class Variation:
    """A comic that was drawn to take the place of the comic `comic_id`."""

    render_id: int
    comic_id: int
    state: TakeState


@dataclass(frozen=True, slots=True)
class Clip:
    """A render that is a film of the comic `comic_id`."""

    render_id: int
    comic_id: int
