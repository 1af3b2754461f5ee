"""Reasons of failures are stored as codes, and worded for whoever reads them."""

import pytest
from sqlalchemy.dialects import sqlite

from bot.locales.words import FOLDER, read_catalogue, read_texts
from bot.reasons import reason_of, reason_text
from generation.clips.errors import BackendMissing, ClipTooLarge
from generation.studio.events import Failed, Trouble
from generation.studio.failures import failure
from storage.reasons import Reason, ReasonCode, ReasonText, told

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence_and_every_sentence_its_code(language: str) -> None:
    worded = {key for key in read_texts(FOLDER / f"{language}.toml") if key.startswith("reason.")}
    assert worded == {f"reason.{code}" for code in ReasonCode}


def test_every_trouble_of_the_studio_can_be_stored_and_worded() -> None:
    words = read_catalogue().words("zh-CN")
    for trouble in Trouble:
        data = {"text": "x", "signal": "6", "status": "1", "megapixels": "2", "limit": "1"}
        assert reason_text(reason_of(Failed("in English", True, trouble, data)), words)


def test_a_failed_drawing_reads_in_the_readers_language() -> None:
    reason = reason_of(failure(MemoryError(), "drawing"))
    catalogue = read_catalogue()
    assert "not enough memory" in reason_text(reason, catalogue.words("en-US"))
    assert reason_text(reason, catalogue.words("zh-CN")).startswith("内存不足")


def test_a_failed_clip_reads_in_the_readers_language() -> None:
    words = read_catalogue().words("zh-CN")
    missing = reason_of(failure(BackendMissing("there are no motion weights"), "drawing"))
    assert reason_text(missing, words).startswith("让画面动起来的模型不在这台机器上")
    large = reason_of(failure(ClipTooLarge(20 << 20, 5 << 19), "drawing"))
    assert "2.5 MB" in reason_text(large, words)
    assert reason_text(large, words).startswith("即使最小的版本也超过")


def test_what_a_program_said_is_quoted_and_formats_nothing() -> None:
    words = read_catalogue().words("zh-CN")
    reason = Reason(ReasonCode.GAVE_UP, {"days": "3"}, told("no *room* {days}"))
    assert reason_text(reason, words) == (r"3 天内一直没有成功。最后一次的原因：no \*room\* {days}")


def test_a_reason_comes_back_from_its_column_as_it_was() -> None:
    column, dialect = ReasonText(), sqlite.dialect()
    reason = Reason(ReasonCode.GAVE_UP, {"days": "3"}, told("“no”"))
    stored = column.process_bind_param(reason, dialect)
    assert column.process_result_value(stored, dialect) == reason
    assert column.process_bind_param(None, dialect) is None
