"""Reference pictures in a plan: which picture shows each of its characters."""

from collections.abc import Mapping
from dataclasses import replace

from generation.script.plan import PlannedPanel, RenderPlan


def pictured(plan: RenderPlan, references: Mapping[str, str]) -> RenderPlan:
    """The plan whose subjects look as in these pictures, keys by name; others have none."""

    def with_pictures(panel: PlannedPanel) -> PlannedPanel:
        subjects = tuple(
            replace(subject, reference=references.get(subject.name, ""))
            for subject in panel.subjects
        )
        return replace(panel, subjects=subjects)

    return replace(plan, panels=tuple(map(with_pictures, plan.panels)))


def pictures_of(plan: RenderPlan) -> dict[str, str]:
    """The key of each character's picture by its name, of those that have one."""
    return {
        subject.name: subject.reference
        for panel in plan.panels
        for subject in panel.subjects
        if subject.reference
    }
