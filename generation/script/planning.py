"""From a story to a render plan: prompts, seeds, and who looks at whom.

Each character that comes again gets identity panels: its first solo panels, up to four in all,
which look at each other. Every other panel looks at the identity panels of the characters it shows.
Where a character has too few solo panels, hidden sheet panels are added to the end of the stack: a
portrait, drawn only to be looked at. No story is refused for having too few solo panels.

A model that looks at finished panels gets one such sheet of each character, and all its panels look
at that: nothing shows a character better.

A character that was drawn before brings its sheet along (`casting.py`), and looks as it did.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from generation.script.canvas import Canvas
from generation.script.casting import Sheet
from generation.script.catalogue import Model, Style
from generation.script.choices import Layout, Terms
from generation.script.graph import GROUP_LIMIT
from generation.script.identities import (
    COMES_AGAIN,
    WANTED,
    Identity,
    Sheets,
    identities_of,
    references_of,
    told,
)
from generation.script.picturing import pictured
from generation.script.plan import PlannedPanel, RenderPlan, Subject
from generation.script.prompts import (
    alt_text,
    drawn_looks,
    negative_prompt,
    panel_prompt,
    panel_seed,
)
from generation.script.sides import strips
from generation.script.story import Panel, StoryScript
from generation.script.vocabulary import strange_panels

NOBODY_KNOWN: Mapping[str, Sheet] = MappingProxyType({})


def plan_story(
    script: StoryScript,
    model: Model,
    style: Style,
    *,
    title: str,
    seed: int,
    width: int | None = None,
    height: int | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    consistency: bool = True,
    rate: float | None = None,
    layout: Layout = Layout.PAGE,
    credits: str = "",
    identity_wanted: int = WANTED,
    cast_seed: int | None = None,
    cast: Mapping[str, Sheet] = NOBODY_KNOWN,
) -> RenderPlan:
    """Everything the studio needs. What isn't given comes from the model.

    Without `consistency` no panel looks at another and there are no sheets. `cast` is who was drawn
    before, by name, and looks as then. `cast_seed` is for stories that go on: with the same one the
    hidden sheets of all others are the same pictures in every episode, and who comes only once has
    one, too.

    Raises:
        PlanError: a size isn't a multiple of 8 from 64 to 2048, or steps aren't 1 to 1000, or the
            guidance is negative.
    """
    canvas = Canvas.of(model, width, height, steps, guidance)
    sheets = _sheets(model, style, seed, identity_wanted, cast_seed, cast)
    identities = identities_of(script, sheets) if consistency else ()
    plan = RenderPlan(
        title=title,
        model=model.name,
        style=style.name,
        width=canvas.width,
        height=canvas.height,
        steps=canvas.steps,
        guidance=canvas.guidance,
        seed=seed,
        rate=model.rate if rate is None else rate,
        shared_noise=model.shared_noise,
        micro_batch=GROUP_LIMIT,
        panels=_stack(script, style, seed, identities),
        notes=_notes(script, model, style, identities, consistency),
        credits=credits,
        script=str(script),
        strange=strange_panels(script, model.vocabulary),
        masks=model.masks,
        ahead=model.ahead,
        guided_looking=model.guided_looking,
        layout=layout,
    )
    return pictured(plan, {one.name: one.reference for one in script.characters})


def plan_agreed(
    script: StoryScript,
    terms: Terms,
    *,
    title: str,
    seed: int,
    credits: str = "",
    cast_seed: int | None = None,
    cast: Mapping[str, Sheet] = NOBODY_KNOWN,
) -> RenderPlan:
    """The story as a member wants it drawn; `seed` counts where none was chosen.

    Raises:
        PlanError: the model's own size or number of steps can't be drawn.
    """
    return plan_story(
        script,
        terms.model,
        terms.style,
        title=title,
        seed=seed if terms.seed is None else terms.seed,
        width=terms.width,
        height=terms.height,
        steps=terms.steps,
        consistency=terms.rate > 0,
        rate=terms.rate or None,
        layout=terms.layout,
        credits=credits,
        cast_seed=cast_seed,
        cast=cast,
    )


def _sheets(
    model: Model,
    style: Style,
    seed: int,
    wanted: int,
    cast_seed: int | None,
    cast: Mapping[str, Sheet],
) -> Sheets:
    """Where the looks of the characters are from."""
    return Sheets(
        model,
        style,
        1 if model.ahead else min(wanted, GROUP_LIMIT),
        COMES_AGAIN if cast_seed is None else 1,  # who will come in a later episode isn't known
        seed if cast_seed is None else cast_seed,
        cast,
    )


def _stack(
    script: StoryScript, style: Style, seed: int, identities: Sequence[Identity]
) -> tuple[PlannedPanel, ...]:
    """The story's panels, then the hidden sheets."""
    looks = {one.name: one.description for one in script.characters}
    shown = [
        PlannedPanel(
            prompt=panel_prompt(panel, looks, style),
            negative_prompt=negative_prompt(panel, style),
            seed=panel_seed(seed, "panel", at + 1),
            references=references_of(at, panel.names, identities),
            characters=panel.names,
            number=at + 1,
            lettering=panel.lettering,
            alt_text=alt_text(panel),
            subjects=subjects_of(panel, looks),
        )
        for at, panel in enumerate(script.panels)
    ]
    return (*shown, *(sheet for identity in identities for sheet in identity.sheets))


def subjects_of(panel: Panel, looks: Mapping[str, str]) -> tuple[Subject, ...]:
    """The characters of a panel with their words in its prompt, and where they are expected."""
    words, expected = drawn_looks(panel, looks), strips(panel.scene, panel.names)
    return tuple(Subject(name, words[name], expected[name]) for name in panel.names)


def _notes(
    script: StoryScript,
    model: Model,
    style: Style,
    identities: Sequence[Identity],
    consistency: bool,
) -> tuple[str, ...]:
    notes = [told(one, len(script.panels)) for one in identities]
    if not consistency:
        notes.append("Consistency is off: no panel looks at another.")
    if strange := strange_panels(script, model.vocabulary):
        numbers = ", ".join(map(str, strange))
        notes.append(f"{model.title} knows few words of panel {numbers} and may draw anything.")
    if model.styles and style.name not in model.styles:
        notes.append(f"{model.title} was not taught the style {style.title}.")
    return tuple(notes)
