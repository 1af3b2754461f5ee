"""The space of meaning: pictures into it, and the way between two places in it."""

from __future__ import annotations

import torch

from generation.clips.semantics import ImageEncoder, MotionPredictor, straight
from tests.generation.clips.motion import SHAPE, TIMES


def test_a_predicted_path_keeps_its_ends_and_begins_as_the_straight_line() -> None:
    torch.manual_seed(0)
    predictor = MotionPredictor(SHAPE)
    first, last = torch.randn(2, 3, SHAPE.tokens, SHAPE.width)
    line = straight(first, last, TIMES)
    assert torch.equal(predictor(first, last, TIMES), line)
    torch.nn.init.normal_(predictor.out.weight)
    path = predictor(first, last, TIMES)
    assert torch.equal(path[:, 0], first)
    assert torch.equal(path[:, -1], last)
    assert (path - line)[:, 1:-1].abs().mean((0, 2, 3)).min() > 0.1


def test_an_image_encoder_reads_pictures_of_any_size_into_tokens_with_places() -> None:
    encoder = ImageEncoder(SHAPE).eval()
    tokens = encoder(torch.zeros(2, 3, 40, 40))
    assert tokens.shape == (2, SHAPE.tokens, SHAPE.width) == (2, 16, 16)
