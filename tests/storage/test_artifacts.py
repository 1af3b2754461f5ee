import asyncio
import hashlib
from pathlib import Path

import pytest

from storage import artifacts, attempts, queue, renders
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound, Unavailable
from storage.values import Story

DATA = bytes(range(256)) * 40
KEY = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["path", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    urls = {
        "path": str(tmp_path / "kept"),
        "file": f"file://{tmp_path / 'kept'}",
        "memory": f"memory://{tmp_path.name}",
    }
    return ArtifactStore(urls[request.param])


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_bytes_come_back_by_their_hash(store: ArtifactStore) -> None:
    assert await store.put(DATA, "image/png") == KEY
    assert await store.get(KEY) == DATA
    assert await store.put(b"", "image/png") == hashlib.sha256(b"").hexdigest()


async def test_what_was_never_stored_is_not_found(store: ArtifactStore) -> None:
    with pytest.raises(NotFound):
        await store.get("0" * 64)
    await store.delete("0" * 64)


async def test_deleted_bytes_are_gone(store: ArtifactStore) -> None:
    await store.put(DATA, "image/png")
    await store.delete(KEY)
    with pytest.raises(NotFound):
        await store.get(KEY)


async def test_storing_the_same_bytes_many_times_at_once_stores_them_once(tmp_path: Path) -> None:
    store = ArtifactStore(str(tmp_path))
    keys = await asyncio.gather(*(store.put(DATA, "image/png") for _ in range(8)))
    assert set(keys) == {KEY}
    assert files_below(tmp_path) == [tmp_path / KEY[:2] / KEY]


async def test_damaged_bytes_are_noticed_and_healed_by_storing_them_again(tmp_path: Path) -> None:
    store = ArtifactStore(str(tmp_path))
    await store.put(DATA, "image/png")
    (tmp_path / KEY[:2] / KEY).write_bytes(DATA[:-1] + b"!")
    with pytest.raises(ArtifactDamaged):
        await store.get(KEY)
    await store.put(DATA, "image/png")
    assert await store.get(KEY) == DATA


async def test_only_artifacts_of_that_type_that_nothing_uses_are_swept(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        for _ in range(2):
            await artifacts.record(session, KEY, "x/checkpoint", len(DATA))
        await artifacts.record(session, "b" * 64, "x/checkpoint", 1)
        await artifacts.record(session, "c" * 64, "image/png", 1)
        await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=1,
            channel_id=1,
            user_id=1,
            plan_json="{}",
            steps=9,
        )
        render = await queue.claim(session)
        assert render is not None
        await attempts.save_checkpoint(session, render.id, 1, 1, KEY)
        assert await artifacts.sweep(session, "x/checkpoint") == ["b" * 64]
        await attempts.finish(session, render.id, 1, [], 1)
        assert await artifacts.sweep(session, "x/checkpoint") == [KEY]
        assert await artifacts.sweep(session, "x/checkpoint") == []


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = ArtifactStore(str(tmp_path / "file"))
    with pytest.raises(Unavailable):
        await store.put(DATA, "image/png")
