"""How long something takes, in words."""

from bot.locales.words import Words

MINUTES_FROM = 100  # seconds: beyond that nobody counts them


def duration(seconds: float, words: Words) -> str:
    """At least a second; whole minutes where it is more than a few."""
    whole = max(1, round(seconds))
    if whole < MINUTES_FROM:
        return words("time.seconds", count=whole)
    return words("time.minutes", count=round(whole / 60))
