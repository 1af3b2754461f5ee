"""Carries weights into a denoiser with more layers, so that it draws the same at first."""

from __future__ import annotations

from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from generation.toon.training.denoiser import LAYERS, new_unet


def grown(old: UNet2DConditionModel) -> UNet2DConditionModel:
    """Today's denoiser with the weights of one that has a layer less at 16 x 16, or as many.

    A new layer adds nothing at first. On the way up it comes between the two that were there: what
    the first of them got from the way down is the same now (Chen et al. 2016, arXiv 1511.05641).

    Raises:
        ValueError: `old` isn't such a denoiser.
    """
    model = new_unet()
    states, layers = old.state_dict(), old.config["layers_per_block"]
    if layers in (LAYERS, list(LAYERS)):
        model.load_state_dict(states)
    elif layers == 1:
        moved = {_moved(name): value for name, value in states.items()}
        model.load_state_dict(model.state_dict() | moved)
        _pass_through(model)
    else:
        raise ValueError(f"a denoiser with {layers} layers can't grow into one with {LAYERS}")
    return model


def _moved(name: str) -> str:
    """The last layer of the way up stays the last."""
    return name.replace("up_blocks.1.resnets.1.", "up_blocks.1.resnets.2.")


def _pass_through(model: UNet2DConditionModel) -> None:
    """Make both new layers the identity: on the way up, of the first half of what they get."""
    down, up = model.down_blocks[0].resnets[1], model.up_blocks[1].resnets[1]
    for layer in (down, up):
        nn.init.zeros_(layer.conv2.weight)
        nn.init.zeros_(layer.conv2.bias)
    shortcut: nn.Conv2d = up.conv_shortcut
    nn.init.dirac_(shortcut.weight)
    nn.init.zeros_(_bias(shortcut))


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias
