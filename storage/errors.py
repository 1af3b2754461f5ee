"""Errors of storage.

StorageError
├── NotFound          no such story, character, panel, render, post or artifact
├── AlreadyExists     a name is taken
├── LimitReached      a limit of the story or guild would be passed
├── StaleAttempt      a result of an attempt that is no longer the current one (fencing)
├── Unavailable       database or artifacts can't be reached or written; later they may be
├── ArtifactDamaged   the stored bytes are not those that were put
└── SchemaDiffers     the database's tables are not those of this version
"""

from dataclasses import dataclass


class StorageError(Exception):
    """Base of all errors that storage raises on purpose."""


@dataclass
class NotFound(StorageError):
    kind: str
    key: str


@dataclass
class AlreadyExists(StorageError):
    kind: str
    name: str


@dataclass
class LimitReached(StorageError):
    kind: str
    limit: int


@dataclass
class StaleAttempt(StorageError):
    render: int
    attempt: int


@dataclass
class Unavailable(StorageError):
    reason: str


@dataclass
class ArtifactDamaged(StorageError):
    key: str


@dataclass
class SchemaDiffers(StorageError):
    reason: str
