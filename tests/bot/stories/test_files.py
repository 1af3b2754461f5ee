"""Script files: by name, size and encoding."""

import pytest

from bot.errors import FileTooLarge, FileUnreadable, WrongFile
from bot.stories.files import FILE_LIMIT, check_file, decode_script

TEXT = "[Tom] 一个面包师 🦊\r\n\r\n[Tom] waves\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_editors_write_is_read(encoding: str) -> None:
    assert decode_script(TEXT.encode(encoding)) == TEXT


def test_another_encoding_is_told_with_the_line() -> None:
    with pytest.raises(FileUnreadable) as caught:
        decode_script("[Tom] a baker\n\n[Tom] in the café".encode("latin-1"))
    assert caught.value.line == 3


@pytest.mark.parametrize("name", ["rain.txt", "RAIN.STORY", "a.b.txt"])
def test_texts_are_taken_up_to_the_limit(name: str) -> None:
    check_file(name, FILE_LIMIT)
    with pytest.raises(FileTooLarge):
        check_file(name, FILE_LIMIT + 1)


@pytest.mark.parametrize("name", ["rain.png", "rain", "rain.txt.exe"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(WrongFile):
        check_file(name, 10)
