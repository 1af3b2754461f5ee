"""The cast that lasts: how a character was drawn first, so that later drawings show the same.

A sheet is the panels by which a character was known in a drawing. Drawn again as hidden panels,
with their own prompts and seeds, they are the same pictures, whatever the other panels show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from generation.script.catalogue import Model, Style
from generation.script.errors import ScriptErrors
from generation.script.parse import parse_script
from generation.script.plan import PlannedPanel, RenderPlan, Subject
from generation.script.prompts import looks_like, negative_prompt, sheet_prompt
from generation.script.story import Character


@dataclass(frozen=True, slots=True)
class Sheet:
    """The panels by which a character is known, as they were drawn: their references are positions
    among themselves. `looks` is the description that they were drawn from."""

    model: str
    style: str
    looks: str
    panels: tuple[PlannedPanel, ...]

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> "Sheet":
        """Raises:
        msgspec.ValidationError: the text is no sheet.
        """
        return msgspec.json.decode(text, type=Sheet)


def sheets_of(plan: RenderPlan) -> dict[str, Sheet]:
    """Everybody's sheet by name, of those that have one: who comes only once is known by that
    panel, unless others are in it, and who comes more often by nothing where consistency is off."""
    try:
        cast = parse_script(plan.script).characters
    except ScriptErrors:  # a plan of a version that did not keep its story
        return {}
    found = {one.name: (one, _known_by(plan, one.name)) for one in cast}
    return {
        name: Sheet(plan.model, plan.style, one.description, _apart(plan, positions))
        for name, (one, positions) in found.items()
        if positions
    }


def drawn_again(
    sheet: Sheet, character: Character, model: Model, style: Style, most: int
) -> tuple[PlannedPanel, ...]:
    """The hidden panels of a sheet. In another style, by another model or with another description
    they can't be the same pictures: then they begin from the same noise, `most` of them."""
    if (sheet.model, sheet.style, sheet.looks) == (model.name, style.name, character.description):
        return sheet.panels
    return sheet_panels(character, model, style, [one.seed for one in sheet.panels[:most]])


def sheet_panels(
    character: Character,
    model: Model,
    style: Style,
    seeds: Sequence[int],
    solo: Sequence[int] = (),
    position: int = 0,
) -> tuple[PlannedPanel, ...]:
    """Hidden panels from these seeds that show nothing but the character; the first decides what
    is drawn by lot in all of them. They begin at that position of a stack, and look at each other
    and at the `solo` panels in it."""
    everyone = (*solo, *range(position, position + len(seeds)))
    return tuple(
        PlannedPanel(
            prompt=sheet_prompt(character, model, style, seeds[0]),
            negative_prompt=negative_prompt(None, style),
            seed=seed,
            references=tuple(to for to in everyone if to != at),
            characters=(character.name,),
            number=None,
            lettering=(),
            alt_text="",
            subjects=(Subject(character.name, looks_like(character.description), (0.0, 1.0)),),
            portrait=True,
        )
        for at, seed in enumerate(seeds, position)
    )


def renamed(sheet: Sheet, name: str) -> Sheet:
    """The sheet of a character that is called otherwise by now."""

    def called(panel: PlannedPanel) -> PlannedPanel:
        subjects = tuple(replace(one, name=name) for one in panel.subjects)
        return replace(panel, characters=(name,), subjects=subjects)

    return replace(sheet, panels=tuple(map(called, sheet.panels)))


def _known_by(plan: RenderPlan, name: str) -> list[int]:
    """Positions of the panels that show the character alone and that others look at for it."""
    shown = [at for at, panel in enumerate(plan.panels) if name in panel.characters]
    alone = {at for at in shown if plan.panels[at].characters == (name,)}
    looked_at = {to for at in shown for to in plan.panels[at].references}
    return sorted(alone if len(shown) == 1 else looked_at & alone)


def _apart(plan: RenderPlan, positions: list[int]) -> tuple[PlannedPanel, ...]:
    place: Mapping[int, int] = {at: index for index, at in enumerate(positions)}
    return tuple(
        replace(
            plan.panels[at],
            number=None,
            lettering=(),
            alt_text="",
            references=tuple(place[to] for to in plan.panels[at].references if to in place),
        )
        for at in positions
    )
