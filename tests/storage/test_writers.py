import pytest

from storage import drafts, limits, writers
from storage.engine import Database
from storage.errors import LimitReached, NotFound
from storage.values import DraftKind, Story, Writers


async def test_the_circle_is_the_owner_and_the_invited_in_order(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        for member in (9, 7, 8, 7):
            await writers.invite(session, story.id, member)
        await writers.uninvite(session, story.id, 8)
        await writers.set_writers(session, story.id, Writers.TURNS)
        await writers.set_turn(session, story.id, 7)
        circle = await writers.circle(session, story.id)
    assert (circle.owner_id, circle.invited) == (story.owner_id, (9, 7))
    assert (circle.writers, circle.turn_id) == (Writers.TURNS, 7)


async def test_a_story_takes_fifty_invited_writers(database: Database, story: Story) -> None:
    async with database.session() as session:
        for member in range(limits.WRITERS):
            await writers.invite(session, story.id, member)
        with pytest.raises(LimitReached):
            await writers.invite(session, story.id, 999)


async def test_drafts_are_kept_by_member_and_the_oldest_go(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        kept = [
            await drafts.keep(session, story.id, 5, DraftKind.TEXT, ("", f"line {number}"))
            for number in range(limits.DRAFTS + 1)
        ]
        other = await drafts.keep(
            session, story.id, 6, DraftKind.EDITED_LINE, ("", "x"), target_id=3
        )
        with pytest.raises(NotFound):
            await drafts.get(session, kept[0].id)
        assert (await drafts.get(session, kept[1].id)).panels == "line 1"
        again = await drafts.keep(
            session, story.id, 5, DraftKind.TEXT, ("", "better"), draft_id=kept[1].id
        )
        assert (again.id, again.panels) == (kept[1].id, "better")
        await drafts.forget(session, other.id)
        with pytest.raises(NotFound):
            await drafts.get(session, other.id)
