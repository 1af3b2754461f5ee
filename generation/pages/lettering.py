"""Where the words of a panel go, and how large: captions and balloons, never outside the panel.

Captions that come before a balloon stand at the top, the others at the bottom; balloons hang from
the top, each near its speaker, in the order they are read, and off faces where these are known.
Letters shrink until the text takes at
most a share of the panel, then the share grows, and at last the text ends in an ellipsis. The
whole text is always in the panel's alt text.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from generation.pages.bidi import base_direction
from generation.pages.layout import Rect
from generation.pages.speakers import Speakers
from generation.pages.typeset import Typesetter, printable
from generation.pages.wrap import break_lines, clusters
from generation.script.story import Lettering

SMALLEST = 9  # pixels per em
OF_PANEL = 0.075  # letter size to the panel's width, at most
INSET = 0.022  # from the panel's border, to the panel's width
PAD_X, PAD_Y = 0.55, 0.34  # inside a caption box, in em
SQUARENESS = 2.8  # exponent of a balloon's outline: 2 is an ellipse, 4 almost a box
BALLOON_ROOM, WIDER = 0.6, 1.1  # a balloon is that many em and times wider than its words
BALLOON_SHAPE = 4.4  # width to height of the words in a balloon
BALLOON_LINE = 8  # em; shorter words stay on one line
CORNER = 0.2  # em between the outline and the corners of the words
TAIL = 1.5  # em
LEFT_STEP = 0.6  # of a balloon's height, to one at its left that is read later
SIDEWAYS = (-0.5, -0.25, 0.25, 0.5)  # of a balloon's width, off a face
ASIDE = 0.15  # what a balloon may cover of a face rather than go a pixel aside, of its height
SHARES = ((0.42, 0.85), (0.6, 0.65), (1.0, 0.45))  # of the panel's height; down to of full size


@dataclass(frozen=True, slots=True)
class Block:
    """Words on a page. `rect` is the box or the balloon, in pixels of the page; `tip` the end of
    a balloon's tail, None for a caption box."""

    rect: Rect
    lines: tuple[str, ...]
    size: int
    direction: str
    tip: tuple[int, int] | None = None


Setters = Callable[[int], Typesetter]


def letter_panel(
    panel: Rect,
    lettering: Sequence[Lettering],
    speakers: Speakers,
    setters: Setters,
    letter_size: int,
) -> tuple[Block, ...]:
    """All blocks of a panel, in drawing order. `setters(size)` sets text at a size; `letter_size`
    is that of the page, in pixels per em."""
    pieces = [piece for piece in lettering if printable(piece.text).strip()]
    full = max(SMALLEST, min(letter_size, round(panel.width * OF_PANEL)))
    smallest = full
    for share, down_to in SHARES:
        smallest = max(SMALLEST, round(full * down_to))
        for size in range(full, smallest - 1, -1 if full < 20 else -2):
            blocks = _arrange(panel, pieces, speakers, setters(size), share)
            if blocks is not None:
                return blocks
    return _shortened(panel, pieces, speakers, setters(smallest))


def _shortened(
    panel: Rect, pieces: Sequence[Lettering], speakers: Speakers, setter: Typesetter
) -> tuple[Block, ...]:
    """As many letters of the text as fit, then an ellipsis."""
    best: tuple[Block, ...] = ()
    low, high = 0, sum(len(piece.text) for piece in pieces)
    while low < high:
        letters = (low + high + 1) // 2
        blocks = _arrange(panel, list(_cut(pieces, letters)), speakers, setter, 1.0)
        if blocks is None:
            high = letters - 1
        else:
            best, low = blocks, letters
    return best


def _cut(pieces: Sequence[Lettering], letters: int) -> Iterator[Lettering]:
    """The first pieces up to that many letters; the last one ends in an ellipsis."""
    for piece in pieces:
        if letters <= 0:
            return
        yield (
            piece
            if len(piece.text) <= letters
            else replace(
                piece, text="".join(clusters(piece.text[:letters])[:-1]).rstrip(" .,;:…") + "…"
            )
        )
        letters -= len(piece.text)


def _arrange(
    panel: Rect,
    pieces: Sequence[Lettering],
    speakers: Speakers,
    setter: Typesetter,
    share: float,
) -> tuple[Block, ...] | None:
    """Blocks at one letter size, or None if they take more than `share` of the height."""
    inset = max(2, round(panel.width * INSET))
    room = panel.inset(inset)
    last_balloon = max((at for at, piece in enumerate(pieces) if piece.speaker), default=-1)
    top: list[Block] = []
    bottom: list[Block] = []
    for at, piece in enumerate(pieces):
        if piece.speaker is not None:
            top.append(_balloon(room, piece, speakers, setter, top))
        elif at < last_balloon:
            start = max((block.rect.bottom + inset // 2 for block in top), default=room.y)
            top.append(_caption(room, piece, setter, start))
        else:
            bottom.append(_caption(room, piece, setter, room.y))
    top_end = max((_bottom(block) for block in top), default=room.y)
    bottom, bottom_start = _stood_on(bottom, room, inset // 2)
    used = (top_end - room.y) + (room.bottom - bottom_start)
    gap = inset // 2 if top and bottom else 0
    wide = any(block.rect.width > room.width for block in (*top, *bottom))
    if wide or used + gap > min(room.height, share * panel.height):
        return None
    return (*top, *bottom)


def _bottom(block: Block) -> int:
    return max(block.rect.bottom, block.tip[1] if block.tip else 0)


def _stood_on(blocks: Sequence[Block], room: Rect, gap: int) -> tuple[list[Block], int]:
    """Caption boxes one above the other on the floor of the panel, and where they begin."""
    y = room.bottom
    placed: list[Block] = []
    for block in reversed(blocks):
        y -= block.rect.height
        placed.insert(0, replace(block, rect=block.rect.moved(0, y - block.rect.y)))
        y -= gap
    return placed, y + gap if placed else room.bottom


def _caption(room: Rect, piece: Lettering, setter: Typesetter, y: int) -> Block:
    pad_x, pad_y = PAD_X * setter.size, PAD_Y * setter.size
    lines = break_lines(piece.text, room.width - 2 * pad_x, setter.width)
    width = math.ceil(max((setter.width(line) for line in lines), default=0) + 2 * pad_x)
    height = math.ceil(setter.height(len(lines)) + 2 * pad_y)
    direction = base_direction(piece.text)
    x = room.right - width if direction == "rtl" else room.x
    return Block(Rect(x, y, width, height), tuple(lines), setter.size, direction)


def _balloon(
    room: Rect,
    piece: Lettering,
    speakers: Speakers,
    setter: Typesetter,
    before: Sequence[Block],
) -> Block:
    lines = _balloon_lines(piece.text, room.width, setter)
    half_x = max((setter.width(line) for line in lines), default=0) / 2
    half_y = setter.height(len(lines)) / 2
    across, down = balloon_axes(half_x, half_y, setter.size)
    width, height = math.ceil(2 * across), math.ceil(2 * down)
    mouth = speakers.mouth(piece.speaker, room)
    centred = round(mouth[0] - width / 2)
    rects = [
        Rect(x, _next_y(room, x, width, before, setter.size), width, height)
        for x in _starts(room, width, centred, speakers.faces)
    ]
    rect = min(rects, key=lambda one: _trouble(one, centred, speakers.faces))
    tip = _tip(rect, room, mouth, setter.size)
    return Block(rect, tuple(lines), setter.size, base_direction(piece.text), tip)


def _balloon_lines(text: str, room: int, setter: Typesetter) -> list[str]:
    """Lines that make a pleasant oblong, as long as that leaves room beside the words."""
    widest = (room - 2 * BALLOON_ROOM * setter.size) / WIDER - 2
    oblong = math.sqrt(setter.width(text) * setter.size * BALLOON_SHAPE)
    return break_lines(
        text, max(min(widest, max(oblong, BALLOON_LINE * setter.size)), 1), setter.width
    )


def balloon_axes(half_x: float, half_y: float, size: int) -> tuple[float, float]:
    """Half axes of a superellipse around words of these half sizes."""
    across = half_x * WIDER + BALLOON_ROOM * size
    corner = (half_x + CORNER * size) / across
    reach = (1 - corner**SQUARENESS) ** (1 / SQUARENESS)
    return across, max(half_y / reach, half_y + 0.4 * size)


def _starts(room: Rect, width: int, centred: int, faces: Sequence[Rect]) -> list[int]:
    """Where a balloon may begin: over its speaker, moved aside a little, or beside a face."""
    starts = [centred, *(centred + round(step * width) for step in SIDEWAYS)]
    starts += [x for face in faces for x in (face.x - width, face.right)]
    return [max(room.x, min(x, room.right - width)) for x in starts]


def _trouble(rect: Rect, centred: int, faces: Sequence[Rect]) -> float:
    """What it covers of faces, and how far it is from its speaker."""
    covered = sum(_common(rect, face) for face in faces)
    return covered + ASIDE * abs(rect.x - centred) * rect.height


def _common(one: Rect, other: Rect) -> int:
    """Pixels that both cover."""
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0, across) * max(0, down)


def _next_y(room: Rect, x: int, width: int, before: Sequence[Block], size: int) -> int:
    """Under every block it would cover; beside others low enough to be read after them, which at
    their left takes more than at their right."""
    y = room.y
    for block in before:
        step = block.rect.height + 0.45 * size
        if block.tip is not None and block.rect.right <= x:
            step = min(step, 0.9 * size)
        elif block.tip is not None and x + width <= block.rect.x:
            step = min(step, LEFT_STEP * block.rect.height + 0.3 * size)
        y = max(y, block.rect.y + math.ceil(step))
    return y


def _tip(rect: Rect, room: Rect, mouth: tuple[float, float], size: int) -> tuple[int, int]:
    """The tail's end: from the balloon's lower edge a short way toward the speaker's mouth, and not
    past it."""
    start_x = rect.x + rect.width / 2
    dx = max(-2 * size, min(2 * size, (mouth[0] - start_x) * 0.5))
    x = max(room.x, min(room.right, round(start_x + dx)))
    lips = mouth[1] if mouth[1] > rect.bottom else room.bottom
    y = min(room.bottom, round(lips), round(rect.bottom + TAIL * size))
    return x, max(y, rect.bottom)
