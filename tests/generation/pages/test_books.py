"""Books are read back with other libraries than those that made them."""

import io
import random
import zipfile
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image

from generation.pages.books import Imprint, comic_archives, documents, originals
from generation.pages.export import ExportError, to_png

IMPRINT = Imprint("Tabs & <spaces> 漫画", "Panel 1: Tom.\x0b", "Ada, Ben", "en")
LARGE = 10_000_000


def noisy(seed: int, side: int = 200) -> bytes:
    """A page that no format packs well."""
    noise = random.Random(seed).randbytes(side * side * 3)
    return to_png(Image.frombytes("RGB", (side, side), noise))


def names(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def test_a_comic_archive_holds_the_pages_untouched_and_says_what_it_is() -> None:
    pages = [noisy(1), noisy(2)]
    (archive,) = comic_archives(pages, IMPRINT, LARGE)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist() == ["ComicInfo.xml", "001.png", "002.png"]
        assert [opened.read("001.png"), opened.read("002.png")] == pages
        info = ElementTree.fromstring(opened.read("ComicInfo.xml"))
    told = {one.tag: one.text for one in info if one.text and one.text.strip()}
    assert told == {
        "Title": "Tabs & <spaces> 漫画",
        "Summary": "Panel 1: Tom.",
        "Notes": "Drawn with Inkthread.",
        "Writer": "Ada, Ben",
        "PageCount": "2",
        "LanguageISO": "en",
    }
    first, second = info.iter("Page")
    assert (first.get("Type"), first.get("ImageWidth")) == ("FrontCover", "200")
    assert second.get("ImageSize") == str(len(pages[1]))


def test_the_same_pages_make_the_same_files() -> None:
    pages = [noisy(1)]
    assert comic_archives(pages, IMPRINT, LARGE) == comic_archives(pages, IMPRINT, LARGE)
    assert documents(pages, IMPRINT, LARGE) == documents(pages, IMPRINT, LARGE)


def test_what_is_too_large_is_split_into_volumes_in_order() -> None:
    pages = [noisy(seed) for seed in range(5)]
    limit = 2 * len(pages[0]) + 30_000
    archives = comic_archives(pages, IMPRINT, limit)
    assert [len(names(one)) - 1 for one in archives] == [2, 2, 1]
    assert max(map(len, archives)) <= limit
    with zipfile.ZipFile(io.BytesIO(archives[2])) as last:
        assert last.read("001.png") == pages[4]
        assert b"<Number>3</Number>" in last.read("ComicInfo.xml")


def test_a_page_that_is_too_large_alone_shrinks_to_fit() -> None:
    limit = 60_000
    assert len(noisy(1)) > limit
    (archive,) = comic_archives([noisy(1)], IMPRINT, limit)
    assert names(archive) == ["ComicInfo.xml", "001.jpg"]
    (document,) = documents([noisy(1)], IMPRINT, limit)
    (page,) = originals([noisy(1)], limit)
    assert page.suffix == "jpg"
    assert max(len(archive), len(document), len(page.data)) <= limit


def test_a_document_has_every_page_and_its_title() -> None:
    (document,) = documents([noisy(1), noisy(2, 120)], IMPRINT, LARGE)
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert len(opened.pages) == 2
        assert opened.docinfo["/Title"] == "Tabs & <spaces> 漫画"
        (image,) = opened.pages[1].get_images().values()
        assert (image.Width, image.Height) == (120, 120)


def test_a_limit_that_nothing_fits_is_an_error() -> None:
    with pytest.raises(ExportError):
        originals([noisy(1)], 10)
