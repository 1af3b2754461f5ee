"""Prompts to embeddings, whatever their length.

CLIP reads 77 tokens at a time, of which 75 are the prompt's. A longer prompt is read in chunks,
which are laid end to end for cross-attention, so nothing is cut off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from generation.diffusion.model import DiffusionModel, TextEncoder

WORD_END = "</w>"  # the mark of CLIP's vocabulary on a token that ends a word


@dataclass(frozen=True)
class PromptEmbedding:
    """`tokens` is `(chunks * 77, channels)`; `pooled` is `(channels,)`, of SDXL only."""

    tokens: Tensor
    pooled: Tensor | None
    chunks: int


def split_tokens(ids: Sequence[int], ends_word: Sequence[bool], window: int) -> list[list[int]]:
    """Cut token ids into chunks of at most `window`, between words wherever a word fits.

    No token is lost or added; an empty prompt is one empty chunk.
    """
    chunks = []
    start = 0
    while len(ids) - start > window:
        end = start + window
        ends = [place for place in range(start, end) if ends_word[place]]
        end = ends[-1] + 1 if ends else end
        chunks.append(list(ids[start:end]))
        start = end
    chunks.append(list(ids[start:]))
    return chunks


def encode_prompt(model: DiffusionModel, prompt: str) -> PromptEmbedding:
    """Embed one prompt.

    Each prompt and chunk goes through the encoder alone, so that its embedding doesn't depend on
    its neighbours, not even in the last bit.
    """
    if model.family == "sdxl":
        return _encode_sdxl(model, prompt)
    encoder = model.text_encoders[0]
    windows = token_windows(model.tokenizers[0], encoder, prompt)
    states = [encoder(ids.to(model.device))[0][0] for ids in windows]
    return PromptEmbedding(torch.cat(states).to(model.dtype), None, len(windows))


def encode_negative(model: DiffusionModel, prompt: str) -> PromptEmbedding:
    """As `encode_prompt`; an empty prompt is zeros for models that were trained so (SDXL base)."""
    embedding = encode_prompt(model, prompt)
    if prompt or not model.zero_empty_prompt or embedding.pooled is None:
        return embedding
    zeros = torch.zeros_like(embedding.tokens)
    return PromptEmbedding(zeros, torch.zeros_like(embedding.pooled), embedding.chunks)


def stretch(embedding: PromptEmbedding, chunks: int) -> Tensor:
    """The embedding said over and over until it has `chunks` chunks, a multiple of its own.

    Attention over tokens that all occur equally often is attention over the tokens themselves, so
    prompts of different lengths can share a batch without padding, which would change the picture.
    """
    return embedding.tokens.repeat(chunks // embedding.chunks, 1)


def common_chunks(embeddings: Sequence[PromptEmbedding]) -> int:
    """The smallest number of chunks all of them can be stretched to."""
    return math.lcm(*(embedding.chunks for embedding in embeddings))


def word_places(
    tokenizer: CLIPTokenizer, encoder: TextEncoder, prompt: str, words: Sequence[str]
) -> list[list[int]]:
    """Where each of `words` is among the prompt's embedded tokens: none where it isn't said.

    `words` come in the order in which the prompt has them, so that equal ones are told apart.
    """
    ids = tokenizer(prompt, add_special_tokens=False, verbose=False, return_offsets_mapping=True)
    length = encoder.config.max_position_embeddings
    places = [  # of each token, behind the begin token of its chunk
        length * number + 1 + at
        for number, chunk in enumerate(_chunks(tokenizer, ids.input_ids, length))
        for at in range(len(chunk))
    ]
    found, end = [], 0
    for text in words:
        start = prompt.find(text, end) if text else -1
        end = start + len(text) if start >= 0 else end
        found.append(
            [
                place
                for place, (left, right) in zip(places, ids.offset_mapping, strict=True)
                if start >= 0 and left < end and right > start
            ]
        )
    return found


def token_windows(tokenizer: CLIPTokenizer, encoder: TextEncoder, prompt: str) -> list[Tensor]:
    """Ids of shape `(1, 77)` per chunk: begin, up to 75 tokens, end, padding."""
    ids = tokenizer(prompt, add_special_tokens=False, verbose=False).input_ids
    length = encoder.config.max_position_embeddings
    windows = []
    for chunk in _chunks(tokenizer, ids, length):
        filled = [tokenizer.bos_token_id, *chunk, tokenizer.eos_token_id]
        padding = [tokenizer.pad_token_id] * (length - len(filled))
        windows.append(torch.tensor([filled + padding]))
    return windows


def _chunks(tokenizer: CLIPTokenizer, ids: Sequence[int], length: int) -> list[list[int]]:
    """`length` is the encoder's, with begin and end."""
    ends_word = [token.endswith(WORD_END) for token in tokenizer.convert_ids_to_tokens(ids)]
    return split_tokens(ids, ends_word, length - 2)


def _encode_sdxl(model: DiffusionModel, prompt: str) -> PromptEmbedding:
    """Penultimate states of both encoders side by side; pooled is the second one's first chunk."""
    sides, pooled = [], []
    for tokenizer, encoder in zip(model.tokenizers, model.text_encoders, strict=True):
        windows = token_windows(tokenizer, encoder, prompt)
        outputs = [encoder(ids.to(model.device), output_hidden_states=True) for ids in windows]
        sides.append(torch.cat([output.hidden_states[-2][0] for output in outputs]))
        pooled.append(outputs[0][0][0])
    tokens = torch.cat(sides, dim=-1).to(model.dtype)
    return PromptEmbedding(tokens, pooled[-1].to(model.dtype), len(windows))
