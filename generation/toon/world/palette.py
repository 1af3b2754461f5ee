"""The colours of what characters are made of."""

from __future__ import annotations

from generation.toon.world.pen import Colour
from generation.toon.world.scene import FurColour, HairColour, ShirtColour, Skin

SKIN: dict[Skin, Colour] = {
    "light": (255, 220, 190),
    "tan": (236, 184, 138),
    "brown": (178, 120, 78),
    "dark": (112, 72, 52),
}
HAIR: dict[HairColour, Colour] = {
    "black": (48, 44, 54),
    "brown": (124, 76, 44),
    "blond": (250, 214, 96),
    "red": (226, 92, 40),
    "grey": (190, 192, 198),
    "blue": (66, 122, 226),
    "pink": (248, 136, 186),
}
SHIRT: dict[ShirtColour, Colour] = {
    "red": (222, 54, 54),
    "orange": (246, 146, 46),
    "yellow": (250, 218, 66),
    "green": (70, 176, 84),
    "blue": (58, 110, 214),
    "purple": (146, 80, 190),
    "white": (246, 246, 244),
    "black": (58, 56, 64),
}
FUR: dict[FurColour, Colour] = {
    "orange": (246, 160, 76),
    "grey": (164, 168, 178),
    "white": (246, 242, 236),
    "black": (70, 66, 78),
    "brown": (156, 104, 66),
}
