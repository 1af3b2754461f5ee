"""Prompts of any length."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from diffusers import DiffusionPipeline
from hypothesis import given
from hypothesis import strategies as st

from generation.diffusion.model import DiffusionModel
from generation.diffusion.text import (
    PromptEmbedding,
    common_chunks,
    encode_negative,
    encode_prompt,
    split_tokens,
    stretch,
    token_windows,
    word_places,
)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans())), st.integers(1, 20))
def test_no_token_is_lost_and_words_are_whole_where_they_fit(
    tokens: list[tuple[int, bool]], window: int
) -> None:
    ids = [number for number, _ in tokens]
    ends = [end for _, end in tokens]
    chunks = split_tokens(ids, ends, window)
    assert [token for chunk in chunks for token in chunk] == ids
    assert all(len(chunk) <= window for chunk in chunks)
    place = 0
    for chunk in chunks[:-1]:
        assert len(chunk) > 0
        place += len(chunk)
        assert ends[place - 1] or not any(ends[place - len(chunk) : place])


@pytest.mark.parametrize("prompt", ["", "a cat in the sea", "猫 and café 🐱"])
def test_a_short_prompt_is_embedded_as_the_pipeline_does(
    model: DiffusionModel, pipeline_of: Callable[[str], DiffusionPipeline], prompt: str
) -> None:
    with torch.no_grad():
        expected = pipeline_of(model.family).encode_prompt(
            prompt=prompt,
            device=model.device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=False,
        )
        found = encode_prompt(model, prompt)
    assert found.chunks == 1
    assert torch.equal(found.tokens, expected[0][0])
    if model.family == "sdxl":
        assert found.pooled is not None
        assert torch.equal(found.pooled, expected[2][0])


def test_an_empty_negative_prompt_is_what_the_model_was_trained_with(
    model_of: Callable[..., DiffusionModel],
) -> None:
    model = model_of("sdxl")
    with torch.no_grad():
        assert encode_negative(model, "").tokens.abs().sum() > 0
        zeroed = replace(model, zero_empty_prompt=True)
        assert encode_negative(zeroed, "").tokens.abs().sum() == 0
        assert encode_negative(zeroed, "").pooled.abs().sum() == 0
        assert encode_negative(zeroed, "blurry").tokens.abs().sum() > 0


def test_a_long_prompt_is_read_to_its_end(model: DiffusionModel) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    with torch.no_grad():
        one, other = (encode_prompt(model, words + ending) for ending in ("x", "y"))
    assert one.chunks > 3
    assert one.tokens.shape[0] == one.chunks * 77
    assert torch.equal(one.tokens[: -2 * 77], other.tokens[: -2 * 77])
    assert not torch.equal(one.tokens, other.tokens)


def test_every_chunk_begins_ends_and_is_filled_up(model: DiffusionModel) -> None:
    tokenizer = model.tokenizers[0]
    for ids in token_windows(tokenizer, model.text_encoders[0], "meow " * 40):
        assert ids.shape == (1, 77)
        assert ids[0, 0] == tokenizer.bos_token_id
        assert tokenizer.eos_token_id in ids[0]


def test_saying_a_prompt_over_and_over_does_not_change_attention_over_it() -> None:
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randn(77, 8, generator=generator, dtype=torch.float64)
    query = torch.randn(5, 8, generator=generator, dtype=torch.float64)
    short, long = PromptEmbedding(tokens, None, 1), PromptEmbedding(tokens.repeat(3, 1), None, 3)
    said_thrice = stretch(short, common_chunks([short, long]))
    assert said_thrice.shape == (231, 8)

    def attention(keys: torch.Tensor) -> torch.Tensor:
        return (query @ keys.T).softmax(dim=-1) @ keys

    assert (attention(tokens) - attention(said_thrice)).abs().max() < 1e-12


def test_words_are_found_among_the_tokens_whatever_the_chunk(model: DiffusionModel) -> None:
    prompt = "Ink, " + "so very long " * 20 + "a Cat meets a cat and the dog"
    tokenizer, encoder = model.tokenizers[0], model.text_encoders[0]
    ids = torch.cat(token_windows(tokenizer, encoder, prompt), dim=1)[0]
    found = word_places(tokenizer, encoder, prompt, ["a Cat", "a cat", "the dog"])
    letters = ["".join(tokenizer.convert_ids_to_tokens(ids[places].tolist())) for places in found]
    assert [text.replace("</w>", " ").strip() for text in letters] == ["a cat", "a cat", "the dog"]
    assert found[0][0] > 2 * 77
    assert found[0] < found[1] < found[2]


def test_words_that_are_not_said_have_no_places(model: DiffusionModel) -> None:
    tokenizer, encoder = model.tokenizers[0], model.text_encoders[0]
    assert word_places(tokenizer, encoder, "a cat", ["a dog", ""]) == [[], []]
    # one that is said once can't stand for two
    first, second = word_places(tokenizer, encoder, "a cat", ["a cat", "a cat"])
    assert first
    assert not second
