"""Several pages on one picture, small, to choose from."""

from collections.abc import Sequence

from PIL import Image

from generation.pages.ink import PAPER

IN_ROW = 2  # four pages make a picture of one page's shape
SHARE = 0.5  # of a page's width: what a phone shows of a page anyway


def contact_sheet(pages: Sequence[Image.Image]) -> Image.Image:
    """Pages of one size, in rows."""
    small = [_shrunk(page) for page in pages]
    width, height = max(one.width for one in small), max(one.height for one in small)
    rows = -(-len(small) // IN_ROW)
    sheet = Image.new("RGB", (width * min(IN_ROW, len(small)), height * rows), PAPER)
    for at, page in enumerate(small):
        sheet.paste(page, (at % IN_ROW * width, at // IN_ROW * height))
    return sheet


def _shrunk(page: Image.Image) -> Image.Image:
    size = (round(page.width * SHARE), round(page.height * SHARE))
    return page.resize(size, Image.Resampling.LANCZOS)
