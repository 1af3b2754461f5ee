"""What the bot takes for Discord's limits is what the sandbox's rules refuse one more of."""

from collections.abc import Callable
from typing import Any

import pytest

from bot import limits
from bot.sandbox.component_rules import check_modal
from bot.sandbox.errors import ApiError
from bot.sandbox.rules import check_choices, check_message

Json = dict[str, Any]
V2 = 1 << 15


def message(**fields: Any) -> None:
    check_message(fields, 0)


def v2(*components: Json) -> None:
    message(flags=V2, components=list(components))


def select(options: int, **fields: str) -> Json:
    listed = [{"label": str(n), "value": str(n), **fields} for n in range(options)]
    return {"type": 3, "custom_id": "s", "options": listed}


def label(text: str = "t", about: str = "a", most: int = 10) -> Json:
    box = {"type": 4, "custom_id": f"{text}{about}{most}"[:50], "style": 1, "max_length": most}
    return {"type": 18, "label": text, "description": about, "component": box}


def dialog(*labels: Json) -> None:
    boxes = [
        one | {"component": one["component"] | {"custom_id": str(at)}}
        for at, one in enumerate(labels)
    ]
    check_modal({"title": "t", "custom_id": "c", "components": boxes})


def choices(count: int, letters: int = 1) -> None:
    text = "x" * letters
    check_choices({"choices": [{"name": text, "value": text}] * count})


CASES: dict[str, Callable[[int], None]] = {
    "MESSAGE_LETTERS": lambda n: message(content="x" * n),
    "MESSAGE_FILES": lambda n: check_message({}, n),
    "COMPONENTS": lambda n: v2(*[{"type": 14}] * n),
    "V2_LETTERS": lambda n: v2({"type": 10, "content": "x" * n}),
    "OPTIONS": lambda n: message(components=[{"type": 1, "components": [select(n)]}]),
    "OPTION_LETTERS": lambda n: message(
        components=[{"type": 1, "components": [select(1, label="x" * n, description="x" * n)]}]
    ),
    "DIALOG_BOXES": lambda n: dialog(*[label()] * n),
    "LABEL_LETTERS": lambda n: dialog(label(text="x" * n)),
    "ABOUT_LETTERS": lambda n: dialog(label(about="x" * n)),
    "INPUT_LETTERS": lambda n: dialog(label(most=n)),
    "CHOICES": choices,
    "CHOICE_LETTERS": lambda n: choices(1, n),
}


def test_every_limit_has_its_case() -> None:
    assert {name for name in vars(limits) if name.isupper()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_is_at_the_limit_is_taken_and_one_more_is_refused(name: str) -> None:
    limit = getattr(limits, name)
    CASES[name](limit)
    with pytest.raises(ApiError):
        CASES[name](limit + 1)
