"""Pictures from outside come in as plain JPEGs within bounds, or not at all."""

import io
import struct
import zlib

import pytest
from PIL import Image

from generation.pages.export import ExportError
from generation.pages.repack import NotAPicture, TooManyPixels, repack

SIZE = (80, 40)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data: bytes, **bounds: int) -> Image.Image:
    given = {"limit": 50_000, "side": 64, "pixels": 10_000} | bounds
    again = repack(data, **given)
    assert len(again) <= given["limit"]
    image = Image.open(io.BytesIO(again))
    assert image.format == "JPEG"
    return image


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = image.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) < 24 for a, b in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_jpeg(kind: str) -> None:
    image = opened(saved(Image.new("RGB", SIZE, "red"), kind))
    assert image.size == (64, 32)
    assert near(image, (5, 5), (255, 0, 0))


def test_no_word_about_camera_or_place_comes_along_and_the_picture_stands_upright() -> None:
    image = Image.new("RGB", SIZE, "red")
    image.paste("blue", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "my kitchen", 6  # description; turned by a quarter
    data = saved(image, "JPEG", exif=exif, comment=b"secret", quality=95)
    assert b"my kitchen" in data
    upright = opened(data)
    assert upright.size == (32, 64)
    assert near(upright, (16, 5), (0, 0, 255))
    again = repack(data, limit=50_000, side=64, pixels=10_000)
    assert not {b for b in (b"my kitchen", b"secret", b"Exif") if b in again}


def test_what_is_transparent_becomes_paper_and_an_animation_its_first_picture() -> None:
    clear = Image.new("RGBA", SIZE, (255, 0, 0, 0))
    assert near(opened(saved(clear, "PNG")), (5, 5), (255, 255, 255))
    frames = [Image.new("RGB", SIZE, colour) for colour in ("green", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(opened(moving), (5, 5), (0, 128, 0))


def test_a_bomb_is_refused_by_its_head() -> None:
    """A PNG that claims to have 60,000 x 60,000 pixels, and has nothing else."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(TooManyPixels):
        opened(bomb + b"\0\0\0\0IDAT\0\0\0\0")


def test_one_pixel_more_than_allowed_is_too_many() -> None:
    data = saved(Image.new("RGB", SIZE, "red"), "PNG")
    assert opened(data, pixels=80 * 40)
    with pytest.raises(TooManyPixels) as caught:
        opened(data, pixels=80 * 40 - 1)
    assert (caught.value.pixels, caught.value.limit) == (3200, 3199)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"GIF89a",
        saved(Image.effect_noise(SIZE, 50), "PNG")[:900],
        saved(Image.new("RGB", SIZE), "TIFF"),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    ],
    ids=["nothing", "a page", "a head", "half a file", "another kind", "a drawing in text"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        opened(data)


def test_what_does_not_fit_at_all_is_said() -> None:
    with pytest.raises(ExportError):
        opened(saved(Image.effect_noise(SIZE, 90), "PNG"), limit=100)
