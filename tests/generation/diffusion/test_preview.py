"""Previews by the linear map."""

from collections.abc import Callable

import pytest
import torch
from diffusers import AutoencoderKL
from PIL import Image

from generation.diffusion.model import DiffusionModel
from generation.diffusion.pictures import encode
from generation.diffusion.preview import (
    CELL,
    GUTTER,
    SHEET,
    cell_of,
    drawn_pictures,
    fit_colours,
    grid,
)


def test_the_map_finds_pictures_again_where_the_latents_are_linear(
    model_of: Callable[..., DiffusionModel],
) -> None:
    """A VAE whose encoder only averages squares keeps all that the map needs."""
    vae: AutoencoderKL = model_of("sd15").vae

    class Averages(torch.nn.Module):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            colours = torch.nn.functional.avg_pool2d(pixels, 8)
            mean = torch.cat([colours, colours.sum(1, keepdim=True)], dim=1)
            return torch.cat([mean, torch.zeros_like(mean)], dim=1)

    vae.encoder, vae.quant_conv = Averages(), torch.nn.Identity()
    colours = fit_colours(vae)
    pictures = drawn_pictures(2, 128, seed=99)
    preview = colours.pictures(encode(vae, pictures))[0]
    assert preview.size == (64, 64)
    squares = torch.nn.functional.avg_pool2d(pictures, 8)[0]
    found = torch.tensor(list(preview.resize((16, 16), Image.Resampling.BOX).get_flattened_data()))
    expected = ((squares / 2 + 0.5) * 255).permute(1, 2, 0).reshape(-1, 3)
    assert (found - expected).abs().mean() < 12  # of 255; outlines are narrower than a latent


def test_the_same_model_gets_the_same_map(model: DiffusionModel) -> None:
    assert torch.equal(fit_colours(model.vae).weights, model.colours.weights)


def test_the_sheet_holds_every_panel_at_its_place() -> None:
    colours = ["red", "green", "blue", "black", "yellow"]
    sheet = grid([Image.new("RGB", (64, 32), colour) for colour in colours], cell=50)
    assert sheet.size == (3 * 56 + 6, 2 * 31 + 6)
    middles = [(31, 18), (87, 18), (143, 18), (31, 49), (87, 49)]
    assert [sheet.getpixel(place) for place in middles] == [
        Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in colours
    ]
    assert sheet.getpixel((143, 49)) == (255, 255, 255)


@pytest.mark.parametrize("panels", [1, 4, 25, 60])
def test_a_preview_is_never_larger_than_a_screen(panels: int) -> None:
    sheet = grid([Image.new("RGB", (256, 256))] * panels)
    assert max(sheet.size) <= SHEET + GUTTER
    assert (cell_of(panels) == CELL) == (panels <= 25)
