from hypothesis import given
from hypothesis import strategies as st

from generation.pages.bidi import base_direction, in_order_of_display


def shown(text: str) -> str:
    """The line as it looks, with right-to-left pieces turned round."""
    pieces = in_order_of_display(text, base_direction(text))
    return "".join(piece[::-1] if way == "rtl" else piece for way, piece in pieces)


def test_a_hebrew_line_runs_from_the_right_with_its_names_and_numbers_readable() -> None:
    assert shown("אבג Tom 123 דהו!") == "!והד Tom 123 גבא"
    assert shown("אבג 123") == "123 גבא"


def test_a_latin_line_keeps_its_order_around_hebrew_words() -> None:
    assert shown("Tom said אבג דהו today") == "Tom said והד גבא today"
    assert shown("price אבג 12 דהו now") == "price והד 12 גבא now"


@given(
    st.text(st.sampled_from("ab אבعر12 .,()!\u0301"), max_size=30), st.sampled_from(("ltr", "rtl"))
)
def test_every_letter_is_shown_once(text: str, base: str) -> None:
    pieces = in_order_of_display(text, base)
    assert sorted("".join(piece for _, piece in pieces)) == sorted(text)
    assert "" not in [piece for _, piece in pieces]
