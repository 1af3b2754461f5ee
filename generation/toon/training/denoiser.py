"""What is trained to draw: the denoiser, with the text encoder it listens to."""

from __future__ import annotations

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel

from generation.toon.training import text
from generation.toon.training.autoencoder import LATENT_CHANNELS

WIDTHS = (96, 192)
LAYERS = (2, 1)  # of each level; one less than on the way up


def new_unet() -> UNet2DConditionModel:
    """9.6 M parameters: convolutions at 16 x 16, attention at 8 x 8, as SDXL has none on top.

    Attention at 16 x 16 too would cost half as much again for each sample. The text is also pooled
    and added to the timestep's embedding: a short way for what is true of the whole picture.
    """
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=WIDTHS,
        layers_per_block=LAYERS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=text.HIDDEN,
        attention_head_dim=4,
        norm_num_groups=16,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    for name, parameter in unet.named_parameters():
        if any(part in name for part in ("conv_out", "conv2", "proj_out", "add_embedding.norm2")):
            nn.init.zeros_(parameter)  # every block begins as the identity
    return unet


class Denoiser(nn.Module):
    """The denoiser and the text encoder it listens to."""

    def __init__(self, unet: UNet2DConditionModel, encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet, self.encoder = unet, encoder

    def forward(self, noised: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """(batch, 8, height, width), (batch,), (captions, 77) to the predicted v, like `noised`.

        Each caption is of as many in a row as there are to a caption; one that is there more than
        once is read once.
        """
        told, which = torch.unique(ids, dim=0, return_inverse=True)
        states = self.encoder(told).last_hidden_state[which]
        states = states.repeat_interleave(len(noised) // len(ids), dim=0)
        predicted: Tensor = self.unet(noised, timesteps, states).sample
        return predicted
