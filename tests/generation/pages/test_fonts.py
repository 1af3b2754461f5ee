from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.pages.fonts import Face, Shelf
from generation.pages.typeset import Typesetter

SHELF = Shelf.installed()


def files(text: str) -> list[str]:
    return [face.path.stem if face.path else "" for face, _ in SHELF.runs(text)]


def test_latin_is_set_in_the_comic_face_and_other_scripts_in_one_that_has_them() -> None:
    assert files("Tabs or spaces? Ä é ñ “”…") == ["Delius-Regular"]
    assert files("制表符") == ["NotoSansCJK-Regular"]
    assert files("Привет") == ["NotoSans[wght]"]
    assert files("مرحبا") == ["NotoSansArabic[wght]"]
    assert files("😀") == ["NotoEmoji[wght]"]


def test_punctuation_that_chinese_shares_with_latin_goes_with_its_neighbour() -> None:
    assert files("“你好”……") == ["NotoSansCJK-Regular"]
    assert files("“Hello”…") == ["Delius-Regular"]


def test_marks_and_joiners_stay_with_their_letter() -> None:
    assert files("x\u0323\u035c") == ["Delius-Regular"]
    assert files("👩\u200d💻\ufe0f") == ["NotoEmoji[wght]"]


def test_titles_are_set_in_a_loud_face_with_the_same_fallbacks() -> None:
    titles = SHELF.for_titles()
    runs = [(face.path.stem if face.path else "", text) for face, text in titles.runs("Tabs 符")]
    assert runs == [("LuckiestGuy-Regular", "Tabs "), ("NotoSansCJK-Regular", "符")]
    assert titles.runs("符")[0][0].boldness > SHELF.runs("符")[0][0].boldness


@pytest.mark.parametrize("path", [Path("missing.ttf"), Path(__file__)])
def test_a_font_file_that_cannot_be_read_covers_nothing(path: Path) -> None:
    assert Face(path).coverage == frozenset()


@settings(max_examples=50, deadline=None)  # rare letters make it open many fonts
@given(st.text(max_size=12))
def test_any_text_has_a_width(text: str) -> None:
    assert Typesetter(SHELF, 20).width(text) >= 0


def test_line_ends_and_invisible_letters_in_a_line_take_no_room() -> None:
    setter = Typesetter(SHELF, 20)
    assert setter.width("a\u2029b") == setter.width("a b")
    assert setter.width("\u200b\u202e\x00") == 0


def test_without_packages_and_system_fonts_there_is_still_a_face() -> None:
    bare = Typesetter(Shelf(()), 20, shaping=False)
    assert bare.width("Hello שלום") > 0
