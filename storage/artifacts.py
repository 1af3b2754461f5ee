"""Artifacts: image bytes and checkpoints by their content hash, in a folder or an object store."""

import asyncio
import hashlib
import os
import secrets
from pathlib import Path

import fsspec.core
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.errors import ArtifactDamaged, NotFound, Unavailable
from storage.statements import insert_into
from storage.tables import (
    ArtifactRow,
    DraftRow,
    PostRow,
    RenderedPanelRow,
    RenderRow,
    SavedCharacterRow,
    StoryCharacterRow,
    TakeRow,
)
from storage.values import Artifact


class ArtifactStore:
    """Files named by the SHA-256 of their content, in 256 folders.

    `url` is anything fsspec knows: a path, `file:///path`, `memory://name`, `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        """Raises:
        Unavailable: fsspec doesn't know such places, or lacks a package for them.
        """
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as exc:
            raise Unavailable(f"pictures can't be kept at {url!r}: {exc}") from exc

    async def put(self, data: bytes, media_type: str) -> str:
        """Store bytes, whole or not at all, and return their key. Storing them again changes
        nothing. (`media_type` belongs into the artifact's row: see `record`.)

        Raises:
            Unavailable: they can't be written, for example because the disk is full.
        """
        try:
            return await asyncio.to_thread(self._put, data)
        except OSError as exc:
            raise Unavailable(str(exc)) from exc

    async def get(self, key: str) -> bytes:
        """Raises:
        NotFound: no such artifact is stored.
        ArtifactDamaged: what is stored is not what was put.
        Unavailable: it can't be read.
        """
        try:
            return await asyncio.to_thread(self._get, key)
        except OSError as exc:
            raise Unavailable(str(exc)) from exc

    async def delete(self, key: str) -> None:
        """Forget the bytes of a row that `sweep` has deleted. Unknown keys are ignored."""
        await asyncio.to_thread(self._delete, key)

    def _put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        if self._files.exists(path) and self._files.cat_file(path) == data:
            return key
        if isinstance(self._files, LocalFileSystem):
            _write_durably(Path(path), data)
        else:  # object stores make an object visible only when it is complete
            self._files.pipe_file(path, data)
        return key

    def _get(self, key: str) -> bytes:
        try:
            data: bytes = self._files.cat_file(self._path(key))
        except FileNotFoundError as exc:
            raise NotFound("artifact", key) from exc
        if hashlib.sha256(data).hexdigest() != key:
            raise ArtifactDamaged(key)
        return data

    def _delete(self, key: str) -> None:
        path = self._path(key)
        if self._files.exists(path):
            self._files.rm_file(path)

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key[:2]}/{key}"


async def record(session: AsyncSession, key: str, media_type: str, size: int) -> Artifact:
    """Make the artifact's row when there is none."""
    statement = insert_into(session, ArtifactRow)
    await session.execute(
        statement.values(key=key, media_type=media_type, size=size).on_conflict_do_nothing()
    )
    return Artifact(key, media_type, size)


async def sweep(session: AsyncSession, media_type: str) -> list[str]:
    """Delete the rows of that type which nothing uses any more; their bytes can go, too."""
    used = (
        select(RenderRow.id).where(RenderRow.checkpoint == ArtifactRow.key).exists()
        | select(RenderedPanelRow.render_id)
        .where(RenderedPanelRow.artifact == ArtifactRow.key)
        .exists()
        | select(PostRow.id).where(PostRow.artifact == ArtifactRow.key).exists()
        | select(TakeRow.render_id).where(TakeRow.before == ArtifactRow.key).exists()
        | select(StoryCharacterRow.id)
        .where(StoryCharacterRow.reference == ArtifactRow.key)
        .exists()
        | select(DraftRow.id).where(DraftRow.reference == ArtifactRow.key).exists()
        | select(SavedCharacterRow.id).where(_shows(ArtifactRow.key)).exists()
    )
    gone = await session.scalars(
        delete(ArtifactRow)
        .where(ArtifactRow.media_type == media_type, ~used)
        .returning(ArtifactRow.key)
        .execution_options(synchronize_session=False)
    )
    return list(gone)


def _shows(key: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return (SavedCharacterRow.reference == key) | (SavedCharacterRow.portrait == key)


def _write_durably(path: Path, data: bytes) -> None:
    """Write beside, then rename: whoever looks sees all bytes or none, after a power cut too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
