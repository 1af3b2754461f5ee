"""What members add to the story of a thread: lines, characters, whole scripts.

Each change is checked by the story's rules and by the script's, and recorded. Nothing here knows
Discord.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.stories import rules
from bot.stories.keeping import Text, Typed, keeping
from bot.stories.rules import Actor
from bot.stories.writing import text_of
from generation.script.errors import (
    DuplicateCharacter,
    EmptyScript,
    ScriptError,
    ScriptErrors,
    TooManyCharacters,
    TooManyPanels,
)
from generation.script.lines import Line, blocks, halves
from generation.script.names import Cast, name_key
from generation.script.parse import DEFAULT_LIMITS, HOPELESS, parse_character, parse_panel
from generation.script.story import Character, Panel
from storage import characters, drafts, history, limits, stories, writers
from storage.deltas import ChangeKind, StoryState
from storage.engine import Database
from storage.values import Circle, DraftKind, Story, StoryCharacter, StoryPanel, Writers


@dataclass(frozen=True, slots=True)
class Understood:
    """A line that is in the story, and how it was read."""

    panel: StoryPanel
    read: Panel


@dataclass(frozen=True, slots=True)
class Added:
    """What came into a thread's story."""

    characters: tuple[StoryCharacter, ...]
    lines: tuple[Understood, ...]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """New characters and panels, and the mistakes in the text that they come from."""

    newcomers: Sequence[Character]
    panels: Sequence[Panel]
    errors: Sequence[ScriptError]


async def add_line(
    database: Database,
    story: Story,
    actor: Actor,
    line: str,
    *,
    author_id: int | None = None,
    message_id: int | None = None,
) -> Understood:
    """Add one panel, credited to `author_id` (else the actor). A message that is a panel already
    stays the panel it is.

    Raises:
        DraftKept: the line has mistakes; it is kept.
        KeptForLater: the member may not add it now, or the story is full; it is kept.
    """
    typed = Typed(story.id, actor.id, DraftKind.TEXT, ("", line), single=True)
    author = actor.id if author_id is None else author_id
    async with keeping(database, typed) as session:
        circle = await writers.circle(session, story.id)
        async with history.recorded(session, story.id, actor.id, ChangeKind.LINE_ADDED) as before:
            read = parse_panel(line, cast_of(before))
            known = message_id and any(one.source_message_id == message_id for one in before.panels)
            if not known:
                rules.check_write(circle, actor)
                await _pass_turn(session, story.id, circle)
            panel = await stories.add_panel(session, story.id, author, text_of(read), message_id)
    return Understood(panel, read)


async def add_text(
    database: Database, story: Story, actor: Actor, text: Text, draft_id: int | None = None
) -> Added:
    """Add characters and panels from a dialog's two boxes: all of them or none.

    Raises:
        DraftKept, KeptForLater: it is kept.
    """
    boxes = [[line for block in blocks(one) for line in block] for one in text]
    typed = Typed(story.id, actor.id, DraftKind.TEXT, text, draft_id=draft_id)
    return await _add(database, typed, actor, boxes[0], boxes[1], ("characters", "panels"))


async def add_script(database: Database, story: Story, actor: Actor, script: str) -> Added:
    """Add a whole script, as it stands in a file. Characters that are in the cast already, with
    the same description, are left as they are.

    Raises:
        DraftKept, KeptForLater: it is kept.
    """
    async with database.session() as session:
        known = {name_key(one.name) for one in await characters.for_story(session, story.id)}
    cast, lines = halves(script, HOPELESS * DEFAULT_LIMITS.letters, known)
    split = ("\n".join(one.text for one in cast), "\n".join(one.text for one in lines))
    typed = Typed(story.id, actor.id, DraftKind.TEXT, split)
    return await _add(database, typed, actor, cast, lines, (None, None))


async def add_character(
    database: Database,
    story: Story,
    actor: Actor,
    name: str,
    description: str,
    draft_id: int | None = None,
    *,
    reference: str = "",
) -> StoryCharacter:
    """Add one character, with a picture of it (an artifact's key) where there is one, here or with
    the draft that is mended.
    Brackets around the name don't count.

    Raises:
        DraftKept, KeptForLater: it is kept.
    """
    line = character_line(name, description)
    kind = DraftKind.NEW_CHARACTER
    typed = Typed(story.id, actor.id, kind, (line, ""), draft_id=draft_id, single=True)
    async with keeping(database, typed) as session:
        rules.check_belongs(await writers.circle(session, story.id), actor)
        character = parse_character(line)
        reference = reference or await drafts.picture_of(session, draft_id)
        async with history.recorded(session, story.id, actor.id, ChangeKind.CAST_ADDED):
            return await characters.add(
                session, story.id, actor.id, character.name, character.description, reference
            )


def character_line(name: str, description: str) -> str:
    return f"[{name.strip().strip('[]［］').strip()}] {description}"


def cast_of(state: StoryState) -> tuple[Character, ...]:
    return tuple(Character(one.name, one.description, one.reference) for one in state.cast)


async def _add(
    database: Database,
    typed: Typed,
    actor: Actor,
    cast_lines: Sequence[Line],
    panel_lines: Sequence[Line],
    boxes: tuple[str | None, str | None],
) -> Added:
    async with keeping(database, typed) as session:
        circle = await writers.circle(session, typed.story_id)
        kind = ChangeKind.TEXT_ADDED
        async with history.recorded(session, typed.story_id, actor.id, kind) as before:
            parsed = _parse(before, cast_lines, panel_lines, boxes)
            if parsed.errors:
                raise ScriptErrors(parsed.errors)
            rules.check_write(circle, actor, len(parsed.panels))
            if parsed.panels:
                await _pass_turn(session, typed.story_id, circle)
            return await _store(session, typed.story_id, actor.id, parsed)


async def _store(session: AsyncSession, story_id: int, member_id: int, parsed: _Parsed) -> Added:
    return Added(
        tuple(
            [
                await characters.add(session, story_id, member_id, one.name, one.description)
                for one in parsed.newcomers
            ]
        ),
        tuple(
            [
                Understood(await stories.add_panel(session, story_id, member_id, text_of(one)), one)
                for one in parsed.panels
            ]
        ),
    )


async def _pass_turn(session: AsyncSession, story_id: int, circle: Circle) -> None:
    if circle.writers is Writers.TURNS:
        await writers.set_turn(session, story_id, rules.next_turn(circle))


def _parse(
    before: StoryState,
    cast_lines: Sequence[Line],
    panel_lines: Sequence[Line],
    boxes: tuple[str | None, str | None],
) -> _Parsed:
    cast = cast_of(before)
    newcomers, wrong = _read_characters(cast_lines, cast)
    errors = [replace(one, box=boxes[0]) for one in wrong]
    panels, wrong = _read_panels(panel_lines, (*cast, *newcomers))
    errors += [replace(one, box=boxes[1]) for one in wrong]
    if boxes == (None, None) and not panel_lines and not cast_lines:
        errors.append(EmptyScript(line=1))
    count = len(before.panels) + len(panels)
    errors += _too_many(len(cast) + len(newcomers), count, boxes)
    return _Parsed(newcomers, panels, errors)


def _read_characters(
    lines: Iterable[Line], cast: Sequence[Character]
) -> tuple[list[Character], list[ScriptError]]:
    found: list[Character] = []
    errors: list[ScriptError] = []
    for line in lines:
        try:
            one = parse_character(line.text, line.number)
        except ScriptErrors as exc:
            errors += exc.errors
            continue
        if any((one.name, one.description) == (old.name, old.description) for old in cast):
            continue
        if Cast((*cast, *found)).find(one.name) is None:
            found.append(one)
        else:
            number = line.number
            errors.append(DuplicateCharacter(line=number, name=one.name, first_line=number))
    return found, errors


def _read_panels(
    lines: Iterable[Line], cast: tuple[Character, ...]
) -> tuple[list[Panel], list[ScriptError]]:
    found: list[Panel] = []
    errors: list[ScriptError] = []
    for line in lines:
        try:
            found.append(parse_panel(line.text, cast, line.number))
        except ScriptErrors as exc:
            errors += exc.errors
    return found, errors


def _too_many(
    cast: int, panels: int, boxes: tuple[str | None, str | None]
) -> Iterable[ScriptError]:
    if cast > limits.CHARACTERS:
        yield TooManyCharacters(line=1, box=boxes[0], count=cast, limit=limits.CHARACTERS)
    if panels > limits.PANELS:
        yield TooManyPanels(line=1, box=boxes[1], count=panels, limit=limits.PANELS)
