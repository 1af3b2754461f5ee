import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from storage import characters, limits, states, stories
from storage.engine import Database
from storage.errors import AlreadyExists, LimitReached, NotFound
from storage.tables import StoryPanelRow
from storage.values import Story


async def add_lines(database: Database, story: Story, count: int) -> None:
    async with database.session() as session:
        for number in range(1, count + 1):
            await stories.add_panel(session, story.id, 1, f"line {number}")


async def lines(database: Database, story: Story) -> list[tuple[int, str]]:
    async with database.session() as session:
        return [(one.position, one.text) for one in await stories.panels(session, story.id)]


async def test_a_story_comes_back_as_it_was_stored(database: Database, story: Story) -> None:
    async with database.session() as session:
        found = await stories.get(session, story.id)
    assert found == story
    assert found.created_at.utcoffset() is not None


async def test_a_story_is_found_by_its_thread(database: Database, story: Story) -> None:
    async with database.session() as session:
        await stories.set_thread(session, story.id, 1 << 62)
        found = await stories.by_thread(session, 1 << 62)
        assert found is not None
        assert found.id == story.id
        assert await stories.by_thread(session, 5) is None


async def test_a_draft_is_kept_as_typed_until_the_story_is_filled(
    database: Database, story: Story
) -> None:
    typed = ("[Tom a man\r\n", "\t［Tom］ 走る 🦊\n\n")
    async with database.session() as session:
        assert (await stories.set_draft(session, story.id, typed)).draft == typed
    async with database.session() as session:
        assert (await stories.get(session, story.id)).draft == typed
        await stories.fill(session, story.id, 1, [("Tom", "a man")], ["[Tom] runs"])
        assert (await stories.get(session, story.id)).draft is None


async def test_text_that_no_database_holds_is_stored_with_replacement_characters(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await stories.add_panel(session, story.id, 1, "a\0b\ud800c")
    assert await lines(database, story) == [(1, "a�b�c")]


async def test_the_dialogs_boxes_show_characters_and_panels_one_a_line(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        cast = [("Tom", "a man"), ("Lisa", "")]
        await stories.fill(session, story.id, 1, cast, ["[Tom] runs #Go!", "[Lisa] waits"])
        boxes = await stories.script_parts(session, story.id)
    assert boxes == ("[Tom] a man\n[Lisa]", "[Tom] runs #Go!\n[Lisa] waits")


async def test_filling_keeps_the_authors_of_lines_that_stay(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await stories.add_panel(session, story.id, 7, "stays", source_message_id=99)
        await stories.add_panel(session, story.id, 8, "goes")
        await characters.add(session, story.id, 9, "Tom", "a man")
        await stories.fill(session, story.id, 1, [("Tom", "an old man")], ["new", "stays", "stays"])
        authors = [one.author_id for one in await stories.panels(session, story.id)]
        owners = [one.owner_id for one in await characters.for_story(session, story.id)]
        again = await stories.add_panel(session, story.id, 7, "stays", source_message_id=99)
    assert (authors, owners) == ([1, 7, 1], [9])
    assert again.position == 2


async def test_a_message_becomes_a_panel_only_once(database: Database, story: Story) -> None:
    async def add() -> int:
        async with database.session() as session:
            panel = await stories.add_panel(session, story.id, 1, "hello", source_message_id=5)
            return panel.id

    assert len(set(await asyncio.gather(*(add() for _ in range(8))))) == 1
    assert await lines(database, story) == [(1, "hello")]


async def test_members_who_add_lines_at_the_same_time_lose_nothing(
    database: Database, story: Story
) -> None:
    async def add(number: int) -> None:
        async with database.session() as session:
            await asyncio.sleep(0)
            await stories.add_panel(session, story.id, number, f"line {number}")

    await asyncio.gather(*(add(number) for number in range(30)))
    found = await lines(database, story)
    assert [position for position, _ in found] == list(range(1, 31))
    assert {line for _, line in found} == {f"line {number}" for number in range(30)}


async def test_processes_that_add_lines_at_the_same_time_lose_nothing(
    database: Database, database_url: str, story: Story
) -> None:
    other = Database(database_url)

    async def add(one: Database, number: int) -> None:
        async with one.session() as session:
            await stories.add_panel(session, story.id, number, f"line {number}")

    both = (database, other)
    try:
        await asyncio.gather(*(add(both[number % 2], number) for number in range(20)))
    finally:
        await other.close()
    assert [position for position, _ in await lines(database, story)] == list(range(1, 21))


async def test_removing_a_panel_leaves_no_gap(database: Database, story: Story) -> None:
    await add_lines(database, story, 5)
    async with database.session() as session:
        second = (await stories.panels(session, story.id))[1]
        await states.remove_panel(session, story.id, second.id)
    assert await lines(database, story) == [
        (1, "line 1"),
        (2, "line 3"),
        (3, "line 4"),
        (4, "line 5"),
    ]
    async with database.session() as session:
        with pytest.raises(NotFound):
            await states.remove_panel(session, story.id, second.id)


async def test_adding_and_removing_at_the_same_time_keeps_positions_gapless(
    database: Database, story: Story
) -> None:
    await add_lines(database, story, 10)
    async with database.session() as session:
        ids = [one.id for one in await stories.panels(session, story.id)]

    async def remove(panel_id: int) -> None:
        async with database.session() as session:
            await states.remove_panel(session, story.id, panel_id)

    async def add(number: int) -> None:
        async with database.session() as session:
            await stories.add_panel(session, story.id, 1, f"new {number}")

    await asyncio.gather(*(remove(one) for one in ids[::2]), *(add(number) for number in range(6)))
    assert [position for position, _ in await lines(database, story)] == list(range(1, 12))


async def test_a_story_takes_sixty_panels_and_twelve_characters(
    database: Database, story: Story
) -> None:
    await add_lines(database, story, limits.PANELS)
    async with database.session() as session:
        for number in range(limits.CHARACTERS):
            await characters.add(session, story.id, 1, f"Tom {number}", "a man")
    async with database.session() as session:
        with pytest.raises(LimitReached):
            await stories.add_panel(session, story.id, 1, "one more")
        with pytest.raises(LimitReached):
            await characters.add(session, story.id, 1, "Lisa", "a woman")
        with pytest.raises(LimitReached):
            await stories.fill(session, story.id, 1, [], ["line"] * (limits.PANELS + 1))


async def test_a_line_takes_a_thousand_letters_of_any_script(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await stories.add_panel(session, story.id, 1, "🦊" * limits.LINE_LETTERS)
        with pytest.raises(LimitReached):
            await stories.add_panel(session, story.id, 1, "x" * (limits.LINE_LETTERS + 1))


@pytest.mark.parametrize("spelling", ["Tom", "tom", "ＴＯＭ", " Tom "])
async def test_a_name_is_taken_in_every_spelling(
    database: Database, story: Story, spelling: str
) -> None:
    async with database.session() as session:
        await characters.add(session, story.id, 1, "Tom", "a man")
        with pytest.raises(AlreadyExists):
            await characters.add(session, story.id, 2, spelling, "another man")


async def test_a_failed_change_leaves_nothing_behind(database: Database, story: Story) -> None:
    await add_lines(database, story, 2)

    async def fill() -> None:
        async with database.session() as session:
            await stories.fill(session, story.id, 1, [("Tom", ""), ("tom", "")], ["new"])

    with pytest.raises(AlreadyExists):
        await fill()
    assert await lines(database, story) == [(1, "line 1"), (2, "line 2")]


async def test_ids_of_deleted_panels_are_never_given_again(
    database: Database, story: Story
) -> None:
    await add_lines(database, story, 1)
    async with database.session() as session:
        old = (await stories.panels(session, story.id))[0]
        await states.remove_panel(session, story.id, old.id)
        new = await stories.add_panel(session, story.id, 1, "again")
    assert new.id > old.id


async def test_what_the_code_forgets_the_database_refuses(database: Database, story: Story) -> None:
    async def force(columns: Mapping[str, int | str]) -> None:
        async with database.session() as session:
            change = update(StoryPanelRow).where(StoryPanelRow.position == 2)
            await session.execute(change.values(columns))

    await add_lines(database, story, 2)
    wrong: tuple[Mapping[str, int | str], ...] = (
        {"position": 61},
        {"position": 1},
        {"text": "x" * 1001},
        {"text": ""},
    )
    for columns in wrong:
        with pytest.raises(IntegrityError):
            await force(columns)


async def test_deleting_a_guild_deletes_all_that_is_in_it(database: Database, story: Story) -> None:
    await add_lines(database, story, 2)
    async with database.session() as session:
        await session.execute(text("DELETE FROM guild"))
    async with database.session() as session:
        with pytest.raises(NotFound):
            await stories.get(session, story.id)
        assert await session.scalar(text("SELECT count(*) FROM story_panel")) == 0
