"""Texts that were made to break a parser get an answer, and soon."""

import contextlib
import time

import pytest

from generation.script.errors import ScriptErrors
from generation.script.parse import parse_script

MEGABYTE = 2**20
HOSTILE = {
    "one line": "a" * MEGABYTE,
    "opening brackets": "[" * MEGABYTE,
    "nested brackets": "[" * (MEGABYTE // 2) + "]" * (MEGABYTE // 2),
    "pairs": "[]" * (MEGABYTE // 2),
    "hashes": "#" * MEGABYTE,
    "colons": "[Tom] a man\n\n" + ("[Tom] x #" + ":" * 980 + "\n") * 60,
    "bars": "[Tom] a man\n\n" + ("[Tom] x #" + "|" * 980 + "\n") * 60,
    "unknown names": "[Tom] a man\n\n" + ("[a]" * 320 + "\n") * 60,
    "empty lines": "\n" * MEGABYTE,
    "lines": "a\n" * (MEGABYTE // 2),
    "characters": "".join(f"[{number}]a\n" for number in range(100_000)),
    "combining marks": "a" + "\u0301\u0323" * (MEGABYTE // 2),
    "spaces in a bracket": "[" + " " * MEGABYTE + "x",
    "name and spaces": "[a" + " " * MEGABYTE + "]" + " " * MEGABYTE,
    "full-width": "［＃］" * (MEGABYTE // 3),
    "format braces": "[Tom] {0} {scene} %s\n\n[Tom] {__class__} {} #{0.__init__}",
    "binary": bytes(range(256)).decode("latin-1") * 4000,
    "right to left": "[\u202eTom\u202c] رجل شاب\n\n[Tom] في المكتب #مرحبا",
    "half letters": "[Tom] \ud800\n\n[Tom] \udfff #\ud83d",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_answered_quickly(kind: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ScriptErrors):
        str(parse_script(HOSTILE[kind])).encode()
    assert time.process_time() - started < 5  # seconds of CPU; quadratic time takes minutes
