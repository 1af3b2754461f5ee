"""Changing what stands in the story of a thread, taking changes back, and doing them again.

Every change is recorded, whoever makes it. Nothing here knows Discord.
"""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NoSuchLine, NothingToRedo, NothingToUndo, NoTurns, StillNamed
from bot.stories import rules
from bot.stories.adding import Understood, cast_of, character_line
from bot.stories.keeping import Typed, keeping
from bot.stories.rules import Actor
from bot.stories.writing import text_of
from generation.script.names import name_key
from generation.script.parse import parse_character, parse_panel
from generation.script.renaming import names, rename
from generation.script.story import Character
from storage import characters, drafts, history, sheets, states, stories, writers
from storage.deltas import Change, ChangeKind, CharacterRecord, PanelRecord, StoryState
from storage.engine import Database
from storage.errors import NotFound
from storage.values import DraftKind, Story, StoryCharacter, StoryPanel, Writers


async def edit_line(
    database: Database,
    story_id: int,
    actor: Actor,
    panel_id: int,
    line: str,
    draft_id: int | None = None,
) -> Understood:
    """Raises:
    DraftKept, KeptForLater: the text is kept.
    """
    typed = Typed(story_id, actor.id, DraftKind.EDITED_LINE, ("", line), panel_id, draft_id, True)
    async with keeping(database, typed) as session:
        circle = await writers.circle(session, story_id)
        async with history.recorded(session, story_id, actor.id, ChangeKind.LINE_EDITED) as before:
            rules.check_edit(circle, actor, _panel(before, panel_id).author_id)
            read = parse_panel(line, cast_of(before))
            await states.edit_panel(session, story_id, panel_id, text_of(read))
        return Understood(await _now(session, story_id, panel_id), read)


async def move_line(
    database: Database, story_id: int, actor: Actor, panel_id: int, position: int
) -> StoryPanel:
    """The panel in its new place; beyond the end is the end.

    Raises:
        NotYourLine, NotFound
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        async with history.recorded(session, story_id, actor.id, ChangeKind.LINE_MOVED) as before:
            rules.check_edit(circle, actor, _panel(before, panel_id).author_id)
            await states.move_panel(session, story_id, panel_id, position)
        return await _now(session, story_id, panel_id)


async def remove_line(database: Database, story_id: int, actor: Actor, panel_id: int) -> StoryPanel:
    """The panel that was removed. Its author may do that, and whoever made somebody's message a
    panel.

    Raises:
        NotYourLine, NotFound
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        adder = await history.who_added(session, story_id, panel_id)
        async with history.recorded(session, story_id, actor.id, ChangeKind.LINE_REMOVED) as before:
            author = _panel(before, panel_id).author_id
            rules.check_remove(circle, actor, author, adder or author)
            gone = await _now(session, story_id, panel_id)
            await states.remove_panel(session, story_id, panel_id)
    return gone


async def edit_character(
    database: Database,
    story_id: int,
    actor: Actor,
    character_id: int,
    name: str,
    description: str,
    draft_id: int | None = None,
) -> StoryCharacter:
    """Another name or description; lines that name the character follow it to its new name. With
    the picture that came with the draft which is mended.

    Raises:
        DraftKept, KeptForLater: the text is kept.
    """
    line = character_line(name, description)
    kind = DraftKind.EDITED_CHARACTER
    typed = Typed(story_id, actor.id, kind, (line, ""), character_id, draft_id, True)
    async with keeping(database, typed) as session:
        circle = await writers.circle(session, story_id)
        async with history.recorded(session, story_id, actor.id, ChangeKind.CAST_EDITED) as before:
            old = _character(before, character_id)
            rules.check_edit(circle, actor, old.owner_id)
            new = parse_character(line)
            await states.edit_character(session, story_id, character_id, new.name, new.description)
            if picture := await drafts.picture_of(session, draft_id):
                await states.set_reference(session, story_id, character_id, picture)
            if new.name != old.name:
                await _follow(session, story_id, old.name, new.name)
                await sheets.rename(session, story_id, old.name, new.name)
        cast = await characters.for_story(session, story_id)
    return next(one for one in cast if one.id == character_id)


async def remove_character(
    database: Database, story_id: int, actor: Actor, character_id: int, *, anyway: bool = False
) -> CharacterRecord:
    """The character that was removed.

    Raises:
        StillNamed: lines name it (and it isn't to be removed anyway).
        NotYourLine, NotFound
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        async with history.recorded(session, story_id, actor.id, ChangeKind.CAST_REMOVED) as before:
            gone = _character(before, character_id)
            rules.check_remove(circle, actor, gone.owner_id)
            lines = [
                str(number)
                for number, panel in enumerate(before.panels, 1)
                if names(panel.text, gone.name)
            ]
            if lines and not anyway:
                raise StillNamed(story_id, character_id, gone.name, ", ".join(lines))
            await states.remove_character(session, story_id, character_id)
    return gone


async def undo(database: Database, story_id: int, actor: Actor) -> Change:
    """The change that was taken back.

    Raises:
        NothingToUndo
        NotYourLine: another member did it.
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        change = await history.to_undo(session, story_id)
        if change is None:
            raise NothingToUndo
        rules.check_remove(circle, actor, change.actor_id)
        await history.undo(session, change, actor.id)
    return change


async def redo(database: Database, story_id: int, actor: Actor) -> Change:
    """The change that was done again.

    Raises:
        NothingToRedo
        NotYourLine: other members did it and took it back.
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        change = await history.to_redo(session, story_id)
        if change is None:
            raise NothingToRedo
        rules.check_remove(circle, actor, change.actor_id, change.undone_by or change.actor_id)
        await history.redo(session, change)
    return change


async def pass_turn(database: Database, story_id: int, actor: Actor) -> int:
    """Whose turn it is now.

    Raises:
        NoTurns, NotYourTurn
    """
    async with database.session() as session:
        circle = await writers.circle(session, story_id)
        if circle.writers is not Writers.TURNS:
            raise NoTurns
        rules.check_pass(circle, actor)
        async with history.recorded(session, story_id, actor.id, ChangeKind.TURN_PASSED):
            await writers.set_turn(session, story_id, rules.next_turn(circle))
    return rules.next_turn(circle)


async def line_at(database: Database, story: Story, number: int) -> StoryPanel:
    """Raises:
    NoSuchLine
    """
    async with database.session() as session:
        panels = await stories.panels(session, story.id)
    if not 1 <= number <= len(panels):
        raise NoSuchLine(number)
    return panels[number - 1]


async def character_called(database: Database, story: Story, name: str) -> StoryCharacter:
    """The character of that name, in any spelling, with brackets or without.

    Raises:
        NotFound
    """
    async with database.session() as session:
        cast = await characters.for_story(session, story.id)
    key = name_key(name.strip().strip("[]［］"))
    for one in cast:
        if name_key(one.name) == key:
            return one
    raise NotFound("character", name)


async def _follow(session: AsyncSession, story_id: int, old: str, new: str) -> None:
    """Raises:
    ScriptErrors: a line gets too long by the new name.
    """
    state = await states.read(session, story_id)
    cast: tuple[Character, ...] = cast_of(state)
    panels = [
        replace(panel, text=text_of(parse_panel(rename(panel.text, old, new), cast, number)))
        if names(panel.text, old)
        else panel
        for number, panel in enumerate(state.panels, 1)
    ]
    await states.write(session, story_id, state, replace(state, panels=tuple(panels)))


def _panel(state: StoryState, panel_id: int) -> PanelRecord:
    for one in state.panels:
        if one.id == panel_id:
            return one
    raise NotFound("panel", str(panel_id))


def _character(state: StoryState, character_id: int) -> CharacterRecord:
    for one in state.cast:
        if one.id == character_id:
            return one
    raise NotFound("character", str(character_id))


async def _now(session: AsyncSession, story_id: int, panel_id: int) -> StoryPanel:
    found = await stories.panels(session, story_id)
    return next(one for one in found if one.id == panel_id)
