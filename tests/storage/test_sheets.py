"""How characters were drawn is kept with their story and with the server's library."""

from dataclasses import replace

from sqlalchemy import delete

from generation.script.casting import Sheet, sheet_panels
from generation.script.catalogue import Model, Style
from generation.script.story import Character
from storage import artifacts, drafts, library, portraits, sheets
from storage.engine import Database
from storage.tables import StoryRow
from storage.values import DraftKind, Story

GUILD, ADA = 1, 31
TOM = Character("Tom", "a baker")
TOON = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 5.0)
PLAIN = Style("plain", "Plain", "{scene}", "")
SHEET = Sheet("toon", "plain", "a baker", sheet_panels(TOM, TOON, PLAIN, [2**62]))
OTHER = replace(SHEET, looks="an old baker")


async def test_a_story_keeps_the_newest_sheet_of_each_name(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await sheets.remember(session, story.id, {"Tom": OTHER, "Lisa": SHEET})
        await sheets.remember(session, story.id, {"TOM": SHEET})
        assert await sheets.of_story(session, story.id) == {"tom": SHEET, "lisa": SHEET}


async def test_a_new_name_has_the_same_looks_and_so_has_the_old_one(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await sheets.rename(session, story.id, "Tom", "Max")  # never drawn: nothing to keep
        assert await sheets.of_story(session, story.id) == {}
        await sheets.remember(session, story.id, {"Tom": SHEET})
        await sheets.rename(session, story.id, "Tom", "Max")
        found = await sheets.of_story(session, story.id)
    assert found["tom"] == SHEET
    assert [one.characters for one in found["max"].panels] == [("Max",)]
    assert [one.seed for one in found["max"].panels] == [2**62]


async def test_sheets_go_with_their_story(database: Database, story: Story) -> None:
    async with database.session() as session:
        await sheets.remember(session, story.id, {"Tom": SHEET})
        await session.execute(delete(StoryRow).where(StoryRow.id == story.id))
        assert await sheets.of_story(session, story.id) == {}


async def test_a_kept_character_has_its_sheet_and_needs_a_portrait_when_that_changes(
    database: Database,
) -> None:
    async def save(sheet: Sheet | None) -> None:
        await library.save(session, GUILD, ADA, "Tom", "a baker", shared=True, sheet=sheet)

    async with database.session() as session:
        await artifacts.record(session, "a" * 64, "image/jpeg", 1)
        await save(SHEET)
        known = await library.find(session, GUILD, "Tom")
        assert known is not None
        assert known.sheet == SHEET
        await portraits.keep(session, known, "a" * 64)
        await save(SHEET)
        kept = await library.find(session, GUILD, "Tom")
        await save(OTHER)
        changed = await library.find(session, GUILD, "Tom")
    assert kept is not None
    assert changed is not None
    assert (kept.portrait, changed.portrait) == ("a" * 64, "")
    assert changed.sheet == OTHER


async def test_the_picture_of_a_draft_is_not_swept_while_the_draft_is_there(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        await artifacts.record(session, "b" * 64, "image/jpeg", 1)
        draft = await drafts.keep(
            session, story.id, ADA, DraftKind.NEW_CHARACTER, ("[NC] a baker", "")
        )
        assert await drafts.picture_of(session, draft.id) == ""
        await drafts.keep_picture(session, draft.id, "b" * 64)
        assert await drafts.picture_of(session, draft.id) == "b" * 64
        assert await artifacts.sweep(session, "image/jpeg") == []
        await drafts.forget(session, draft.id)
        assert await artifacts.sweep(session, "image/jpeg") == ["b" * 64]
        assert await drafts.picture_of(session, draft.id) == ""
