"""Every change can be taken back and done again, exactly."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import artifacts, characters, history, states, stories, writers
from storage.deltas import ChangeKind, ChangeState, Splice, StoryState
from storage.engine import Database
from storage.errors import AlreadyExists, NotFound
from storage.values import Story

ADA, BEN = 31, 32
LISTS = st.lists(st.integers(0, 4), max_size=8).map(tuple)


@given(LISTS, LISTS)
def test_a_splice_leads_there_and_its_inverse_back(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    splice = Splice.between(before, after)
    assert splice.apply(before) == after
    assert splice.inverse().apply(after) == before


def test_a_splice_refuses_items_it_was_not_made_for() -> None:
    with pytest.raises(ValueError, match="not those"):
        Splice.between(("a", "b"), ("a", "c")).apply(("a", "d"))


async def now(database: Database, story: Story) -> StoryState:
    async with database.session() as session:
        return await states.read(session, story.id)


async def add(database: Database, story: Story, text: str, actor: int = ADA) -> None:
    async with (
        database.session() as session,
        history.recorded(session, story.id, actor, ChangeKind.LINE_ADDED),
    ):
        await stories.add_panel(session, story.id, actor, text)


async def undo(database: Database, story: Story) -> bool:
    async with database.session() as session:
        change = await history.to_undo(session, story.id)
        if change:
            await history.undo(session, change, BEN)
    return change is not None


async def redo(database: Database, story: Story) -> bool:
    async with database.session() as session:
        change = await history.to_redo(session, story.id)
        if change:
            await history.redo(session, change)
    return change is not None


async def something(database: Database, story: Story, chance: random.Random) -> None:
    """One random change of any kind."""
    before = await now(database, story)
    kind = chance.choice(list(ChangeKind))
    async with database.session() as session, history.recorded(session, story.id, ADA, kind):
        match kind:
            case ChangeKind.LINE_EDITED | ChangeKind.LINE_MOVED | ChangeKind.LINE_REMOVED if (
                before.panels
            ):
                panel = chance.choice(before.panels).id
                if kind is ChangeKind.LINE_EDITED:
                    await states.edit_panel(session, story.id, panel, str(chance.random()))
                elif kind is ChangeKind.LINE_MOVED:
                    await states.move_panel(session, story.id, panel, chance.randint(1, 9))
                else:
                    await states.remove_panel(session, story.id, panel)
            case ChangeKind.CAST_REMOVED | ChangeKind.CAST_EDITED if before.cast:
                one = chance.choice(before.cast).id
                if kind is ChangeKind.CAST_REMOVED:
                    await states.remove_character(session, story.id, one)
                else:
                    name = f"New {chance.random()}"
                    await states.edit_character(session, story.id, one, name, "older")
            case ChangeKind.PICTURE_CHANGED if before.cast:
                key = chance.choice("0123456789") * 64
                await artifacts.record(session, key, "image/jpeg", 7)
                await states.set_reference(session, story.id, chance.choice(before.cast).id, key)
            case ChangeKind.CAST_ADDED if len(before.cast) < 12:
                await characters.add(session, story.id, BEN, f"Tom {chance.random()}", "a man")
            case ChangeKind.TURN_PASSED:
                await writers.set_turn(session, story.id, chance.choice((ADA, BEN)))
            case _:
                number = chance.choice((None, chance.getrandbits(60)))
                await stories.add_panel(session, story.id, BEN, "a line", number)


@pytest.mark.parametrize("seed", range(4))
async def test_undo_and_redo_restore_every_state_exactly(
    database: Database, story: Story, seed: int
) -> None:
    chance = random.Random(seed)
    known = [await now(database, story)]
    for _ in range(25):
        await something(database, story, chance)
        state = await now(database, story)
        if state != known[-1]:
            known.append(state)
    for state in known[-2::-1]:
        assert await undo(database, story)
        assert await now(database, story) == state
    assert not await undo(database, story)
    for state in known[1:]:
        assert await redo(database, story)
        assert await now(database, story) == state
    assert not await redo(database, story)


async def test_who_writes_after_an_undo_ends_what_could_be_redone(
    database: Database, story: Story
) -> None:
    await add(database, story, "one")
    await add(database, story, "two")
    await undo(database, story)
    await add(database, story, "three", BEN)
    assert not await redo(database, story)
    async with database.session() as session:
        entries = await history.newest(session, story.id, 10)
    assert [(one.actor_id, one.state, one.undone_by) for one in entries] == [
        (BEN, ChangeState.DONE, None),
        (ADA, ChangeState.DROPPED, BEN),
        (ADA, ChangeState.DONE, None),
    ]
    assert [one.text for one in (await now(database, story)).panels] == ["one", "three"]


async def test_what_changes_nothing_is_no_change(database: Database, story: Story) -> None:
    async with (
        database.session() as session,
        history.recorded(session, story.id, ADA, ChangeKind.LINE_MOVED),
    ):
        pass
    assert not await undo(database, story)
    async with database.session() as session:
        assert (await stories.get(session, story.id)).revision == story.revision


async def test_every_change_raises_the_revision_that_the_card_shows(
    database: Database, story: Story
) -> None:
    await add(database, story, "one")
    await undo(database, story)
    async with database.session() as session:
        await stories.set_thread(session, story.id, 99)
        changed = await stories.get(session, story.id)
        assert changed.revision == story.revision + 3
        assert [one.id for one in await stories.with_stale_cards(session)] == [story.id]
        await stories.card_shown(session, story.id, 7, changed.revision)
        assert await stories.with_stale_cards(session) == []
        assert (await stories.get(session, story.id)).card_message_id == 7


async def test_a_panel_moves_to_a_place_or_to_the_end(database: Database, story: Story) -> None:
    for text in "abcd":
        await add(database, story, text)
    panels = (await now(database, story)).panels
    async with database.session() as session:
        await states.move_panel(session, story.id, panels[0].id, 3)
        await states.move_panel(session, story.id, panels[1].id, 99)
        found = await stories.panels(session, story.id)
        assert [(one.position, one.text) for one in found] == [
            (1, "c"),
            (2, "a"),
            (3, "d"),
            (4, "b"),
        ]
        with pytest.raises(NotFound):
            await states.move_panel(session, story.id, 999, 1)


async def test_a_character_is_renamed_to_a_free_name_only(database: Database, story: Story) -> None:
    async with database.session() as session:
        tom = await characters.add(session, story.id, ADA, "Tom", "a man")
        await characters.add(session, story.id, ADA, "Lisa", "a woman")
        with pytest.raises(AlreadyExists):
            await states.edit_character(session, story.id, tom.id, "LISA", "a man")
        await states.edit_character(session, story.id, tom.id, "TOM", "an old man")
        cast = await characters.for_story(session, story.id)
    assert (cast[0].id, cast[0].name, cast[0].description) == (tom.id, "TOM", "an old man")
