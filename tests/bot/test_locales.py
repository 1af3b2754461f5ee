"""The message catalogues: complete in every language, with the same placeholders."""

import string

import pytest

from bot.choosing.wording import style_name
from bot.locales.words import FOLDER, read_catalogue, read_texts
from config import settings
from generation.script.catalogue import Style, read_styles

OTHERS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def messages(language: str) -> dict[str, str]:
    """Without those whose English stands elsewhere: commands in the code, styles in their file."""
    texts = read_texts(FOLDER / f"{language}.toml")
    return {key: text for key, text in texts.items() if not key.startswith(("command.", "style."))}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_message(language: str) -> None:
    assert messages(language).keys() == messages("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_names_every_style_that_ships(language: str) -> None:
    named = {key for key in read_texts(FOLDER / f"{language}.toml") if key.startswith("style.")}
    assert named == {f"style.{name}" for name in read_styles(settings.CATALOGUES / "styles.toml")}


def test_a_style_of_the_operator_is_called_as_it_says() -> None:
    chinese = read_catalogue().words("zh-CN")
    assert style_name(Style("anime", "Anime", "{scene}", ""), chinese) == "动画"
    assert style_name(Style("ours", "Ours", "{scene}", ""), chinese) == "Ours"
    assert style_name(Style("anime", "Anime", "{scene}", ""), read_catalogue().words()) == "Anime"


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_uses_the_same_placeholders(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert {
        key for key in english if placeholders(english[key]) != placeholders(other[key])
    } == set()


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_dialog_texts_fit_into_what_discord_shows(language: str) -> None:
    words = read_catalogue().words(language)
    dialog = {key for key in read_texts(FOLDER / "en.toml") if key.startswith("dialog.")}
    assert dialog
    for key in dialog:
        small = key.endswith(("_about", "_hint"))  # Label, description; Text Input, placeholder
        assert len(words(key)) <= (100 if small else 45)  # Modal, title; Label, label


def test_a_locale_is_found_whole_or_by_its_language_or_is_english() -> None:
    catalogue = read_catalogue()
    assert catalogue.words("zh-CN")("button.cancel") == "取消"
    assert catalogue.words("en-GB")("button.cancel") == "Cancel"
    assert catalogue.words("tlh")("button.cancel") == "Cancel"
