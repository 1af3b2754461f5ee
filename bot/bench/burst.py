"""A burst: every member adds a line to every story within some seconds, while a comic is drawn.

Discord waits 3 s for the first answer to an interaction; after that the member reads that the
application did not respond.
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from statistics import quantiles

from bot.bench.stage import Stage
from bot.sandbox.wire import Json

DEFERRED = 5  # Discord: interaction callback type, "thinking"
DRAWN = 24  # panels of the comic that is drawn meanwhile; enough to outlast the burst
LOOK, SETTLING = 1.0, 20.0  # seconds between looks at the stories, and without a change at the end
LINE = re.compile(r"rain on roof (\d+)-(\d+)")


@dataclass(frozen=True)
class Size:
    """`members` times `threads` interactions within `seconds`."""

    members: int = 50
    threads: int = 10
    seconds: float = 5.0


QUICK = Size(members=10, threads=5, seconds=1.0)


@dataclass(frozen=True)
class Answered:
    """What became of one interaction. `seconds` until the first answer, None if none came."""

    line: tuple[int, int]  # thread, member
    seconds: float | None
    deferred: bool = False


@dataclass(frozen=True)
class Burst:
    """The figures. Times are in seconds; `lost` and `doubled` count lines of the stories."""

    interactions: int
    sent_within: float
    acknowledged: int
    deferred: int
    median: float
    p99: float
    slowest: float
    lost: int
    doubled: int
    bot_cpu: float
    drawing_cpu: float

    @property
    def held(self) -> bool:
        """Nobody was left without an answer, and every line is there once."""
        return self.acknowledged == self.interactions and not self.lost and not self.doubled


async def run(stage: Stage, size: Size) -> Burst:
    """Raises:
    StageError: the bot stops, or a story or the drawing doesn't begin.
    """
    people = stage.people(size.members)
    threads = [await stage.open_story(people[0], f"Burst {n}") for n in range(size.threads)]
    await _draw(stage, people[0])
    before = stage.cpu_seconds()
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers = await _send_all(stage, size, people, threads)
    took = loop.time() - began
    after = stage.cpu_seconds()
    found = await _lines(stage, threads, size)
    times = sorted(one.seconds for one in answers if one.seconds is not None) or [0.0, 0.0]
    return Burst(
        interactions=len(answers),
        sent_within=took,
        acknowledged=sum(one.seconds is not None for one in answers),
        deferred=sum(one.deferred for one in answers),
        median=times[len(times) // 2],
        p99=quantiles(times, n=100, method="inclusive")[98],
        slowest=times[-1],
        lost=sum(not found[one.line] for one in answers),
        doubled=sum(found[one.line] > 1 for one in answers),
        bot_cpu=after[0] - before[0],
        drawing_cpu=after[1] - before[1],
    )


async def _draw(stage: Stage, member: str) -> None:
    """A long comic that is being drawn when this returns."""
    panels = "\n".join(f"[NC] A street in heavy rain, number {n}" for n in range(DRAWN))
    await stage.order_comic(member, panels, "Drawn meanwhile")
    running = "SELECT 1 FROM render WHERE state = 'running' AND step > 0"
    await stage.until("a drawing under way", lambda: stage.ask(running), 300.0)


async def _send_all(
    stage: Stage, size: Size, people: list[str], threads: list[str]
) -> list[Answered]:
    """One line after the other at an even pace, whether the bot keeps up or not."""
    count = size.members * size.threads
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as tasks:
        sent = []
        for number in range(count):
            await asyncio.sleep(began + number * size.seconds / count - loop.time())
            member, thread = divmod(number, size.threads)
            line = _add(stage, people[member], threads[thread], (thread, member))
            sent.append(tasks.create_task(line))
    return [one.result() for one in sent]


async def _add(stage: Stage, member: str, thread: str, line: tuple[int, int]) -> Answered:
    loop = asyncio.get_running_loop()
    began = loop.time()
    text = f"[NC] rain on roof {line[0]}-{line[1]}"
    outcome: Json = await stage.actions.command(member, thread, "story line", {"text": text})
    if "failed" in outcome:
        return Answered(line, None)
    return Answered(line, loop.time() - began, outcome["type"] == DEFERRED)


async def _lines(stage: Stage, threads: list[str], size: Size) -> Counter[tuple[int, int]]:
    """How often each line stands in its story, once all have come or no more come."""

    def count() -> Counter[tuple[int, int]]:
        texts = (text for thread in threads for text in stage.lines(thread))
        found = (match for text in texts for match in LINE.finditer(text))
        return Counter((int(match[1]), int(match[2])) for match in found)

    found, since = count(), 0.0
    while found.total() < size.members * size.threads and since < SETTLING:
        await asyncio.sleep(LOOK)
        before, found = found, count()
        since = 0.0 if found != before else since + LOOK
    return found


def table(found: Burst) -> str:
    """The figures for people."""
    return "\n".join(
        (
            f"interactions        {found.interactions} within {found.sent_within:.1f} s",
            f"acknowledged        {found.acknowledged} within 3 s ({found.deferred} by thinking)",
            f"first answer        median {found.median * 1000:.0f} ms,"
            f" p99 {found.p99 * 1000:.0f} ms, slowest {found.slowest * 1000:.0f} ms",
            f"lines               {found.lost} lost, {found.doubled} doubled",
            f"processor meanwhile bot {found.bot_cpu:.1f} s, drawing {found.drawing_cpu:.1f} s",
        )
    )
