"""What members add to a thread's story is checked, recorded, and kept whatever happens."""

import asyncio

import pytest

from bot.errors import DraftKept, KeptForLater, NotInvited, NotYourTurn, OneLineATurn
from bot.stories.adding import add_character, add_line, add_script, add_text
from generation.script.errors import (
    BadCharacterLine,
    DuplicateCharacter,
    EmptyScript,
    TooManyPanels,
    UnknownCharacter,
)
from storage import drafts, stories, writers
from storage.engine import Database
from storage.errors import AlreadyExists, LimitReached
from storage.values import Draft, DraftKind, Story, Writers
from tests.bot.stories.conftest import ADA, BEN, parts


async def kept(database: Database, error: DraftKept | KeptForLater) -> Draft:
    assert error.draft_id is not None
    async with database.session() as session:
        return await drafts.get(session, error.draft_id)


async def rule(database: Database, story: Story, who: Writers) -> None:
    async with database.session() as session:
        await writers.set_writers(session, story.id, who)


async def test_a_line_is_added_as_it_was_understood(database: Database, thread: Story) -> None:
    line = await add_line(database, thread, BEN, "[tom]waves # Tom: Hi! | Later")
    assert (line.panel.text, line.panel.author_id) == ("[Tom]waves #Tom: Hi! | Later", BEN.id)
    assert line.read.names == ("Tom",)
    assert [(one.speaker, one.text) for one in line.read.lettering] == [
        ("Tom", "Hi!"),
        (None, "Later"),
    ]


async def test_a_line_with_an_unknown_name_is_kept_with_the_nearest_name(
    database: Database, thread: Story
) -> None:
    with pytest.raises(DraftKept) as caught:
        await add_line(database, thread, BEN, "[Tim] waves")
    assert caught.value.errors == (UnknownCharacter(line=1, name="Tim", nearest="Tom"),)
    draft = await kept(database, caught.value)
    assert (draft.member_id, draft.kind, draft.panels) == (BEN.id, DraftKind.TEXT, "[Tim] waves")


async def test_two_members_mistakes_do_not_overwrite_each_other(
    database: Database, thread: Story
) -> None:
    drafted = []
    for actor, text in ((ADA, "[Tim] waves"), (BEN, "[Lisa] waves")):
        with pytest.raises(DraftKept) as caught:
            await add_line(database, thread, actor, text)
        drafted.append((await kept(database, caught.value)).panels)
    assert drafted == ["[Tim] waves", "[Lisa] waves"]


async def test_who_may_not_write_loses_nothing(database: Database, thread: Story) -> None:
    await rule(database, thread, Writers.OWNER)
    with pytest.raises(KeptForLater) as caught:
        await add_line(database, thread, BEN, "[Tom] waves")
    assert isinstance(caught.value.cause, NotInvited)
    assert (await kept(database, caught.value)).panels == "[Tom] waves"
    assert await parts(database, thread) == ("[Tom] a baker", "")


async def test_members_take_turns_of_one_line(database: Database, thread: Story) -> None:
    await rule(database, thread, Writers.TURNS)
    async with database.session() as session:
        await writers.invite(session, thread.id, BEN.id)
    with pytest.raises(KeptForLater) as early:
        await add_line(database, thread, BEN, "[Tom] waves")
    assert isinstance(early.value.cause, NotYourTurn)
    with pytest.raises(KeptForLater) as many:
        await add_text(database, thread, ADA, ("", "[Tom] waves\n[Tom] runs"))
    assert isinstance(many.value.cause, OneLineATurn)
    await add_line(database, thread, ADA, "[Tom] waves")
    await add_line(database, thread, BEN, "[Tom] runs")
    await add_text(database, thread, ADA, ("", "[Tom] rests"))
    assert (await parts(database, thread))[1] == "[Tom] waves\n[Tom] runs\n[Tom] rests"


async def test_of_two_lines_in_one_turn_one_is_kept_for_later(
    database: Database, thread: Story
) -> None:
    await rule(database, thread, Writers.TURNS)
    async with database.session() as session:
        await writers.invite(session, thread.id, BEN.id)
    outcomes = await asyncio.gather(
        *(add_line(database, thread, ADA, f"[Tom] waves {number}") for number in range(2)),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, KeptForLater) for one in outcomes) == [False, True]


async def test_a_message_becomes_a_line_once_also_where_turns_are_taken(
    database: Database, thread: Story
) -> None:
    await rule(database, thread, Writers.TURNS)
    async with database.session() as session:
        await writers.invite(session, thread.id, BEN.id)
    first = await add_line(database, thread, ADA, "[Tom] waves", author_id=7, message_id=99)
    again = await add_line(database, thread, ADA, "[Tom] waves", author_id=7, message_id=99)
    assert first.panel == again.panel
    assert first.panel.author_id == 7
    async with database.session() as session:
        assert (await writers.circle(session, thread.id)).turn_id == BEN.id


async def test_several_lines_are_added_together_and_see_the_new_cast(
    database: Database, thread: Story
) -> None:
    added = await add_text(database, thread, BEN, ("[Tim] his brother", "[Tim] waves\n[Tom] too"))
    assert [one.name for one in added.characters] == ["Tim"]
    assert [(one.panel.position, one.panel.author_id) for one in added.lines] == [
        (1, BEN.id),
        (2, BEN.id),
    ]


async def test_one_mistake_keeps_all_lines_out_and_each_mistake_names_its_box(
    database: Database, thread: Story
) -> None:
    text = ("[tom] again\n[Tim] his brother", "[Tim] waves\n\n[Bob] waves")
    with pytest.raises(DraftKept) as caught:
        await add_text(database, thread, BEN, text)
    assert [(type(one), one.box, one.line) for one in caught.value.errors] == [
        (DuplicateCharacter, "characters", 1),
        (UnknownCharacter, "panels", 3),
    ]
    assert await parts(database, thread) == ("[Tom] a baker", "")
    draft = await kept(database, caught.value)
    assert (draft.characters, draft.panels) == text


async def test_a_mended_text_is_no_draft_any_more(database: Database, thread: Story) -> None:
    with pytest.raises(DraftKept) as caught:
        await add_text(database, thread, BEN, ("", "[Tim] waves"))
    first = caught.value.draft_id
    with pytest.raises(DraftKept) as caught:
        await add_text(database, thread, BEN, ("", "[Tam] waves"), first)
    assert caught.value.draft_id == first
    assert (await kept(database, caught.value)).panels == "[Tam] waves"
    await add_text(database, thread, BEN, ("", "[Tom] waves"), first)
    with pytest.raises(Exception, match="draft"):
        await kept(database, caught.value)


async def test_more_lines_than_fit_are_kept(database: Database, thread: Story) -> None:
    await add_text(database, thread, BEN, ("", "\n".join(["[Tom] bakes"] * 58)))
    text = ("", "[Tom] rests\n[Tom] eats\n[Tom] sleeps")
    with pytest.raises(DraftKept) as caught:
        await add_text(database, thread, BEN, text)
    (error,) = caught.value.errors
    assert isinstance(error, TooManyPanels)
    assert (error.count, error.limit) == (61, 60)
    assert (await kept(database, caught.value)).panels == text[1]
    async with database.session() as session:
        assert len(await stories.panels(session, thread.id)) == 58


async def test_a_line_too_many_is_kept(database: Database, thread: Story) -> None:
    await add_text(database, thread, BEN, ("", "\n".join(["[Tom] bakes"] * 60)))
    with pytest.raises(KeptForLater) as caught:
        await add_line(database, thread, BEN, "[Tom] rests")
    assert isinstance(caught.value.cause, LimitReached)


async def test_a_script_brings_its_cast_and_leaves_who_is_there_alone(
    database: Database, thread: Story
) -> None:
    script = "[Tom] a baker\n[Tim] his brother\n\n[Tom] waves\n[Tim] and [Tom] laugh #Ha!\n"
    added = await add_script(database, thread, BEN, script)
    assert [one.name for one in added.characters] == ["Tim"]
    assert (await parts(database, thread))[1] == "[Tom] waves\n[Tim] and [Tom] laugh #Ha!"


async def test_a_script_of_lines_alone_is_for_the_cast_that_is_there(
    database: Database, thread: Story
) -> None:
    added = await add_script(database, thread, BEN, "[Tom] waves\n[Tom] sleeps\n")
    assert (len(added.characters), len(added.lines)) == (0, 2)


async def test_mistakes_in_a_script_are_told_by_the_lines_of_the_file(
    database: Database, thread: Story
) -> None:
    with pytest.raises(DraftKept) as caught:
        await add_script(database, thread, BEN, "[Tom] a tall baker\n\n[Tom] waves\n\n[Bo] runs")
    assert [(type(one), one.box, one.line) for one in caught.value.errors] == [
        (DuplicateCharacter, None, 1),
        (UnknownCharacter, None, 5),
    ]
    with pytest.raises(DraftKept) as empty:
        await add_script(database, thread, BEN, "\n \n")
    assert [type(one) for one in empty.value.errors] == [EmptyScript]


@pytest.mark.parametrize("name", ["Tim", "[Tim]", "［Tim］", " [ Tim ] "])
async def test_brackets_around_a_new_name_do_not_count(
    database: Database, thread: Story, name: str
) -> None:
    assert (await add_character(database, thread, BEN, name, "his brother")).name == "Tim"


async def test_a_taken_name_or_a_hopeless_one_is_refused_and_kept(
    database: Database, thread: Story
) -> None:
    with pytest.raises(KeptForLater) as taken:
        await add_character(database, thread, BEN, "TOM", "his brother")
    assert isinstance(taken.value.cause, AlreadyExists)
    assert (await kept(database, taken.value)).characters == "[TOM] his brother"
    with pytest.raises(DraftKept) as hopeless:
        await add_character(database, thread, BEN, "[NC]", "nobody")
    assert isinstance(hopeless.value.errors[0], BadCharacterLine)
    assert (await kept(database, hopeless.value)).kind is DraftKind.NEW_CHARACTER
