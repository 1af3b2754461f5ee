"""The text encoder: a small vocabulary made from captions, and lessons in what words mean.

Before the denoiser listens to it, the encoder learns to name what a caption says: a few minutes
that spare the denoiser from finding out that a "coder" is no colour.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.toon.training.muon import optimisers
from generation.toon.training.parallel import Team
from generation.toon.training.run import Clock, load_checkpoint, save_checkpoint, set_rate
from generation.toon.world.captions import Caption
from generation.toon.world.samples import group, single
from generation.toon.world.scene import (
    EXPRESSIONS,
    FUR_COLOURS,
    HAIR_COLOURS,
    HAIR_STYLES,
    KINDS,
    PLACES,
    POSES,
    SHIRT_COLOURS,
    SKINS,
    Scene,
)

CHECKPOINT = "text.pt"
TOKENIZER = "tokenizer"
HIDDEN = 192
VOCABULARY = 1400
MAX_TOKENS = 77
FIGURES = 3
OUTER = ("embedding",)

_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"  # as CLIPTokenizer splits


def questions() -> dict[str, tuple[object, ...]]:
    """What can be asked of a caption, with the possible answers ("unsaid" is always one more)."""
    asked: dict[str, tuple[object, ...]] = {
        "place": PLACES,
        "night": (False, True),
        "papers": (True,),
        "house": (True,),
    }
    for i in range(FIGURES):
        asked |= {
            f"{i}.kind": KINDS,
            f"{i}.skin": SKINS,
            f"{i}.hair": HAIR_COLOURS,
            f"{i}.style": HAIR_STYLES,
            f"{i}.shirt": SHIRT_COLOURS,
            f"{i}.fur": FUR_COLOURS,
            f"{i}.glasses": (True,),
            f"{i}.hat": (True,),
            f"{i}.slogan": (True,),
            f"{i}.stickers": (True,),
            f"{i}.pose": POSES,
            f"{i}.expression": EXPRESSIONS,
        }
    return asked


def answers(scene: Scene, caption: Caption) -> list[int]:
    """The right answer to each question: 0 for unsaid, else 1 + the place among the answers."""
    right: list[int] = []
    for question, possible in questions().items():
        if question not in caption.said:
            right.append(0)
            continue
        index, _, field = question.rpartition(".")
        if field in ("papers", "house"):
            right.append(1)
        elif not index:
            right.append(1 + possible.index(getattr(scene, field)))
        else:
            figure = scene.figures[int(index)]
            owner = figure if field in ("pose", "expression") else figure.look
            right.append(1 + possible.index(getattr(owner, field)))
    return right


def build_tokenizer(folder: Path, captions: int = 20000) -> CLIPTokenizer:
    """Train a byte-pair vocabulary on captions and store it. Every byte has a token."""
    model = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    model.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    model.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(alphabet) - 2,
        min_frequency=20,
        show_progress=False,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
    )
    model.train_from_iterator((single(i).caption.text for i in range(captions)), trainer)
    trained = json.loads(model.to_str())["model"]
    words = [*alphabet, *(f"{letter}</w>" for letter in alphabet)]
    known = set(words)
    words += [
        word
        for word in sorted(trained["vocab"], key=trained["vocab"].__getitem__)
        if word not in known
    ]
    words += ["<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(
        vocab={word: i for i, word in enumerate(words)},
        merges=[tuple(pair) for pair in trained["merges"]],
        model_max_length=MAX_TOKENS,
    )
    tokenizer.save_pretrained(str(folder / TOKENIZER))
    return tokenizer


def new_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=HIDDEN,
            intermediate_size=HIDDEN * 4,
            projection_dim=HIDDEN,
            num_hidden_layers=3,
            num_attention_heads=6,
            max_position_embeddings=MAX_TOKENS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def taught_encoder(folder: Path, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """The text encoder after its lessons, or a new one where there were none."""
    encoder = new_text_encoder(tokenizer)
    if stored := load_checkpoint(folder / CHECKPOINT):
        prefix = "encoder."
        encoder.load_state_dict(
            {
                name.removeprefix(prefix): value
                for name, value in stored["model"].items()
                if name.startswith(prefix)
            }
        )
    return encoder


def token_ids(tokenizer: CLIPTokenizer, texts: list[str]) -> Tensor:
    """(texts, 77), as StableDiffusionPipeline makes them: padded, and cut when too long."""
    ids: Tensor = tokenizer(
        texts, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
    ).input_ids
    return ids


class Examiner(nn.Module):
    """Asks all questions of a caption by cross-attention, as the denoiser will."""

    def __init__(self) -> None:
        super().__init__()
        counts = [len(possible) + 1 for possible in questions().values()]
        self.questions = nn.Parameter(torch.randn(len(counts), HIDDEN) * 0.5)
        self.attention = nn.MultiheadAttention(HIDDEN, 4, batch_first=True)
        self.heads = nn.ModuleList(nn.Linear(HIDDEN, count) for count in counts)

    def forward(self, states: Tensor) -> list[Tensor]:
        """States (captions, 77, hidden) to one (captions, answers) tensor per question."""
        asked = self.questions.expand(len(states), -1, -1)
        heard, _ = self.attention(asked, states, states, need_weights=False)
        return [head(heard[:, i]) for i, head in enumerate(self.heads)]


def train_text(folder: Path, minutes: float, batch: int = 48, lr: float = 1e-3) -> None:
    """Make the vocabulary and give the text encoder its lessons; goes on where it stopped."""
    torch.manual_seed(0)
    if (folder / TOKENIZER).exists():
        tokenizer = CLIPTokenizer.from_pretrained(str(folder / TOKENIZER))
    else:
        tokenizer = build_tokenizer(folder)
    model = nn.ModuleDict({"encoder": new_text_encoder(tokenizer), "examiner": Examiner()})
    optimiser = optimisers(model, lr, (*OUTER, "examiner"), Team())
    clock, step = Clock(minutes * 60), 0
    if stored := load_checkpoint(folder / CHECKPOINT):
        model.load_state_dict(stored["model"])
        step, clock.spent = stored["step"], stored["seconds"]
    while not clock.done:
        clock.tick()
        set_rate(optimiser, lr * clock.rate())
        samples = [single(i) for i in range(step * batch, step * batch + batch * 3 // 4)]
        samples += [one for i in range(batch // 16) for one in group(step * (batch // 16) + i)]
        ids = token_ids(tokenizer, [one.caption.text for one in samples])
        said = model["examiner"](model["encoder"](ids).last_hidden_state)
        truth = torch.tensor([answers(one.scene, one.caption) for one in samples])
        losses = [F.cross_entropy(guess, truth[:, i]) for i, guess in enumerate(said)]
        torch.autograd.backward(torch.stack(losses).sum())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimiser:
            one.step()
            one.zero_grad()
        step += 1
        if step % 50 == 0:
            right = torch.stack([guess.argmax(1) for guess in said], 1).eq(truth)
            spoken = right[truth > 0].float().mean()
            print(
                f"{clock.spent:6.0f} s  step {step}  loss {sum(losses):.3f}  "
                f"right of what was said {spoken:.3f}",
                flush=True,
            )
        if clock.save_due():
            save_checkpoint(
                folder / CHECKPOINT,
                {
                    "model": model.state_dict(),
                    "step": step,
                    "seconds": clock.spent,
                    "samples": step * batch,
                },
            )
