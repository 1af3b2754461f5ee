"""How a story reads in a message."""

from collections.abc import Sequence

from discord.utils import escape_markdown

from bot.limits import MESSAGE_LETTERS
from bot.locales.words import Words
from bot.stories.adding import Added, Understood
from generation.script.story import Lettering
from storage.values import SavedCharacter, Story, StoryCharacter, StoryPanel

LINE = 300  # of a long line that is quoted


def panel_text(panel: StoryPanel) -> str:
    return f"**{panel.position}.** {_quote(panel.text)}"


def character_text(character: StoryCharacter) -> str:
    return f"**[{escape_markdown(character.name)}]** {_quote(character.description)}"


def saved_text(saved: SavedCharacter, words: Words) -> str:
    """A character of the library, with its owner."""
    who = words("library.shared" if saved.shared else "library.own", owner=f"<@{saved.owner_id}>")
    return f"**[{escape_markdown(saved.name)}]** {_quote(saved.description)} · {who}"


def story_text(
    story: Story, cast: Sequence[StoryCharacter], panels: Sequence[StoryPanel], words: Words
) -> str:
    """Title, cast and panels, whole: may be longer than a message."""
    return "\n".join(
        [
            f"## {escape_markdown(story.title)}",
            words("story.cast"),
            *([f"- {character_text(one)}" for one in cast] or [words("story.no_cast")]),
            words("story.panels"),
            *([panel_text(one) for one in panels] or [words("story.no_panels")]),
        ]
    )


def understood_text(line: Understood, words: Words) -> str:
    """A line as it was read: what is drawn, who is in it, what is lettered."""
    who = [f"**{escape_markdown(name)}**" for name in line.read.names]
    return "\n".join(
        [
            f"**{line.panel.position}.** {_quote(line.read.scene)}",
            f"-# {words('line.who', names=', '.join(who)) if who else words('line.nobody')}",
            f"-# {_lettered(line.read.lettering, words)}",
        ]
    )


def tell_added(added: Added, words: Words) -> str:
    """What was just added, as it was understood, cut to fit into a message."""
    if len(added.lines) == 1 and not added.characters:
        return understood_text(added.lines[0], words)
    lines = [
        *(f"- {character_text(one)}" for one in added.characters),
        *(understood_text(one, words) for one in added.lines),
    ]
    shown: list[str] = []
    while lines and sum(map(len, shown)) + len(lines[0]) < MESSAGE_LETTERS - 200:
        shown.append(lines.pop(0))
    return words("story.lines_added", text="\n".join([*shown, "..."] if lines else shown))


def _lettered(lettering: Sequence[Lettering], words: Words) -> str:
    if not lettering:
        return words("line.silent")
    pieces = [
        words("line.caption", text=_quote(one.text))
        if one.speaker is None
        else words("line.speech", name=escape_markdown(one.speaker), text=_quote(one.text))
        for one in lettering
    ]
    return words("line.lettered", pieces=" · ".join(pieces))


def _quote(text: str) -> str:
    return escape_markdown(text if len(text) <= LINE else f"{text[:LINE]}…")
