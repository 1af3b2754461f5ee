import pytest

from bot import patience
from bot.patience import persistently
from storage.errors import NotFound, Unavailable


async def test_storage_that_comes_back_gets_what_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    tries = []

    async def write() -> str:
        tries.append(1)
        if len(tries) < 4:
            raise Unavailable("starting up")
        return "written"

    assert await persistently("write", write) == "written"
    assert len(tries) == 4


async def test_other_errors_are_not_repeated() -> None:
    async def write() -> None:
        raise NotFound("render", "1")

    with pytest.raises(NotFound):
        await persistently("write", write)
