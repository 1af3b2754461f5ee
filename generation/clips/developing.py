"""What a clip looks like while its frames are drawn: a row of small frames for each transition."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

COLUMNS = 6  # frames of a row, both panels among them
ROWS = 4  # more would be too small on a phone
CELL = 112  # pixels of a frame's longer side
GUTTER = 4
PAPER, UNDRAWN = "white", (225, 225, 225)

Row = Sequence[Image.Image | None]


def developing(rows: Sequence[Sequence[Image.Image]], panels: Sequence[Image.Image]) -> Image.Image:
    """`rows` are the frames of each transition as far as it is drawn, both panels included; of
    those that come next only the panels are shown. The rows around the newest one are."""
    known: list[Row] = [_thinned(row) for row in rows]
    known += [
        [panels[at], *[None] * (COLUMNS - 2), panels[at + 1]]
        for at in range(len(rows), len(panels) - 1)
    ]
    first = max(0, min(len(rows) - ROWS // 2, len(known) - ROWS))
    shown = known[first : first + ROWS]
    scale = CELL / max(panels[0].size)
    cell = (max(1, round(panels[0].width * scale)), max(1, round(panels[0].height * scale)))
    step = (cell[0] + GUTTER, cell[1] + GUTTER)
    size = (COLUMNS * step[0] + GUTTER, len(shown) * step[1] + GUTTER)
    sheet = Image.new("RGB", size, PAPER)
    for down, row in enumerate(shown):
        for across, frame in enumerate(row):
            corner = (GUTTER + across * step[0], GUTTER + down * step[1])
            small = Image.new("RGB", cell, UNDRAWN) if frame is None else frame.resize(cell)
            sheet.paste(small, corner)
    return sheet


def _thinned(frames: Sequence[Image.Image]) -> Row:
    """As many as a row shows, from the first to the last."""
    last = len(frames) - 1
    return [frames[round(place * last / (COLUMNS - 1))] for place in range(COLUMNS)]
