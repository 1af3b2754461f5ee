"""What the image encoder is taught."""

from __future__ import annotations

import torch

from generation.clips.semantics import SemanticShape
from generation.toon.training.seeing import HELD, Seeing, examples, faced
from generation.toon.world.motion import moment, spots
from generation.toon.world.moving import moving

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)


def test_an_image_encoder_learns_to_tell_its_pictures() -> None:
    torch.manual_seed(0)
    seeing = Seeing(SHAPE, text_width=8)
    given, texts = examples(HELD, 6, SHAPE), torch.randn(6, 8)
    assert len(set(given.captions)) == 6
    assert seeing.encoder.thumbnail(seeing.encoder(given.pictures)).shape == (6, 3, 32, 32)
    optimiser = torch.optim.Adam(seeing.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        optimiser.zero_grad()
        loss = seeing.loss(given, texts)
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    tokens = seeing.encoder(given.pictures)
    assert (seeing.matches(tokens, texts).argmax(1) == torch.arange(6)).all()
    anybody = given.facing != 0
    assert anybody.any()
    assert (seeing.facing(tokens)[..., 0] * given.facing)[anybody].gt(0).float().mean() > 0.9


def test_it_is_told_which_way_whoever_is_at_a_place_faces() -> None:
    sample = moving(HELD, "walk")
    walker = sample.motion.start.scene.figures[0]
    for part in (0.0, 1.0):
        found = faced(moment(sample.motion, part), 8)
        x = int(spots(moment(sample.motion, part), 8)[0].x)
        assert set(found.flatten().tolist()) == {0.0, walker.facing}
        assert found[5, x] == walker.facing
    assert not faced(moment(moving(HELD, "enter").motion, 0.0), 8).any()
