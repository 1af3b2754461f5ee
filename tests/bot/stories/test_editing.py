"""Lines and characters are changed, moved and removed; each change can be taken back."""

import pytest

from bot.errors import (
    DraftKept,
    KeptForLater,
    NoSuchLine,
    NothingToRedo,
    NothingToUndo,
    NoTurns,
    NotYourLine,
    StillNamed,
)
from bot.locales.words import Words, read_catalogue
from bot.stories.adding import add_character, add_line, add_text
from bot.stories.editing import (
    character_called,
    edit_character,
    edit_line,
    line_at,
    move_line,
    pass_turn,
    redo,
    remove_character,
    remove_line,
    undo,
)
from bot.stories.rules import Actor
from bot.stories.telling import change_text, history_text
from storage import drafts, history, writers
from storage.engine import Database
from storage.errors import NotFound
from storage.values import DraftKind, Story, Writers
from tests.bot.stories.conftest import ADA, BEN, parts

MODERATOR = Actor(9, moderates=True)
CHLOE = Actor(33)


@pytest.fixture
def words() -> Words:
    return read_catalogue().words("en")


async def lines(database: Database, story: Story) -> str:
    return (await parts(database, story))[1]


async def add(database: Database, story: Story, *texts: str) -> list[int]:
    """Ben's lines; their ids."""
    return [(await add_line(database, story, BEN, text)).panel.id for text in texts]


async def test_a_line_is_changed_by_its_author_and_by_the_owner_alone(
    database: Database, thread: Story
) -> None:
    [line] = await add(database, thread, "[Tom] waves")
    changed = await edit_line(database, thread.id, BEN, line, "[Tom] runs")
    assert (changed.panel.id, changed.panel.text) == (line, "[Tom] runs")
    changed = await edit_line(database, thread.id, ADA, line, "[Tom] rests #Uff")
    assert changed.panel.author_id == BEN.id
    for actor in (CHLOE, MODERATOR):
        with pytest.raises(KeptForLater) as caught:
            await edit_line(database, thread.id, actor, line, "[Tom] dies")
        assert isinstance(caught.value.cause, NotYourLine)
    assert await lines(database, thread) == "[Tom] rests #Uff"


async def test_a_changed_line_with_a_mistake_is_kept_for_that_line(
    database: Database, thread: Story
) -> None:
    [line] = await add(database, thread, "[Tom] waves")
    with pytest.raises(DraftKept) as caught:
        await edit_line(database, thread.id, BEN, line, "[Tim] waves")
    assert caught.value.draft_id is not None
    async with database.session() as session:
        draft = await drafts.get(session, caught.value.draft_id)
    assert (draft.kind, draft.target_id) == (DraftKind.EDITED_LINE, line)
    assert await lines(database, thread) == "[Tom] waves"


async def test_the_new_text_of_a_line_that_is_gone_is_kept(
    database: Database, thread: Story
) -> None:
    [line] = await add(database, thread, "[Tom] waves")
    await remove_line(database, thread.id, BEN, line)
    with pytest.raises(KeptForLater) as caught:
        await edit_line(database, thread.id, BEN, line, "[Tom] runs")
    assert isinstance(caught.value.cause, NotFound)
    assert caught.value.line == "[Tom] runs"


async def test_lines_are_moved_and_removed_by_those_who_may(
    database: Database, thread: Story
) -> None:
    first, second, third = await add(database, thread, "[Tom] a", "[Tom] b", "[Tom] c")
    assert (await move_line(database, thread.id, BEN, first, 9)).position == 3
    assert await lines(database, thread) == "[Tom] b\n[Tom] c\n[Tom] a"
    with pytest.raises(NotYourLine):
        await move_line(database, thread.id, MODERATOR, first, 1)
    with pytest.raises(NotYourLine):
        await remove_line(database, thread.id, CHLOE, second)
    assert (await remove_line(database, thread.id, MODERATOR, third)).position == 2
    assert await lines(database, thread) == "[Tom] b\n[Tom] a"


async def test_who_made_somebodys_message_a_line_may_remove_it_and_so_may_its_author(
    database: Database, thread: Story
) -> None:
    for actor in (BEN, CHLOE):
        line = await add_line(
            database, thread, BEN, "[Tom] waves", author_id=CHLOE.id, message_id=actor.id
        )
        assert line.panel.author_id == CHLOE.id
        await remove_line(database, thread.id, actor, line.panel.id)
    assert await lines(database, thread) == ""


async def test_lines_follow_a_character_to_its_new_name(database: Database, thread: Story) -> None:
    tim = await add_character(database, thread, BEN, "Tim", "his brother")
    await add(database, thread, "[Tim] and [Tom] wave #Tim: Hi! | tim: Ho! | Timothy: Tim?")
    await edit_character(database, thread.id, BEN, tim.id, "[Max]", "his cousin")
    assert await parts(database, thread) == (
        "[Tom] a baker\n[Max] his cousin",
        "[Max] and [Tom] wave #Max: Hi! | Max: Ho! | Timothy: Tim?",
    )
    await undo(database, thread.id, BEN)
    assert (await lines(database, thread)).startswith("[Tim] and [Tom] wave #Tim: Hi!")


async def test_a_name_that_makes_a_line_too_long_is_refused_with_that_line(
    database: Database, thread: Story
) -> None:
    await add(database, thread, "[Tom] waves", "[Tom] " + "x" * 990)
    tom = await character_called(database, thread, "tom")
    with pytest.raises(DraftKept) as caught:
        await edit_character(database, thread.id, ADA, tom.id, "Tom the tall", "a baker")
    assert [one.line for one in caught.value.errors] == [2]
    assert await parts(database, thread) == ("[Tom] a baker", await lines(database, thread))


async def test_who_removes_a_character_is_told_the_lines_that_name_it(
    database: Database, thread: Story
) -> None:
    await add(database, thread, "[Tom] waves", "rain [NC]", "rain [NC] #Tom: Brr!")
    tom = await character_called(database, thread, "[TOM]")
    with pytest.raises(StillNamed) as caught:
        await remove_character(database, thread.id, ADA, tom.id)
    assert (caught.value.name, caught.value.numbers) == ("Tom", "1, 3")
    with pytest.raises(NotYourLine):
        await remove_character(database, thread.id, BEN, tom.id, anyway=True)
    await remove_character(database, thread.id, ADA, tom.id, anyway=True)
    assert (await parts(database, thread))[0] == ""
    with pytest.raises(NotFound):
        await character_called(database, thread, "Tom")


async def test_members_take_back_their_own_changes_and_moderators_all(
    database: Database, thread: Story
) -> None:
    with pytest.raises(NothingToUndo):
        await undo(database, thread.id, ADA)
    await add(database, thread, "[Tom] a", "[Tom] b")
    with pytest.raises(NotYourLine):
        await undo(database, thread.id, CHLOE)
    await undo(database, thread.id, BEN)
    await undo(database, thread.id, MODERATOR)
    assert await lines(database, thread) == ""
    await redo(database, thread.id, BEN)
    await redo(database, thread.id, ADA)
    assert await lines(database, thread) == "[Tom] a\n[Tom] b"
    with pytest.raises(NothingToRedo):
        await redo(database, thread.id, ADA)


async def test_taking_a_line_back_gives_the_turn_back(database: Database, thread: Story) -> None:
    with pytest.raises(NoTurns):
        await pass_turn(database, thread.id, ADA)
    async with database.session() as session:
        await writers.set_writers(session, thread.id, Writers.TURNS)
        await writers.invite(session, thread.id, BEN.id)
    await add_line(database, thread, ADA, "[Tom] waves")
    await undo(database, thread.id, ADA)
    await add_line(database, thread, ADA, "[Tom] runs")
    assert await pass_turn(database, thread.id, BEN) == ADA.id
    await undo(database, thread.id, BEN)
    await add_line(database, thread, BEN, "[Tom] rests")


async def test_lines_are_found_by_number(database: Database, thread: Story) -> None:
    await add(database, thread, "[Tom] a", "[Tom] b")
    assert (await line_at(database, thread, 2)).text == "[Tom] b"
    for number in (0, 3):
        with pytest.raises(NoSuchLine):
            await line_at(database, thread, number)


async def test_the_history_says_who_did_what(
    database: Database, thread: Story, words: Words
) -> None:
    first, second = await add(database, thread, "[Tom] *waves*", "[Tom] b")
    await edit_line(database, thread.id, BEN, second, "[Tom] c")
    await move_line(database, thread.id, ADA, first, 2)
    await move_line(database, thread.id, ADA, first, 1)
    tim = await add_character(database, thread, CHLOE, "Tim", "his brother")
    await edit_character(database, thread.id, CHLOE, tim.id, "Tim", "his cousin")
    await add_text(database, thread, BEN, ("[Lisa] a nurse", "[Lisa] waves\n[Lisa] runs"))
    await remove_character(database, thread.id, CHLOE, tim.id)
    await remove_line(database, thread.id, BEN, first)
    await undo(database, thread.id, ADA)
    async with database.session() as session:
        entries = await history.newest(session, thread.id, 20)
    assert [change_text(one, words) for one in reversed(entries)] == [
        r"added line 1: [Tom] \*waves\*",
        "added line 2: [Tom] b",
        "changed line 2 from “[Tom] b” to “[Tom] c”",
        "moved line 1 to 2",
        "moved line 1 to 2",
        "added the character Tim",
        "changed the character Tim",
        "added a script: characters 1, lines 2",
        "removed the character Tim",
        r"removed line 1: [Tom] \*waves\*",
    ]
    told = history_text(entries, words).splitlines()
    assert told[1].endswith(f"~~ (taken back by <@{ADA.id}>)")
    assert f"<@{BEN.id}> added line 1" in told[-1]
