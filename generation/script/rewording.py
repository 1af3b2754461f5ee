"""Other words for a story that is drawn already: captions that are only lettered again, and a panel
that is described anew.

A plan holds the story as it was written, so both go through the parser like everything typed.
"""

from collections.abc import Mapping
from dataclasses import replace

from generation.script.catalogue import Style
from generation.script.errors import OldPlan, ScriptErrors
from generation.script.parse import parse_panel, parse_script
from generation.script.picturing import pictured, pictures_of
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.planning import subjects_of
from generation.script.prompts import alt_text, negative_prompt, panel_prompt
from generation.script.redo import position_of
from generation.script.story import Panel, StoryScript


def written(plan: RenderPlan) -> StoryScript:
    """The story of a plan.

    Raises:
        OldPlan: the plan is of a version that did not keep it.
    """
    try:
        return parse_script(plan.script).showing(pictures_of(plan))
    except ScriptErrors as exc:
        raise OldPlan("it was drawn by an older version of the bot; draw it anew first") from exc


def reletter(plan: RenderPlan, captions: Mapping[int, str]) -> RenderPlan:
    """The plan with other captions, by number of the panel, and nothing to draw.

    Raises:
        PlanError: the plan does not know its story.
        ScriptErrors: a caption is too long.
    """
    for number, caption in captions.items():
        scene = _panel(written(plan), number).scene
        plan = _with(plan, number, scene, caption)
    return plan


def redescribe(plan: RenderPlan, number: int, scene: str, style: Style) -> RenderPlan:
    """The plan with another scene in a panel; its caption stays. Who was not in the picture before
    looks as in the panels that show nobody else.

    Raises:
        PlanError: the plan does not know its story.
        ScriptErrors: the scene has mistakes.
    """
    script = written(plan)
    caption = _panel(script, number).caption
    plan = _with(plan, number, scene, caption)
    position = position_of(plan, number)
    panel = _panel(written(plan), number)
    looks = {one.name: one.description for one in script.characters}
    before = plan.panels[position]
    changed = replace(
        before,
        prompt=panel_prompt(panel, looks, style),
        negative_prompt=negative_prompt(panel, style),
        characters=panel.names,
        references=_references(plan, position, panel.names),
        subjects=subjects_of(panel, looks),
    )
    return pictured(_replaced(plan, position, changed), pictures_of(plan))


def _with(plan: RenderPlan, number: int, scene: str, caption: str) -> RenderPlan:
    """Scene and caption in the script; lettering and alt text in the panel."""
    script = written(plan)
    # A line: a caption mark in the scene begins the caption, wherever it was typed.
    panel = parse_panel(f"{scene} #{caption}" if caption else scene, script.characters, number)
    panels = tuple(panel if at == number else one for at, one in enumerate(script.panels, 1))
    position = position_of(plan, number)
    changed = replace(plan.panels[position], lettering=panel.lettering, alt_text=alt_text(panel))
    return replace(
        _replaced(plan, position, changed), script=str(StoryScript(script.characters, panels))
    )


def _panel(script: StoryScript, number: int) -> Panel:
    return script.panels[number - 1]


def _replaced(plan: RenderPlan, position: int, panel: PlannedPanel) -> RenderPlan:
    return replace(plan, panels=(*plan.panels[:position], panel, *plan.panels[position + 1 :]))


def _references(plan: RenderPlan, position: int, names: tuple[str, ...]) -> tuple[int, ...]:
    """The same people look as they did; others as in the pictures by which they are known."""
    before = plan.panels[position]
    if before.characters == names:
        return before.references
    looked_at = {to for panel in plan.panels for to in panel.references}
    return tuple(
        at
        for name in names
        for at in sorted(looked_at)
        if plan.panels[at].characters == (name,) and at != position
    )
