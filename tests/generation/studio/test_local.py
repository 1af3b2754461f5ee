"""The studio of child processes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from generation.studio.child import Child
from generation.studio.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Order,
    Progress,
    Started,
    Trouble,
)
from generation.studio.local import LocalStudio
from generation.studio.studio import StudioError
from tests.generation.studio.conformance import Conformance
from tests.generation.studio.conformance.watching import MakePlan, drawn

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(models_file: Path) -> AsyncIterator[LocalStudio]:
    local = LocalStudio(
        models_file,
        nice=7,
        threads=1,
        warm="tiny",
        preview_interval=0,
        checkpoint_interval=0,
        cancel_grace=2.0,
    )
    await local.start()
    yield local
    await local.close()


class TestLocalStudio(Conformance):
    """The conformance suite."""


async def test_children_stand_back_and_are_out_of_reach_of_ctrl_c(studio: LocalStudio) -> None:
    await studio.start()
    for pid in studio.pids().values():
        assert psutil.Process(pid).nice() >= min(19, os.nice(0) + 7)
        assert os.getpgid(pid) != os.getpgid(0)
        os.kill(pid, signal.SIGINT)
    await asyncio.sleep(0.2)
    assert set(studio.pids()) == {"artist", "press"}


async def test_closing_in_the_middle_of_a_picture_ends_both_soon(
    studio: LocalStudio, make_plan: MakePlan
) -> None:
    await studio.start()
    pids = studio.pids().values()
    async with aclosing(studio.draw(Order(1, 1, make_plan(steps=1000)))) as events:
        async for event in events:
            if isinstance(event, Progress):
                break
        os.kill(studio.pids()["press"], signal.SIGSTOP)  # one that does not listen
        async with asyncio.timeout(60):  # each gets three before it is killed
            await studio.close()
        *_, last = [event async for event in events]
    assert last == Failed("The studio was closed.", True, Trouble.CLOSED)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    (refused,) = await drawn(studio, Order(1, 1, make_plan()))
    assert isinstance(refused, Failed)
    await studio.start()
    assert isinstance((await drawn(studio, Order(1, 1, make_plan(steps=1))))[-1], Finished)


async def test_a_press_that_always_dies_fails_the_order(
    studio: LocalStudio, make_plan: MakePlan
) -> None:
    await studio.start()

    async def kill() -> None:
        while True:
            if press := studio.pids().get("press"):
                os.kill(press, signal.SIGKILL)
            await asyncio.sleep(0.01)

    killing = asyncio.create_task(kill())
    events = await drawn(studio, Order(1, 1, make_plan(steps=1)))
    killing.cancel()
    assert isinstance(events[-1], Failed)
    assert events[-1].retryable


async def test_what_a_library_prints_does_not_get_into_the_wire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = "import os; print('noise'); os.write(1, b'more noise\\n')"
    (tmp_path / "sitecustomize.py").write_text(noise, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    press = await Child.spawn("press", [])
    await press.ready()
    assert press.alive
    await press.close()
    told = capfd.readouterr()
    assert "noise" in told.err
    assert told.out == ""


async def test_a_child_that_does_not_start_says_why() -> None:
    press = await Child.spawn("press", ["--no-such-option"])
    with pytest.raises(StudioError, match="code 2"):
        await press.ready()
    await press.close()


async def test_an_artist_that_does_not_stop_when_asked_is_ended(
    studio: LocalStudio, make_plan: MakePlan
) -> None:
    await studio.start()
    artist = studio.pids()["artist"]
    last: Event | None = None
    async for event in studio.draw(Order(1, 1, make_plan(steps=1000))):
        if isinstance(last, Started) and isinstance(event, Progress):
            os.kill(artist, signal.SIGSTOP)
            await studio.cancel(1)
        last = event
    assert isinstance(last, Cancelled)
    assert last.step > 0
    assert "artist" not in studio.pids()
