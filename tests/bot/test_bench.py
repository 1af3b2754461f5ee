"""`inkthread bench discord` and `bench endurance` in short: the bot's real process, a worker with
few steps. Seconds are not tested here, only that nothing is lost and nothing comes twice."""

from pathlib import Path

import pytest

from bot.bench import burst, endurance
from bot.bench.stage import staged
from tests.quick_toon import quick_toon


async def test_nothing_is_lost_or_doubled_in_a_burst_nor_under_faults(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, quick_toon(tmp_path)) as stage:
        busy = await burst.run(stage, burst.Size(members=10, threads=2, seconds=1.0))
        assert (busy.interactions, busy.lost, busy.doubled) == (20, 0, 0)
        assert "0 lost, 0 doubled" in burst.table(busy)
        trial = endurance.Trial(
            seconds=3.0,
            lines_every=0.2,
            comics_every=2.0,
            drop_every=1.0,
            broken=0.1,
            limited=0.1,
            afterwards=1.0,
        )
        found = await endurance.run(stage, trial)
    assert found.drops >= 1
    assert found.failed_requests > 0
    assert (found.lines, found.comics) == (15, 1)
    assert found.held, endurance.table(found)


@pytest.mark.long
async def test_nothing_is_lost_or_doubled_in_minutes_of_faults(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, quick_toon(tmp_path)) as stage:
        found = await endurance.run(stage, endurance.Trial())
    assert found.drops >= 15
    assert found.held, endurance.table(found)
