"""The lines of a story as one value, read from and written to their rows."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.names import name_key
from storage import limits
from storage.deltas import CharacterRecord, PanelRecord, StoryState, common_start
from storage.errors import AlreadyExists, NotFound
from storage.statements import check_length
from storage.tables import StoryCharacterRow, StoryPanelRow, StoryRow


async def read(session: AsyncSession, story_id: int) -> StoryState:
    """The state, which nobody else changes until the transaction ends.

    Raises:
        NotFound: there is no such story.
    """
    turn = await session.execute(
        select(StoryRow.turn_id).where(StoryRow.id == story_id).with_for_update()
    )
    found = turn.one_or_none()
    if found is None:
        raise NotFound("story", str(story_id))
    cast = await session.scalars(
        select(StoryCharacterRow)
        .where(StoryCharacterRow.story_id == story_id)
        .order_by(StoryCharacterRow.position)
        .execution_options(populate_existing=True)
    )
    panels = await session.scalars(
        select(StoryPanelRow)
        .where(StoryPanelRow.story_id == story_id)
        .order_by(StoryPanelRow.position)
        .execution_options(populate_existing=True)
    )
    return StoryState(
        tuple(
            CharacterRecord(
                row.id,
                row.owner_id,
                row.name,
                row.description,
                row.created_at,
                row.reference or "",
            )
            for row in cast
        ),
        tuple(
            PanelRecord(row.id, row.author_id, row.text, row.source_message_id, row.created_at)
            for row in panels
        ),
        found.turn_id,
    )


async def write(
    session: AsyncSession, story_id: int, before: StoryState, after: StoryState
) -> None:
    """Make the rows those of `after`, with their old ids. `before` is what they are now."""
    await _write_cast(session, story_id, before.cast, after.cast)
    await _write_panels(session, story_id, before.panels, after.panels)
    if after.turn_id != before.turn_id:
        await session.execute(
            update(StoryRow).where(StoryRow.id == story_id).values(turn_id=after.turn_id)
        )


async def edit_panel(session: AsyncSession, story_id: int, panel_id: int, text: str) -> None:
    """Raises:
    NotFound: the story has no such panel.
    LimitReached: the line is too long.
    """
    check_length("line", text, limits.LINE_LETTERS)
    state = await read(session, story_id)
    at = _index("panel", state.panels, panel_id)
    panels = list(state.panels)
    panels[at] = replace(panels[at], text=text)
    await write(session, story_id, state, replace(state, panels=tuple(panels)))


async def move_panel(session: AsyncSession, story_id: int, panel_id: int, position: int) -> None:
    """Put the panel at a position, from 1; beyond the end is the end.

    Raises:
        NotFound: the story has no such panel.
    """
    state = await read(session, story_id)
    panels = list(state.panels)
    moved = panels.pop(_index("panel", state.panels, panel_id))
    panels.insert(max(1, position) - 1, moved)
    await write(session, story_id, state, replace(state, panels=tuple(panels)))


async def remove_panel(session: AsyncSession, story_id: int, panel_id: int) -> None:
    """Raises:
    NotFound: the story has no such panel.
    """
    state = await read(session, story_id)
    _index("panel", state.panels, panel_id)
    kept = tuple(one for one in state.panels if one.id != panel_id)
    await write(session, story_id, state, replace(state, panels=kept))


async def edit_character(
    session: AsyncSession, story_id: int, character_id: int, name: str, description: str
) -> None:
    """Raises:
    NotFound: the story has no such character.
    AlreadyExists: another character of the story has that name.
    LimitReached: the name or the description is too long.
    """
    check_length("name", name, limits.NAME_LETTERS)
    check_length("line", description, limits.LINE_LETTERS)
    state = await read(session, story_id)
    cast = list(state.cast)
    at = _index("character", state.cast, character_id)
    others = {name_key(one.name) for one in (*cast[:at], *cast[at + 1 :])}
    if name_key(name) in others:
        raise AlreadyExists("character", name)
    cast[at] = replace(cast[at], name=name, description=description)
    await write(session, story_id, state, replace(state, cast=tuple(cast)))


async def set_reference(
    session: AsyncSession, story_id: int, character_id: int, reference: str
) -> None:
    """Give the character that picture (an artifact's key), or none.

    Raises:
        NotFound: the story has no such character.
    """
    state = await read(session, story_id)
    cast = list(state.cast)
    at = _index("character", state.cast, character_id)
    cast[at] = replace(cast[at], reference=reference)
    await write(session, story_id, state, replace(state, cast=tuple(cast)))


async def remove_character(session: AsyncSession, story_id: int, character_id: int) -> None:
    """Raises:
    NotFound: the story has no such character.
    """
    state = await read(session, story_id)
    _index("character", state.cast, character_id)
    kept = tuple(one for one in state.cast if one.id != character_id)
    await write(session, story_id, state, replace(state, cast=kept))


def _index(kind: str, items: Sequence[PanelRecord | CharacterRecord], item_id: int) -> int:
    for at, one in enumerate(items):
        if one.id == item_id:
            return at
    raise NotFound(kind, str(item_id))


async def _write_cast(
    session: AsyncSession,
    story_id: int,
    before: tuple[CharacterRecord, ...],
    after: tuple[CharacterRecord, ...],
) -> None:
    """Rows from the first difference on are made anew: positions and names stay unique."""
    same = common_start(before, after)
    await session.execute(
        delete(StoryCharacterRow).where(
            StoryCharacterRow.story_id == story_id, StoryCharacterRow.position > same
        )
    )
    rows = [
        {
            "id": one.id,
            "story_id": story_id,
            "position": position,
            "owner_id": one.owner_id,
            "name": one.name,
            "name_key": name_key(one.name),
            "description": one.description,
            "reference": one.reference or None,
            "created_at": one.created_at,
        }
        for position, one in enumerate(after[same:], same + 1)
    ]
    if rows:
        await session.execute(insert(StoryCharacterRow), rows)


async def _write_panels(
    session: AsyncSession,
    story_id: int,
    before: tuple[PanelRecord, ...],
    after: tuple[PanelRecord, ...],
) -> None:
    same = common_start(before, after)
    await session.execute(
        delete(StoryPanelRow).where(
            StoryPanelRow.story_id == story_id, StoryPanelRow.position > same
        )
    )
    rows = [
        {
            "id": one.id,
            "story_id": story_id,
            "position": position,
            "author_id": one.author_id,
            "text": one.text,
            "source_message_id": one.source_message_id,
            "created_at": one.created_at,
        }
        for position, one in enumerate(after[same:], same + 1)
    ]
    if rows:
        await session.execute(insert(StoryPanelRow), rows)
