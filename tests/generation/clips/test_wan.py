"""Wan VACE by its real pipeline, tiny: first and last image, frame counts, sizes, progress."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from PIL import Image
from transformers import CLIPTokenizer, UMT5Config, UMT5EncoderModel

from generation.clips.backends import open_motion
from generation.clips.errors import BackendMissing
from generation.clips.tween import Between, Stopped, tween
from generation.clips.wan import WanVace, load_wan
from generation.script.catalogue import CatalogueError
from generation.script.motions import read_motion_models


@pytest.fixture(scope="module")
def pipeline(letters: CLIPTokenizer) -> WanVACEPipeline:
    torch.manual_seed(0)
    vae = AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1)
    transformer = WanVACETransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=16,
        out_channels=16,
        text_dim=16,
        freq_dim=16,
        ffn_dim=16,
        num_layers=2,
        rope_max_seq_len=32,
        vace_layers=[0],
        vace_in_channels=96,
    )
    encoder = UMT5EncoderModel(
        UMT5Config(vocab_size=len(letters), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    )
    made = WanVACEPipeline(
        tokenizer=letters,
        text_encoder=encoder.eval(),
        vae=vae.eval(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=transformer.eval(),
    )
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture
def request_() -> Between:
    first = Image.linear_gradient("L").resize((40, 34)).convert("RGB")
    last = Image.radial_gradient("L").resize((40, 34)).convert("RGB")
    return Between(first, last, ("a cat", "a dog"), frames=4, steps=2, seed=1)


def test_frames_between_two_panels_whatever_their_size_and_number(
    pipeline: WanVACEPipeline, request_: Between
) -> None:
    seen: list[tuple[int, int]] = []
    way = WanVace(pipeline, guidance=3.0, longest=32)
    made = tween(way, request_, lambda step, steps: seen.append((step, steps)))
    assert len(made) == 4
    assert (made[0], made[-1]) == (request_.first, request_.last)
    assert {one.size for one in made} == {(40, 34)}
    assert seen == [(1, 2), (2, 2)]
    assert made == tween(way, request_)


def test_a_catalogue_entry_is_opened_and_sets_panels_in_motion(
    pipeline: WanVACEPipeline, request_: Between, tmp_path: Path
) -> None:
    pipeline.save_pretrained(tmp_path / "wan")
    catalogue = tmp_path / "motion.toml"
    catalogue.write_text(
        '[large]\ntitle = "Large"\nkind = "wan-vace"\nsource = "wan"\nguidance = 2.0\n'
        "longest = 32\n",
        encoding="utf-8",
    )
    entry = read_motion_models(catalogue)["large"]
    made = tween(open_motion(entry, catalogue, tmp_path / "models.toml"), request_)
    assert made == tween(WanVace(pipeline, guidance=2.0, longest=32), request_)


def test_a_clip_is_stopped_inside_a_step(pipeline: WanVACEPipeline, request_: Between) -> None:
    def stop(step: int, steps: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        tween(WanVace(pipeline, guidance=1.0, longest=32), request_, stop)


def test_the_catalogue_names_large_models_and_what_they_need() -> None:
    entries = read_motion_models(Path("config/motion.toml"))
    assert [entry.kind for entry in entries.values()] == ["ours", "wan-vace", "wan-vace"]
    assert all(entry.vram > 0 for entry in entries.values() if entry.kind == "wan-vace")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackendMissing, match="no Wan VACE model"):
        load_wan(str(tmp_path), 5.0, 512, offload=True)
    (tmp_path / "motion.toml").write_text('[a]\ntitle = "A"\nkind = "magic"\nsource = "b"\n')
    with pytest.raises(CatalogueError, match="kind"):
        read_motion_models(tmp_path / "motion.toml")
    (tmp_path / "motion.toml").write_text(
        '[a]\ntitle = "A"\nkind = "ours"\nsource = "b"\ndrafted = 1.0\n'
    )
    with pytest.raises(CatalogueError, match="drafted"):
        read_motion_models(tmp_path / "motion.toml")
