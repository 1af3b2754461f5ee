"""Pictures as image encoders want to see them."""

from collections.abc import Sequence

import torch
from PIL import Image, ImageOps
from torch import Tensor
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD


def pixels_of(
    pictures: Sequence[Image.Image],
    side: int,
    mean: Sequence[float] = OPENAI_CLIP_MEAN,
    deviation: Sequence[float] = OPENAI_CLIP_STD,
) -> Tensor:
    """`(pictures, 3, side, side)`: their middle square at that size, normalised by channel."""
    rows = []
    for picture in pictures:
        square = ImageOps.fit(picture.convert("RGB"), (side, side), Image.Resampling.BICUBIC)
        levels = torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8)
        rows.append(levels.view(side, side, 3).permute(2, 0, 1).float() / 255)
    middle, width = (torch.tensor(one).view(1, 3, 1, 1) for one in (mean, deviation))
    return (torch.stack(rows) - middle) / width
