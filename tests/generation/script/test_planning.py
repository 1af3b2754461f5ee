from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.script.catalogue import Model, Style, read_models, read_styles
from generation.script.errors import GraphError, PlanError
from generation.script.estimating import Speed, estimate, measured
from generation.script.graph import GROUP_LIMIT, batches, make_causal, waves
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story

ROOT = Path(__file__).parents[3]
EXAMPLE = parse_script((ROOT / "examples" / "tabs-or-spaces.story").read_text(encoding="utf-8"))
MODEL = Model("toon", "Toon", "weights", "sd15", 256, 256, 25, 4.0)
STYLE = Style("comic", "Comic", "comic book style, {scene}", "photo")


AHEAD = replace(MODEL, ahead=True)


def plan(text: str, **choices: object) -> RenderPlan:
    return plan_story(parse_script(text), MODEL, STYLE, title="", seed=7, **choices)  # type: ignore[arg-type]


def test_a_prompt_says_how_each_character_looks_in_the_words_of_the_style() -> None:
    drawn = plan_story(EXAMPLE, MODEL, STYLE, title="Tabs", seed=1)
    assert drawn.panels[0].prompt == (
        "comic book style, A young programmer wearing glasses, with a T-shirt featuring "
        "programming slogans, In the office, typing on his keyboard"
    )
    assert drawn.panels[3].prompt == (
        "comic book style, A young programmer wearing glasses, with a T-shirt featuring "
        "programming slogans and a female developer with short hair, her laptop covered in "
        "stickers with tech logos, start fighting, papers and notebooks flying everywhere"
    )


def test_a_name_that_comes_again_in_a_scene_is_described_once() -> None:
    drawn = plan("[Tom] A tall man.\n\n[Tom] looks at [Tom] in the mirror")
    assert drawn.panels[0].prompt == ("comic book style, A tall man, looks at Tom in the mirror")


def test_braces_in_what_members_type_mean_nothing() -> None:
    drawn = plan("[T{0}] {scene} {}\n\n[T{0}] {scene.__class__} %s #{0}")
    assert drawn.panels[0].prompt == "comic book style, {scene} {} {scene.__class__} %s"


def test_a_panel_with_nobody_says_so_and_looks_at_nobody() -> None:
    drawn = plan("[Tom] a man\n\n[Tom] a\n[Tom] b\n[NC] The city of [Tom] at night")
    empty = drawn.panels[2]
    assert empty.prompt == "comic book style, The city of Tom at night, no people"
    assert "people" in empty.negative_prompt
    assert "people" not in drawn.panels[0].negative_prompt
    assert (empty.references, empty.characters) == ((), ())


def test_solo_panels_show_the_others_how_a_character_looks() -> None:
    drawn = plan("[Tom] a man\n\n" + "".join(f"[Tom] does {n}\n" for n in range(6)))
    assert [panel.references for panel in drawn.panels] == [
        (1, 2, 3),
        (0, 2, 3),
        (0, 1, 3),
        (0, 1, 2),
        (0, 1, 2, 3),
        (0, 1, 2, 3),
    ]
    assert drawn.notes == ("Tom looks as in panels 1, 2, 3, 4.",)


def test_sheets_are_added_where_solo_panels_are_too_few() -> None:
    drawn = plan("[A] a man\n[B] a cat\n\n[A] and [B] walk\n[A] sits\n[B] and [A] run")
    hidden = [panel for panel in drawn.panels if panel.number is None]
    assert [panel.characters for panel in hidden] == [("A",), ("B",), ("B",)]
    assert hidden[0].prompt == "comic book style, a man, standing, full body, plain background"
    assert [panel.references for panel in drawn.panels] == [
        (1, 3, 4, 5),
        (3,),
        (4, 5, 1, 3),
        (1,),
        (5,),
        (4,),
    ]
    assert drawn.notes == (
        "A looks as in panel 2 and 1 hidden sheet panel.",
        "B looks as in 2 hidden sheet panels.",
    )


def test_a_character_seen_once_needs_no_sheet() -> None:
    drawn = plan("[A] a man\n[B] a cat\n\n[A] and [B] walk")
    assert len(drawn.panels) == 1
    assert drawn.panels[0].references == ()


def test_without_consistency_nobody_looks_and_nothing_is_hidden() -> None:
    drawn = plan_story(EXAMPLE, MODEL, STYLE, title="", seed=1, consistency=False)
    assert [panel.number for panel in drawn.panels] == [1, 2, 3, 4]
    assert {panel.references for panel in drawn.panels} == {()}
    assert drawn.notes == ("Consistency is off: no panel looks at another.",)


def test_seeds_are_stable_and_do_not_depend_on_other_panels() -> None:
    short = plan("[Tom] a man\n\n[Tom] a")
    long = plan("[Tom] a man\n\n[Tom] a\n[Tom] b\n[Tom] c")
    assert short.panels[0].seed == long.panels[0].seed == 6941658574566866252
    assert len({panel.seed for panel in long.panels}) == 3
    assert all(0 <= panel.seed < 2**63 for panel in long.panels)


def test_alt_texts_say_the_scene_and_what_is_lettered() -> None:
    drawn = plan("[Tom] a man\n\n[Tom] At home, asleep #Tom: Zzz | Night\n[NC] [Tom] #\n[NC] Rain")
    assert [panel.alt_text for panel in drawn.panels] == [
        "Tom: At home, asleep. Tom says: “Zzz” Caption: Night.",
        "Tom.",
        "Rain.",
    ]


@pytest.mark.parametrize(
    "wrong", [{"width": 100}, {"height": 8}, {"width": 1 << 20}, {"steps": 0}, {"guidance": -1.0}]
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PlanError, match=str(next(iter(wrong.values())))):
        plan("A city", **wrong)


def test_a_plan_survives_its_json() -> None:
    drawn = plan_story(EXAMPLE, MODEL, STYLE, title="Tabs “or” spaces", seed=2**62, credits="a, b")
    assert RenderPlan.from_json(drawn.to_json()) == drawn


def test_an_estimate_grows_with_panels_steps_size_and_references() -> None:
    timed = replace(MODEL, seconds_per_step=0.5, vram=1.0)
    plain = plan_story(EXAMPLE, MODEL, STYLE, title="", seed=1, consistency=False)
    drawn = plan_story(EXAMPLE, MODEL, STYLE, title="", seed=1)
    assert estimate(drawn, MODEL).seconds is None
    assert estimate(plain, timed).seconds == pytest.approx(4 * 25 * 0.5)
    assert estimate(plain, timed).memory_bytes == 2**30
    assert estimate(drawn, timed).seconds > 6 * 25 * 0.5  # type: ignore[operator]
    assert estimate(drawn, timed).memory_bytes > 2**30


def test_the_shipped_catalogues_are_readable_and_fit_each_other() -> None:
    models = read_models(ROOT / "config" / "models.toml")
    styles = read_styles(ROOT / "config" / "styles.toml")
    assert next(iter(models)) == "toon"
    assert {name for model in models.values() for name in model.styles} <= set(styles)
    for style in styles.values():
        assert style.positive.count("{scene}") == 1
        plan_story(EXAMPLE, models["toon"], style, title="", seed=0)


@st.composite
def scripts(draw: st.DrawFn) -> str:
    cast = [chr(ord("A") + n) for n in range(draw(st.integers(1, 5)))]
    people = st.lists(st.sampled_from(cast), max_size=3, unique=True)
    panels = [
        " and ".join(f"[{name}]" for name in draw(people)) + " wait"
        for _ in range(draw(st.integers(1, 9)))
    ]
    return "\n".join([f"[{name}] looks" for name in cast]) + "\n\n" + "\n".join(panels)


@given(scripts(), st.integers(0, 6))
def test_every_plan_can_be_drawn_in_order(text: str, wanted: int) -> None:
    drawn = plan(text, identity_wanted=wanted)
    order = batches(drawn)
    assert sorted(at for group in order for at in group) == list(range(len(drawn.panels)))
    assert all(len(group) <= GROUP_LIMIT for group in order)
    seen: set[int] = set()
    for group in order:
        seen |= set(group)
        assert all(set(drawn.panels[at].references) <= seen for at in group)
    causal = make_causal(drawn)
    assert all(len(group) == 1 for group in batches(causal))
    for before, after in zip(drawn.panels, causal.panels, strict=True):
        assert set(after.references) <= set(before.references)


def test_a_group_of_five_cannot_be_drawn_but_can_be_made_causal() -> None:
    drawn = plan("".join(f"Scene {n}\n" for n in range(5)))
    ring = replace(
        drawn,
        panels=tuple(
            replace(panel, references=((at + 1) % 5,)) for at, panel in enumerate(drawn.panels)
        ),
    )
    with pytest.raises(GraphError, match="0, 1, 2, 3, 4 look at each other; at most 4"):
        batches(ring)
    causal = make_causal(ring)
    assert [panel.references for panel in causal.panels] == [(), (), (), (), (0,)]
    assert causal.notes[-1].startswith("Panels look only at panels drawn before them")


@pytest.mark.parametrize("reference", [-1, 0, 1])
def test_a_reference_out_of_the_stack_or_to_oneself_is_an_error(reference: int) -> None:
    drawn = plan("A city")
    wrong = replace(drawn, panels=(replace(drawn.panels[0], references=(reference,)),))
    with pytest.raises(GraphError, match=f"panel 0 can't look at panel {reference}"):
        batches(wrong)


def test_where_models_look_at_finished_panels_a_sheet_of_each_character_comes_first() -> None:
    text = "[A] a\n[B] b\n[C] c\n\n[A] x\n[A] and [B] y\n[B] z\n[C] once\nNobody"
    drawn = plan_story(parse_script(text), AHEAD, STYLE, title="", seed=7)
    assert [panel.number for panel in drawn.panels] == [1, 2, 3, 4, 5, None, None]
    assert [panel.references for panel in drawn.panels] == [(5,), (5, 6), (6,), (), (), (), ()]
    assert waves(drawn) == ((3, 4, 5, 6), (0, 1, 2))
    assert drawn.notes[0] == "A looks as in 1 hidden sheet panel."
    together = replace(drawn, ahead=False)
    assert waves(together) == (tuple(range(7)),)


@given(scripts(), st.booleans())
def test_every_panel_is_in_one_wave_after_all_it_looks_at(text: str, ahead: bool) -> None:
    drawn = replace(plan(text), ahead=ahead)
    order = waves(drawn)
    assert sorted(at for group in order for at in group) == list(range(len(drawn.panels)))
    wave = {at: number for number, group in enumerate(order) for at in group}
    for group in batches(drawn):
        assert len({wave[at] for at in group}) == 1
        for at in group:
            outside = set(drawn.panels[at].references) - set(group)
            assert all(wave[to] < wave[at] for to in outside) or not ahead


def test_what_was_measured_is_what_is_estimated() -> None:
    drawn = plan_story(EXAMPLE, MODEL, STYLE, title="", seed=1)
    seconds = {"load": 9.0, "text": 1.0, "denoise": 30.0, "decode": 2.0, "page": 1.0}
    speed = measured(drawn, seconds, drawn.steps)
    assert estimate(drawn, MODEL, speed).seconds == pytest.approx(34)
    half = measured(drawn, seconds | {"denoise": 15.0}, drawn.steps // 2)
    assert half is not None
    assert speed is not None
    assert half.step == pytest.approx(speed.step, rel=0.1)
    assert measured(drawn, seconds, 0) is None


def test_half_the_steps_or_a_larger_panel_change_the_estimate() -> None:
    speed = Speed(step=1.0, panel=0.0)
    whole, quick, large = (
        estimate(plan_story(EXAMPLE, MODEL, STYLE, title="", seed=1, **changes), MODEL, speed)
        for changes in ({"steps": 20}, {"steps": 10}, {"steps": 20, "width": 512})
    )
    assert whole.seconds == pytest.approx(2 * (quick.seconds or 0))
    assert large.seconds == pytest.approx(2 * (whole.seconds or 0))


def test_in_the_episodes_of_a_story_the_cast_is_the_same() -> None:
    cast = "[A] a\n[B] b\n\n"
    one, two = (
        plan_story(parse_script(cast + text), AHEAD, STYLE, title="", seed=seed, cast_seed=5)
        for seed, text in ((1, "[A] x\n[A] and [B] y"), (2, "[B] z\n[B] once more\n[A] w"))
    )
    looks = [{(p.prompt, p.seed) for p in plan.panels if p.number is None} for plan in (one, two)]
    assert looks[0] == looks[1]
    assert len(looks[0]) == 2  # B, too, who comes only once
    assert all(panel.references for plan in (one, two) for panel in plan.panels if panel.number)
