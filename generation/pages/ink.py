"""Drawing: panels, caption boxes, balloons. Everything stays inside its rectangle."""

import math

from PIL import Image, ImageDraw

from generation.pages.covering import covered
from generation.pages.layout import Rect
from generation.pages.lettering import PAD_X, SQUARENESS, Block
from generation.pages.typeset import Colour, Typesetter

PAPER: Colour = (255, 255, 255)
INK: Colour = (24, 22, 30)
FAINT_INK: Colour = (120, 118, 126)
CAPTION_PAPER: Colour = (255, 248, 220)
MISSING: Colour = (232, 230, 226)  # a panel without its picture
BORDER = 3  # pixels around a panel
SMOOTH = 3  # times larger are curves drawn, then shrunk
TAIL_WIDTH = 0.36  # em from the middle of a tail's root to its sides


def draw_panel(page: Image.Image, rect: Rect, picture: Image.Image | None) -> None:
    """The picture covers its rectangle; what doesn't fit is cut off at the edges."""
    canvas = ImageDraw.Draw(page)
    canvas.rectangle((rect.x, rect.y, rect.right - 1, rect.bottom - 1), fill=INK)
    inside = rect.inset(min(BORDER, rect.width // 4, rect.height // 4))
    if picture is None:
        page.paste(MISSING, (inside.x, inside.y, inside.right, inside.bottom))
    elif inside.width and inside.height:
        page.paste(cover(picture, inside.width, inside.height), (inside.x, inside.y))


def cover(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of the picture, scaled to fill `width` x `height`."""
    box = covered(picture, width, height)
    return picture.convert("RGB").resize(
        (width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0
    )


def draw_block(page: Image.Image, block: Block, setter: Typesetter) -> None:
    if block.tip is None:
        _caption_box(page, block.rect, setter.size)
    else:
        _balloon(page, block, setter.size)
    _words(page, block, setter)


def _caption_box(page: Image.Image, rect: Rect, size: int) -> None:
    line = max(1, round(size / 12))
    ImageDraw.Draw(page).rectangle(
        (rect.x, rect.y, rect.right - 1, rect.bottom - 1), CAPTION_PAPER, INK, line
    )


def _words(page: Image.Image, block: Block, setter: Typesetter) -> None:
    """The lines, drawn on a piece of the page, so that no mark can leave the box."""
    rect = block.rect
    piece = page.crop((rect.x, rect.y, rect.right, rect.bottom))
    canvas = ImageDraw.Draw(piece)
    y = (rect.height - setter.height(len(block.lines))) / 2
    for number, line in enumerate(block.lines):
        spare = rect.width - setter.width(line)
        if block.tip is not None:
            x = spare / 2
        else:
            x = spare - PAD_X * setter.size if block.direction == "rtl" else PAD_X * setter.size
        top = y + setter.height(number + 1) - setter.height(1)
        setter.draw(canvas, x, top, line, INK, block.direction)
    page.paste(piece, (rect.x, rect.y))


def _balloon(page: Image.Image, block: Block, size: int) -> None:
    """Outline and tail as one shape: first both in ink, a line wider, then both in white."""
    assert block.tip is not None
    rect, tip = block.rect, block.tip
    left, right = min(rect.x, tip[0]), max(rect.right, tip[0] + 1)
    top, bottom = rect.y, max(rect.bottom, tip[1] + 1)
    line = max(1.5, size / 11)
    mask_size = ((right - left) * SMOOTH, (bottom - top) * SMOOTH)
    for thinner, colour in ((0.0, INK), (line, (255, 255, 255))):
        mask = Image.new("L", mask_size)
        canvas = ImageDraw.Draw(mask)
        for shape in (_outline(rect, thinner), _tail(rect, tip, size, thinner)):
            canvas.polygon([((x - left) * SMOOTH, (y - top) * SMOOTH) for x, y in shape], fill=255)
        small = mask.resize((right - left, bottom - top), Image.Resampling.BOX)
        page.paste(colour, (left, top), small)


def _outline(rect: Rect, thinner: float) -> list[tuple[float, float]]:
    """A superellipse |x/a|^n + |y/b|^n = 1 in the rectangle."""
    across, down = rect.width / 2 - thinner, rect.height / 2 - thinner
    middle_x, middle_y = rect.x + rect.width / 2, rect.y + rect.height / 2
    points = []
    for step in range(96):
        angle = 2 * math.pi * step / 96
        cos, sin = math.cos(angle), math.sin(angle)
        x = math.copysign(abs(cos) ** (2 / SQUARENESS), cos)
        y = math.copysign(abs(sin) ** (2 / SQUARENESS), sin)
        points.append((middle_x + across * x, middle_y + down * y))
    return points


def _tail(rect: Rect, tip: tuple[int, int], size: int, thinner: float) -> list[tuple[float, float]]:
    """A triangle from inside the balloon to the tip, with sides moved in by `thinner`."""
    root_x = (
        rect.x
        + rect.width / 2
        + max(-rect.width / 5, min(rect.width / 5, tip[0] - rect.x - rect.width / 2))
    )
    root_y = rect.bottom - rect.height * 0.3
    length = max(1.0, tip[1] - root_y)
    wide = TAIL_WIDTH * size + 0.2 * size
    half = max(0.0, wide - thinner * math.hypot(1, wide / length))
    shorter = thinner * math.hypot(length, wide) / wide  # keeps the sides parallel
    scale = max(0.0, length - shorter) / length
    end_x, end_y = root_x + (tip[0] - root_x) * scale, root_y + length * scale
    return [(root_x - half, root_y), (root_x + half, root_y), (end_x, end_y)]
