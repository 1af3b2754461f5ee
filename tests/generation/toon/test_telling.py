"""What captions say of the second round is so, and the same as what they report to have said."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from generation.toon.world import more_words, words
from generation.toon.world.captions import describe
from generation.toon.world.round_two import round_two, round_two_group
from generation.toon.world.scene import Figure, Look, Scene
from generation.toon.world.telling import chaser_of, tell

MANY = 800
CHASES = ("chas", "running after")
TOGETHER = {"pointing": more_words.DEBATE_WORDS, "fighting": more_words.FIGHT_WORDS}


def spoken(scene: Scene, name: str) -> tuple[str, ...]:
    """Words of which one must be in a caption that says this."""
    index, _, field = name.rpartition(".")
    if not index:
        return spoken_of_all(scene, field)
    figure = scene.figures[int(index)]
    if field == "pose":
        known = (
            *words.POSE_WORDS.get(figure.pose, ()),
            *more_words.MORE_POSE_WORDS.get(figure.pose, ()),
            *TOGETHER.get(figure.pose, ()),
            *(more_words.READING_WORDS[figure.prop] if figure.pose == "reading" else ()),
            *(("run", *CHASES) if figure.pose == "running" else ()),
        )
        return tuple(one.replace("{his}", words.PRONOUNS[figure.look.kind]) for one in known)
    tables = {
        "prop": (*more_words.PROP_WORDS, *more_words.READING_WORDS),
        "expression": words.EXPRESSION_WORDS.get(figure.expression),
        "beard": more_words.BEARD_WORDS.get(figure.look.beard),
        "pattern": more_words.PATTERN_WORDS.get(figure.look.pattern),
        "kind": words.KIND_WORDS[figure.look.kind],
    }
    if field == "prop":
        held = more_words.PROP_WORDS[figure.prop]
        read = more_words.READING_WORDS.get(figure.prop, ())
        return tuple(
            one.replace("{his}", words.PRONOUNS[figure.look.kind]) for one in (*held, *read)
        )
    return tables.get(field) or ("",)


def spoken_of_all(scene: Scene, field: str) -> tuple[str, ...]:
    if field == "place":
        known = words.PLACE_WORDS.get(scene.place, ())
        return (*known, *more_words.MORE_PLACE_WORDS.get(scene.place, ()))
    if field == "night":
        return words.NIGHT_WORDS if scene.night else words.DAY_WORDS
    if field == "framing":
        return (
            *more_words.FRAMING_WORDS[scene.framing],
            *more_words.FRAMED_WORDS[scene.framing],
        )
    if field == "drawing":
        return more_words.DRAWING_WORDS[scene.drawing]
    assert field in scene.extras
    return more_words.FIRE_WORDS if field == "fire" else words.EXTRA_WORDS[field]  # type: ignore[index]


def test_what_is_reported_as_said_is_in_the_text() -> None:
    for seed in range(MANY):
        sample = round_two(seed)
        for name in sample.caption.said:
            found = spoken(sample.scene, name)
            assert any(one in sample.caption.text for one in found), (name, sample.caption.text)


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("framing", (more_words.FRAMING_WORDS, more_words.FRAMED_WORDS)),
        ("drawing", (more_words.DRAWING_WORDS,)),
    ],
)
def test_no_other_style_or_framing_is_in_the_text(
    name: str, tables: tuple[dict[str, tuple[str, ...]], ...]
) -> None:
    for seed in range(MANY):
        sample = round_two(seed)
        own = getattr(sample.scene, name)
        for table in tables:
            for other, listed in table.items():
                if other != own or name not in sample.caption.said:
                    assert not any(f" {one}," in f" {sample.caption.text}," for one in listed)


def test_words_for_what_is_not_drawn_are_never_used() -> None:
    for seed in range(MANY):
        sample = round_two(seed)
        text = sample.caption.text
        poses = {figure.pose for figure in sample.scene.figures}
        kinds = {figure.look.kind for figure in sample.scene.figures}
        assert ("fight" in text or "brawl" in text) <= ("fighting" in poses)
        assert ("running" in text or "chas" in text) <= ("running" in poses)
        assert ("moustache" in text or "beard" in text) <= ("man" in kinds)
        assert "umbrella" not in text or "umbrella" in {f.prop for f in sample.scene.figures}


def test_captions_leave_a_varying_part_unsaid() -> None:
    samples = [round_two(seed) for seed in range(MANY)]
    for name, low, high in (
        *(("place", 0.7, 0.97), ("drawing", 0.55, 0.85), ("framing", 0.1, 0.5)),
        *(("0.pose", 0.3, 0.85), ("0.expression", 0.25, 0.7), ("0.hair", 0.1, 0.6)),
    ):
        share = sum(name in one.caption.said for one in samples) / MANY
        assert low < share < high, (name, share)


def test_a_style_that_is_not_said_is_mostly_a_comic() -> None:
    unsaid = [
        one.scene.drawing
        for one in (round_two(seed) for seed in range(MANY))
        if "drawing" not in one.caption.said
    ]
    assert unsaid.count("comic book") / len(unsaid) > 0.8


def test_no_placeholders_are_left_in_captions() -> None:
    for seed in range(MANY):
        text = round_two(seed).caption.text
        assert not set("{}") & set(text)
        assert "  " not in text
        assert ", ," not in text
        assert text


def test_a_close_up_never_says_that_somebody_stands() -> None:
    look = Look("man", beard="full")
    scene = Scene("castle", figures=(Figure(look),), framing="close-up", drawing="film noir")
    for seed in range(60):
        chance = random.Random(seed)
        told = tell(scene, [describe(look, chance)], chance)
        assert "0.pose" not in told.said
        assert "standing" not in told.text


@pytest.mark.parametrize("facing", [1, -1])
def test_who_is_behind_and_an_animal_chases(facing: int) -> None:
    dog, boy = (Figure(Look(kind), "running", facing=facing) for kind in ("dog", "boy"))
    figures = (dog, boy) if facing == 1 else (boy, dog)
    assert chaser_of(figures) == figures.index(dog)
    assert chaser_of(figures[::-1]) is None
    assert chaser_of((boy, replace(dog, facing=-facing))) is None
    scene, texts = Scene("street", figures=figures), set()
    for seed in range(60):
        chance = random.Random(seed)
        cast = [describe(figure.look, chance) for figure in figures]
        texts.add(tell(scene, cast, chance).text)
    assert any("chasing" in text for text in texts)
    wrong = "chased by" if facing == 1 else "chases"
    assert not any(wrong in text for text in texts)


def test_panels_of_a_group_describe_a_character_in_the_same_words() -> None:
    for seed in range(40):
        told: dict[Look, set[frozenset[str]]] = {}
        for panel in round_two_group(seed):
            for at, figure in enumerate(panel.scene.figures):
                names = (name.split(".") for name in panel.caption.said if "." in name)
                said = {part for number, part in names if number == str(at)}
                told.setdefault(figure.look, set()).add(frozenset(said & set(vars(figure.look))))
        assert all(len(said) == 1 for said in told.values())


def test_another_telling_is_about_the_same_picture() -> None:
    one, other = round_two(3), round_two(3, telling=1)
    assert one.scene == other.scene
    assert one.caption != other.caption


def test_prompts_of_real_stories_are_within_reach() -> None:
    texts = " | ".join(round_two(seed).caption.text for seed in range(4 * MANY))
    for phrase in (
        *("near a fire", "wake up in the bed", "sleeping in the bed", "running", "on the road"),
        *("chasing", "reading newspaper", "at the desk", "have lunch", "in a vigorous debate"),
        *("papers flying everywhere", "a house", "in the forest", "close-up of", "film noir"),
    ):
        assert phrase in texts, phrase
