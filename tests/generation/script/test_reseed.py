"""A plan with another seed is the plan that the story would have had with it."""

from generation.script.catalogue import Model, Style
from generation.script.parse import parse_script
from generation.script.planning import plan_story
from generation.script.reseed import reseed

MODEL = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 5.0)
STYLE = Style("plain", "Plain", "{scene}", "")
STORY = """[Tom] a baker
[Lisa] his sister
[Zoë] a cat

[Tom] and [Lisa] argue
[Tom] leaves with [Zoë]
[Lisa] cries #Tom!
[NC] rain
"""


def test_a_plan_with_another_seed_is_the_one_the_story_would_have_had() -> None:
    first, second = (
        plan_story(parse_script(STORY), MODEL, STYLE, title="Rain", seed=seed) for seed in (1, 2)
    )
    assert any(panel.number is None for panel in first.panels)
    assert first != second
    assert reseed(first, 2) == second
