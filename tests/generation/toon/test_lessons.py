"""What a step of the denoiser's training teaches, and how its weights move into more layers."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
import torch
from diffusers import UNet2DConditionModel

from config.cli import main
from generation.toon.sharing import Sharing, group_attention
from generation.toon.training.closely import SHARPNESS, WINDOW, closely, nearby
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.diffusion import CHECKPOINT, Training
from generation.toon.training.examination import Examination
from generation.toon.training.growth import grown
from generation.toon.training.latents import DOUBLE, Drawn, Part, focus_maps, shard_file
from generation.toon.training.lessons import LOOKING_BACK, SLIGHT
from generation.toon.training.looking import closeness, heeding, keeping, looking, telling
from generation.toon.training.making import TWIN_WINDOWS
from generation.toon.training.noise import add_noise
from generation.toon.training.parallel import Team
from generation.toon.training.relearning import forgotten, relearn, right_of
from generation.toon.training.run import Clock, load_checkpoint, save_checkpoint
from generation.toon.training.teacher import WINDOWS, Teacher
from generation.toon.training.text import build_tokenizer, new_text_encoder, questions
from generation.toon.world.deeds import deeds
from generation.toon.world.doubles import OFTEN, doubles
from generation.toon.world.samples import single
from generation.toon.world.twins import twins
from generation.toon.world.words import PRONOUNS

PICTURES = 32


def some_latents(seed: int) -> Drawn:
    """Random latents with the focus and the captions of drawn pictures."""
    samples = [single(i) for i in range(PICTURES)]
    latents = torch.randn(PICTURES, 8, 16, 16, generator=torch.Generator().manual_seed(seed))
    focus = focus_maps([one.scene for one in samples])
    return Drawn(latents, focus, [one.caption.text for one in samples])


def write_files(folder: Path) -> None:
    """Of doubles the words are the same, of deeds the first scene with its words."""
    for seed, part in enumerate(get_args(Part)):
        drawn = some_latents(seed)
        for other in range(2, PICTURES, DOUBLE):
            if part.endswith("doubles"):
                drawn.captions[other : other + 2] = drawn.captions[other - 2 : other]
            if part.endswith("deeds"):
                drawn.captions[other] = drawn.captions[other - 2]
                drawn.latents[other] = drawn.latents[other - 2]
        told = {"latents": drawn.latents, "focus": drawn.focus, "captions": [drawn.captions] * 6}
        save_checkpoint(shard_file(folder, part, 0), told)


def test_windows_are_cut_where_people_are_and_begin_at_even_places() -> None:
    drawn = some_latents(1)
    seen = closely(drawn, WINDOWS, torch.Generator().manual_seed(2))
    assert seen.latents.shape == (PICTURES * WINDOWS, 8, WINDOW, WINDOW)
    for i, window in enumerate(seen.latents):
        whole = drawn.latents[i // WINDOWS]
        places = [
            (top, left)
            for top in range(0, 9, 2)
            for left in range(0, 9, 2)
            if torch.equal(whole[:, top : top + WINDOW, left : left + WINDOW], window)
        ]
        assert len(places) == 1
        (top, left), focus = places[0], drawn.focus[i // WINDOWS].pow(SHARPNESS)
        assert torch.equal(seen.focus[i], focus[top : top + WINDOW, left : left + WINDOW])
    assert seen.focus.mean() > 1.2 * drawn.focus.pow(SHARPNESS).mean()


def test_windows_of_a_picture_share_its_caption(tmp_path: Path) -> None:
    torch.manual_seed(0)
    unet = new_unet()
    model = Denoiser(unet, new_text_encoder(build_tokenizer(tmp_path, captions=200))).eval()
    ids = torch.randint(0, 100, (2, 77), generator=torch.Generator().manual_seed(1))
    noised = torch.randn(6, 8, 8, 8, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.nn.init.normal_(unet.conv_out.weight)
        together = model(noised, torch.full((6,), 500), ids)
        alone = model(noised, torch.full((6,), 500), ids.repeat_interleave(3, dim=0))
    assert torch.allclose(together, alone, atol=1e-5)
    assert together.shape == noised.shape


def old_unet() -> UNet2DConditionModel:
    """The denoiser as it was with a layer less, with random weights everywhere."""
    torch.manual_seed(1)
    model = UNet2DConditionModel.from_config(dict(new_unet().config) | {"layers_per_block": 1})
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return model.eval()


@torch.no_grad()
def test_a_denoiser_that_grew_draws_the_same() -> None:
    old = old_unet()
    new = grown(old).eval()
    noise = torch.Generator().manual_seed(2)
    latents, words = torch.randn(2, 8, 16, 16, generator=noise), torch.randn(2, 77, 192)
    timesteps = torch.tensor([100, 900])
    before, after = (model(latents, timesteps, words).sample for model in (old, new))
    assert before.abs().mean() > 1e-3
    assert torch.allclose(before, after, atol=1e-5)
    again = grown(new).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in new.state_dict().items())


def test_another_denoiser_cannot_grow() -> None:
    deeper = UNet2DConditionModel.from_config(dict(new_unet().config) | {"layers_per_block": 3})
    with pytest.raises(ValueError, match="can't grow"):
        grown(deeper)


def test_a_step_learns_from_every_kind_of_lesson_and_a_run_goes_on(tmp_path: Path) -> None:
    write_files(tmp_path)
    tokenizer = build_tokenizer(tmp_path, captions=200)

    def training() -> Training:
        torch.manual_seed(0)
        model = Denoiser(new_unet(), new_text_encoder(tokenizer))
        return Training(tmp_path, model, Team(), Clock(1.0), 1e-3)

    first = training()
    teacher = Teacher(tmp_path, tokenizer, seed=1)
    before = {name: value.clone() for name, value in first.model.state_dict().items()}
    first.take_step(teacher)
    assert all(one.count == 1 and one.mean > 0 for one in first.losses.values())
    moved = first.model.state_dict()
    assert any(not torch.equal(value, moved[name]) for name, value in before.items())
    first.clock.spent = 1.0  # at its end a run is stored
    first.save_when_due()
    assert load_checkpoint(tmp_path / CHECKPOINT) is not None
    second = training()
    second.resume()
    assert second.step == 1
    assert second.clock.done
    assert all(torch.equal(value, moved[name]) for name, value in second.model.state_dict().items())
    held = Examination(tmp_path, tokenizer)
    told = looking(second.model, held, groups=2)
    assert told.count("|") == 3
    assert closeness(second.model, held, pictures=4).startswith("200 ")
    assert heeding(second.model, held).startswith("350 ")
    assert telling(second.model, held).startswith("100 ")
    assert keeping(second.model, held).startswith("350 ")


def test_of_twins_only_the_difference_is_asked_for(tmp_path: Path) -> None:
    """Who ignores words makes none of it, who knows them all of it, however much else is wrong."""
    write_files(tmp_path)
    teacher = Teacher(tmp_path, build_tokenizer(tmp_path, captions=200), seed=1)
    lesson = teacher.twin_lesson(3)
    assert len(lesson.ids) == 2 * 3
    assert len(lesson.noised) == 3 * TWIN_WINDOWS
    deaf = lesson.loss(lambda noised, *_: noised)  # type: ignore[arg-type]
    half = torch.cat([lesson.difference, -lesson.difference]) / 2
    wise = lesson.loss(lambda *_: half + 3.0)  # type: ignore[arg-type]
    assert deaf.item() == pytest.approx(1.0, abs=0.05)
    assert wise.item() == pytest.approx(0.0, abs=1e-5)


def test_details_are_told_by_the_picture_and_blurring_them_costs_most(tmp_path: Path) -> None:
    """Both of a pair have the same noise, and half of the pairs no words."""
    write_files(tmp_path)
    teacher = Teacher(tmp_path, build_tokenizer(tmp_path, captions=200), seed=1)
    lesson = teacher.detail_lesson(4)
    a, s = (
        part.sqrt().view(-1, 1, 1, 1)
        for part in (
            teacher.make.signal[lesson.timesteps],
            1 - teacher.make.signal[lesson.timesteps],
        )
    )
    hidden = a * lesson.noised - s * lesson.target
    assert torch.allclose(torch.sub(*hidden.chunk(2)), lesson.difference, atol=1e-4)
    assert torch.equal(*lesson.timesteps.chunk(2))
    untold = teacher.make.tokenizer("").input_ids
    told = [row[: len(untold)].tolist() != untold for row in lesson.ids]
    assert told == [False, False, True, True] * 2
    sharp = lesson.loss(lambda *_: lesson.target)  # type: ignore[arg-type]
    assert sharp.item() == pytest.approx(0.0, abs=1e-5)
    middle = hidden.unflatten(0, (2, -1)).mean(0).repeat(2, 1, 1, 1)
    blurred = lesson.loss(lambda *_: (a * lesson.noised - middle) / s)  # type: ignore[arg-type]
    assert blurred.item() > 1.0


def test_of_doubles_only_looking_back_tells_the_difference(tmp_path: Path) -> None:
    """Words and noised panels are the same for both; what was drawn before them is not."""
    write_files(tmp_path)
    lesson = Teacher(tmp_path, build_tokenizer(tmp_path, captions=200), seed=1).double_lesson(3)
    one, other = (half.unflatten(0, (3, 2)) for half in lesson.noised.chunk(2))
    assert torch.equal(one[:, 1], other[:, 1])
    assert not torch.isclose(one[:, 0], other[:, 0]).all((1, 2, 3)).any()
    assert torch.equal(*lesson.ids.chunk(2))
    assert torch.equal(*lesson.timesteps.chunk(2))
    assert (lesson.timesteps[::2] < 50).all()
    assert (lesson.timesteps[1::2] >= 300).all()
    deaf = lesson.loss(lambda noised, *_: noised)  # type: ignore[arg-type]
    half = torch.cat([lesson.difference, -lesson.difference]).repeat_interleave(2, 0) / 2
    wise = lesson.loss(lambda *_: half + 3.0)  # type: ignore[arg-type]
    assert deaf.item() == pytest.approx(1.0, abs=0.05)
    assert wise.item() == pytest.approx(0.0, abs=1e-5)


def test_of_deeds_only_words_tell_the_difference(tmp_path: Path) -> None:
    """Who looks sees the same before both; what is said of the second scene is not the same."""
    write_files(tmp_path)
    tokenizer = build_tokenizer(tmp_path, captions=200)
    teacher, held = Teacher(tmp_path, tokenizer, seed=1), Examination(tmp_path, tokenizer)
    for lesson in (teacher.close_deed_lesson(3), held.deeds(500)):
        assert torch.equal(*lesson.noised.chunk(2))
        one, other = (half.unflatten(0, (-1, 2)) for half in lesson.ids.chunk(2))
        assert torch.equal(one[:, 0], other[:, 0])
        assert (one[:, 1] != other[:, 1]).any(1).all()
        assert (lesson.timesteps[1::2] >= 300).all()
        deaf = lesson.loss(lambda noised, *_: noised)  # type: ignore[arg-type]
        half = torch.cat([lesson.difference, -lesson.difference]).repeat_interleave(2, 0) / 2
        wise = lesson.loss(lambda *_, half=half: half)  # type: ignore[arg-type]
        assert deaf.item() == pytest.approx(1.0, abs=0.05)
        assert wise.item() == pytest.approx(0.0, abs=1e-5)


def test_windows_of_doubles_are_at_the_same_place_where_they_differ() -> None:
    drawn = some_latents(1)
    panels = drawn.latents.view(-1, 2, 2, 8, 16, 16)
    panels[:, 1] = panels[:, 0]
    panels[:, 1, 0, :, 11, 4] += 9  # a look: elsewhere in each of the two scenes
    panels[:, 1, 1, :, 2, 13] += 9
    seen = nearby(drawn, torch.Generator().manual_seed(2))
    assert seen.latents.shape == (PICTURES, 8, WINDOW, WINDOW)
    assert seen.captions == drawn.captions
    cut = seen.latents.view(-1, 2, 2, 8, WINDOW, WINDOW)
    for when, (top, left) in enumerate(((6, 0), (0, 8))):
        place = ..., slice(top, top + WINDOW), slice(left, left + WINDOW)
        assert torch.equal(cut[:, :, when], panels[:, :, when][place])
    assert (cut[:, 0] != cut[:, 1]).flatten(2).any(2).all()


def test_where_doubles_are_alike_their_windows_are_around_people() -> None:
    drawn = some_latents(1)
    panels = drawn.latents.view(-1, 2, 2, 8, 16, 16)
    panels[:, 1] = panels[:, 0]
    drawn.focus[:] = 0.0
    drawn.focus[:, 3, 12] = 4.0
    seen = nearby(drawn, torch.Generator().manual_seed(2))
    assert (seen.focus.amax((1, 2)) == 4.0).all()


def test_who_looks_at_the_other_double_predicts_another_panel(tmp_path: Path) -> None:
    write_files(tmp_path)
    tokenizer = build_tokenizer(tmp_path, captions=200)
    lesson = Teacher(tmp_path, tokenizer, seed=1).double_lesson(2)
    torch.manual_seed(0)
    model = Denoiser(new_unet(), new_text_encoder(tokenizer)).eval()
    for one in model.unet.parameters():
        torch.nn.init.normal_(one, std=0.05)
    with torch.no_grad():
        alone = lesson.shares(model)
        with group_attention(model.unet) as attention:
            rule = Sharing(LOOKING_BACK, 1.0, torch.Generator())
            with attention.among(rule):
                looking_back = lesson.shares(model)
    whole = lesson.difference.square().mean((1, 2, 3))
    assert torch.allclose(alone, whole / (whole + SLIGHT))
    assert (looking_back != alone).all()


def test_the_difference_of_twins_is_that_of_pictures_hidden_behind_the_same_noise() -> None:
    signal = torch.tensor([0.3, 0.7])
    a, s = signal.sqrt().view(-1, 1, 1, 1), (1 - signal).sqrt().view(-1, 1, 1, 1)
    generator = torch.Generator().manual_seed(1)
    one, other, noised = torch.randn(3, 2, 8, 4, 4, generator=generator)
    targets = [add_noise(x, (noised - a * x) / s, signal)[1] for x in (one, other)]
    assert torch.allclose(targets[0] - targets[1], -(one - other) / s, atol=1e-5)


def test_twins_differ_in_one_thing_that_their_captions_say() -> None:
    changed: set[str] = set()
    for seed in range(60):
        one, other = twins(seed)
        pairs = zip(one.scene.figures, other.scene.figures, strict=True)
        differ = [
            (number, field.name)
            for number, (a, b) in enumerate(pairs)
            for side in ((a, b), (a.look, b.look))
            for field in fields(side[0])
            if field.name != "look" and getattr(side[0], field.name) != getattr(side[1], field.name)
        ]
        assert len(differ) == 1
        assert replace(one.scene, figures=()) == replace(other.scene, figures=())
        (number, name) = differ[0]
        said = one.caption.said | other.caption.said
        assert f"{number}.{name}" in said
        assert one.caption.text != other.caption.text
        assert twins(seed, 1)[0].scene == one.scene
        changed.add(name)
    assert {"expression", "pose", "style"} <= changed


def test_doubles_differ_in_one_look_that_no_caption_says() -> None:
    changed: set[str] = set()
    for seed in range(60):
        first, second = doubles(seed)
        for one, other in zip(first, second, strict=True):
            assert one.caption == other.caption
            assert replace(one.scene, figures=()) == replace(other.scene, figures=())
            played = zip(one.scene.figures, other.scene.figures, strict=True)
            (number, (a, b)), *more = [
                (i, (x, y)) for i, (x, y) in enumerate(played) if x.look != y.look
            ]
            assert not more
            assert replace(a, look=b.look) == b
            (name,) = [
                field.name
                for field in fields(a.look)
                if getattr(a.look, field.name) != getattr(b.look, field.name)
            ]
            assert name in a.look.visible()
            assert f"{number}.{name}" not in one.caption.said
            changed.add(name)
            if name == "kind" and len(one.scene.figures) == 1:
                assert not set(PRONOUNS.values()) & set(re.findall(r"\w+", one.caption.text))
        told = chain(*doubles(seed, 1))
        assert [one.scene for one in told] == [one.scene for one in (*first, *second)]
    assert changed == set(OFTEN)


def test_deeds_differ_in_what_words_say_and_in_no_look() -> None:
    done: set[str] = set()
    for seed in range(40):
        (before, one), (same, other) = deeds(seed)
        assert before == same
        assert replace(one.scene, figures=()) == replace(other.scene, figures=())
        played = list(zip(one.scene.figures, other.scene.figures, strict=True))
        assert all(a.look == b.look for a, b in played)
        ((number, (a, b)),) = [(at, pair) for at, pair in enumerate(played) if pair[0] != pair[1]]
        assert before.scene.figures[0].look == a.look
        name = "pose" if a.pose != b.pose else "expression"
        assert replace(a, **{name: getattr(b, name)}) == b
        assert f"{number}.{name}" in one.caption.said & other.caption.said
        assert deeds(seed, 1)[0][1].scene == one.scene
        assert deeds(seed, 1)[0][1].caption != one.caption
        done.add(name)
    assert done == {"pose", "expression"}


def test_lessons_change_the_text_encoder_alone(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(tmp_path, captions=200)
    torch.manual_seed(0)
    states = Denoiser(new_unet(), new_text_encoder(tokenizer)).state_dict()
    told = {"model": states, "average": states, "optimiser": [1], "step": 7, "seconds": 5.0}
    save_checkpoint(tmp_path / CHECKPOINT, told)
    relearn(tmp_path, 2.0 / 60)
    after = load_checkpoint(tmp_path / CHECKPOINT)
    assert after is not None
    assert (after["optimiser"], after["step"], after["seconds"]) == ([], 7, 5.0)
    for name in ("model", "average"):
        changed = {key for key, one in after[name].items() if not torch.equal(one, states[key])}
        assert changed
        assert all(key.startswith("encoder.") for key in changed)


def test_what_was_told_before_counts_when_it_is_forgotten() -> None:
    states = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1))
    assert forgotten(states, states).item() == 0.0
    assert forgotten(2 * states, states).item() == pytest.approx(1.0)
    assert (
        right_of([torch.eye(2)] * len(questions()), torch.ones(2, len(questions())).long(), "")
        == 0.5
    )


def test_without_a_denoiser_there_is_nothing_to_teach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["toon", "train", "words", "--folder", str(tmp_path)]) == 2
    assert "diffusion.pt isn't there" in capsys.readouterr().err
