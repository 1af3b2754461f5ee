"""Who shows how a character looks: its identity panels, and the hidden sheets that are added."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.script.graph import GROUP_LIMIT
from generation.script.story import Character, StoryScript

WANTED = 2  # panels that show one character alone; fewer are filled up with sheets
COMES_AGAIN = 2  # panels with a character, from which there is something to keep consistent


@dataclass(frozen=True, slots=True)
class Identity:
    """Stack positions that show how one character looks; `sheets` of them are hidden."""

    character: Character
    positions: tuple[int, ...]
    sheets: int


def identities_of(
    script: StoryScript, wanted: int, ahead: bool, least: int = COMES_AGAIN
) -> tuple[Identity, ...]:
    """Of each character that comes in at least `least` panels. `ahead`: one sheet each shows
    them, and no panel of the story."""
    found: list[Identity] = []
    position = len(script.panels)
    for character in script.characters:
        shown = [at for at, panel in enumerate(script.panels) if character.name in panel.names]
        if len(shown) < least:
            continue
        solo = [at for at in shown if len(script.panels[at].names) == 1][:GROUP_LIMIT]
        if ahead:
            solo = []
        sheets = 1 if ahead else max(0, min(wanted, GROUP_LIMIT) - len(solo))
        hidden = range(position, position + sheets)
        position += sheets
        found.append(Identity(character, (*solo, *hidden), sheets))
    return tuple(found)


def references_of(
    position: int, names: Sequence[str], identities: Sequence[Identity]
) -> tuple[int, ...]:
    """The stack positions that a panel of these characters looks at."""
    return tuple(
        at
        for name in names
        for identity in identities
        if identity.character.name == name
        for at in identity.positions
        if at != position
    )


def told(identity: Identity, panels: int) -> str:
    """For people; the story has so many panels."""
    shown = [str(at + 1) for at in identity.positions if at < panels]
    sources = []
    if shown:
        sources.append(f"panel{'s' if len(shown) > 1 else ''} {', '.join(shown)}")
    if identity.sheets:
        several = "s" if identity.sheets > 1 else ""
        sources.append(f"{identity.sheets} hidden sheet panel{several}")
    return f"{identity.character.name} looks as in {' and '.join(sources)}."
