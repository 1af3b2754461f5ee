"""Who speaks in a panel, and from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image

from generation.pages.covering import covered
from generation.pages.layout import Rect
from generation.pages.whereabouts import whereabouts

MOUTH = 0.6  # how far down the panel the mouths are of those that weren't seen, of its height
FACE = 0.4  # of a figure's height, from the top: heads are large, and legs often out of the picture
LIPS = 0.28  # of a figure's height


@dataclass(frozen=True, slots=True)
class Speakers:
    """The characters of a panel from left to right. `seen`: around those whose place is known, in
    pixels of the page."""

    names: Sequence[str]
    seen: Mapping[str, Rect] = field(default_factory=dict)

    def mouth(self, name: str | None, room: Rect) -> tuple[float, float]:
        """Who wasn't seen stands in the order in which all are named; who isn't there at all speaks
        from the right edge."""
        if (at := self.seen.get(name or "")) is not None:
            return at.x + at.width / 2, at.y + LIPS * at.height
        down = room.y + MOUTH * room.height
        if name not in self.names:
            return room.right, down
        return room.x + room.width * (self.names.index(name) + 0.5) / len(self.names), down

    @property
    def faces(self) -> list[Rect]:
        return [
            Rect(one.x, one.y, one.width, round(FACE * one.height)) for one in self.seen.values()
        ]


def speakers_in(panel: Rect, names: Sequence[str], picture: Image.Image | None) -> Speakers:
    """With the places that the picture's file tells, where it covers that part of the page."""
    if picture is None:
        return Speakers(names)
    left, top, right, bottom = covered(picture, panel.width, panel.height)
    across, down = panel.width / (right - left), panel.height / (bottom - top)
    seen: dict[str, Rect] = {}
    for name, box in whereabouts(picture).items():
        x0 = max(panel.x, round(panel.x + (box.left * picture.width - left) * across))
        x1 = min(panel.right, round(panel.x + (box.right * picture.width - left) * across))
        y0 = max(panel.y, round(panel.y + (box.top * picture.height - top) * down))
        y1 = min(panel.bottom, round(panel.y + (box.bottom * picture.height - top) * down))
        if x0 < x1 and y0 < y1:
            seen[name] = Rect(x0, y0, x1 - x0, y1 - y0)
    return Speakers(names, seen)
