"""A portrait: one panel of a character alone, to be known by."""

from dataclasses import replace

from generation.script.catalogue import Model, Style
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.prompts import sheet_prompt
from generation.script.story import Character, Panel, StoryScript


def portrait_plan(character: Character, model: Model, style: Style, seed: int) -> RenderPlan:
    """The plan of the one panel.

    Raises:
        PlanError: the model's own size or number of steps can't be drawn.
    """
    panel = Panel(f"[{character.name}]", "", (character.name,), ())
    script = StoryScript((character,), (panel,))
    plan = plan_story(script, model, style, title=character.name, seed=seed, consistency=False)
    shown = replace(plan.panels[0], prompt=sheet_prompt(character, style))
    return replace(plan, panels=(shown,))
