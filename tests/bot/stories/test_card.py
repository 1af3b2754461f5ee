"""What the card says stays within Discord's limits, however much there is to say."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.limits import COMPONENTS, V2_LETTERS
from bot.locales.words import FOLDER, Words, read_catalogue
from bot.rendering.requests import Shelf
from bot.sandbox.component_rules import check_components
from bot.sandbox.errors import ApiError, Form
from bot.stories.card import CardFacts, clipped, page_of, units
from bot.stories.card_view import card_view
from bot.stories.readiness import readiness
from config import settings
from generation.script.catalogue import read_models, read_styles
from generation.script.choices import Choices, Consistency, Quality
from storage import limits
from storage.values import Circle, Story, StoryCharacter, StoryPanel, Writers

LONGEST_ID = 2**63 - 1
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
LETTERS = ["x", "*", "字", "🦊", "`"]


@pytest.fixture
def shelf() -> Shelf:
    models = read_models(settings.CATALOGUES / "models.toml")
    return Shelf(models, read_styles(settings.CATALOGUES / "styles.toml"), "toon")


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return read_catalogue().words(request.param)


def facts(shelf: Shelf, letter: str, *, cast: int, lines: int, missing: bool = False) -> CardFacts:
    story = Story(
        10**18 - 1,
        1,
        2,
        3,
        LONGEST_ID,
        letter * limits.TITLE_LETTERS,
        "comic",
        None,
        datetime.now(UTC),
        Writers.TURNS,
    )
    characters = [
        StoryCharacter(n, 1, 1, f"{n}{letter * 77}", letter * 900) for n in range(1, cast + 1)
    ]
    text = f"[{'y' * 80}] runs" if missing else f"{letter * 990} [NC]"
    panels = [StoryPanel(n, 1, n, LONGEST_ID, text) for n in range(1, lines + 1)]
    circle = Circle(LONGEST_ID, Writers.TURNS, (), None)
    chosen = Choices(quality=Quality.FINE, consistency=Consistency.OFF, seed=10**18 - 1)
    terms = shelf.terms(chosen)
    terms = replace(terms, style=replace(terms.style, title=letter * 60))
    ready = readiness(story, characters, panels, terms)
    return CardFacts(story, circle, characters, panels, ready, terms, True, True)


def shown(view: discord.ui.LayoutView) -> tuple[int, int]:
    """How many components, and letters in UTF-16."""
    return shown_in(view.to_components())


def shown_in(components: list[dict[str, Any]]) -> tuple[int, int]:
    waiting = list(components)
    count = letters = 0
    while waiting:
        one = waiting.pop()
        count += 1
        letters += units(one.get("content", ""))
        waiting += one.get("components", [])
    return count, letters


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("missing", [False, True])
async def test_the_fullest_card_fits(
    shelf: Shelf, words: Words, letter: str, missing: bool
) -> None:
    full = facts(shelf, letter, cast=limits.CHARACTERS, lines=limits.PANELS, missing=missing)
    for page in range(full.pages):
        count, letters = shown(card_view(replace(full, page=page), words))
        assert count <= COMPONENTS
        assert letters <= V2_LETTERS


async def test_the_emptiest_card_fits(shelf: Shelf, words: Words) -> None:
    count, letters = shown(card_view(facts(shelf, "x", cast=0, lines=0), words))
    assert count <= COMPONENTS
    assert letters <= V2_LETTERS


async def test_every_line_is_on_exactly_one_page(shelf: Shelf) -> None:
    words = read_catalogue().words("en")
    full = facts(shelf, "x", cast=1, lines=60)
    for position in range(1, 61):
        pages = [
            page
            for page in range(full.pages)
            if f"**{position}.**" in str(card_view(replace(full, page=page), words).to_components())
        ]
        assert pages == [page_of(position)]


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_clipping_keeps_to_the_limit_and_never_cuts_an_escape(letter: str, limit: int) -> None:
    cut = clipped(letter * 300, limit)
    assert units(cut) <= limit + 1
    assert not cut.endswith("\\…") or letter == "\\"


def refusals(components: list[dict[str, Any]]) -> set[str]:
    """What Discord's rules, as the sandbox keeps them, say of a message's components."""
    form = Form()
    check_components(form, components, v2=True)
    try:
        form.raise_if_refused()
    except ApiError as exc:
        return set(re.findall(r"COMPONENT_\w+", str(exc.errors)))
    return set()


async def test_the_cards_limits_are_discords_and_one_more_is_refused(shelf: Shelf) -> None:
    card = list(
        card_view(
            facts(shelf, "x", cast=12, lines=60), read_catalogue().words("en")
        ).to_components()
    )
    count, letters = shown_in(card)
    assert not refusals(card)
    room = {"type": 10, "content": "x" * (V2_LETTERS - letters)}
    assert not refusals([*card, room])
    assert refusals([*card, room | {"content": "x" * (V2_LETTERS - letters + 1)}]) == {
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
    }
    separators = [{"type": 14}] * (COMPONENTS - count)
    assert not refusals([*card, *separators])
    assert refusals([*card, *separators, {"type": 14}]) == {
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"
    }
