"""What a story needs before it can be drawn, and how long that may take. Nothing knows Discord."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generation.script.casting import Sheet
from generation.script.choices import Terms
from generation.script.errors import ScriptError, ScriptErrors
from generation.script.estimating import Speed, estimate
from generation.script.parse import parse_panel
from generation.script.planning import NOBODY_KNOWN, plan_agreed
from generation.script.story import Character, Panel, StoryScript
from storage.values import Story, StoryCharacter, StoryPanel


@dataclass(frozen=True, slots=True)
class Readiness:
    """`mistakes` name the lines in which they are; `idle` is who is in no line yet; `seconds` is
    None when nobody has measured the model, or there is nothing to draw."""

    panels: int
    mistakes: tuple[ScriptError, ...]
    idle: tuple[str, ...]
    seconds: float | None

    @property
    def ready(self) -> bool:
        return bool(self.panels) and not self.mistakes


def readiness(
    story: Story,
    cast: Sequence[StoryCharacter],
    panels: Sequence[StoryPanel],
    terms: Terms,
    speed: Speed | None = None,
    known: Mapping[str, Sheet] = NOBODY_KNOWN,
) -> Readiness:
    """`speed`: how fast the model has drawn here, where it has; `known`: who was drawn before."""
    characters = tuple(Character(one.name, one.description, one.reference) for one in cast)
    read: list[Panel] = []
    mistakes: list[ScriptError] = []
    for panel in panels:
        try:
            read.append(parse_panel(panel.text, characters, panel.position))
        except ScriptErrors as exc:
            mistakes += [replace(error, box="panels") for error in exc.errors]
    seen = {name for panel in read for name in panel.names}
    idle = tuple(one.name for one in characters if one.name not in seen)
    seconds = None
    if read and not mistakes:
        script = StoryScript(characters, tuple(read))
        plan = plan_agreed(script, terms, title=story.title, seed=0, cast=known)
        seconds = estimate(plan, terms.model, speed).seconds
    return Readiness(len(panels), tuple(mistakes), idle, seconds)
