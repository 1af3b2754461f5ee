"""When a schedule is due: cron text in a time zone, as moments in UTC. Pure rules.

An occurrence is a time on the clock on the wall, and comes exactly once. A time that the clock
skips in spring comes at the moment of the change; one that it shows twice in autumn comes the first
time. So moments never go back, whatever a zone does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, CroniterError, croniter

from bot.errors import BadCron, BadTime, BadZone, TooOften

FIELDS = 5  # minute, hour, day of the month, month, day of the week
LONGEST = 100  # letters of cron text
SHORTEST_PAUSE = timedelta(hours=1)  # between two posts; a page takes minutes to draw
LOOKED_AT = 200  # occurrences; more than a week of the most that is allowed
BACK = timedelta(hours=3)  # further than any clock is ever set back
REPEATS = {"daily": "*", "weekdays": "1-5"}
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.hH](?P<minute>\d{2}))?\s*(?P<half>[aApP]\.?[mM]\.?)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked cron text and a time zone of the IANA database."""

    cron: str
    zone: str


def make_rule(cron: str, zone: str, now: datetime) -> Rule:
    """Raises:
    BadCron: it is no cron text of five fields, or never due.
    BadZone: there is no such time zone.
    TooOften: it is due more than once an hour.
    """
    cron = " ".join(cron.split())
    if len(cron) > LONGEST or len(cron.split(" ")) != FIELDS or not croniter.is_valid(cron):
        raise BadCron(cron)
    rule = Rule(cron, zone)
    coming = list(islice(occurrences(rule, now), LOOKED_AT))
    if any(later - sooner < SHORTEST_PAUSE for sooner, later in pairwise(coming)):
        raise TooOften
    return rule


def cron_of(repeat: str, time: str, day: int) -> str:
    """`repeat` is daily, weekdays or weekly; `day` of the week is 0 for Sunday to 6.

    Raises:
        BadTime: the time can't be read.
    """
    hour, minute = _read_time(time)
    days = REPEATS.get(repeat, str(day))
    return f"{minute} {hour} * * {days}"


def next_after(rule: Rule, moment: datetime) -> datetime:
    """The first occurrence after a moment, in UTC.

    Raises:
        BadCron: there is none.
        BadZone: there is no such time zone.
    """
    return next(occurrences(rule, moment))


def occurrences(rule: Rule, moment: datetime) -> Iterator[datetime]:
    """All occurrences after a moment. Raises as `next_after`."""
    zone = _zone(rule.zone)
    start = moment.astimezone(zone).replace(tzinfo=None, fold=0) - BACK
    try:
        times = croniter(rule.cron, start, ret_type=datetime)
        while True:
            due = _moment(times.get_next(), zone)
            if due > moment:
                moment = due
                yield due
    except (CroniterBadDateError, CroniterError) as exc:
        raise BadCron(rule.cron) from exc


def last_due(rule: Rule, first: datetime, moment: datetime) -> datetime:
    """The latest occurrence that is not after `moment`; `first` is one that is not."""
    due = first
    for later in occurrences(rule, first):
        if later > moment:
            break
        due = later
    return due


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """A time on the wall as a moment: the first such, or the change of the clock that skips it."""
    due = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if due.astimezone(zone).replace(tzinfo=None) == local:
        return due
    return _change(due - BACK, due, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:  # unknown; no name at all; a folder
        raise BadZone(name) from exc


def _read_time(text: str) -> tuple[int, int]:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadTime(text)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            raise BadTime(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise BadTime(text)
    return hour, minute
