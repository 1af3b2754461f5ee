"""Every occurrence exactly once, also when clocks change, over 400 days in zones that do."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter

from bot.errors import BadCron, BadTime, BadZone, TooOften
from bot.schedules.calendar import Rule, cron_of, last_due, make_rule, next_after, occurrences

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 400
# Both hemispheres; Lord Howe moves its clock by half an hour only.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
CRONS = ("30 2 * * *", "15 1 * * 1-5", "45 2 * * 0", "0 18 1 * *", "0 */6 * * *", "0 * * * *")


STEP = timedelta(minutes=15)  # all times above are multiples of it, and all clocks change so


def walked(cron: str, zone: str) -> list[datetime]:
    """The slow, obvious way: look at the clock on the wall again and again, and never go back. What
    the clock skips is noticed when it has jumped."""
    place, moment = ZoneInfo(zone), START
    wanted = croniter(cron, moment.astimezone(place).replace(tzinfo=None), ret_type=datetime)
    due = wanted.get_next()
    found: list[datetime] = []
    while moment < START + timedelta(days=DAYS):
        moment += STEP
        wall = moment.astimezone(place).replace(tzinfo=None)
        if wall >= due:
            found.append(moment)
        while due <= wall:
            due = wanted.get_next()
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", CRONS)
def test_every_occurrence_comes_exactly_once_in_400_days(cron: str, zone: str) -> None:
    end = START + timedelta(days=DAYS)
    coming = list(takewhile(lambda at: at <= end, occurrences(Rule(cron, zone), START)))
    assert coming == walked(cron, zone)
    assert len(set(coming)) == len(coming)


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_time_comes_once_a_day_on_the_wall(zone: str) -> None:
    place = ZoneInfo(zone)
    coming = occurrences(Rule("30 2 * * *", zone), START)
    days = [next(coming).astimezone(place).date() for _ in range(DAYS)]
    assert days == [days[0] + timedelta(days=number) for number in range(DAYS)]


def test_a_time_that_is_skipped_comes_at_the_change() -> None:
    due = next_after(Rule("30 2 * * *", "Europe/Berlin"), datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)  # when 2:00 became 3:00


def test_a_time_that_is_shown_twice_comes_the_first_time() -> None:
    rule = Rule("30 2 * * *", "Europe/Berlin")
    due = next_after(rule, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_after(rule, due) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_of_several_that_were_missed_the_last_is_due() -> None:
    rule = Rule("0 18 * * *", "UTC")
    first = datetime(2026, 1, 1, 18, tzinfo=UTC)
    assert last_due(rule, first, first + timedelta(days=5, hours=3)) == first + timedelta(days=5)
    assert last_due(rule, first, first) == first


@pytest.mark.parametrize(
    ("time", "cron"),
    [
        ("18:30", "30 18"),
        ("6", "0 6"),
        ("6:05 pm", "5 18"),
        ("12am", "0 0"),
        ("12:15 p.m.", "15 12"),
        ("09.45", "45 9"),
    ],
)
def test_times_are_read_as_people_write_them(time: str, cron: str) -> None:
    assert cron_of("daily", time, 0) == f"{cron} * * *"


def test_repeats_become_days_of_the_week() -> None:
    assert cron_of("weekdays", "8:00", 3) == "0 8 * * 1-5"
    assert cron_of("weekly", "8:00", 3) == "0 8 * * 3"


@pytest.mark.parametrize("time", ["", "25:00", "8:60", "noon", "13pm", "0am", "8:5"])
def test_times_that_are_none_are_refused(time: str) -> None:
    with pytest.raises(BadTime):
        cron_of("daily", time, 0)


@pytest.mark.parametrize(
    "cron", ["", "daily", "0 18 * *", "0 18 * * * *", "61 * * * *", "0 0 30 2 *", "@daily"]
)
def test_cron_texts_that_are_none_are_refused(cron: str) -> None:
    with pytest.raises(BadCron):
        make_rule(cron, "UTC", START)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../passwd"])
def test_zones_that_are_none_are_refused(zone: str) -> None:
    with pytest.raises(BadZone):
        make_rule("0 18 * * *", zone, START)


@pytest.mark.parametrize("cron", ["* * * * *", "*/30 * * * *", "0,10 18 * * 0"])
def test_more_than_one_post_an_hour_is_refused(cron: str) -> None:
    with pytest.raises(TooOften):
        make_rule(cron, "UTC", START)


def test_one_post_an_hour_is_not_refused_when_the_clock_changes() -> None:
    for zone in ("UTC", "Europe/Berlin"):
        assert make_rule("0  * * * *", zone, START).cron == "0 * * * *"
