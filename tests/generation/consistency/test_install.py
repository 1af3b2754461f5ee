"""Putting consistent attention into a network and taking it out."""

from collections.abc import Callable

import pytest
import torch
from diffusers.models.attention_processor import AttnProcessor2_0

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.install import NoSuchLayers, installed, self_attention_layers
from generation.consistency.processor import ConsistentProcessor
from generation.diffusion.model import DiffusionModel


@pytest.fixture
def alone() -> ConsistentSelfAttention:
    """One panel that looks at nobody."""
    return ConsistentSelfAttention([()], [(0,)], seed=1, panel_seeds=[2], rate=0.5)


def test_only_self_attention_of_the_chosen_blocks_is_changed(
    model: DiffusionModel, alone: ConsistentSelfAttention
) -> None:
    with installed(self_attention_layers(model.unet, ("up",)), alone):
        for name, processor in model.unet.attn_processors.items():
            changed = isinstance(processor, ConsistentProcessor)
            assert changed == (name.startswith("up_blocks") and "attn1" in name)


def test_blocks_add_up(model: DiffusionModel) -> None:
    parts = [self_attention_layers(model.unet, (block,)) for block in ("down", "mid", "up")]
    everything = self_attention_layers(model.unet, ("down", "mid", "up"))
    assert sum(len(part) for part in parts) == len(everything)


def test_a_network_without_such_layers_is_refused(
    model_of: Callable[..., DiffusionModel],
) -> None:
    unet = model_of("sd15").unet
    with pytest.raises(NoSuchLayers):
        self_attention_layers(unet, ())
    with pytest.raises(NoSuchLayers, match="blocks are down, mid, up, not top"):
        self_attention_layers(unet, ("up", "top"))
    unet.up_blocks[1].attentions[0].transformer_blocks[0].attn1.residual_connection = True
    with pytest.raises(NoSuchLayers, match=r"up_blocks\.1"):
        self_attention_layers(unet)


class Counting(AttnProcessor2_0):  # type: ignore[misc]
    """A processor that was there before, like those of adapters."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __call__(self, *args: object, **kwargs: object) -> torch.Tensor:
        self.calls += 1
        result: torch.Tensor = super().__call__(*args, **kwargs)
        return result


def test_what_was_there_before_does_the_work_for_panels_alone_and_comes_back(
    model: DiffusionModel, alone: ConsistentSelfAttention
) -> None:
    layers = self_attention_layers(model.unet)
    name, layer = next(iter(layers.items()))
    plain, counting = layer.processor, Counting()
    layer.set_processor(counting)
    try:
        hidden = torch.randn(1, 6, layer.query_dim)
        with installed(layers, alone), alone.timestep(0), torch.no_grad():
            alone.enter(0)
            assert torch.equal(layer(hidden), plain(layer, hidden))
        assert counting.calls == 1
        assert layers[name].processor is counting
    finally:
        layer.set_processor(plain)


def test_an_error_while_installing_leaves_nothing_behind(
    model: DiffusionModel, alone: ConsistentSelfAttention
) -> None:
    layers = self_attention_layers(model.unet)
    before = dict(model.unet.attn_processors)

    class Stubborn:
        def __init__(self) -> None:
            self.processor = before

        def set_processor(self, processor: object) -> None:
            if isinstance(processor, ConsistentProcessor):
                raise RuntimeError("no")

    with pytest.raises(RuntimeError), installed({**layers, "x": Stubborn()}, alone):
        pass
    after = model.unet.attn_processors
    assert all(after[name] is before[name] for name in before)
