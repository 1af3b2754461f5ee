"""The reader's parts: where it looks, when it is silent, and what is kept of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.toon.cutting import CUT, cut_out, stands, views
from generation.toon.reader import (
    FIELDS,
    FIGURE_FIELDS,
    PANEL_FIELDS,
    Reader,
    ReaderMissing,
    load_reader,
    visible,
)
from generation.toon.scaling import Scaling
from generation.toon.training.calibration import Answers, score
from generation.toon.training.examples import (
    NOT_SHOWN,
    draw,
    figure_truth,
    figures_of,
    panel_truth,
    reader_scene,
)
from generation.toon.training.reading import lesson
from generation.toon.training.spoiling import spoiled
from generation.toon.world.scene import KINDS, Figure, Look, Scene

MOST_PARAMETERS = 1_250_000  # its share of the weights in the repository


@pytest.fixture(scope="module")
def reader() -> Reader:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Reader().eval()


def test_it_is_small(reader: Reader) -> None:
    assert sum(one.numel() for one in reader.parameters()) < MOST_PARAMETERS


def test_it_answers_every_question_about_panels_of_any_size(reader: Reader) -> None:
    for side in (64, 128, 256):
        for reading in reader.read(torch.zeros(2, 3, side, side)):
            assert set(reading.panel.values) == set(PANEL_FIELDS)
            assert len(reading.figures) == reading.panel["figures"]
            for figure in reading.figures:
                assert set(figure.values) == set(FIGURE_FIELDS)
                kinds = KINDS if figure["kind"] is None else (figure["kind"],)
                possible = {name for kind in kinds for name in visible(kind)}
                hidden = set(FIGURE_FIELDS) - possible
                assert all(figure[name] is None for name in hidden)


def test_a_panel_is_read_the_same_in_any_company(reader: Reader) -> None:
    chance = random.Random(1)
    panels = draw([reader_scene(chance) for _ in range(5)], 128)
    assert reader.read(panels) == [reader.read(panels[i : i + 1])[0] for i in range(5)]


def test_what_all_possible_kinds_have_is_read_though_the_kind_is_not(reader: Reader) -> None:
    person = torch.full((len(KINDS),), -20.0)
    person[[KINDS.index("woman"), KINDS.index("girl")]] = 0.0
    careful = Reader(dict.fromkeys(FIELDS, 0.0) | {"kind": 0.9}).eval()
    person = person.softmax(0)
    assert careful._shown(person) == set(visible("woman")) & set(FIGURE_FIELDS)
    nobody = torch.full((len(KINDS),), 1 / len(KINDS))
    assert careful._shown(nobody) == {"kind", "glasses", "hat", "pose", "expression"}
    assert careful._value("kind", person) is None


def test_who_must_be_surer_than_certain_reads_nothing() -> None:
    silent = Reader(dict.fromkeys(FIELDS, 1.1)).eval()
    (reading,) = silent.read(torch.zeros(1, 3, 128, 128))
    assert set(reading.panel.values.values()) == {None}
    assert reading.figures == ()


def test_what_was_saved_reads_the_same(tmp_path: Path) -> None:
    reader = Reader(dict.fromkeys(FIELDS, 0.5), {"hat": Scaling(0.5, (1.0, -1.0))}).eval()
    reader.save(tmp_path)
    again = load_reader(tmp_path)
    panels = torch.rand(3, 3, 128, 128, generator=torch.Generator().manual_seed(1)) * 2 - 1
    one, other = (net.of_panels(panels)["place"] for net in (reader, again))
    assert torch.allclose(one, other, atol=0.01)  # half precision
    assert (again.thresholds, again.scaling) == (reader.thresholds, reader.scaling)
    rows, boxes = torch.zeros(1, dtype=torch.long), stands(1)
    raw = Reader().eval()
    raw.load_state_dict(again.state_dict())
    asked = panels[:1], rows, boxes
    scaled = again.scaling["hat"](raw.shares(*asked)["hat"])
    assert torch.allclose(again.shares(*asked)["hat"], scaled)
    assert torch.equal(again.shares(*asked)["pose"], raw.shares(*asked)["pose"])
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2_500_000


def test_a_folder_without_a_reader_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReaderMissing, match="inkthread toon train reader"):
        load_reader(tmp_path)


def test_figures_are_cut_out_where_the_world_draws_them() -> None:
    """Without a figure there is less to see in its place, and the rest is as before."""
    people = tuple(Figure(Look("man", shirt="red")) for _ in range(3))
    for count in (1, 2, 3):
        scene = Scene("beach", figures=people[:count], seed=3)
        empty = Scene("beach", seed=3)
        full, bare = draw([scene, empty], 128)
        rows = torch.zeros(count, dtype=torch.long)
        cuts = [cut_out(one.unsqueeze(0), rows, stands(count)) for one in (full, bare)]
        assert cuts[0].shape == (count, 3, *CUT)
        changed = ((cuts[0] - cuts[1]).abs().amax(1) > 0.2).float()
        assert changed.mean((1, 2)).min() > 0.25
        assert changed[:, :, CUT[1] // 2].mean(1).min() > 0.5  # in the middle


def test_a_cut_of_the_whole_panel_is_the_panel() -> None:
    panel = torch.rand(1, 3, *CUT, generator=torch.Generator().manual_seed(0))
    cut = cut_out(panel, torch.tensor([0]), torch.tensor([[0.0, 0.0, 256.0, 256.0]]))
    assert torch.allclose(cut, panel, atol=1e-4)


def test_a_figure_is_seen_as_it_is_and_in_a_mirror() -> None:
    panel = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    rows, box = torch.tensor([0]), torch.tensor([[40.0, 30.0, 100.0, 120.0]])
    plain, turned = views(panel, rows, box)
    assert torch.equal(plain, cut_out(panel, rows, box))
    assert torch.allclose(turned, plain.flip(-1), atol=1e-4)


def test_the_truth_of_what_a_kind_has_not_is_left_out() -> None:
    cat, man = Figure(Look("cat", fur="grey")), Figure(Look("man", skin="dark"), "typing")
    right = figure_truth([Scene("park", figures=(cat, man))])
    assert right["fur"].tolist() == [FIGURE_FIELDS["fur"].index("grey"), NOT_SHOWN]
    assert right["skin"].tolist() == [NOT_SHOWN, FIGURE_FIELDS["skin"].index("dark")]
    assert right["pose"].tolist()[1] == FIGURE_FIELDS["pose"].index("typing")
    assert panel_truth([Scene("park", figures=(cat, man))])["figures"].tolist() == [2]


def test_what_is_not_known_is_left_out() -> None:
    people = (Figure(Look("man", skin="dark")), Figure(Look("girl", hair="red")))
    scenes = [Scene("park", figures=people), Scene("beach", figures=people[:1])]
    known = [frozenset({"1.hair"}), None]
    figures, panels = figure_truth(scenes, known), panel_truth(scenes, known)
    assert figures["hair"].tolist()[:2] == [NOT_SHOWN, FIGURE_FIELDS["hair"].index("red")]
    assert figures["skin"].tolist() == [NOT_SHOWN, NOT_SHOWN, FIGURE_FIELDS["skin"].index("dark")]
    assert panels["place"].tolist() == [NOT_SHOWN, PANEL_FIELDS["place"].index("beach")]


def test_it_learns_a_few_panels_by_heart() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        reader = Reader()
        optimiser = torch.optim.AdamW(reader.parameters(), lr=3e-3)
        chance = random.Random(2)
        scenes = [reader_scene(chance) for _ in range(4)]
        panels = draw(scenes, 128)
        losses = []
        for step in range(25):
            off = lesson(reader, panels, scenes, torch.Generator().manual_seed(step))
            optimiser.zero_grad()
            off.backward()
            optimiser.step()
            losses.append(off.item())
    assert losses[-1] < losses[0] / 2


def test_spoiled_panels_still_resemble_themselves() -> None:
    chance = random.Random(3)
    panels = draw([reader_scene(chance) for _ in range(6)], 64)
    bad = spoiled(panels, torch.Generator().manual_seed(0))
    assert bad.shape == panels.shape
    apart = (bad.unsqueeze(1) - panels.unsqueeze(0)).abs().mean((2, 3, 4))
    assert apart.argmin(1).tolist() == list(range(6))
    assert apart.diagonal().min() > 0


def test_figures_of_a_batch_are_in_the_order_of_their_truth() -> None:
    chance = random.Random(4)
    scenes = [reader_scene(chance) for _ in range(6)]
    cuts = figures_of(draw(scenes, 128), scenes, torch.Generator().manual_seed(0))
    assert len(cuts) == sum(len(scene.figures) for scene in scenes)
    assert all(len(indices) == len(cuts) for indices in figure_truth(scenes).values())


def test_a_score_counts_every_answer_once() -> None:
    answers = Answers(
        torch.tensor([0.9, 0.4, 0.8]), torch.tensor([1, 1, 0]), torch.tensor([1, 0, 1])
    )
    one = score(answers, 0.5, "night")
    assert one.right == 0.5
    assert one.unreadable == pytest.approx(1 / 3)
    assert one.confusion == ((0, 0, 1), (1, 1, 0))
