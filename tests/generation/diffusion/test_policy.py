"""The memory policy: what is chosen for how much memory, and that its pictures are the same."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline
from PIL import Image

from generation.diffusion.loading import assemble
from generation.diffusion.lockstep import LockStep
from generation.diffusion.memory import Developing
from generation.diffusion.model import DiffusionModel
from generation.diffusion.offloading import Stage, in_tiles, place
from generation.diffusion.pictures import encode
from generation.diffusion.policy import GIB, MemoryPolicy, Needs, Offload, choose_policy
from generation.script.catalogue import Model
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

Planner = Callable[..., RenderPlan]
CPU = torch.device("cpu")
# About SDXL in float16, its autoencoder in float32.
LARGE = Needs(
    unet=5 * GIB,
    texts=3 * GIB // 2,
    vae=GIB // 3,
    layer=GIB // 10,
    panel=GIB,
    decoding=4 * GIB,
    tile=GIB,
)


@pytest.mark.parametrize(
    ("gib", "expected"),
    [
        (24, MemoryPolicy()),
        (11, MemoryPolicy()),
        (10, MemoryPolicy(Offload.MODEL)),
        (9, MemoryPolicy(Offload.MODEL)),
        (5, MemoryPolicy(Offload.GROUP, tiles=True)),
        (3, MemoryPolicy(Offload.GROUP, tiles=True, micro_batch=2)),
        (2, MemoryPolicy(Offload.GROUP, tiles=True, micro_batch=1)),
        (1, None),
    ],
)
def test_the_least_costly_way_that_fits_is_chosen(gib: int, expected: MemoryPolicy | None) -> None:
    assert choose_policy(LARGE, gib * GIB, "cuda") == expected


def test_on_a_processor_only_tiles_and_smaller_passes_save_memory() -> None:
    needs = replace(LARGE, panel=GIB // 2)
    found = [choose_policy(needs, gib * GIB, "cpu") for gib in (11, 9, 8)]
    assert found == [
        MemoryPolicy(),
        MemoryPolicy(tiles=True),
        MemoryPolicy(tiles=True, micro_batch=2),
    ]
    assert choose_policy(needs, 7 * GIB, "cpu") is None


def test_what_it_chooses_is_said() -> None:
    assert MemoryPolicy().notes == ()
    (note,) = MemoryPolicy(Offload.GROUP, tiles=True).notes
    assert note == (
        "To save memory, the model's layers took turns on the graphics card "
        "and large pictures were decoded in parts."
    )


def laid_out(
    pipeline_of: Callable[[str], DiffusionPipeline], entry: Model, policy: MemoryPolicy
) -> DiffusionModel:
    """A tiny model under a policy, with the processor as its graphics card."""
    parts = pipeline_of(entry.family).components
    model = assemble(entry, parts, CPU)
    place((*model.text_encoders, model.unet, model.vae), policy, CPU)
    return replace(model, policy=policy)


def drawn(model: DiffusionModel, plan: RenderPlan) -> tuple[LockStep, list[Image.Image]]:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run, run.pictures()


@pytest.mark.parametrize("offload", [Offload.MODEL, Offload.GROUP])
def test_offloaded_it_draws_the_same_pixels_with_masks_and_consistency(
    pipeline_of: Callable[[str], DiffusionPipeline],
    entry_of: Callable[[str], Model],
    family: str,
    model: DiffusionModel,
    plan_of: Planner,
    offload: Offload,
) -> None:
    plan = cast_plan(plan_of, steps=1)
    plain, plain_pictures = drawn(model, plan)
    frugal = laid_out(pipeline_of, entry_of(family), MemoryPolicy(offload))
    before = dict(frugal.unet.attn_processors)
    for _ in range(2):  # the second finds everything where the first left it
        run, pictures = drawn(frugal, plan)
        assert torch.equal(run.latents, plain.latents)
        assert [one.tobytes() for one in pictures] == [one.tobytes() for one in plain_pictures]
        assert run.notes == MemoryPolicy(offload).notes
    assert frugal.unet.attn_processors == before
    assert frugal.fingerprint() == model.fingerprint()  # a checkpoint fits both


def test_the_policy_is_chosen_when_a_model_is_laid_out_and_a_run_keeps_to_it(
    pipeline_of: Callable[[str], DiffusionPipeline],
    entry_of: Callable[[str], Model],
    plan_of: Planner,
) -> None:
    parts = pipeline_of("sd15").components
    little = assemble(entry_of("sd15"), parts, CPU, free=3_000_000)
    assert little.policy == MemoryPolicy(tiles=True, micro_batch=2)
    with LockStep(little, plan_of([(), (), (), ()])) as run:
        assert run.passes == ((0, 1), (2, 3))
        assert run.notes[-1] == "Memory ran short: at most 2 panels at once."
    none_at_all = assemble(entry_of("sd15"), parts, CPU, free=0)  # tried all the same
    assert none_at_all.policy.micro_batch == 1


def test_parts_take_turns(model_of: Callable[..., DiffusionModel]) -> None:
    model = model_of("sd15")
    (texts,), unet, vae = model.text_encoders, model.unet, model.vae
    stage = Stage((texts, unet, vae), CPU)
    seen = []
    for part in (texts, unet, vae.encoder, vae.decoder):
        part.register_forward_pre_hook(lambda *_: seen.append(stage.present))
    texts(torch.tensor([[1, 2]]))
    unet(torch.zeros(1, 4, 8, 12), 1, torch.zeros(1, 2, 32))
    vae.decode(torch.zeros(1, 4, 8, 12))
    texts(torch.tensor([[1, 2]]))
    encode(vae, torch.zeros(1, 3, 16, 16))
    assert [id(one) for one in seen] == [id(one) for one in (texts, unet, vae, texts, vae)]


def test_in_tiles_a_large_picture_is_nearly_the_same(
    model_of: Callable[..., DiffusionModel],
) -> None:
    """Tiles of this untrained network know nothing of each other's brightness; on Toon the mean
    difference of a page of shapes is 3 of 255."""
    vae = model_of("sd15").vae
    latents = torch.randn(1, 4, 80, 24, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        whole = vae.decode(latents).sample
        with in_tiles(vae):
            tiled = vae.decode(latents).sample
        small = vae.decode(latents[..., :64, :]).sample
        with in_tiles(vae):
            assert torch.equal(vae.decode(latents[..., :64, :]).sample, small)
        assert torch.equal(vae.decode(latents).sample, whole)  # as before
    assert tiled.shape == whole.shape
    assert not torch.equal(tiled, whole)
    assert (tiled - whole).norm() / whole.norm() < 0.15


def test_a_decoder_that_runs_out_of_memory_goes_on_in_tiles(
    model_of: Callable[..., DiffusionModel], plan_of: Planner
) -> None:
    model = model_of("sd15")
    largest = []

    def measure(_: object, inputs: tuple[torch.Tensor, ...]) -> None:
        largest.append(max(inputs[0].shape[-2:]))
        if largest[-1] > 64:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    model.vae.decoder.register_forward_pre_hook(measure)
    with LockStep(model, plan_of([(), ()], steps=1, width=528, height=64)) as run:
        run.advance()
        developing = Developing(run)
        sizes = [developing.picture(position).size for position in range(2)]
    assert sizes == [(528, 64)] * 2
    assert largest == [66, 64, 18, 64, 18]  # tried whole but once
    assert developing.notes == ("Memory ran short: pictures were decoded in parts.",)
    assert not model.vae.use_tiling


def test_pictures_of_a_run_with_enough_memory_are_not_touched(
    model: DiffusionModel, plan_of: Planner
) -> None:
    with LockStep(model, plan_of([()], steps=1)) as run:
        run.advance()
        developing = Developing(run)
        assert np.array_equal(np.asarray(developing.picture(0)), np.asarray(run.picture(0)))
        assert developing.notes == ()
