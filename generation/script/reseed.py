"""The same plan with another seed: every panel drawn anew, everything said about it unchanged."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from generation.script.open_looks import Portraits
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.prompts import panel_seed


def reseed(
    plan: RenderPlan, seed: int, portraits: Portraits, keep: Collection[str] = ()
) -> RenderPlan:
    """What `plan_story` would have made of the same story with this seed; `portraits` are the
    model's. The characters in `keep` keep their hidden sheets, and so their looks."""
    sheets: Counter[str] = Counter()

    def again(panel: PlannedPanel) -> PlannedPanel:
        if panel.number is not None:
            return replace(panel, seed=panel_seed(seed, "panel", panel.number))
        (name,) = panel.characters
        if name in keep:
            return panel
        sheets[name] += 1
        return _other_sheet(panel, portraits, panel_seed(seed, "sheet", name, sheets[name]))

    return replace(plan, seed=seed, panels=tuple(again(panel) for panel in plan.panels))


def _other_sheet(panel: PlannedPanel, portraits: Portraits, seed: int) -> PlannedPanel:
    """With other lots, too."""
    (subject,) = panel.subjects
    before, now = (portraits.told(subject.words, one) for one in (panel.seed, seed))
    return replace(panel, seed=seed, prompt=panel.prompt.replace(before, now))
