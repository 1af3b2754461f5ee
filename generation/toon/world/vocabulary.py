"""Every word that captions of the drawn world are made of: what the embedded model can know."""

from __future__ import annotations

from generation.script.vocabulary import words_of
from generation.toon.world import words
from generation.toon.world.samples import single

CAPTIONS = 4000  # enough that each of their words comes many times
OFTEN = 8  # a made-up word hardly comes twice


def known_words() -> tuple[str, ...]:
    """In alphabetical order."""
    counts: dict[str, int] = {}
    for seed in range(CAPTIONS):
        for word in words_of(single(seed).caption.text):
            counts[word] = counts.get(word, 0) + 1
    listed = {word for text in _listed() for word in words_of(text)}
    return tuple(sorted(listed | {word for word, count in counts.items() if count >= OFTEN}))


def _listed() -> list[str]:
    """All texts of the word lists, `{his}` and other placeholders left out."""
    found: list[str] = []
    for name, value in vars(words).items():
        if name.isupper():
            tables = value.values() if isinstance(value, dict) else [value]
            for texts in tables:
                found += [texts] if isinstance(texts, str) else list(texts)
    return [text.replace("{his}", "").replace("{}", "") for text in found]
