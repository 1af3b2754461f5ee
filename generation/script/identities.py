"""Who shows how a character looks: its identity panels, and the hidden sheets that are added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generation.script.casting import Sheet, drawn_again, sheet_panels
from generation.script.catalogue import Model, Style
from generation.script.graph import GROUP_LIMIT
from generation.script.plan import PlannedPanel
from generation.script.prompts import panel_seed
from generation.script.story import Character, StoryScript

WANTED = 2  # panels that show one character alone; fewer are filled up with sheets
COMES_AGAIN = 2  # panels with a character, from which there is something to keep consistent


@dataclass(frozen=True, slots=True)
class Identity:
    """Stack positions that show how one character looks; the last of them are the hidden `sheets`,
    whose references are positions in the stack, too."""

    character: Character
    positions: tuple[int, ...]
    sheets: tuple[PlannedPanel, ...]
    known: bool = False


@dataclass(frozen=True, slots=True)
class Sheets:
    """How hidden sheets are made: up to `wanted` identity panels for whoever comes `least` times,
    from `seed`, or as the `cast` was drawn before."""

    model: Model
    style: Style
    wanted: int
    least: int
    seed: int
    cast: Mapping[str, Sheet]

    def of(
        self, character: Character, solo: Sequence[int], position: int
    ) -> tuple[PlannedPanel, ...]:
        """Those that fill up the `solo` panels; they begin at that position of the stack."""
        known = self.cast.get(character.name)
        if known:
            again = drawn_again(known, character, self.model, self.style, self.wanted)
            return tuple(_moved(panel, position) for panel in again)
        numbers = range(1, self.wanted - len(solo) + 1)
        seeds = [panel_seed(self.seed, "sheet", character.name, number) for number in numbers]
        return sheet_panels(character, self.model, self.style, seeds, solo, position)


def identities_of(script: StoryScript, sheets: Sheets) -> tuple[Identity, ...]:
    """Of each character that comes often enough, or was drawn before. Where a model finishes sheets
    ahead, or there is a sheet already, no panel of the story is one of them."""
    found: list[Identity] = []
    position = len(script.panels)
    for character in script.characters:
        shown = [at for at, panel in enumerate(script.panels) if character.name in panel.names]
        known = sheets.cast.get(character.name)
        if len(shown) < (1 if known else sheets.least):
            continue
        solo = [at for at in shown if len(script.panels[at].names) == 1][:GROUP_LIMIT]
        if known or sheets.model.ahead:
            solo = []
        hidden = sheets.of(character, solo, position)
        stack = range(position, position + len(hidden))
        position += len(hidden)
        found.append(Identity(character, (*solo, *stack), hidden, known is not None))
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
    if identity.known:
        return f"{identity.character.name} looks as it was drawn before."
    shown = [str(at + 1) for at in identity.positions if at < panels]
    sources = []
    if shown:
        sources.append(f"panel{'s' if len(shown) > 1 else ''} {', '.join(shown)}")
    if identity.sheets:
        several = "s" if len(identity.sheets) > 1 else ""
        sources.append(f"{len(identity.sheets)} hidden sheet panel{several}")
    return f"{identity.character.name} looks as in {' and '.join(sources)}."


def _moved(panel: PlannedPanel, by: int) -> PlannedPanel:
    return replace(panel, references=tuple(to + by for to in panel.references))
