"""A whole comic from `/comic`: checked by the script's rules, and kept whatever happens.

Nothing here knows Discord. Text with errors is stored as the story's draft before the error is
raised, so that whoever catches it can offer to edit it.
"""

import re
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import DraftKept
from generation.script.errors import ScriptError, ScriptErrors
from generation.script.parse import parse_parts
from generation.script.story import Panel, StoryScript
from storage import choices, stories
from storage.engine import Database
from storage.values import Story, Writers

NAMES_IN_TITLE = 3  # of a story without a title, which is called after its cast
TITLE_LETTERS = 80  # fits a thread's name (100), a dialog's title line and a page's head

Text = tuple[str, str]  # the two boxes: characters and panels


async def write_comic(
    database: Database,
    *,
    guild_id: int,
    channel_id: int,
    owner_id: int,
    title: str,
    style: str,
    text: Text,
) -> Story:
    """A new story from the two boxes of `/comic`, to be drawn as its owner's last one.

    Raises:
        DraftKept: the text has errors; the story is stored with the text as its draft.
    """
    script, errors = _parse(text)
    async with database.session() as session:
        story = await stories.create(
            session,
            guild_id=guild_id,
            channel_id=channel_id,
            thread_id=None,
            owner_id=owner_id,
            title=title,
            style=style,
            writers=Writers.OWNER,
            draft=text if script is None else None,
        )
        await begin_choices(session, story)
        if script is not None:
            await _fill(session, story.id, owner_id, script)
    if script is None:
        raise DraftKept(story.id, errors)
    return story


async def rewrite_comic(
    database: Database, story_id: int, *, owner_id: int, title: str | None, text: Text
) -> Story:
    """Replace the whole text of a story, and its title where one is given.

    Raises:
        NotFound: the story is gone.
        DraftKept: the text has errors; it is kept as the draft, the story stays as it was but for
            its title.
    """
    script, errors = _parse(text)
    async with database.session() as session:
        if title is not None:
            await stories.set_title(session, story_id, title)
        if script is None:
            await stories.set_draft(session, story_id, text)
        else:
            await _fill(session, story_id, owner_id, script)
        story = await stories.get(session, story_id)
    if script is None:
        raise DraftKept(story_id, errors)
    return story


async def begin_choices(session: AsyncSession, story: Story) -> None:
    """A new story is drawn as its owner chose last, in its own style, which is the last one now."""
    last = await choices.last_of(session, story.guild_id, story.owner_id)
    chosen = replace(last, style=story.style)
    await choices.choose_for_story(session, story.id, chosen)
    await choices.remember(session, story.guild_id, story.owner_id, chosen)


def title_of(title: str, characters_text: str, untitled: str) -> str:
    """The title, or the names of the cast, or `untitled`."""
    found = re.findall(r"[\[［]([^\[\]［］\n]{1,40})[\]］]", characters_text)
    names = [name for name in found if name.strip()]
    chosen = title.strip() or ", ".join(dict.fromkeys(names[:NAMES_IN_TITLE])) or untitled
    return " ".join(chosen.split())[:TITLE_LETTERS]


def text_of(panel: Panel) -> str:
    """The panel as one line."""
    return str(StoryScript((), (panel,))).strip()


def _parse(text: Text) -> tuple[StoryScript | None, tuple[ScriptError, ...]]:
    try:
        return parse_parts(*text), ()
    except ScriptErrors as exc:
        return None, exc.errors


async def _fill(session: AsyncSession, story_id: int, owner_id: int, script: StoryScript) -> None:
    cast = [(one.name, one.description) for one in script.characters]
    await stories.fill(session, story_id, owner_id, cast, [text_of(one) for one in script.panels])
