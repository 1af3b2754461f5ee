"""Subject masks in the whole sampler, against the rules written out slowly and obviously.

All panels go through the network in one batch. Cross-attention is computed in full and read off;
self-attention scores all tokens of the story against each other under one large mask. No bank, no
gathering, no micro-batches, no hooks, no fast attention. What a map means (`PanelMasks`) and which
tokens a draw takes (`sample_tokens`) have their own tests.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.consistency.masks import PanelMasks
from generation.consistency.sampling import sample_tokens
from generation.consistency.separation import WHOLE, Separation
from generation.diffusion.conditioning import condition, encode_panels
from generation.diffusion.errors import CheckpointMismatch
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import SUBJECT_SHARE, RenderPlan
from generation.script.redo import redo_panel
from tests.generation.consistency.casting import CAST, GRAPH, Planner, cast_plan


class Slow:
    """The state of a slow run: the averaged maps, and the large mask made of them."""

    def __init__(self, plan: RenderPlan, used: Separation) -> None:
        self.plan = plan
        self.used = used
        self.step = 0
        self.layers: list[list[Tensor]] = []  # of this timestep: a map per panel with subjects
        self.average: list[Tensor] | None = None

    def hear(self, attention: Tensor) -> None:
        """`attention` is `(panels, tokens, text tokens)` of the conditional half."""
        maps = []
        for panel, weights in zip(self.plan.panels, attention, strict=True):
            rows = []
            for subject in panel.subjects:
                begin = 1  # the begin token; then every letter is a token, spaces are none
                before = panel.prompt[: panel.prompt.index(subject.words)].replace(" ", "")
                count = len(subject.words.replace(" ", ""))
                first = begin + len(before)
                rows.append(weights[:, first : first + count].mean(dim=1).view(4, 6))
            maps.append(torch.stack(rows) if rows else torch.zeros(0, 4, 6))
        self.layers.append(maps)

    def settle(self) -> None:
        self.step += 1
        now = [sum(one) / len(self.layers) for one in zip(*self.layers, strict=True)]
        share = max(1 / self.step, 1 / 5)
        past = self.average or now
        self.average = [old + share * (new - old) for old, new in zip(past, now, strict=True)]
        self.layers = []

    def masks(self, panel: int, tokens: int) -> PanelMasks:
        size = {96: (8, 12), 24: (4, 6)}[tokens]
        if self.step == 0:  # a fifth of four steps, rounded up
            strips = [subject.strip for subject in self.plan.panels[panel].subjects]
            found = PanelMasks.expected(torch.tensor(strips, dtype=torch.float64), 4, 6)
        else:
            assert self.average is not None
            found = PanelMasks.seen(self.average[panel])
        likeness = F.interpolate(found.likeness[None], size, mode="bilinear")[0]
        return PanelMasks(likeness, found.thresholds, found.sure)

    def sample(self, panel: int, subject: int | None, tokens: int) -> Tensor:
        plan = self.plan
        weights = None
        if subject is not None and self.used.bank:
            weights = self.masks(panel, tokens).weights(subject).flatten()
        rate = plan.rate * (SUBJECT_SHARE if self.used.bank else 1)
        return sample_tokens(plan.seed, self.step, tokens, plan.panels[panel].seed, rate, weights)

    def mask(self, tokens: int) -> Tensor:
        """How often each token (column) is seen by each token (row) of the story: of two subjects
        that everybody looks at, one token may be shown twice."""
        panels, used = len(CAST), self.used
        mask = torch.zeros(panels, tokens, panels, tokens, dtype=torch.float64)
        for i, looking in enumerate(GRAPH):
            mask[i, :, i, :] = 1
            parted = len(CAST[i]) > (0 if tokens >= used.lone else 1)
            if parted and looking and used.within:
                certain = self.masks(i, tokens).certain.flatten().tolist()
                for a in range(tokens):
                    for b in range(tokens):
                        if certain[a] >= 0 and certain[b] >= 0 and certain[a] != certain[b]:
                            mask[i, a, i, b] = 0
            for j in looking:
                regions = self.masks(i, tokens).regions.flatten().tolist() if parted else []
                both = [name for name in CAST[i] if name in CAST[j]]
                if not (used.bank or used.queries):
                    both = []  # whole panels are looked at
                for name in both:
                    shown = self.sample(j, CAST[j].index(name), tokens)
                    for a in range(tokens):
                        own = not parted or regions[a] == CAST[i].index(name)
                        if own or not used.queries:
                            mask[i, a, j, shown] += 1
                if not both:
                    mask[i, :, j, self.sample(j, None, tokens)] = 1
        return mask.view(panels * tokens, panels * tokens)


def heads_of(attn: Attention, parts: Sequence[Tensor]) -> list[list[Tensor]]:
    return [list(part.chunk(attn.heads, dim=-1)) for part in parts]


class SlowCross:
    def __init__(self, slow: Slow, listened: bool) -> None:
        self.slow, self.listened = slow, listened

    def __call__(
        self, attn: Attention, hidden_states: Tensor, encoder_hidden_states: Tensor, **_: object
    ) -> Tensor:
        query = attn.to_q(hidden_states)
        key, value = attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states)
        outs, weights = [], []
        for q, k, v in zip(*heads_of(attn, (query, key, value)), strict=True):
            weights.append((q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).softmax(dim=-1))
            outs.append(weights[-1] @ v)
        if self.listened:
            mean = sum(weights) / len(weights)
            self.slow.hear(mean[len(CAST) :])
        out: Tensor = attn.to_out[0](torch.cat(outs, dim=-1))
        return out


class SlowSelf:
    def __init__(self, slow: Slow) -> None:
        self.slow = slow

    def __call__(self, attn: Attention, hidden_states: Tensor, **_: object) -> Tensor:
        panels, tokens = len(CAST), hidden_states.shape[1]
        mask = self.slow.mask(tokens)
        halves = []
        for half in hidden_states.split(panels):
            story = half.reshape(panels * tokens, -1)
            parts = (attn.to_q(story), attn.to_k(story), attn.to_v(story))
            heads = []
            for q, k, v in zip(*heads_of(attn, parts), strict=True):
                scores = q @ k.T / q.shape[-1] ** 0.5
                heads.append((scores + mask.log()).softmax(dim=-1) @ v)
            halves.append(torch.cat(heads, dim=-1).view(panels, tokens, -1))
        out: Tensor = attn.to_out[0](torch.cat(halves))
        return out


def coarse(name: str, family: str) -> bool:
    """The tiny networks have two levels: full size in the first down and the last up block."""
    return not name.startswith(("down_blocks.0", "up_blocks.1"))


def slowly(model: DiffusionModel, plan: RenderPlan, used: Separation = WHOLE) -> Tensor:
    """The trajectory's end, with its own loop over the timesteps."""
    slow = Slow(plan, used)
    before = dict(model.unet.attn_processors)
    model.unet.set_attn_processor(
        {
            name: SlowCross(slow, coarse(name, model.family))
            if "attn2" in name
            else SlowSelf(slow)
            if name.startswith("up_blocks")
            else processor
            for name, processor in before.items()
        }
    )
    scheduler = type(model.scheduler).from_config(model.scheduler.config)
    scheduler.set_timesteps(plan.steps)
    told = condition(model, plan, encode_panels(model, plan))
    latents = LockStep(model, plan).latents
    try:
        with torch.no_grad():
            for timestep in scheduler.timesteps:
                both = torch.cat([latents, latents])
                out = model.unet(both, timestep, told.tokens, added_cond_kwargs=told.added).sample
                without, with_text = out.chunk(2)
                guided = without + plan.guidance * (with_text - without)
                latents = scheduler.step(guided, timestep, latents).prev_sample
                slow.settle()
    finally:
        model.unet.set_attn_processor(before)
    return latents


def quickly(model: DiffusionModel, plan: RenderPlan, used: Separation = WHOLE) -> Tensor:
    with LockStep(model, plan, separation=used) as run:
        while not run.done:
            run.advance()
        return run.latents


def test_a_full_run_with_masks_is_the_rules(exact_model: DiffusionModel, plan_of: Planner) -> None:
    plan = cast_plan(plan_of, micro_batch=4)
    rules = slowly(exact_model, plan)
    largest = (quickly(exact_model, plan) - rules).abs().max().item()
    print(f"largest difference {largest:.1e}")
    assert largest < 1e-8
    # and it takes the masks to get there
    unmasked = quickly(exact_model, replace(plan, masks=False))
    apart = (unmasked - rules).flatten(1).abs().amax(dim=1)
    looking = [bool(seen) for seen in GRAPH]
    assert apart[looking].min() > 1e-3
    assert apart[[not looks for looks in looking]].max() < 1e-8  # drawn plainly in both


@pytest.mark.parametrize(
    "used",
    [
        Separation(lone=24),  # places of the tiny networks' coarsest maps
    ]
    + [
        Separation(bank, queries, within)
        for bank in (True, False)
        for queries in (True, False)
        for within in (True, False)
        if not (bank and queries and within)
    ],
)
def test_each_use_of_the_masks_is_the_rules(
    exact_model: DiffusionModel, plan_of: Planner, used: Separation
) -> None:
    plan = cast_plan(plan_of, micro_batch=4)
    assert (quickly(exact_model, plan, used) - slowly(exact_model, plan, used)).abs().max() < 1e-8
    other = replace(plan, masks=False) if used == Separation(False, False, False) else None
    if other is not None:
        assert (quickly(exact_model, plan, used) - quickly(exact_model, other)).abs().max() < 1e-8
    else:
        assert (quickly(exact_model, plan, used) - quickly(exact_model, plan)).abs().max() > 1e-6


@pytest.mark.parametrize("micro_batch", [1, 3])
def test_masks_do_not_depend_on_the_micro_batch(
    exact_model: DiffusionModel, plan_of: Planner, micro_batch: int
) -> None:
    whole = quickly(exact_model, cast_plan(plan_of, micro_batch=7))
    cut = quickly(exact_model, cast_plan(plan_of, micro_batch=micro_batch))
    assert (whole - cut).abs().max() < 1e-8


def test_masks_without_references_are_the_plain_network_to_the_bit(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = cast_plan(plan_of)
    alone = replace(plan, panels=tuple(replace(one, references=()) for one in plan.panels))
    assert torch.equal(quickly(model, alone), quickly(model, replace(alone, masks=False)))


def test_a_resumed_run_with_masks_ends_at_the_same_pixels(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = cast_plan(plan_of, steps=5)
    with LockStep(model, plan) as whole:
        checkpoints = [whole.checkpoint()]
        while not whole.done:
            whole.advance()
            checkpoints.append(whole.checkpoint())
    for step, checkpoint in enumerate(checkpoints):
        with LockStep(model, plan) as resumed:
            resumed.restore(checkpoint)
            assert resumed.step == step
            while not resumed.done:
                resumed.advance()
            assert torch.equal(resumed.latents, whole.latents)
            same = [
                torch.equal(one.likeness, other.likeness)
                for one, other in zip(whole.masks, resumed.masks, strict=True)
            ]
            assert all(same)
    with pytest.raises(CheckpointMismatch):
        LockStep(model, replace(plan, masks=False)).restore(checkpoints[0])


def test_a_run_tells_where_its_subjects_are(model: DiffusionModel, plan_of: Planner) -> None:
    with LockStep(model, cast_plan(plan_of)) as run:
        assert not any(masks.sure for masks in run.masks)
        run.advance()
        found = run.masks
    assert set(found[3].regions.flatten().tolist()) == {-1, 0, 1}  # so that all rules are tested
    assert set(found[3].certain.flatten().tolist()) == {-1, 0, 1}
    assert [len(masks.likeness) for masks in found] == [len(names) for names in CAST]
    assert [masks.sure for masks in found] == [len(names) > 0 for names in CAST]
    assert {tuple(masks.regions.shape) for masks in found} == {(4, 6)}


def test_words_that_the_prompt_lost_leave_the_panel_to_its_strips(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = cast_plan(plan_of)
    panels = list(plan.panels)
    panels[3] = replace(panels[3], prompt="a cat alone")
    with LockStep(model, replace(plan, panels=tuple(panels))) as run:
        while not run.done:
            run.advance()
        assert [masks.sure for masks in run.masks[2:5]] == [True, False, True]


def test_redoing_a_panel_with_masks_draws_its_sheet_as_it_was(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    plan = cast_plan(plan_of)
    before = quickly(exact_model, plan)
    again = quickly(exact_model, redo_panel(plan, 4, plan.panels[3].seed))
    assert (before[:4] - again).abs().max() < 1e-8


def test_the_network_is_the_same_after_a_run_with_masks(
    model: DiffusionModel, plan_of: Planner
) -> None:
    processors = dict(model.unet.attn_processors)
    hooks = [len(part._forward_hooks) for part in model.unet.modules()]
    with LockStep(model, cast_plan(plan_of)) as run:
        run.advance()
    assert hooks == [len(part._forward_hooks) for part in model.unet.modules()]
    after = model.unet.attn_processors
    assert all(after[name] is processors[name] for name in processors)
