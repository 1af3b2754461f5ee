"""What is refused of a file by what Discord says of it, before it is loaded."""

import pytest

from bot.characters.pictures import PIXELS, UPLOAD_LIMIT, Upload, check_upload, take_in
from bot.errors import PictureRefused, PictureTooLarge
from storage.reasons import ReasonCode
from tests.bot.e2e.scripted import ScriptedStudio, picture

WIDTH = 10_000


def upload(**changes: object) -> Upload:
    fields: dict[str, object] = {"url": "x", "size": UPLOAD_LIMIT, "content_type": "image/png"}
    return Upload(**(fields | {"width": WIDTH, "height": PIXELS // WIDTH} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp", "image/gif"])
def test_a_picture_at_the_limits_is_taken(kind: str) -> None:
    check_upload(upload(content_type=kind))


def test_one_byte_more_is_too_large() -> None:
    with pytest.raises(PictureTooLarge) as caught:
        check_upload(upload(size=UPLOAD_LIMIT + 1))
    assert (caught.value.size, caught.value.limit) == (11, 10)


def test_one_row_of_pixels_more_is_too_many() -> None:
    with pytest.raises(PictureRefused) as caught:
        check_upload(upload(height=PIXELS // WIDTH + 1))
    assert caught.value.reason.code is ReasonCode.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", ["", "text/html", "image/svg+xml", "image/tiff", "video/mp4"])
def test_other_files_are_refused(kind: str) -> None:
    with pytest.raises(PictureRefused) as caught:
        check_upload(upload(content_type=kind))
    assert caught.value.reason.code is ReasonCode.NOT_A_PICTURE


async def test_nothing_is_loaded_of_what_is_refused_and_what_lies_is_found_out() -> None:
    loaded: list[str] = []

    async def fetch(url: str) -> bytes:
        loaded.append(url)
        return b"<html>" if url == "lies" else picture("PNG")

    studio = ScriptedStudio()
    with pytest.raises(PictureTooLarge):
        await take_in(upload(size=UPLOAD_LIMIT + 1), fetch, studio)
    assert loaded == []
    assert (await take_in(upload(), fetch, studio))[:2] == b"\xff\xd8"
    with pytest.raises(PictureRefused):
        await take_in(upload(url="lies"), fetch, studio)
