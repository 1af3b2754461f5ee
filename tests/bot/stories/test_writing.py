"""What members write is checked and kept, on both databases."""

import pytest

from bot.errors import DraftKept
from bot.stories.writing import rewrite_comic, title_of, write_comic
from generation.script.errors import BadCharacterLine, EmptyScript
from storage import stories
from storage.engine import Database
from storage.values import Story

ADA = 31


async def comic(database: Database, cast: str, panels: str) -> Story:
    return await write_comic(
        database,
        guild_id=1,
        channel_id=2,
        owner_id=ADA,
        title="Rain",
        style="comic",
        text=(cast, panels),
    )


async def parts(database: Database, story: Story) -> tuple[str, str]:
    async with database.session() as session:
        return await stories.script_parts(session, story.id)


async def draft(database: Database, story_id: int) -> tuple[str, str] | None:
    async with database.session() as session:
        return (await stories.get(session, story_id)).draft


async def test_a_comic_is_stored_line_by_line(database: Database) -> None:
    story = await comic(database, "[Tom]a baker", "[tom] kneads # Again...\n\nrain [NC]")
    assert await parts(database, story) == ("[Tom] a baker", "[Tom] kneads #Again...\nrain [NC]")


async def test_a_comic_with_mistakes_is_stored_as_it_was_typed(database: Database) -> None:
    with pytest.raises(DraftKept) as caught:
        await comic(database, "Tom, a baker", "")
    assert [type(one) for one in caught.value.errors] == [BadCharacterLine, EmptyScript]
    assert await draft(database, caught.value.story_id) == ("Tom, a baker", "")


async def test_a_rewritten_comic_replaces_the_text_and_drops_the_draft(database: Database) -> None:
    with pytest.raises(DraftKept) as caught:
        await comic(database, "", "[Tom] waves")
    text = ("[Tom] a baker", "[Tom] waves")
    story = await rewrite_comic(
        database, caught.value.story_id, owner_id=ADA, title=None, text=text
    )
    assert story.draft is None
    assert await parts(database, story) == text


async def test_a_failed_rewrite_leaves_the_story_as_it_was_but_for_its_title(
    database: Database,
) -> None:
    story = await comic(database, "[Tom] a baker", "[Tom] waves")
    with pytest.raises(DraftKept):
        await rewrite_comic(database, story.id, owner_id=ADA, title="Sun", text=("", "[Tom] runs"))
    assert await parts(database, story) == ("[Tom] a baker", "[Tom] waves")
    assert await draft(database, story.id) == ("", "[Tom] runs")
    async with database.session() as session:
        assert (await stories.get(session, story.id)).title == "Sun"


@pytest.mark.parametrize(
    ("title", "cast", "expected"),
    [
        ("Rain", "[Tom] a baker", "Rain"),
        ("", "[Tom] a baker\n［Lisa］她", "Tom, Lisa"),
        ("", "Tom, a baker", "Untitled"),
        (" ", "[ ] nobody", "Untitled"),
        ("", "[A] a\n[B] b\n[C] c\n[D] d", "A, B, C"),
        ("x" * 200, "", "x" * 80),
    ],
)
def test_a_story_is_called_by_its_title_or_after_its_cast(
    title: str, cast: str, expected: str
) -> None:
    assert title_of(title, cast, "Untitled") == expected
