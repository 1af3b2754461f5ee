"""A tiny pipeline as one checkpoint file, with the names of the original Stable Diffusion code.

The names follow from the original's numbering of blocks; diffusers has its own way back.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
VAE = {
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "mid_block.attentions.0.group_norm": "mid.attn_1.norm",
    "mid_block.attentions.0.to_q": "mid.attn_1.q",
    "mid_block.attentions.0.to_k": "mid.attn_1.k",
    "mid_block.attentions.0.to_v": "mid.attn_1.v",
    "mid_block.attentions.0.to_out.0": "mid.attn_1.proj_out",
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
}


def write_single_file(pipeline: StableDiffusionPipeline, file: Path) -> None:
    text = pipeline.text_encoder.state_dict()
    old_text = {
        name if name.startswith("text_model.") else f"text_model.{name}": name for name in text
    }
    tensors = {
        **_named(_unet(pipeline.unet), "model.diffusion_model."),
        **_named(_vae(pipeline.vae), "first_stage_model."),
        **{f"cond_stage_model.transformer.{old}": text[name] for old, name in old_text.items()},
    }
    save_file({name: value.contiguous() for name, value in tensors.items()}, file)


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {f"{prefix}{name}": value for name, value in tensors.items()}


def _unet(unet: UNet2DConditionModel) -> dict[str, Tensor]:
    levels, layers = len(unet.config.block_out_channels), unet.config.layers_per_block
    blocks = {"mid_block.attentions.0.": "middle_block.1."}
    blocks |= {f"mid_block.resnets.{j}.": f"middle_block.{2 * j}." for j in (0, 1)}
    for i in range(levels):
        for j in range(layers):
            place = (layers + 1) * i + j + 1
            blocks[f"down_blocks.{i}.resnets.{j}."] = f"input_blocks.{place}.0."
            blocks[f"down_blocks.{i}.attentions.{j}."] = f"input_blocks.{place}.1."
        for j in range(layers + 1):
            place = (layers + 1) * i + j
            blocks[f"up_blocks.{i}.resnets.{j}."] = f"output_blocks.{place}.0."
            blocks[f"up_blocks.{i}.attentions.{j}."] = f"output_blocks.{place}.1."
        down, up = (layers + 1) * (i + 1), (layers + 1) * i + layers
        blocks[f"down_blocks.{i}.downsamplers.0.conv."] = f"input_blocks.{down}.0.op."
        blocks[f"up_blocks.{i}.upsamplers.0."] = f"output_blocks.{up}.2."
    renamed = {}
    for name, value in unet.state_dict().items():
        new = name
        for ours, theirs in blocks.items():
            new = new.replace(ours, theirs)
        if ".resnets." in name:
            for ours, theirs in RESNET.items():
                new = new.replace(f"{ours}.", f"{theirs}.")
        for ours, theirs in UNET_ENDS.items():
            new = f"{theirs}.{new.removeprefix(f'{ours}.')}" if new.startswith(f"{ours}.") else new
        renamed[new] = value
    return renamed


def _vae(vae: AutoencoderKL) -> dict[str, Tensor]:
    levels, layers = len(vae.config.block_out_channels), vae.config.layers_per_block
    names = dict(VAE)
    for i in range(levels):
        names |= {
            f"encoder.down_blocks.{i}.resnets.{j}.": f"encoder.down.{i}.block.{j}."
            for j in range(layers)
        }
        names |= {
            f"decoder.up_blocks.{i}.resnets.{j}.": f"decoder.up.{levels - 1 - i}.block.{j}."
            for j in range(layers + 1)
        }
        names[f"down_blocks.{i}.downsamplers.0."] = f"down.{i}.downsample."
        names[f"up_blocks.{i}.upsamplers.0."] = f"up.{levels - 1 - i}.upsample."
    renamed = {}
    for name, value in vae.state_dict().items():
        new = name
        for ours, theirs in names.items():
            new = new.replace(ours, theirs)
        flat = "attn_1" in new and "norm" not in new and new.endswith("weight")
        renamed[new] = value[:, :, None, None] if flat else value  # 1 x 1 convolutions there
    return renamed


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    """Whether two parts have the same names and weights."""
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(
        torch.equal(value, second[name]) for name, value in first.items()
    )
