"""What a member reads when something went wrong."""

import pytest

from bot.errors import DraftKept, MissingPermissions
from bot.limits import MESSAGE_LETTERS
from bot.locales.words import Words, read_catalogue
from bot.replies import reply_to
from generation.script.errors import ScriptErrors
from generation.script.parse import parse_parts
from storage.errors import LimitReached, NotFound, StaleAttempt, Unavailable


@pytest.fixture
def words() -> Words:
    return read_catalogue().words("en-US")


def mistakes(characters: str, panels: str) -> ScriptErrors:
    with pytest.raises(ScriptErrors) as caught:
        parse_parts(characters, panels)
    return caught.value


def test_every_mistake_is_a_sentence_with_its_box_line_name_and_nearest_name(words: Words) -> None:
    errors = mistakes("[Tom] a man\nLisa, a woman", "[Tom] waves\n[Tim] waves back")
    assert reply_to(DraftKept(1, errors.errors), words) == (
        "Nothing is lost: I kept your text. Please correct this, then I can draw it:\n"
        "- **Characters, line 2**: a character is a name in brackets and then a description, like: "
        '`[Tom] a young man with glasses`. This line is "Lisa, a woman".\n'
        '- **Panels, line 2**: there is no character "Tim". Did you mean **[Tom]**? '
        "Describe somebody new under **Characters**."
    )


def test_a_single_line_needs_no_line_number_and_comes_back_with_the_reply(words: Words) -> None:
    errors = mistakes("[Tom] a man", "[Tim] waves").errors
    bare = type(errors[0])(line=1, name="Tim", nearest="Tom")  # type: ignore[call-arg]
    reply = reply_to(DraftKept(1, (bare,), line="[Tim] waves"), words)
    assert reply == (
        "I kept your line, but can't add it yet:\n"
        '- There is no character "Tim". Did you mean **[Tom]**? '
        "Describe somebody new under **Characters**.\n"
        "> [Tim] waves"
    )


def test_a_long_line_comes_back_whole(words: Words) -> None:
    line = "[Tim] waves" + " and waves" * 50
    errors = mistakes("[Tom] a man", line).errors
    assert (reply_to(DraftKept(1, errors, line=line), words) or "").endswith(f"> {line}")


def test_a_story_without_a_cast_is_told_to_describe_the_character(words: Words) -> None:
    reply = reply_to(mistakes("", "[Tim] waves"), words) or ""
    assert "describe this one first" in reply


def test_an_unknown_name_like_no_other_is_told_who_there_is(words: Words) -> None:
    reply = reply_to(mistakes("[小明] a man\n[Lisa] a nurse", "[Bob] waves"), words) or ""
    assert "The cast is **[小明], [Lisa]**." in reply
    assert "Did you mean" not in reply


def test_many_mistakes_stay_within_a_message_and_are_counted(words: Words) -> None:
    errors = mistakes("", "\n".join(f"[{'N' * 90}{number}] waves" for number in range(50)))
    reply = reply_to(DraftKept(1, errors.errors), words) or ""
    assert len(reply) <= MESSAGE_LETTERS
    assert "...and 42 more." in reply


def test_what_a_member_typed_can_not_format_the_reply_or_break_it(words: Words) -> None:
    reply = reply_to(mistakes("[Tom] a man", "[**{0}** `@everyone`] waves"), words) or ""
    assert r"\*\*{0}\*\*" in reply


def test_missing_permissions_are_named_as_discord_names_them(words: Words) -> None:
    reply = reply_to(MissingPermissions(("attach_files", "send_messages_in_threads")), words) or ""
    assert reply.splitlines()[1:] == [
        "- **Attach Files**: a page is a picture that I attach.",
        "- **Send Messages in Threads**: pages and story cards stand in threads.",
    ]


def test_storage_errors_for_members_have_words(words: Words) -> None:
    assert "60 panels" in (reply_to(LimitReached("panels", 60), words) or "")
    assert "/comic" in (reply_to(NotFound("story", "7"), words) or "")
    assert "try again" in (reply_to(Unavailable("connection refused"), words) or "")


def test_errors_that_are_not_for_members_have_no_words(words: Words) -> None:
    assert reply_to(StaleAttempt(1, 1), words) is None
    assert reply_to(ZeroDivisionError(), words) is None
