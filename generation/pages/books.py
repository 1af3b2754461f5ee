"""Finished pages as files to keep: a comic archive, a PDF, or the pictures themselves.

Every file stays within a limit. What is too large is split into volumes, in order; a page that is
too large alone is saved as a JPEG that fits.

ComicInfo.xml: https://anansi-project.github.io/docs/comicinfo/schemas/v2.0
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

import img2pdf
from PIL import Image

from generation.pages.export import to_jpeg_within

OVERHEAD = 16_384  # bytes of a volume besides its pages, with room to spare
PER_PAGE = 2_048  # bytes that a page adds to a volume's tables
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip knows: the same pages make the same file


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as it is bound: PNG, or JPEG where a PNG was too large."""

    data: bytes
    suffix: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a book says about itself. `language` is an ISO code, or empty."""

    title: str
    summary: str = ""
    writers: str = ""
    language: str = ""


def comic_archives(pages: Sequence[bytes], imprint: Imprint, limit: int) -> list[bytes]:
    """CBZ volumes with ComicInfo.xml, each of at most `limit` bytes.

    Raises:
        ExportError: not even a tiny picture fits.
    """
    volumes = list(_volumes(pages, limit))
    return [
        _archive(volume, imprint, number, len(volumes)) for number, volume in enumerate(volumes, 1)
    ]


def documents(pages: Sequence[bytes], imprint: Imprint, limit: int) -> list[bytes]:
    """PDF volumes with the pictures as they are, each of at most `limit` bytes.

    Raises:
        ExportError: not even a tiny picture fits.
    """
    return [_document(volume, imprint) for volume in _volumes(pages, limit)]


def originals(pages: Sequence[bytes], limit: int) -> list[Leaf]:
    """The pages themselves, each of at most `limit` bytes.

    Raises:
        ExportError: not even a tiny picture fits.
    """
    return [_leaf(page, limit) for page in pages]


def _volumes(pages: Sequence[bytes], limit: int) -> Iterator[list[Leaf]]:
    """As many pages in each as fit."""
    room = limit - OVERHEAD
    volume: list[Leaf] = []
    used = 0
    for page in pages:
        leaf = _leaf(page, room - PER_PAGE)
        size = len(leaf.data) + PER_PAGE
        if volume and used + size > room:
            yield volume
            volume, used = [], 0
        volume.append(leaf)
        used += size
    if volume:
        yield volume


def _leaf(png: bytes, limit: int) -> Leaf:
    if len(png) <= limit:
        return Leaf(png, "png")
    with Image.open(io.BytesIO(png)) as image:
        return Leaf(to_jpeg_within(image, limit), "jpg")


def _archive(volume: Sequence[Leaf], imprint: Imprint, number: int, volumes: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # pictures are packed already
        info = _comic_info(volume, imprint, number, volumes)
        archive.writestr(zipfile.ZipInfo("ComicInfo.xml", EPOCH), info)
        for place, leaf in enumerate(volume, start=1):
            archive.writestr(zipfile.ZipInfo(f"{place:03}.{leaf.suffix}", EPOCH), leaf.data)
    return buffer.getvalue()


def _comic_info(volume: Sequence[Leaf], imprint: Imprint, number: int, volumes: int) -> bytes:
    root = ElementTree.Element("ComicInfo")
    fields = {
        "Title": imprint.title,
        "Number": str(number) if volumes > 1 else "",
        "Count": str(volumes) if volumes > 1 else "",
        "Summary": imprint.summary,
        "Notes": "Drawn with Inkthread.",
        "Writer": imprint.writers,
        "PageCount": str(len(volume)),
        "LanguageISO": imprint.language,
    }
    for name, value in fields.items():
        if value:
            ElementTree.SubElement(root, name).text = _printable(value)
    pages = ElementTree.SubElement(root, "Pages")
    for place, leaf in enumerate(volume):
        with Image.open(io.BytesIO(leaf.data)) as image:
            width, height = image.size
        size = {"ImageSize": str(len(leaf.data)), "ImageWidth": str(width)}
        cover = {"Type": "FrontCover"} if place == 0 and number == 1 else {}
        page = {"Image": str(place), **cover, **size, "ImageHeight": str(height)}
        ElementTree.SubElement(pages, "Page", page)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _printable(text: str) -> str:
    """XML 1.0 has no control characters but these three."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def _document(volume: Sequence[Leaf], imprint: Imprint) -> bytes:
    made: bytes = img2pdf.convert(
        [leaf.data for leaf in volume],
        title=imprint.title,
        author=imprint.writers or None,
        creator="Inkthread",
        nodate=True,  # the same pages make the same file
        creationdate=datetime(1980, 1, 1),
        moddate=datetime(1980, 1, 1),
    )
    return made
