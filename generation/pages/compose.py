"""Pages from a plan and its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw

from generation.pages.fonts import Shelf
from generation.pages.ink import FAINT_INK, INK, PAPER, draw_block, draw_panel
from generation.pages.layout import MOST_PANELS, PageLayout, Rect, lay_out, split_pages
from generation.pages.lettering import letter_panel
from generation.pages.sheet import contact_sheet
from generation.pages.speakers import speakers_in
from generation.pages.typeset import Typesetter
from generation.pages.wrap import break_lines, clusters
from generation.script.plan import PlannedPanel, RenderPlan

ALT_TEXT_LIMIT = 1024  # letters; Discord's limit for the description of a gallery item
LETTER_SIZE = 0.0225  # of the page's width: still read when a chat window halves the page
TITLE_SIZE = 0.036
TITLE_SHRINKS_TO = 0.6
CREDITS_SIZE = 0.0145


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page, and what it shows in words (at most 1,024 letters)."""

    image: Image.Image
    alt_text: str


@dataclass
class Composer:
    """Composes pages of one width. Keeps opened fonts and measured words, so it is quicker the
    second time; keep one per process."""

    page_width: int = 1200
    shelf: Shelf = field(default_factory=Shelf.installed)

    def __post_init__(self) -> None:
        self._titles = self.shelf.for_titles()
        self._setters: dict[int, Typesetter] = {}

    def compose(self, plan: RenderPlan, pictures: Mapping[int, Image.Image]) -> list[Page]:
        """All pages of a plan. `pictures` are by number in the story; a panel without its picture
        stays grey. Hidden sheet panels are not shown."""
        if plan.variants:
            return [self._variants(plan, pictures)]
        shown = [panel for panel in plan.panels if panel.number is not None]
        parts = split_pages(len(shown), MOST_PANELS[plan.layout])
        return [
            self._page(plan, [shown[at] for at in part], pictures, index, len(parts))
            for index, part in enumerate(parts)
        ]

    def _variants(self, plan: RenderPlan, pictures: Mapping[int, Image.Image]) -> Page:
        """All of them on one page, each under its number."""
        pages = []
        for number, (_, panels) in enumerate(plan.parts, start=1):
            shown = [panel for panel in panels if panel.number is not None]
            pages.append(self._page(replace(plan, title=str(number)), shown, pictures, 0, 1))
        return Page(contact_sheet([page.image for page in pages]), pages[0].alt_text)

    def _page(
        self,
        plan: RenderPlan,
        panels: list[PlannedPanel],
        pictures: Mapping[int, Image.Image],
        index: int,
        pages: int,
    ) -> Page:
        title = plan.title.strip() if index == 0 else ""
        number = f"{index + 1} / {pages}" if pages > 1 else ""
        title_size, credits_size = self._size(TITLE_SIZE), self._size(CREDITS_SIZE)
        layout = lay_out(
            len(panels),
            plan.width / plan.height,
            self.page_width,
            header=round(title_size * 1.6) if title else 0,
            footer=round(credits_size * 2.2) if plan.credits.strip() or number else 0,
            layout=plan.layout,
        )
        image = Image.new("RGB", (layout.width, layout.height), PAPER)
        self._panels(image, layout, panels, pictures)
        self._title(image, layout.header, title)
        self._credits(image, layout.footer, plan.credits.strip(), number)
        return Page(image, page_alt_text(panels))

    def _panels(
        self,
        image: Image.Image,
        layout: PageLayout,
        panels: list[PlannedPanel],
        pictures: Mapping[int, Image.Image],
    ) -> None:
        for panel, rect in zip(panels, layout.panels, strict=True):
            picture = pictures.get(panel.number or 0)
            draw_panel(image, rect, picture)
            speakers = speakers_in(rect, panel.characters, picture)
            blocks = letter_panel(
                rect, panel.lettering, speakers, self._setter, self._size(LETTER_SIZE)
            )
            for block in blocks:
                draw_block(image, block, self._setter(block.size))

    def _setter(self, size: int) -> Typesetter:
        return self._setters.setdefault(size, Typesetter(self.shelf, size))

    def _size(self, share: float) -> int:
        return max(9, round(self.page_width * share))

    def _title(self, image: Image.Image, rect: Rect, title: str) -> None:
        if not title:
            return
        full = self._size(TITLE_SIZE)
        setter = Typesetter(self._titles, full)
        fitting = full * min(1.0, rect.width / max(1.0, setter.width(title)))
        if fitting < full:
            setter = Typesetter(self._titles, max(int(fitting), round(full * TITLE_SHRINKS_TO)))
        _write(image, rect, one_line(title, rect.width, setter), setter, INK, top=0.0)

    def _credits(self, image: Image.Image, rect: Rect, credits: str, number: str) -> None:
        setter = Typesetter(self.shelf, self._size(CREDITS_SIZE))
        top = rect.height - setter.height(1)
        number_width = setter.width(number)
        if number:
            place = Rect(rect.right - round(number_width), rect.y, round(number_width), rect.height)
            _write(image, place, number, setter, FAINT_INK, top)
        if credits:
            room = rect.width - round(number_width) - 2 * setter.size
            _write(image, rect, one_line(credits, room, setter), setter, FAINT_INK, top)


def _write(
    image: Image.Image,
    rect: Rect,
    line: str,
    setter: Typesetter,
    fill: tuple[int, int, int],
    top: float,
) -> None:
    piece = image.crop((rect.x, rect.y, rect.right, rect.bottom))
    setter.draw(ImageDraw.Draw(piece), 0, top, line, fill, "ltr")
    image.paste(piece, (rect.x, rect.y))


def one_line(text: str, width: float, setter: Typesetter) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if setter.width(text) <= width:
        return text
    first = next(iter(break_lines(text, width, setter.width)), "")
    letters = clusters(first)
    while letters and setter.width("".join(letters) + "…") > width:
        letters.pop()
    return "".join(letters).rstrip() + "…"


def page_alt_text(panels: list[PlannedPanel]) -> str:
    """The alt texts of a page's panels; if they are too long together, each loses its end."""
    heads = [f"Panel {panel.number}: " for panel in panels]
    room = ALT_TEXT_LIMIT - sum(len(head) + 1 for head in heads)
    each = _fair_share([len(panel.alt_text) for panel in panels], room)
    texts = [
        head + (panel.alt_text if len(panel.alt_text) <= each else panel.alt_text[: each - 1] + "…")
        for head, panel in zip(heads, panels, strict=True)
    ]
    return "\n".join(texts)


def _fair_share(lengths: list[int], room: int) -> int:
    """The longest a text may be so that all, cut to it, fit in the room."""
    left = room
    for done, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - done)
        if length > share:
            return share
        left -= length
    return max(lengths, default=0)
