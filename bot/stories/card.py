"""What a story's card says: pure functions of the story, within Discord's limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from discord.utils import escape_markdown

from bot.choosing.wording import terms_words
from bot.locales.durations import duration
from bot.locales.words import Words
from bot.replies import mistake
from bot.stories.readiness import Readiness
from bot.stories.rules import turn_of
from generation.script.choices import Terms
from storage.values import Circle, Story, StoryCharacter, StoryPanel, Writers

PAGE_LINES = 10  # lines of a page: one or two screens of a phone
PICTURE = "🖼"  # behind the name of a character that has one
SHOWN_MISTAKES = 3  # they are mended one at a time

# Letters of each part; together no more than a message takes.
HEAD, CAST, LINES, STATE = 500, 1250, 1750, 500


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that a card shows. `page` counts from 0."""

    story: Story
    circle: Circle
    cast: Sequence[StoryCharacter]
    panels: Sequence[StoryPanel]
    readiness: Readiness
    terms: Terms
    can_undo: bool
    can_redo: bool
    page: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.panels) // PAGE_LINES))


def page_of(position: int) -> int:
    """The page that shows a line."""
    return (position - 1) // PAGE_LINES


def head_text(facts: CardFacts, words: Words) -> str:
    """Title, how it is drawn, and who may write."""
    circle = facts.circle
    who = words(f"card.writers_{circle.writers}", owner=f"<@{circle.owner_id}>")
    lines = [
        f"## {clipped(facts.story.title, 200)}",
        f"-# {' · '.join([*terms_words(facts.terms, words), who])}",
    ]
    if circle.writers is Writers.TURNS:
        lines.append(words("card.turn", member=f"<@{turn_of(circle)}>"))
    return _within("\n".join(lines), HEAD)


def cast_text(facts: CardFacts, words: Words) -> str:
    """Each character in bold with its description, all in a fair share of the letters."""
    heading = words("story.cast")
    if not facts.cast:
        return f"{heading}\n{words('story.no_cast')}"
    share = (CAST - units(heading)) // len(facts.cast) - 1
    return "\n".join([heading, *(_character(one, share) for one in facts.cast)])


def lines_text(facts: CardFacts, words: Words) -> str:
    """One page of numbered lines, each with its author."""
    if not facts.panels:
        return f"{words('story.panels')}\n{words('card.help')}"
    first = facts.page * PAGE_LINES
    shown = facts.panels[first : first + PAGE_LINES]
    heading = words("story.panels")
    if facts.pages > 1:
        count = len(facts.panels)
        heading = words("card.page", first=first + 1, last=first + len(shown), count=count)
    share = (LINES - units(heading)) // PAGE_LINES - 1
    return "\n".join([heading, *(_line(one, share) for one in shown)])


def readiness_text(readiness: Readiness, words: Words) -> str:
    """What is missing before the story can be drawn, or how long that takes."""
    if not readiness.panels:
        return words("card.empty")
    if readiness.mistakes:
        shown = readiness.mistakes[:SHOWN_MISTAKES]
        lines = [words("card.missing"), *(f"- {mistake(one, words)}" for one in shown)]
        if len(readiness.mistakes) > len(shown):
            lines.append(words("script.more", count=len(readiness.mistakes) - len(shown)))
        return _within("\n".join(lines), STATE)
    one = readiness.panels == 1
    panels = words("render.one_panel") if one else words("render.panels", count=readiness.panels)
    seconds = readiness.seconds
    text = (
        words("card.ready_unmeasured", panels=panels)
        if seconds is None
        else words("card.ready", panels=panels, time=duration(seconds, words))
    )
    if readiness.idle:
        text += "\n" + words("card.idle", names=escape_markdown(", ".join(readiness.idle)))
    return _within(text, STATE)


def units(text: str) -> int:
    """Letters as Discord may count them: an emoji is two (UTF-16), the stricter way."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, limit: int) -> str:
    """Made harmless, and cut to so many letters."""
    whole = escape_markdown(text)
    if units(whole) <= limit:
        return whole
    kept = text[:limit]
    while kept and units(escape_markdown(kept)) >= limit:
        kept = kept[:-1]
    return f"{escape_markdown(kept)}…"


def _character(one: StoryCharacter, share: int) -> str:
    name = clipped(one.name, share // 2)
    mark = f" {PICTURE}" if one.reference else ""
    return f"- **{name}**{mark} {clipped(one.description, share - units(name) - 10)}"


def _line(panel: StoryPanel, share: int) -> str:
    before, after = f"**{panel.position}.** ", f" · <@{panel.author_id}>"
    return f"{before}{clipped(panel.text, share - units(before) - units(after))}{after}"


def _within(text: str, limit: int) -> str:
    while units(text) > limit:
        text = f"{text[:-2]}…"
    return text
