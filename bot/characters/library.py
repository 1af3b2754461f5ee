"""A server's library of characters: who may keep, use and forget them. Nothing knows Discord."""

from bot.errors import NotYourCharacter
from bot.stories.adding import add_character
from bot.stories.rules import Actor
from generation.script.names import name_key
from storage import library, sheets
from storage.engine import Database
from storage.errors import NotFound
from storage.values import SavedCharacter, Story, StoryCharacter


async def save(
    database: Database, guild_id: int, actor: Actor, character: StoryCharacter, *, shared: bool
) -> SavedCharacter:
    """Keep a character of a story, as it was drawn there last. It stays its owner's; saving it
    again renews it.

    Raises:
        NotYourCharacter: it is another member's, in the story or in the library.
        LimitReached: the library is full.
    """
    if character.owner_id != actor.id:
        raise NotYourCharacter(character.owner_id, character.name)
    async with database.session() as session:
        saved = await library.save(
            session,
            guild_id,
            actor.id,
            character.name,
            character.description,
            shared=shared,
            reference=character.reference,
            sheet=(await sheets.of_story(session, character.story_id)).get(
                name_key(character.name)
            ),
        )
        known = await library.find(session, guild_id, character.name)
    if saved is None:
        raise NotYourCharacter(known.owner_id if known else 0, character.name)
    return saved


async def use(database: Database, story: Story, actor: Actor, name: str) -> StoryCharacter:
    """Bring a kept character into a story.

    Raises:
        NotFound: the library has none of that name.
        NotYourCharacter: its owner alone uses it.
        KeptForLater: the story can't take it now.
    """
    saved = await _find(database, story.guild_id, name)
    if not saved.shared and saved.owner_id != actor.id:
        raise NotYourCharacter(saved.owner_id, saved.name)
    name, looks, picture = saved.name, saved.description, saved.reference
    return await add_character(database, story, actor, name, looks, reference=picture)


async def forget(database: Database, guild_id: int, actor: Actor, name: str) -> SavedCharacter:
    """Take a character out of the library; stories keep theirs. Moderators may, too.

    Raises:
        NotFound, NotYourCharacter
    """
    saved = await _find(database, guild_id, name)
    if saved.owner_id != actor.id and not actor.moderates:
        raise NotYourCharacter(saved.owner_id, saved.name)
    async with database.session() as session:
        await library.forget(session, saved.id)
    return saved


async def usable(database: Database, guild_id: int, member_id: int) -> list[SavedCharacter]:
    """What this member can bring into a story, by name."""
    async with database.session() as session:
        found = await library.all_of(session, guild_id)
    return [one for one in found if one.shared or one.owner_id == member_id]


async def look(database: Database, guild_id: int, character: StoryCharacter) -> str:
    """The artifact that shows a character best: its own picture, or the portrait of the kept one
    that it came from or became; empty where there is none."""
    if character.reference:
        return character.reference
    async with database.session() as session:
        saved = await library.find(session, guild_id, character.name)
    if saved is None or saved.description != character.description:
        return ""
    return saved.portrait or saved.reference


async def _find(database: Database, guild_id: int, name: str) -> SavedCharacter:
    async with database.session() as session:
        saved = await library.find(session, guild_id, name.strip().strip("[]［］"))
    if saved is None:
        raise NotFound("saved", name)
    return saved
