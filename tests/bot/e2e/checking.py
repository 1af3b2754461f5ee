"""Every call of the bot against Discord's document, each shape once: a check takes long."""

from bot.sandbox.document import Checker
from tests.bot.sandbox.openapi import document

SMALL = 1000  # integers below it are kinds, flags and options; above it ids


class ShapeChecker(Checker):
    """`known` holds the shapes that were checked before, by any test."""

    def __init__(self, known: set[str]) -> None:
        super().__init__(document())
        self._known = known

    def __call__(
        self, method: str, path: str, request: object, status: int, answer: object
    ) -> None:
        place = "/".join("*" if len(part) > 15 else part for part in path.split("/"))
        shape = f"{method} {place} {shape_of(request)} {status} {shape_of(answer)}"
        if shape not in self._known:
            self._known.add(shape)
            super().__call__(method, path, request, status, answer)


def shape_of(body: object) -> str:
    """Keys, kinds and small numbers; neither texts nor ids nor repetitions."""
    if isinstance(body, dict):
        return f"{{{','.join(f'{key}:{shape_of(body[key])}' for key in sorted(body))}}}"
    if isinstance(body, list):
        return f"[{','.join(sorted({shape_of(one) for one in body}))}]"
    if isinstance(body, str):
        return "id" if body.isdigit() else "text" if body else "empty"
    return "id" if isinstance(body, int) and body >= SMALL else repr(body)
