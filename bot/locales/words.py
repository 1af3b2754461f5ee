"""Message catalogues: every text a member reads, by key and language.

A catalogue is a TOML file whose tables nest (`[error] unknown_story = "..."` is the key
`error.unknown_story`). Placeholders are `str.format` names. A language that lacks a key falls back
to English, which is complete; a test holds all languages to the same keys and placeholders.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ENGLISH = "en"


class Words:
    """The texts of one language: `words("story.opened", title="Tabs")`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, /, **data: object) -> str:
        return self._texts[key].format(**data)

    def __contains__(self, key: str) -> bool:
        return key in self._texts


class Catalogue:
    """All languages. Discord's locales (`en-GB`, `zh-CN`) are found whole or by their language."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]]) -> None:
        english = languages[ENGLISH]
        self._words = {name: Words({**english, **texts}) for name, texts in languages.items()}

    def words(self, locale: str = ENGLISH) -> Words:
        language = locale.partition("-")[0]
        return self._words.get(locale) or self._words.get(language) or self._words[ENGLISH]


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read every `<locale>.toml` of a folder."""
    return Catalogue({path.stem: read_texts(path) for path in sorted(folder.glob("*.toml"))})


def read_texts(path: Path) -> dict[str, str]:
    """One language's texts by dotted key."""
    return dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from _flatten(entry, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", entry
