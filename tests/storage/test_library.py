import pytest

from storage import library, limits
from storage.engine import Database
from storage.errors import LimitReached, NotFound

GUILD, ADA, BEN = 1, 31, 32


async def test_a_character_is_kept_under_one_name_and_renewed_by_its_owner_alone(
    database: Database,
) -> None:
    async with database.session() as session:
        first = await library.save(session, GUILD, ADA, "Tom", "a baker", shared=True)
        again = await library.save(session, GUILD, ADA, "TOM", "an old baker", shared=False)
        taken = await library.save(session, GUILD, BEN, "tom", "another", shared=True)
        other = await library.save(session, 2, BEN, "Tom", "elsewhere", shared=True)
        found = await library.all_of(session, GUILD)
    assert first is not None
    assert again is not None
    assert other is not None
    assert taken is None
    assert [(one.id, one.name, one.description, one.shared) for one in found] == [
        (first.id, "TOM", "an old baker", False)
    ]


async def test_the_library_of_a_server_is_full_one_day(database: Database) -> None:
    async with database.session() as session:
        for number in range(limits.SAVED_CHARACTERS):
            await library.save(session, GUILD, ADA, f"Tom {number}", "a baker", shared=True)
        with pytest.raises(LimitReached):
            await library.save(session, GUILD, ADA, "One more", "a baker", shared=True)
        known = await library.save(session, GUILD, ADA, "Tom 1", "older", shared=True)
        assert known is not None
        await library.forget(session, known.id)
        with pytest.raises(NotFound):
            await library.forget(session, known.id)
        assert await library.find(session, GUILD, "Tom 1") is None
