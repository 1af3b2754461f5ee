"""A page of the library stays within a message, whatever stands in it."""

from pathlib import Path

import pytest

from bot.characters.gallery import SHOWN, library_page
from bot.limits import COMPONENTS, V2_LETTERS
from bot.locales.words import FOLDER, read_catalogue
from bot.stories.card import units
from storage.artifacts import ArtifactStore
from storage.values import SavedCharacter

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_fullest_page_fits_into_a_message(language: str, tmp_path: Path) -> None:
    store = ArtifactStore(str(tmp_path))
    key = await store.put(b"a portrait", "image/jpeg")
    kept = [
        SavedCharacter(
            number, 1, 1 << 62, "*" * 80, "😀*" * 500, shared=True, portrait=key if number else ""
        )
        for number in range(SHOWN * 3)
    ]
    words = read_catalogue().words(language)
    view, files = await library_page(kept, 0, 3, words, store)
    assert len(files) == SHOWN - 1
    assert view.total_children_count <= COMPONENTS
    assert units("".join(one["content"] for one in _texts(view.to_components()))) <= V2_LETTERS


def _texts(components: list[dict[str, object]]) -> list[dict[str, str]]:
    found = []
    for one in components:
        if one["type"] == 10:
            found.append(one)
        found += _texts(one.get("components", []))  # type: ignore[arg-type]
    return found  # type: ignore[return-value]
