"""Where the characters of a picture are, kept inside its file: so words can be set again at any
time, and find their speakers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

KEY = "inkthread-characters"  # of a text chunk, PNG specification 11.3.3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Box:
    """Around one character, as shares of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float


def chunk(places: Mapping[str, Box]) -> PngInfo:
    """For the file of the picture in which the characters are there."""
    info = PngInfo()
    if places:
        info.add_itxt(KEY, msgspec.json.encode(places).decode())
    return info


def whereabouts(picture: Image.Image) -> dict[str, Box]:
    """By name; nobody where the file doesn't say."""
    try:
        return msgspec.json.decode(str(picture.info.get(KEY, "{}")), type=dict[str, Box])
    except msgspec.DecodeError as exc:  # somebody else's chunk of that name
        log.warning("A picture doesn't say where its characters are: %s", exc)
        return {}
