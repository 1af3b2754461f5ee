"""Trains the denoiser with its text encoder: panels alone, closely, as twins, in groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import CLIPTokenizer

from generation.toon.sharing import group_attention
from generation.toon.training import text
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.examination import Examination
from generation.toon.training.looking import closeness, heeding, keeping, looking, obeying, telling
from generation.toon.training.muon import optimisers
from generation.toon.training.parallel import Team
from generation.toon.training.run import (
    Clock,
    Running,
    follow,
    load_checkpoint,
    save_checkpoint,
    set_rate,
)
from generation.toon.training.teacher import Teacher

CHECKPOINT = "diffusion.pt"
OUTER = ("conv_in", "conv_out", "embedding", "time_emb_proj")
AVERAGING = 0.99  # of the weights that are exported, per step
SINGLES, CLOSE, TWINS, DETAILS = 4, 16, 2, 16  # in a step
DOUBLES, CLOSE_DOUBLES, DEEDS, GROUPS = 2, 4, 4, 2  # in a step
WARMUP = 60.0  # seconds
COOLDOWN = 0.5  # share of a run: what is learnt at a high rate shows only once it falls
TELL_EVERY = 20  # steps
MEASURE_EVERY = 100  # steps
REFRESH_EVERY = 25  # steps between looks for new files of latents

SHARES = {  # of the loss
    "alone": 0.25,
    "closely": 0.4,
    "twins": 0.12,
    "details": 0.3,  # what isn't drawn clearly is neither kept nor seen
    "doubles": 0.15,
    "doubles closely": 0.15,
    "deeds": 0.15,  # a portrait's mood is copied as readily as its looks
    "together": 0.45,
}


def train_diffusion(folder: Path, minutes: float, team: Team, rate: float) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one.

    `rate` is the learning rate between warming up and cooling down.

    Each step learns from SINGLES panels alone, from windows of CLOSE others, from TWINS pairs that
    differ in what words say, from DETAILS such pairs that tell it themselves, from DOUBLES pairs
    that differ in what only a panel before them tells, from windows of CLOSE_DOUBLES others, from
    DEEDS pairs that differ in what words say after a panel before them, and from GROUPS groups of
    four that share tokens.
    """
    torch.manual_seed(0)  # diffusers initialises its layers from the global generator
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / text.TOKENIZER))
    model = Denoiser(new_unet(), text.taught_encoder(folder, tokenizer))
    training = Training(folder, model, team, Clock(minutes * 60), rate)
    training.resume()
    held = Examination(folder, tokenizer)
    teacher = Teacher(folder, tokenizer, seed=training.step * team.size + team.rank)
    while not training.clock.done:
        if training.step % REFRESH_EVERY == 0:
            teacher.refresh()
        training.take_step(teacher)
        if team.leads:
            training.tell(teacher, held)
            training.save_when_due()


@dataclass
class Training:
    """The state of a run: what a checkpoint holds, and who takes part."""

    folder: Path
    model: Denoiser
    team: Team
    clock: Clock
    rate: float
    step: int = 0
    average: dict[str, Tensor] = field(default_factory=dict)
    losses: dict[str, Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.optimisers = optimisers(self.model, self.rate, OUTER, self.team)
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.losses = {name: Running() for name in SHARES}

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        stored = load_checkpoint(self.folder / CHECKPOINT)
        if stored is None:
            return
        self.model.load_state_dict(stored["model"])
        states = stored["optimiser"]
        for one, state in zip(self.optimisers, states, strict=bool(states)):
            one.load_state_dict(state)
        self.average, self.step = stored["average"], stored["step"]
        self.clock.spent = stored["seconds"]

    def take_step(self, teacher: Teacher) -> None:
        self.clock.tick()
        self.clock.spent = self.team.agree(self.clock.spent)
        set_rate(self.optimisers, self.rate * self.clock.rate(WARMUP, COOLDOWN))
        self._learn(teacher)
        self.team.average_gradients(self.model.parameters())
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for one in self.optimisers:
            one.step()
            one.zero_grad()
        self.step += 1
        if self.team.leads:
            follow(self.average, self.model, min(AVERAGING, (1 + self.step) / (10 + self.step)))

    def _learn(self, teacher: Teacher) -> None:
        """One kind of lesson after the other, so that only one is in memory."""
        size = self.team.size
        self._add("alone", teacher.single_lesson(SINGLES // size).loss(self.model))
        self._add("closely", teacher.close_lesson(CLOSE // size).loss(self.model))
        self._add("twins", teacher.twin_lesson(TWINS // size).loss(self.model))
        self._add("details", teacher.detail_lesson(DETAILS // size).loss(self.model))
        with group_attention(self.model.unet) as attention:
            with attention.among(teacher.looking_back()):
                self._add("doubles", teacher.double_lesson(DOUBLES // size).loss(self.model))
                near = teacher.close_double_lesson(CLOSE_DOUBLES // size)
                self._add("doubles closely", near.loss(self.model))
                self._add("deeds", teacher.close_deed_lesson(DEEDS // size).loss(self.model))
            with attention.among(teacher.sharing()):
                self._add("together", teacher.group_lesson(GROUPS // size).loss(self.model))

    def _add(self, name: str, loss: Tensor) -> None:
        torch.autograd.backward(loss * SHARES[name])
        self.losses[name].add(loss.item())

    def tell(self, teacher: Teacher, held: Examination) -> None:
        if self.step % TELL_EVERY == 0:
            losses = "  ".join(f"{name} {one.mean:.4f}" for name, one in self.losses.items())
            print(f"{self.clock.spent:6.0f} s  step {self.step}  {losses}", flush=True)
        if self.step % MEASURE_EVERY == 0:
            print(f"looking: {looking(self.model, held)}  ({teacher.at_hand()})", flush=True)
            print(f"closely: {closeness(self.model, held)}", flush=True)
            print(f"heeding: {heeding(self.model, held)}", flush=True)
            print(f"telling: {telling(self.model, held)}", flush=True)
            print(f"keeping: {keeping(self.model, held)}", flush=True)
            print(f"obeying: {obeying(self.model, held)}", flush=True)

    def save_when_due(self) -> None:
        if not self.clock.save_due():
            return
        save_checkpoint(
            self.folder / CHECKPOINT,
            {
                "model": self.model.state_dict(),
                "average": self.average,
                "optimiser": [one.state_dict() for one in self.optimisers],
                "step": self.step,
                "seconds": self.clock.spent,
            },
        )
