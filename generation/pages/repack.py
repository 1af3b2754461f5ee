"""A picture from outside, or one that is too large, as a JPEG within bounds.

What it is and how many pixels it has is read from its head, before anything is decoded. Nothing of
the file but its pixels gets into the new one: no place, no camera, no comment.
"""

import io
import struct
import warnings

from PIL import Image, ImageOps

from generation.pages.export import to_jpeg_within

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
PAPER = "white"  # behind what is transparent


class NotAPicture(Exception):
    """The bytes are no picture of one of the KINDS, or a broken one."""


class TooManyPixels(Exception):
    """`pixels` of at most `limit`."""

    def __init__(self, pixels: int, limit: int) -> None:
        super().__init__(f"the picture has {pixels} pixels; at most {limit} are allowed")
        self.pixels, self.limit = pixels, limit


def repack(data: bytes, *, limit: int, side: int, pixels: int) -> bytes:
    """A JPEG of at most `limit` bytes and `side` pixels a side, upright, of the first picture of an
    animation.

    Raises:
        NotAPicture
        TooManyPixels: it has more than `pixels`.
        ExportError: not even a tiny picture fits.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the size: it is checked here, and lower
        try:
            with Image.open(io.BytesIO(data), formats=KINDS) as image:
                if image.width * image.height > pixels:
                    raise TooManyPixels(image.width * image.height, pixels)
                image.draft("RGB", (side, side))  # a large JPEG is decoded small
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((side, side), Image.Resampling.LANCZOS)
                flat = _on_paper(upright)
        except (OSError, SyntaxError, ValueError, struct.error, EOFError) as exc:
            raise NotAPicture(str(exc)) from exc
        except Image.DecompressionBombError as exc:
            raise TooManyPixels(pixels + 1, pixels) from exc
    return to_jpeg_within(flat, limit)


def _on_paper(image: Image.Image) -> Image.Image:
    """A new picture, which has pixels and nothing else."""
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, PAPER)
    paper.alpha_composite(layer)
    return paper.convert("RGB")
