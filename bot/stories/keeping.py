"""Nothing typed is ever lost: a text that can't be used yet becomes a draft of its member."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import BotError, DraftKept, KeptForLater
from generation.script.errors import ScriptErrors
from storage import drafts
from storage.engine import Database
from storage.errors import AlreadyExists, LimitReached, NotFound
from storage.values import DraftKind

Text = tuple[str, str]  # characters and panels, as the dialog's two boxes


@dataclass(frozen=True, slots=True)
class Typed:
    """A text and what it is for. `target_id` is what it replaces, `draft_id` the draft that it
    mends; `single` when it is one line, which can be quoted."""

    story_id: int
    member_id: int
    kind: DraftKind
    text: Text
    target_id: int | None = None
    draft_id: int | None = None
    single: bool = False

    @property
    def line(self) -> str | None:
        return (self.text[1] or self.text[0]) if self.single else None


@asynccontextmanager
async def keeping(database: Database, typed: Typed) -> AsyncIterator[AsyncSession]:
    """A session in which the text is used. When that fails, nothing of it has happened, and the
    text is kept; when it works, the draft that it mends is gone.

    Raises:
        DraftKept: the text has mistakes.
        KeptForLater: the text is fine, but can't be used now.
        NotFound: the story is gone.
    """
    try:
        async with database.session() as session:
            yield session
            if typed.draft_id is not None:
                await drafts.forget(session, typed.draft_id)
    except ScriptErrors as exc:
        draft_id = await _keep(database, typed)
        raise DraftKept(typed.story_id, exc.errors, typed.line, draft_id) from exc
    except (BotError, AlreadyExists, LimitReached) as exc:
        raise KeptForLater(await _keep(database, typed), exc, typed.line) from exc
    except NotFound as exc:
        if exc.kind == "story":
            raise
        raise KeptForLater(await _keep(database, typed), exc, typed.line) from exc


async def _keep(database: Database, typed: Typed) -> int:
    async with database.session() as session:
        draft = await drafts.keep(
            session,
            typed.story_id,
            typed.member_id,
            typed.kind,
            typed.text,
            target_id=typed.target_id,
            draft_id=typed.draft_id,
        )
    return draft.id
