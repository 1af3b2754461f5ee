"""A written story of the benchmark: its script, and what its words state of every panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.script.parse import parse_script
from generation.script.story import StoryScript
from generation.toon.evaluation.held_out import is_held_out
from generation.toon.evaluation.stated import (
    StatedLook,
    StatedScene,
    stated_look,
    stated_scene,
)
from generation.toon.reader import visible

STORIES = Path(__file__).parents[1] / "stories"
NEVER_UNSAID = ("pose", "expression")  # they change from panel to panel


@dataclass(frozen=True)
class Story:
    """`looks` by name; `panels` in the story's order."""

    name: str
    script: StoryScript
    looks: Mapping[str, StatedLook]
    panels: tuple[StatedScene, ...]

    def unsaid(self, name: str) -> tuple[str, ...]:
        """The fields of a character's look that its description leaves open.

        Only those that every kind it may be has: an animal's shirt is not open, it isn't there.
        """
        look = self.looks[name]
        shared = [
            field
            for field in visible(look.kinds[0])
            if all(field in visible(kind) for kind in look.kinds)
            and field not in NEVER_UNSAID
            and field != "slogan"  # too small to be read
        ]
        fixed = {*look.fields, *(("kind",) if len(look.kinds) == 1 else ())}
        return tuple(field for field in shared if field not in fixed)

    def shows(self, name: str) -> tuple[int, ...]:
        """Places of the panels with that character."""
        return tuple(at for at, panel in enumerate(self.panels) if name in panel.figures)

    def held_out(self, name: str) -> bool:
        """Whether its description states a combination that is meant for the benchmark alone."""
        look = self.looks[name]
        return len(look.kinds) == 1 and is_held_out({"kind": look.kinds[0], **look.fields})


def story_from(name: str, text: str) -> Story:
    """Raises:
    ScriptErrors: the text is not a story.
    ValueError: a description has no noun that the drawn world knows.
    """
    script = parse_script(text)
    return Story(
        name,
        script,
        {one.name: stated_look(one.description) for one in script.characters},
        tuple(stated_scene(panel.scene) for panel in script.panels),
    )


def read_stories(folder: Path = STORIES) -> tuple[Story, ...]:
    """All stories of a folder, by name."""
    return tuple(
        story_from(file.stem, file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.txt"))
    )


def spread(stories: tuple[Story, ...], count: int) -> tuple[Story, ...]:
    """`count` of the stories, evenly over all kinds; all of them where there are no more."""
    if count >= len(stories):
        return stories
    return tuple(stories[i * len(stories) // count] for i in range(count))
