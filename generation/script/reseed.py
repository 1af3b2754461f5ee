"""The same plan with another seed: every panel drawn anew, everything said about it unchanged."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from generation.script.catalogue import Model, Style
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.prompts import panel_seed, sheet_prompt
from generation.script.story import Character


def reseed(
    plan: RenderPlan, seed: int, model: Model, style: Style, keep: Collection[str] = ()
) -> RenderPlan:
    """What `plan_story` would have made of the same story with this seed, with its model and style.
    The characters in `keep` keep their hidden sheets, and so their looks."""
    sheets: Counter[str] = Counter()

    def again(panel: PlannedPanel) -> PlannedPanel:
        if panel.number is not None:
            return replace(panel, seed=panel_seed(seed, "panel", panel.number))
        (name,) = panel.characters
        if name in keep:
            return panel
        sheets[name] += 1
        changed = replace(panel, seed=panel_seed(seed, "sheet", name, sheets[name]))
        lots = panel_seed(seed, "sheet", name, 1)
        return _with_lots(changed, model, style, lots) if panel.portrait else changed

    return replace(plan, seed=seed, panels=tuple(again(panel) for panel in plan.panels))


def _with_lots(panel: PlannedPanel, model: Model, style: Style, lots: int) -> PlannedPanel:
    (shown,) = panel.subjects
    character = Character(shown.name, shown.words, shown.reference)
    return replace(panel, prompt=sheet_prompt(character, model, style, lots))
