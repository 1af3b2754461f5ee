"""More lessons for the text encoder of a denoiser that is trained already.

A denoiser that is deaf to some words gives their encoder nothing to learn from, and an encoder that
holds no difference between them gives the denoiser nothing to hear. So the encoder goes back to its
lessons, and keeps the rest of what it tells.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPTokenizer

from generation.toon.training import diffusion, text
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.muon import optimisers
from generation.toon.training.parallel import Team
from generation.toon.training.run import Clock, load_checkpoint, save_checkpoint, set_rate
from generation.toon.world.samples import Sample, single
from generation.toon.world.twins import twins

RATE = 1e-3
KEPT = 10.0  # weight of what is no longer told as before
LISTENING = 0.2  # share of the time in which only the examiner learns
SINGLES, TWINS = 16, 16  # captions in a step: of single pictures, of twins
FIRST = 1 << 36  # seeds that no other lesson has used
TELL_EVERY = 25  # steps


def relearn(folder: Path, minutes: float) -> None:
    """Teach the text encoder in the denoiser's checkpoint, in one go. The optimisers' momenta
    belonged to the old one, so they begin anew.

    Raises:
        FileNotFoundError: there is no denoiser in `folder` yet.
    """
    stored = load_checkpoint(folder / diffusion.CHECKPOINT)
    if stored is None:
        raise FileNotFoundError(folder / diffusion.CHECKPOINT)
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / text.TOKENIZER))
    model = Denoiser(new_unet(), text.new_text_encoder(tokenizer))
    model.load_state_dict(stored["average"])
    teach(model.encoder, tokenizer, minutes)
    learned = {f"encoder.{name}": value for name, value in model.encoder.state_dict().items()}
    changed = {name: stored[name] | learned for name in ("model", "average")}
    save_checkpoint(folder / diffusion.CHECKPOINT, stored | changed | {"optimiser": []})


def teach(encoder: nn.Module, tokenizer: CLIPTokenizer, minutes: float) -> None:
    """Questions about captions; what the encoder told of them before should stay."""
    torch.manual_seed(0)
    before = text.new_text_encoder(tokenizer).requires_grad_(False)
    before.load_state_dict(encoder.state_dict())
    model = nn.ModuleDict({"encoder": encoder, "examiner": text.Examiner()})
    optimiser = optimisers(model, RATE, (*text.OUTER, "examiner"), Team())
    clock, step = Clock(minutes * 60), 0
    while not clock.done:
        clock.tick()
        set_rate(optimiser, RATE * clock.rate())
        encoder.requires_grad_(clock.spent > LISTENING * clock.budget)
        samples = some(step)
        ids = text.token_ids(tokenizer, [one.caption.text for one in samples])
        states = encoder(ids).last_hidden_state
        changed = forgotten(states, before(ids).last_hidden_state)
        said = model["examiner"](states)
        truth = torch.tensor([text.answers(one.scene, one.caption) for one in samples])
        wrong = [F.cross_entropy(guess, truth[:, i]) for i, guess in enumerate(said)]
        torch.autograd.backward(torch.stack(wrong).sum() + KEPT * changed)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimiser:
            one.step()
            one.zero_grad()
        step += 1
        if step % TELL_EVERY == 0:
            moods = f"moods {right_of(said, truth, '.expression'):.3f}"
            rest = f"all {right_of(said, truth, ''):.3f}  changed {changed.item():.4f}"
            print(f"{clock.spent:6.0f} s  step {step}  right: {moods}  {rest}", flush=True)


def some(step: int) -> list[Sample]:
    """Captions of a step. Between twins only the words in question differ."""
    alone = [single(FIRST + step * SINGLES + i) for i in range(SINGLES)]
    pairs = [twins(FIRST + step * TWINS // 2 + i) for i in range(TWINS // 2)]
    return [*alone, *(one for pair in pairs for one in pair)]


def forgotten(states: Tensor, before: Tensor) -> Tensor:
    """Mean square of what changed, as a share of what there was. `(captions, 77, hidden)`."""
    off = (states - before).square().sum(-1)
    share: Tensor = off / before.square().sum(-1)
    return share.mean()


def right_of(said: list[Tensor], truth: Tensor, field: str) -> float:
    """Share of right answers to the questions about a field, where the caption says it."""
    asked = [i for i, question in enumerate(text.questions()) if question.endswith(field)]
    right = torch.stack([said[i].argmax(1) == truth[:, i] for i in asked], 1)
    return right[truth[:, asked] > 0].float().mean().item()
