"""What a story says: characters, panels, and what is lettered on each panel.

Plain frozen values. `parse.py` makes them from text; `str(script)` prints the text back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Character:
    """One of the cast. `name` is what panels write in brackets, `description` is how it looks;
    `reference` is the key of a picture that shows it, or empty: text never says it."""

    name: str
    description: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Lettering:
    """One piece of text on a panel: a speech balloon of `speaker`, or a caption box when None."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel line.

    `scene` is the text before `#` (names still in brackets, spelled as in the cast, `[NC]` too),
    `caption` the text after it as typed, `names` the characters of the scene in order of first
    mention, without repeats; none with `[NC]`. `lettering` is the caption taken apart into boxes
    and balloons.
    """

    scene: str
    caption: str
    names: tuple[str, ...]
    lettering: tuple[Lettering, ...]


@dataclass(frozen=True, slots=True)
class StoryScript:
    """A whole story, valid by construction when it comes from `parse.py`."""

    characters: tuple[Character, ...]
    panels: tuple[Panel, ...]

    def __str__(self) -> str:
        cast = "\n".join(f"[{one.name}] {one.description}" for one in self.characters)
        lines = "\n".join(
            f"{panel.scene} #{panel.caption}" if panel.caption else panel.scene
            for panel in self.panels
        )
        return f"{cast}\n\n{lines}\n" if cast else f"{lines}\n"

    def showing(self, references: Mapping[str, str]) -> "StoryScript":
        """The same story, with the pictures (keys by name) of its characters."""
        cast = tuple(
            replace(one, reference=references.get(one.name, "")) for one in self.characters
        )
        return replace(self, characters=cast)
