"""Minutes of faults: the gateway drops, requests fail and are limited, and members go on writing.

Afterwards everything that they sent is looked for: each line once in its story and answered once,
each comic posted once, one card in each thread.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.bench.stage import Stage, StageError
from bot.sandbox.components import walk
from bot.sandbox.wire import LOADING, Json
from bot.stories.card_buttons import AddLineButton

LINES_A_STORY = 50  # a story takes 60
LINE = re.compile(r"rain on roof (\d+)")
SETTLING = 180.0  # seconds for what is late at the end


@dataclass(frozen=True)
class Trial:
    """Seconds, and shares of the API's requests."""

    seconds: float = 180.0
    lines_every: float = 0.5
    comics_every: float = 15.0
    drop_every: float = 10.0
    broken: float = 0.05
    limited: float = 0.10
    afterwards: float = 5.0  # in which nothing more may come
    seed: int = 1


QUICK = Trial(seconds=15.0, lines_every=0.25, comics_every=5.0, drop_every=3.0)


@dataclass(frozen=True)
class Endurance:
    """What was sent and what became of it. `unanswered` lines got no answer within Discord's 3 s;
    they count as lost all the same when they are not in their story."""

    seconds: float
    drops: int
    requests: int
    failed_requests: int
    lines: int
    unanswered: int
    lines_lost: int
    lines_doubled: int
    answers_lost: int
    answers_doubled: int
    comics: int
    comics_lost: int
    comics_doubled: int
    stories: int
    cards_lost: int
    cards_doubled: int

    @property
    def held(self) -> bool:
        """Nothing was lost and nothing doubled."""
        lost = self.lines_lost + self.answers_lost + self.comics_lost + self.cards_lost
        doubled = self.lines_doubled + self.answers_doubled
        return not lost + doubled + self.comics_doubled + self.cards_doubled


@dataclass
class _Sent:
    """What members sent so far: line number to its first answer, and titles of comics."""

    lines: dict[int, Json] = field(default_factory=dict)
    comics: list[str] = field(default_factory=list)
    drops: int = 0


async def run(stage: Stage, trial: Trial) -> Endurance:
    """Raises:
    StageError: the bot stops, or something never comes to an end.
    """
    people = stage.people(5)
    count = round(trial.seconds / trial.lines_every)
    threads = [
        await stage.open_story(people[0], f"Endurance {n}")
        for n in range(-(-count // LINES_A_STORY))
    ]
    sent, statuses = _Sent(), Counter[int]()
    core = stage.sandbox.core
    core.observer = lambda _method, _path, _body, status, _answer: statuses.update([status])
    core.faults.update(
        {
            "broken_share": trial.broken,
            "rate_limited_share": trial.limited,
            "seed": trial.seed,
        }
    )
    async with asyncio.TaskGroup() as tasks:
        dropping = tasks.create_task(_drop(stage, trial, sent))
        writing = tasks.create_task(_write(stage, trial, sent, people, threads, count))
        ordering = tasks.create_task(_order(stage, trial, sent, people))
        await asyncio.wait({writing, ordering})
        dropping.cancel()
    core.faults.update({"broken_share": 0.0, "rate_limited_share": 0.0})
    failed = sum(number for status, number in statuses.items() if status == 429 or status >= 500)
    await _settle(stage, trial, sent)
    return _count(stage, trial, sent, threads, (statuses.total(), failed))


async def _drop(stage: Stage, trial: Trial, sent: _Sent) -> None:
    while True:
        await asyncio.sleep(trial.drop_every)
        sent.drops += stage.sandbox.core.hub.drop(resumable=True)


async def _write(
    stage: Stage, trial: Trial, sent: _Sent, people: list[str], threads: list[str], count: int
) -> None:
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            member, thread = people[number % len(people)], threads[number % len(threads)]
            tasks.create_task(_add(stage, sent, member, thread, number))
            await asyncio.sleep(trial.lines_every)


async def _add(stage: Stage, sent: _Sent, member: str, thread: str, number: int) -> None:
    text = {"text": f"[NC] rain on roof {number}"}
    sent.lines[number] = await stage.actions.command(member, thread, "story line", text)


async def _order(stage: Stage, trial: Trial, sent: _Sent, people: list[str]) -> None:
    for number in range(max(1, int(trial.seconds / trial.comics_every))):
        title = f"Comic {number}"
        await stage.order_comic(people[number % len(people)], "[NC] a street in the rain", title)
        sent.comics.append(title)
        await asyncio.sleep(trial.comics_every)


async def _settle(stage: Stage, trial: Trial, sent: _Sent) -> None:
    """Wait until the bot has done what it will do, and a little longer: nothing may follow."""
    try:
        await stage.until("an end of all work", lambda: not _open_work(stage, sent), SETTLING)
    except StageError as exc:
        raise StageError(f"{exc}\nStill to do: {_open_work(stage, sent)}") from exc
    await asyncio.sleep(trial.afterwards)


def _open_work(stage: Stage, sent: _Sent) -> list[str]:
    """What the bot has still to do."""
    messages = stage.sandbox.core.world.messages
    answers = (told["message"] for told in sent.lines.values() if "message" in told)
    thinking = [
        f"answer {one['id']}"
        for one in answers
        if messages[one["channel_id"]].get(one["id"], {"flags": 0})["flags"] & LOADING
    ]
    renders = "SELECT 'render', id, state FROM render WHERE state IN ('queued', 'running')"
    posts = "SELECT 'post', id, state FROM post WHERE state <> 'sent'"
    cards = (
        "SELECT 'card', id, card_revision FROM story"
        " WHERE thread_id IS NOT NULL AND card_revision < revision"
    )
    rows = stage.ask(f"{renders} UNION ALL {posts} UNION ALL {cards}")
    return thinking + [" ".join(map(str, row)) for row in rows]


def _count(
    stage: Stage, trial: Trial, sent: _Sent, threads: list[str], requests: tuple[int, int]
) -> Endurance:
    lines = _numbers(text for thread in threads for text in stage.lines(thread))
    shown = [one for thread in threads for one in stage.messages(thread)]
    answers = _numbers(one["content"] for one in shown)
    answered = [number for number, told in sent.lines.items() if "failed" not in told]
    pages = Counter(dict.fromkeys(sent.comics, 0))
    query = "SELECT title, marker FROM post JOIN render ON render.id = render_id JOIN story"
    for title, marker in stage.ask(f"{query} ON story.id = story_id"):
        everywhere = stage.messages(stage.channel)
        pages[str(title)] += sum(any(str(marker) in one for one in _ids(m)) for m in everywhere)
    cards = [sum(_is_card(one) for one in stage.messages(thread)) for thread in threads]
    return Endurance(
        seconds=trial.seconds,
        drops=sent.drops,
        requests=requests[0],
        failed_requests=requests[1],
        lines=len(sent.lines),
        unanswered=len(sent.lines) - len(answered),
        lines_lost=sum(not lines[number] for number in sent.lines),
        lines_doubled=sum(lines[number] > 1 for number in sent.lines),
        answers_lost=sum(not answers[number] for number in answered),
        answers_doubled=sum(answers[number] > 1 for number in sent.lines),
        comics=len(sent.comics),
        comics_lost=sum(not pages[title] for title in sent.comics),
        comics_doubled=sum(pages[title] > 1 for title in sent.comics),
        stories=len(threads),
        cards_lost=sum(not count for count in cards),
        cards_doubled=sum(count > 1 for count in cards),
    )


def _numbers(texts: Iterable[str]) -> Counter[int]:
    """How often each line stands in the texts."""
    return Counter(int(match[1]) for text in texts for match in LINE.finditer(text))


def _ids(message: Json) -> Iterator[str]:
    return (str(one["custom_id"]) for _, one in walk(message["components"]) if "custom_id" in one)


def _is_card(message: Json) -> bool:
    return any(one.startswith(AddLineButton.custom_id_of("")) for one in _ids(message))


def table(found: Endurance) -> str:
    """The figures for people."""
    return "\n".join(
        (
            f"faults   {found.drops} drops of the gateway in {found.seconds:.0f} s,"
            f" {found.failed_requests} of {found.requests} requests refused (429) or broken (5xx)",
            f"lines    {found.lines} sent, {found.lines_lost} lost, {found.lines_doubled} doubled",
            f"answers  {found.unanswered} too late for Discord, of the others {found.answers_lost}"
            f" lost; {found.answers_doubled} doubled",
            f"comics   {found.comics} ordered, {found.comics_lost} lost,"
            f" {found.comics_doubled} doubled",
            f"cards    {found.stories} stories, {found.cards_lost} lost,"
            f" {found.cards_doubled} doubled",
        )
    )
