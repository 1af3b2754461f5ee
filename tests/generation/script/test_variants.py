"""Drafts: the beginning of a story from several seeds, as each would be drawn whole."""

from generation.script.catalogue import Model, Style
from generation.script.graph import batches
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.reseed import reseed
from generation.script.variants import SHOWN, draft, variants

MODEL = Model("m", "M", "nowhere", "sd15", 64, 64, 20, 5.0)
STYLE = Style("plain", "Plain", "{scene}", "")
STORY = """[Tom] a baker
[Lisa] a pilot

[Tom] waves
[Tom] and [Lisa] argue
rain [NC]
[Lisa] runs
[Tom] sleeps
[Lisa] flies"""


def plan() -> RenderPlan:
    return plan_story(parse_script(STORY), MODEL, STYLE, title="Rain", seed=7)


def test_each_variant_is_the_beginning_as_its_seed_would_draw_it() -> None:
    varied = variants(plan(), (1, 2, 3), MODEL, STYLE)
    assert [seed for seed, _ in varied.parts] == [1, 2, 3]
    for seed, panels in varied.parts:
        whole = reseed(plan(), seed, MODEL, STYLE)
        shown = [one for one in panels if one.number is not None]
        for one, other in zip(shown, whole.panels[:SHOWN], strict=True):
            assert (one.prompt, one.seed) == (other.prompt, other.seed)
            seen = [varied.panels[at].seed for at in one.references]
            assert seen == [whole.panels[at].seed for at in other.references]


def test_panels_are_numbered_through_and_variants_do_not_look_at_each_other() -> None:
    varied = variants(plan(), (1, 2), MODEL, STYLE)
    numbers = [one.number for one in varied.panels if one.number is not None]
    assert numbers == list(range(1, 2 * SHOWN + 1))
    each = len(varied.panels) // 2
    for at, panel in enumerate(varied.panels):
        assert all(to // each == at // each for to in panel.references)
    assert sorted(at for group in batches(varied) for at in group) == list(range(2 * each))


def test_a_draft_has_fewer_steps_and_nothing_else() -> None:
    assert draft(plan(), 6).steps == 6
    assert draft(plan(), 99) == plan()
    assert draft(plan(), 6).panels == plan().panels
