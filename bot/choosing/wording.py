"""How choices read: pure functions."""

from discord.utils import escape_markdown

from bot.locales.words import Words
from generation.script.catalogue import Style
from generation.script.choices import Consistency, Layout, Terms, rates


def terms_words(terms: Terms, words: Words) -> list[str]:
    """The style, and whatever is not as the model would have it."""
    model = terms.model
    parts = [words("card.style", style=escape_markdown(style_name(terms.style, words)))]
    if (terms.width, terms.height) != (model.width, model.height):
        parts.append(size_words(terms.width, terms.height, words))
    if terms.steps != model.steps:
        parts.append(words("choice.steps", steps=terms.steps))
    if terms.rate != model.rate:
        parts.append(words("choice.consistency_is", strength=_strength(terms, words)))
    if terms.layout is not Layout.PAGE:
        parts.append(words(f"choice.layout_{terms.layout}"))
    if terms.seed is not None:
        parts.append(words("choice.seed", seed=terms.seed))
    return parts


def style_name(style: Style, words: Words) -> str:
    """A style that ships has a name in every language; one of the operator's own has its title."""
    key = f"style.{style.name}"
    return words(key) if key in words else style.title


def size_words(width: int, height: int, words: Words) -> str:
    return words("choice.pixels", width=width, height=height)


def summary(terms: Terms, words: Words) -> str:
    """What will be drawn, in figures."""
    seed = (
        words("choice.by_chance") if terms.seed is None else words("choice.seed", seed=terms.seed)
    )
    size = size_words(terms.width, terms.height, words)
    return " · ".join([size, words("choice.steps", steps=terms.steps), seed])


def _strength(terms: Terms, words: Words) -> str:
    found = rates(terms.model)
    strength = next((one for one, rate in found.items() if rate == terms.rate), Consistency.NORMAL)
    return words(f"choice.consistency_{strength}")
