"""Stories and their panel lines."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import characters, guilds, limits
from storage.errors import LimitReached, NotFound
from storage.history import raise_revision
from storage.statements import check_length, lock_story
from storage.tables import StoryCharacterRow, StoryPanelRow, StoryRow
from storage.values import Story, StoryPanel, Writers


async def create(
    session: AsyncSession,
    *,
    guild_id: int,
    channel_id: int,
    thread_id: int | None,
    owner_id: int,
    title: str,
    style: str,
    draft: tuple[str, str] | None = None,
    writers: Writers = Writers.EVERYONE,
) -> Story:
    """Raises:
    LimitReached: the title or the draft is too long.
    """
    check_length("title", title, limits.TITLE_LETTERS)
    await guilds.ensure(session, guild_id)
    row = StoryRow(
        guild_id=guild_id,
        channel_id=channel_id,
        thread_id=thread_id,
        owner_id=owner_id,
        title=title,
        style=style,
        writers=writers,
        **_draft_columns(draft),
    )
    session.add(row)
    await session.flush()
    return row.value()


async def get(session: AsyncSession, story_id: int) -> Story:
    """Raises:
    NotFound: there is no such story.
    """
    row = await session.get(StoryRow, story_id, populate_existing=True)
    if row is None:
        raise NotFound("story", str(story_id))
    return row.value()


async def by_thread(session: AsyncSession, thread_id: int) -> Story | None:
    row = await session.scalar(select(StoryRow).where(StoryRow.thread_id == thread_id))
    return row.value() if row else None


async def search(session: AsyncSession, guild_id: int, text: str, *, limit: int) -> list[Story]:
    """The guild's newest stories with that text in their titles."""
    rows = await session.scalars(
        select(StoryRow)
        .where(StoryRow.guild_id == guild_id, StoryRow.title.icontains(text, autoescape=True))
        .order_by(StoryRow.id.desc())
        .limit(limit)
    )
    return [row.value() for row in rows]


async def open_threads(session: AsyncSession, guild_id: int, *, limit: int) -> list[Story]:
    """The guild's newest stories in threads that everyone may write in."""
    rows = await session.scalars(
        select(StoryRow)
        .where(
            StoryRow.guild_id == guild_id,
            StoryRow.thread_id.is_not(None),
            StoryRow.writers == Writers.EVERYONE,
        )
        .order_by(StoryRow.id.desc())
        .limit(limit)
    )
    return [row.value() for row in rows]


async def unfinished(session: AsyncSession, guild_id: int, owner_id: int) -> Story | None:
    """The member's newest `/comic` in that guild whose text could not be drawn yet."""
    row = await session.scalar(
        select(StoryRow)
        .where(
            StoryRow.guild_id == guild_id,
            StoryRow.owner_id == owner_id,
            StoryRow.draft_panels.is_not(None),
        )
        .order_by(StoryRow.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def set_thread(session: AsyncSession, story_id: int, thread_id: int) -> Story:
    """From now on the story has a card to show.

    Raises:
        NotFound: there is no such story.
    """
    await raise_revision(session, story_id)
    return await _change(session, story_id, thread_id=thread_id)


async def card_shown(
    session: AsyncSession, story_id: int, message_id: int | None, revision: int
) -> None:
    """The story's card is in this message, and shows this revision of the story."""
    await session.execute(
        update(StoryRow)
        .where(StoryRow.id == story_id)
        .values(card_message_id=message_id, card_revision=revision)
    )


async def with_stale_cards(session: AsyncSession) -> list[Story]:
    """Stories whose card doesn't show their newest revision: the bot was stopped before it did."""
    rows = await session.scalars(
        select(StoryRow).where(
            StoryRow.thread_id.is_not(None), StoryRow.card_revision != StoryRow.revision
        )
    )
    return [row.value() for row in rows]


async def set_title(session: AsyncSession, story_id: int, title: str) -> Story:
    """Raises:
    NotFound: there is no such story.
    LimitReached: the title is too long.
    """
    check_length("title", title, limits.TITLE_LETTERS)
    return await _change(session, story_id, title=title)


async def set_draft(session: AsyncSession, story_id: int, draft: tuple[str, str] | None) -> Story:
    """Keep the text of a `/comic` that did not parse, as typed: characters box and panels box.

    Raises:
        NotFound: there is no such story.
        LimitReached: the draft is too long.
    """
    return await _change(session, story_id, **_draft_columns(draft))


async def script_parts(session: AsyncSession, story_id: int) -> tuple[str, str]:
    """The story as the dialog's two boxes show it: characters and panels, one a line."""
    cast = await characters.for_story(session, story_id)
    lines = await panels(session, story_id)
    return (
        "\n".join(f"[{one.name}] {one.description}".rstrip() for one in cast),
        "\n".join(panel.text for panel in lines),
    )


async def fill(
    session: AsyncSession,
    story_id: int,
    owner_id: int,
    cast: Sequence[tuple[str, str]],
    lines: Sequence[str],
) -> None:
    """Replace all characters (name, description) and panel lines, and drop the draft. Who wrote a
    line that stays, stays its author; all others are `owner_id`'s.

    Raises:
        NotFound: there is no such story.
        LimitReached: too many characters or panels, or a line is too long.
        AlreadyExists: a name comes twice.
    """
    await lock_story(session, story_id)
    await _replace_characters(session, story_id, owner_id, cast)
    await _replace_panels(session, story_id, owner_id, lines)
    await set_draft(session, story_id, None)


async def panels(session: AsyncSession, story_id: int) -> list[StoryPanel]:
    return [row.value() for row in await _panel_rows(session, story_id)]


async def add_panel(
    session: AsyncSession,
    story_id: int,
    author_id: int,
    text: str,
    source_message_id: int | None = None,
) -> StoryPanel:
    """Append a panel line. A message that is a panel already stays the panel it is.

    Raises:
        NotFound: there is no such story.
        LimitReached: the story is full, or the line too long.
    """
    check_length("line", text, limits.LINE_LETTERS)
    await lock_story(session, story_id)
    if source_message_id is not None:
        known = await session.scalar(
            select(StoryPanelRow).where(
                StoryPanelRow.story_id == story_id,
                StoryPanelRow.source_message_id == source_message_id,
            )
        )
        if known:
            return known.value()
    count = await session.scalar(select(func.count()).where(StoryPanelRow.story_id == story_id))
    if (count or 0) >= limits.PANELS:
        raise LimitReached("panels", limits.PANELS)
    row = StoryPanelRow(
        story_id=story_id,
        position=(count or 0) + 1,
        author_id=author_id,
        text=text,
        source_message_id=source_message_id,
    )
    session.add(row)
    await session.flush()
    return row.value()


async def _change(session: AsyncSession, story_id: int, **columns: int | str | None) -> Story:
    row = await session.scalar(
        update(StoryRow)
        .where(StoryRow.id == story_id)
        .values(**columns)
        .returning(StoryRow)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("story", str(story_id))
    return row.value()


async def _replace_characters(
    session: AsyncSession, story_id: int, owner_id: int, cast: Sequence[tuple[str, str]]
) -> None:
    before = {one.name: one for one in await characters.for_story(session, story_id)}
    await session.execute(delete(StoryCharacterRow).where(StoryCharacterRow.story_id == story_id))
    for name, description in cast:
        old = before.get(name)
        owner, reference = (old.owner_id, old.reference) if old else (owner_id, "")
        await characters.add(session, story_id, owner, name, description, reference)


async def _replace_panels(
    session: AsyncSession, story_id: int, owner_id: int, lines: Sequence[str]
) -> None:
    before: dict[str, list[StoryPanelRow]] = {}
    for row in await _panel_rows(session, story_id):
        before.setdefault(row.text, []).append(row)
    await session.execute(delete(StoryPanelRow).where(StoryPanelRow.story_id == story_id))
    for line in lines:
        same = before.get(line)
        old = same.pop(0) if same else None
        author = old.author_id if old else owner_id
        await add_panel(session, story_id, author, line, old.source_message_id if old else None)


async def _panel_rows(session: AsyncSession, story_id: int) -> Sequence[StoryPanelRow]:
    rows = await session.scalars(
        select(StoryPanelRow)
        .where(StoryPanelRow.story_id == story_id)
        .order_by(StoryPanelRow.position)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def _draft_columns(draft: tuple[str, str] | None) -> dict[str, str | None]:
    characters_box, panels_box = draft or (None, None)
    for box in draft or ():
        check_length("draft", box, limits.DRAFT_LETTERS)
    return {"draft_characters": characters_box, "draft_panels": panels_box}
