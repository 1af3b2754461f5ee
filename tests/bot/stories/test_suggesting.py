"""Names that are offered while a line is typed."""

import pytest

from bot.limits import CHOICE_LETTERS, CHOICES
from bot.stories.suggesting import completions

CAST = ["Tom", "Lisa", "Thomas", "Élodie", "Old Tom"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("[T", ["[Tom]", "[Thomas]", "[Old Tom]"]),
        ("［ｔｏｍ", ["[Tom]", "[Old Tom]"]),
        ("[Tom] hugs [L", ["[Tom] hugs [Lisa]", "[Tom] hugs [Élodie]", "[Tom] hugs [Old Tom]"]),
        ("[él", ["[Élodie]"]),
        ("[x", []),
        ("at night", [f"at night [{name}]" for name in CAST]),
        ("", [f"[{name}]" for name in CAST]),
        ("[Tom] waves", [f"[Tom] waves [{name}]" for name in CAST]),
    ],
)
def test_the_name_that_is_begun_is_completed(typed: str, offered: list[str]) -> None:
    assert completions(typed, CAST) == offered


def test_no_more_is_offered_than_discord_takes() -> None:
    cast = [f"Tom {number}" for number in range(40)]
    assert len(completions("[Tom", cast)) == CHOICES
    long = "x" * (CHOICE_LETTERS - len(" [Tom]"))
    assert completions(long, ["Tom"]) == [f"{long} [Tom]"]
    assert completions(f"{long}x", ["Tom"]) == []
