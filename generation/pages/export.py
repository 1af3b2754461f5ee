"""Pages as files."""

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

from PIL import Image

from generation.pages.whereabouts import Box, chunk

QUALITIES = (92, 85, 76, 66, 54)  # of JPEG, best first; below, ink lines get dirty edges
SHRINK = 0.8  # then the picture gets smaller by this factor
SMALLEST_SIDE = 64  # pixels
NOBODY: Mapping[str, Box] = MappingProxyType({})
PNG_EFFORT = 4  # of 9: half the time of the default for some percent of size


class ExportError(Exception):
    """A picture can't be made small enough; the message says how small it got."""


def to_png(image: Image.Image, places: Mapping[str, Box] = NOBODY) -> bytes:
    """`places` are those of the characters in the picture; its file keeps them."""
    return _saved(image, "PNG", compress_level=PNG_EFFORT, pnginfo=chunk(places))


def to_jpeg_within(image: Image.Image, limit: int) -> bytes:
    """A JPEG of at most `limit` bytes, as good as that allows: first lower quality, then smaller.

    Raises:
        ExportError: not even a tiny picture fits.
    """
    picture = image.convert("RGB")
    while True:
        for quality in QUALITIES:
            # Not `optimize`: Pillow's buffer for it is too small for pages that are hard to pack.
            data = _saved(picture, "JPEG", quality=quality, subsampling=0)
            if len(data) <= limit:
                return data
        width, height = (max(1, round(side * SHRINK)) for side in picture.size)
        if min(width, height) < SMALLEST_SIDE:
            raise ExportError(f"the smallest picture still takes {len(data)} of {limit} bytes")
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
