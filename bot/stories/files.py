"""Scripts that come as files: how large, of which kind, in which encoding."""

import codecs
from pathlib import PurePath

import discord

from bot.errors import FileTooLarge, FileUnreadable, WrongFile
from storage import limits

SUFFIXES = (".txt", ".story")
FILE_LIMIT = 300_000  # bytes: 12 characters and 60 panels of 1,000 letters of 4 bytes, and a bit
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


async def read_script(file: discord.Attachment) -> str:
    """The text of an attached script. Nothing is loaded of a file that can't be one.

    Raises:
        WrongFile, FileTooLarge, FileUnreadable
    """
    check_file(file.filename, file.size)
    text = decode_script(await file.read())
    if len(text) > limits.DRAFT_LETTERS:  # no story is so long; and it could not be kept
        raise FileTooLarge(-(-len(text) // 1000), limits.DRAFT_LETTERS // 1000)
    return text


def check_file(filename: str, size: int) -> None:
    """Raises:
    WrongFile: by its name it is no text.
    FileTooLarge
    """
    if PurePath(filename.lower()).suffix not in SUFFIXES:
        raise WrongFile(filename)
    if size > FILE_LIMIT:
        raise FileTooLarge(-(-size // 1000), FILE_LIMIT // 1000)


def decode_script(data: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark, as Windows' Notepad writes it.

    Raises:
        FileUnreadable: says in which line the first unreadable byte is.
    """
    encoding = next((name for mark, name in BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise FileUnreadable(data[: exc.start].count(b"\n") + 1) from exc
