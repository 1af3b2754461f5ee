"""The loop that the trainings for motion share: resumable, in a team, with averaged weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

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

TELL_EVERY = 20  # steps


@dataclass(frozen=True)
class Course:
    """What is taught. `lesson(step)` gives the loss of one step, a different one in every process
    of the team and at every step; `measure()` says how far it is, on held-out examples;
    `averaging` is how much of the averaged weights, which are kept, stays in a step."""

    checkpoint: str  # in the run's folder
    model: nn.Module
    rate: float
    lesson: Callable[[int], Tensor]
    measure: Callable[[], str]
    outer: tuple[str, ...] = ()
    measure_every: int = 100  # steps
    averaging: float = 0.99


def teach(course: Course, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one."""
    model, file = course.model, folder / course.checkpoint
    optimiser = optimisers(model, course.rate, course.outer, team)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    clock, step, running = Clock(minutes * 60), 0, Running()
    if stored := load_checkpoint(file):
        model.load_state_dict(stored["model"])
        average, step, clock.spent = stored["average"], stored["step"], stored["seconds"]
        states = stored["optimiser"]  # none after an adoption
        for one, state in zip(optimiser, states, strict=bool(states)):
            one.load_state_dict(state)
    while not clock.done:
        clock.tick()
        clock.spent = team.agree(clock.spent)
        set_rate(optimiser, course.rate * clock.rate())
        loss = course.lesson(step * team.size + team.rank)
        torch.autograd.backward(loss)
        _complete(model)
        team.average_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimiser:
            one.step()
            one.zero_grad()
        step += 1
        if not team.leads:
            continue
        follow(average, model, min(course.averaging, (1 + step) / (10 + step)))
        running.add(loss.item())
        if step % TELL_EVERY == 0:
            print(f"{clock.spent:6.0f} s  step {step}  loss {running.mean:.4f}", flush=True)
        if step % course.measure_every == 0 or clock.done:
            print(course.measure(), flush=True)
        if clock.save_due():
            states = [one.state_dict() for one in optimiser]
            told = {"step": step, "seconds": clock.spent, "optimiser": states}
            save_checkpoint(file, {"model": model.state_dict(), "average": average, **told})


def _complete(model: nn.Module) -> None:
    """A lesson may leave parts out, in each process other ones; to be added up, gradients must be
    the same ones in all."""
    for one in model.parameters():
        if one.requires_grad and one.grad is None:
            one.grad = torch.zeros_like(one)


def taught(model: nn.Module, file: Path) -> None:
    """Load the averaged weights of a course.

    Raises:
        FileNotFoundError: it hasn't begun yet.
    """
    stored = load_checkpoint(file)
    if stored is None:
        raise FileNotFoundError(file)
    model.load_state_dict(stored["average"])
