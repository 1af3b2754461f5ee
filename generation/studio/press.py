"""The press: pictures and a plan go in, lettered pages come out; pages go in, books come out.

Knows no torch.
"""

import io
import logging
import time
from collections.abc import Iterator

from PIL import Image

from generation.clips.errors import ClipTooLarge
from generation.pages.books import Imprint, comic_archives, documents, originals
from generation.pages.compose import Composer
from generation.pages.export import ExportError, to_png
from generation.pages.repack import NotAPicture, TooManyPixels, repack
from generation.studio.events import (
    Bind,
    BoundFile,
    Failed,
    PageComposed,
    Refilm,
    Repack,
    Trouble,
)
from generation.studio.failures import failure
from generation.studio.wire import Bound, Compose, Composed, PressWork, Repacked

log = logging.getLogger(__name__)


class Press:
    """Composes one story at a time; fonts stay open in between."""

    def __init__(self) -> None:
        self._composer = Composer()

    def work(
        self, order: PressWork
    ) -> Iterator[PageComposed | Composed | Bound | Repacked | Failed]:
        """All answers to an order."""
        match order:
            case Compose():
                yield from self.compose(order)
            case Bind():
                yield self.bind(order)
            case Repack():
                yield self.repack(order)
            case Refilm():
                yield self.refilm(order)

    def refilm(self, order: Refilm) -> Repacked | Failed:
        """The film, or why it can't be that small. Errors don't leave."""
        # imported here: FFmpeg's libraries are large, and hardly a press ever needs them
        from generation.clips.shrink import shrunk

        try:
            return Repacked(shrunk(order.film, order.limit))
        except ClipTooLarge as exc:
            return Failed(f"{exc}", False, Trouble.NO_ROOM)
        except Exception as exc:
            log.exception("a film of %d bytes", len(order.film))
            return failure(exc, "writing the film")

    def repack(self, order: Repack) -> Repacked | Failed:
        """The picture, or why it is none. Errors don't leave."""
        bounds = {"limit": order.limit, "side": order.side, "pixels": order.pixels}
        try:
            return Repacked(repack(order.picture, **bounds))
        except NotAPicture as exc:
            return Failed(f"It is no picture: {exc}.", False, Trouble.NOT_A_PICTURE)
        except TooManyPixels as exc:
            sizes = {"megapixels": _millions(exc.pixels), "limit": _millions(exc.limit)}
            return Failed(f"{exc}.", False, Trouble.TOO_MANY_PIXELS, sizes)
        except ExportError as exc:
            return Failed(f"{exc}.", False, Trouble.NO_ROOM)
        except Exception as exc:
            log.exception("a picture of %d bytes", len(order.picture))
            return failure(exc, "reading the picture")

    def bind(self, order: Bind) -> Bound | Failed:
        """The files of a book. Errors don't leave."""
        try:
            return Bound(tuple(_bound(order)))
        except Exception as exc:
            log.exception("the book %r", order.title)
            return failure(exc, "making the file", ExportError)

    def compose(self, order: Compose) -> Iterator[PageComposed | Composed | Failed]:
        """The pages of a story from page `order.first` on.

        Errors don't leave: they are logged, and the last event is `Failed`.
        """
        try:
            yield from self._compose(order)
        except Exception as exc:
            log.exception("the pages of %r", order.plan.title)
            yield failure(exc, "composing the page")

    def _compose(self, order: Compose) -> Iterator[PageComposed | Composed]:
        began = time.perf_counter()
        pictures = {number: _open(png) for number, png in order.pictures.items()}
        pages = self._composer.compose(order.plan, pictures)
        for index, page in enumerate(pages[order.first :], start=order.first):
            yield PageComposed(index, to_png(page.image), page.alt_text)
        yield Composed(time.perf_counter() - began)


def _bound(order: Bind) -> Iterator[BoundFile]:
    imprint = Imprint(order.title, order.summary, order.writers, order.language)
    if order.binding == "png":
        leaves = originals(order.pages, order.limit)
        files = [(leaf.data, leaf.suffix) for leaf in leaves]
    else:
        bind = comic_archives if order.binding == "cbz" else documents
        files = [(data, order.binding) for data in bind(order.pages, imprint, order.limit)]
    for number, (data, suffix) in enumerate(files, start=1):
        part = f"-{number}" if len(files) > 1 else ""
        yield BoundFile(f"{order.stem}{part}.{suffix}", data)


def _millions(pixels: int) -> str:
    return f"{pixels / 1_000_000:.1f}"


def _open(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")
