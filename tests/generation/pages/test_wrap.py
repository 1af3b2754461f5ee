import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pages.wrap import break_lines, clusters, units

TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab -/—“”（）。，！天気ーっ한עربى\u0301\u200d😀👩💻"), st.characters()
    ),
    max_size=60,
)


def letters_wide(text: str) -> float:
    return float(len(clusters(text)))


@given(TEXTS, st.integers(1, 30))
def test_lines_hold_the_whole_text_and_are_never_too_wide(text: str, width: int) -> None:
    lines = break_lines(text, width, letters_wide)
    unseen = str.maketrans("", "", " \u200b")
    assert "".join(lines).translate(unseen) == "".join(text.split()).translate(unseen)
    assert all(letters_wide(line) <= width for line in lines)


def test_words_stay_whole_and_lines_are_of_like_length() -> None:
    assert break_lines("one two three four five", 14, letters_wide) == [
        "one two three",
        "four five",
    ]
    assert break_lines("aa bb cc dd ee", 12, letters_wide) == ["aa bb cc", "dd ee"]


def test_a_word_wider_than_the_line_breaks_between_letters_as_seen() -> None:
    family = "👩‍💻"
    assert break_lines(family * 3, 2, letters_wide) == [family * 2, family]
    assert break_lines("e\u0301" * 4, 3, letters_wide) == ["e\u0301" * 2] * 2


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("他说：“今天！”", ["他", "说：", "“今", "天！”"]),
        ("コーヒーっ", ["コー", "ヒーっ"]),
        ("用tab键", ["用", "tab", "键"]),
        ("well-known", ["well-", "known"]),
        ("tabs—or", ["tabs—", "or"]),
        ("-5 3.5%", ["-5", "3.5%"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("a\u200bb", ["a", "b"]),
    ],
)
def test_where_lines_may_break(text: str, pieces: list[str]) -> None:
    assert [unit.text for unit in units(text)] == pieces
