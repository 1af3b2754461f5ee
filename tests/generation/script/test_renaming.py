import pytest

from generation.script.renaming import names, rename


@pytest.mark.parametrize(
    ("line", "renamed"),
    [
        ("[Tom] waves", "[Max] waves"),
        ("[tom]waves", "[Max]waves"),
        ("[Tommy] and [Tom]", "[Tommy] and [Max]"),
        ("Tom waves", "Tom waves"),
        ("[NC] rain #Tom: Brr! | TOM : Again | Later", "[NC] rain #Max: Brr! | Max: Again | Later"),
        ("rain #[Tom]: Brr! | Tommy: Tom?", "rain #Max: Brr! | Tommy: Tom?"),
        ("rain #Tom", "rain #Tom"),
        ("rain #said [Tom]", "rain #said [Max]"),
        ("Tom: rain", "Tom: rain"),
    ],
)
def test_a_character_is_renamed_where_it_is_named_and_nowhere_else(line: str, renamed: str) -> None:
    assert rename(line, "Tom", "Max") == renamed
    assert names(line, "Tom") == (line != renamed)
