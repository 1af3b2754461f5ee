"""Any text is a script or a list of mistakes, and a script prints to a text that is that script."""

from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from generation.script import errors
from generation.script.errors import ScriptErrors
from generation.script.names import NOBODY_KEY, name_key
from generation.script.parse import parse_parts, parse_script
from generation.script.story import StoryScript

LETTERS = st.one_of(
    st.sampled_from(
        "abcXYZ äéß Жд 汉字かな عرب שלום 😀👩‍💻 [] ［］ # ＃ | : ： { } % \" “” ' , . \t\u3000"
    ),
    st.characters(),
)
TEXT = st.text(LETTERS, max_size=40)
WORDS = st.text(
    st.characters(blacklist_characters="[]［］#＃", blacklist_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
).filter(lambda text: bool(text.strip("\ufeff \u3000")) and bool(name_key(text)))
NAMES = WORDS.filter(lambda name: name_key(name) != NOBODY_KEY)


@st.composite
def story_texts(draw: st.DrawFn) -> str:
    """Mostly right stories, with the odd spellings that must all parse."""
    names = draw(st.lists(NAMES, max_size=4, unique_by=name_key))
    bracket = st.sampled_from(("[{}]", "[ {}\t]", "［{}］"))
    cast = [f"{draw(bracket).replace('{}', name)}{draw(WORDS)}" for name in names]
    panels = []
    for _ in range(draw(st.integers(1, 5))):
        who = draw(st.lists(st.sampled_from([*names, "NC"]), max_size=3))
        scene = "".join(draw(bracket).replace("{}", name) + draw(WORDS) for name in who)
        caption = draw(st.one_of(st.just(""), TEXT.map(lambda text: f"#{text}")))
        panels.append(f"{scene or draw(WORDS)}{caption}")
    end = draw(st.sampled_from(("\n", "\r\n", "\r")))
    gap = [""] if cast else []
    return end.join([*cast, *gap, *panels])


def parsed(text: str) -> StoryScript | None:
    try:
        return parse_script(text)
    except ScriptErrors:
        return None


@given(story_texts())
def test_a_script_prints_to_a_text_that_parses_to_the_same_script(text: str) -> None:
    script = parsed(text)
    assume(script is not None)
    assert parse_script(str(script)) == script
    assert str(parse_script(str(script))) == str(script)


@given(st.one_of(TEXT, st.lists(TEXT, max_size=8).map("\n".join), st.text(max_size=200)))
def test_any_text_is_a_script_or_a_list_of_mistakes(text: str) -> None:
    if script := parsed(text):
        assert parse_script(str(script)) == script
        str(script).encode()


def outcome(
    parse: Callable[[], StoryScript],
) -> StoryScript | list[tuple[type[errors.ScriptError], str]]:
    try:
        return parse()
    except ScriptErrors as wrong:
        return [(type(error), error.explain()) for error in wrong.errors]


@given(story_texts(), story_texts())
def test_the_two_boxes_hold_the_two_halves_of_a_file(one: str, other: str) -> None:
    script = parsed(one)
    assume(script is not None and script.characters)
    cast = "\n".join(f"[{who.name}] {who.description}" for who in script.characters)
    panels = other.replace("\r", "\n").split("\n\n")[-1].strip()
    assume(panels)
    assert outcome(lambda: parse_script(f"{cast}\n\n{panels}")) == outcome(
        lambda: parse_parts(cast, panels)
    )
