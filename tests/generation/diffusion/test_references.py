"""Reference pictures: as diffusers' own IP-Adapter, but each character looks at its own."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from diffusers import DiffusionPipeline
from PIL import Image, ImageDraw

from generation.diffusion.adapter import Adapter, assemble_adapter
from generation.diffusion.conditioning import encode_panels
from generation.diffusion.errors import CheckpointMismatch, ModelUnsupported, PictureUnreadable
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.noise import start_noise
from generation.diffusion.props import gather
from generation.diffusion.references import References
from generation.diffusion.vision import pixels_of
from generation.script.catalogue import Model
from generation.script.plan import RenderPlan, Subject
from tests.generation.consistency.casting import cast_plan
from tests.generation.diffusion.adapters import adapter_weights, tiny_eye

Planner = Callable[..., RenderPlan]


def picture(colour: str) -> Image.Image:
    image = Image.new("RGB", (48, 40), colour)
    ImageDraw.Draw(image).ellipse((8, 8, 30, 36), fill="white")
    return image


def as_file(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


FILES = {"tom": as_file(picture("red")), "lisa": as_file(picture("blue"))}
OTHERS = {"tom": as_file(picture("green")), "lisa": FILES["lisa"]}


def looking(entry: Model, model: DiffusionModel, *, detailed: bool = False) -> Adapter:
    entry = replace(entry, ip_adapter="adapter.safetensors")
    weights = adapter_weights(model.unet, detailed=detailed)
    return assemble_adapter(entry, weights, tiny_eye(), model.unet)


def referring(plan: RenderPlan, keys: dict[str, str]) -> RenderPlan:
    panels = (
        replace(
            panel,
            subjects=tuple(
                replace(one, reference=keys.get(one.name, "")) for one in panel.subjects
            ),
        )
        for panel in plan.panels
    )
    return replace(plan, panels=tuple(panels))


def drawn(
    model: DiffusionModel, plan: RenderPlan, adapter: Adapter, files: dict[str, bytes]
) -> LockStep:
    with LockStep(model, plan, gather(model, plan, files, lambda: adapter)) as run:
        while not run.done:
            run.advance()
        return run


@pytest.mark.parametrize("detailed", [False, True])
def test_one_character_alone_is_drawn_as_by_the_adapter_of_diffusers(
    model: DiffusionModel,
    entry_of: Callable[[str], Model],
    plan_of: Planner,
    pipeline_of: Callable[[str], DiffusionPipeline],
    detailed: bool,
) -> None:
    plan = plan_of([(), ()], steps=2)
    tom = Subject("Tom", "a cat", (0.0, 1.0), "tom")
    plan = replace(plan, panels=tuple(replace(one, subjects=(tom,)) for one in plan.panels))
    ours = drawn(model, plan, looking(entry_of(model.family), model, detailed=detailed), FILES)
    pipeline = pipeline_of(model.family)
    pipeline.set_progress_bar_config(disable=True)
    weights = adapter_weights(pipeline.unet, detailed=detailed)
    pipeline.load_ip_adapter(weights, subfolder="", weight_name="", image_encoder_folder=None)
    pipeline.set_ip_adapter_scale(0.6)
    eye, pixels = tiny_eye(), pixels_of([picture("red")], 32)
    if detailed:
        both = torch.cat([torch.zeros_like(pixels), pixels])
        seen = eye(both, output_hidden_states=True).hidden_states[-2].unsqueeze(1)
    else:
        seen = eye(pixels).image_embeds
        seen = torch.stack([torch.zeros_like(seen), seen])
    texts = encode_panels(model, plan)
    told = {}
    for place, side in enumerate(["negative_prompt", "prompt"]):
        told[f"{side}_embeds"] = torch.stack([text.halves[place].tokens for text in texts])
        if model.family == "sdxl":
            pooled = torch.stack([text.halves[place].pooled for text in texts])
            told[f"{side.removesuffix('prompt')}pooled_prompt_embeds"] = pooled
    theirs = pipeline(
        **told,
        ip_adapter_image_embeds=[seen.detach().repeat_interleave(2, dim=0)],
        latents=start_noise([one.seed for one in plan.panels], (4, 8, 12), 0.0, plan.seed),
        width=plan.width,
        height=plan.height,
        num_inference_steps=plan.steps,
        guidance_scale=plan.guidance,
        output_type="latent",
    ).images
    assert (ours.latents - theirs).norm() / theirs.norm() < 1e-5
    without = drawn(model, referring(plan, {}), looking(entry_of(model.family), model), FILES)
    assert (ours.latents - without.latents).norm() / theirs.norm() > 1e-3


def test_a_picture_is_looked_at_only_where_its_character_stands(
    model_of: Callable[..., DiffusionModel], entry_of: Callable[[str], Model], plan_of: Planner
) -> None:
    model = model_of("sd15")
    plan = referring(cast_plan(plan_of), {"Tom": "tom"})
    references = References(looking(entry_of("sd15"), model), model, plan, {"tom": picture("red")})
    name, layer = next(iter(references.layers.items()))
    hidden = torch.randn(2 * 2, 96, layer.to_q.in_features)  # both halves of two panels
    text = torch.randn(2 * 2, 77, 32)
    plain = layer(hidden, text)
    with references.installed(lambda: (3, 5), references.expected_in((8, 12))):
        seen = layer(hidden, text)
    changed = (seen - plain).abs().amax(2).view(2, 2, 8, 12) > 1e-6
    assert changed[:, 0, :, :6].all()  # panel 3 shows Tom on the left, Lisa on the right
    assert not changed[:, 0, :, 6:].any()
    assert not changed[:, 1].any()  # panel 5 shows nobody
    assert name in references.layers


def test_characters_look_at_their_own_picture_with_masks_whatever_the_micro_batch(
    exact_model: DiffusionModel, entry_of: Callable[[str], Model], plan_of: Planner
) -> None:
    adapter = looking(entry_of(exact_model.family), exact_model)
    plan = referring(cast_plan(plan_of, steps=2, micro_batch=7), {"Tom": "tom", "Lisa": "lisa"})
    processors = dict(exact_model.unet.attn_processors)
    whole = drawn(exact_model, plan, adapter, FILES)
    one = drawn(exact_model, replace(plan, micro_batch=1), adapter, FILES)
    assert (whole.latents - one.latents).abs().max() < 1e-8
    others = drawn(exact_model, plan, adapter, OTHERS)
    changed = (whole.latents - others.latents).abs().amax((1, 2, 3)) > 1e-6
    # Lisa alone, who looks at nobody, has nothing of Tom's new picture
    assert changed.tolist() == [True, True, False, True, True, True, True]
    assert exact_model.unet.attn_processors == processors
    assert whole.notes == ()


def test_the_network_is_as_before_after_an_error(
    model: DiffusionModel, entry_of: Callable[[str], Model], plan_of: Planner
) -> None:
    plan = referring(cast_plan(plan_of), {"Tom": "tom"})
    processors = dict(model.unet.attn_processors)
    props = gather(model, plan, FILES, lambda: looking(entry_of(model.family), model))

    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    handle = model.unet.conv_out.register_forward_pre_hook(break_down)
    try:
        with LockStep(model, plan, props) as run, pytest.raises(RuntimeError, match="a bug"):
            run.advance()
    finally:
        handle.remove()
    assert model.unet.attn_processors == processors


def test_what_is_missing_is_said_and_the_story_drawn_without(
    model_of: Callable[..., DiffusionModel], entry_of: Callable[[str], Model], plan_of: Planner
) -> None:
    model = model_of("sd15")
    plan = referring(cast_plan(plan_of), {"Tom": "tom", "Lisa": "lisa"})
    blind = gather(model, plan, FILES, None)
    assert blind.references is None
    assert blind.notes == ("tiny-sd15 can't look at pictures, so not at those of Tom, Lisa.",)
    adapter = looking(entry_of("sd15"), model)
    some = gather(model, plan, {"tom": FILES["tom"]}, lambda: adapter)
    assert some.references is not None
    assert some.notes == ("The reference picture of Lisa is gone.",)
    assert gather(model, plan, {}, lambda: adapter).references is None
    with pytest.raises(PictureUnreadable):
        gather(model, plan, {"tom": b"no picture"}, lambda: adapter)


def test_a_checkpoint_of_another_picture_is_refused(
    model_of: Callable[..., DiffusionModel], entry_of: Callable[[str], Model], plan_of: Planner
) -> None:
    model = model_of("sd15")
    adapter = looking(entry_of("sd15"), model)
    plan = referring(cast_plan(plan_of, steps=1), {"Tom": "tom"})
    checkpoint = drawn(model, plan, adapter, FILES).checkpoint()
    same, other = (
        LockStep(model, plan, gather(model, plan, files, lambda: adapter))
        for files in (FILES, OTHERS)
    )
    same.restore(checkpoint)
    with pytest.raises(CheckpointMismatch):
        other.restore(checkpoint)


def test_an_adapter_for_another_network_is_refused(
    model_of: Callable[..., DiffusionModel], entry_of: Callable[[str], Model]
) -> None:
    large, small = model_of("sdxl"), model_of("sd15")
    entry = replace(entry_of("sd15"), ip_adapter="adapter.safetensors")
    weights = adapter_weights(large.unet)
    with pytest.raises(ModelUnsupported, match="for another network"):
        assemble_adapter(entry, weights, tiny_eye(), small.unet)
    with pytest.raises(ModelUnsupported, match="is no IP-Adapter"):
        assemble_adapter(entry, {"image_proj": {}, "ip_adapter": {}}, tiny_eye(), small.unet)
