"""Discord's own OpenAPI document is looked for beside the repository; tests skip visibly where it
is not."""

from functools import cache
from pathlib import Path

import pytest

from bot.sandbox.document import Document, read_document

DOCUMENT = Path(__file__).parents[3].parent / "shared" / "discord" / "openapi.json"


@cache
def document() -> Document:
    """Discord's document, or a skip of the test that needs it."""
    if not DOCUMENT.is_file():
        pytest.skip(f"Discord's OpenAPI document is not at {DOCUMENT}")
    return read_document(DOCUMENT)
