"""A portrait: one panel of a character alone, to be known by."""

from dataclasses import replace

from generation.script.casting import Sheet, drawn_again, sheet_panels
from generation.script.catalogue import Model, Style
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.prompts import sheet_prompt
from generation.script.story import Character, Panel, StoryScript


def portrait_plan(
    character: Character, model: Model, style: Style, seed: int, sheet: Sheet | None = None
) -> RenderPlan:
    """The plan of the one panel; of a character that was drawn before, as on its sheet.

    Raises:
        PlanError: the model's own size or number of steps can't be drawn.
    """
    panel = Panel(f"[{character.name}]", "", (character.name,), ())
    script = StoryScript((character,), (panel,))
    plan = plan_story(script, model, style, title=character.name, seed=seed, consistency=False)
    (shown,) = plan.panels
    prompt, noise = sheet_prompt(character, model, style, shown.seed), shown.seed
    if sheet is not None:
        drawn = drawn_again(sheet, character, model, style, 1)[-1]
        prompt, noise = drawn.prompt, drawn.seed
    return replace(plan, panels=(replace(shown, prompt=prompt, seed=noise),))


def portrait_sheet(character: Character, model: Model, style: Style, seed: int) -> Sheet:
    """The sheet by which a character is known that has a portrait, and was in no story yet: in
    stories it looks as in the portrait."""
    (shown,) = portrait_plan(character, model, style, seed).panels
    panels = sheet_panels(character, model, style, [shown.seed])
    return Sheet(model.name, style.name, character.description, panels)
