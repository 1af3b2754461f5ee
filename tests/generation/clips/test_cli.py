"""`inkthread clip` as people call it."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
from PIL import Image

from config.cli import main

STORY = """[Tom] A young programmer wearing glasses.

[Tom] In the office, typing #Tom: "Tabs!"
[Tom] At home, asleep
"""


@pytest.fixture
def asked(tmp_path: Path, models_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("INKTHREAD_MODELS", str(models_file))
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "tiny")
    file = tmp_path / "tabs-or-spaces.story"
    file.write_text(STORY, encoding="utf-8")
    for number, colour in ((1, "red"), (2, "blue")):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"panel-{number:02}.png")
    return ["clip", str(file), "--pictures", str(tmp_path)]


def test_a_drawn_story_becomes_a_film(
    asked: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "story.mp4"
    assert main([*asked, "--out", str(out), "--words", "track", "--limit", "0.5"]) == 0
    data = out.read_bytes()
    assert f"{len(data):,} bytes" in capfd.readouterr().out
    with av.open(io.BytesIO(data)) as container:
        assert container.metadata["title"] == "Tabs or spaces"
        assert container.duration > 2_000_000
        assert b"Tom: Tabs!" in bytes(next(container.demux(subtitles=0)))
    webp = tmp_path / "story.webp"
    assert main([*asked, "--out", str(webp), "--motion", "cut", "--frames", "2"]) == 0
    with Image.open(webp) as picture:
        assert picture.n_frames > 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--out", "film.gif"], "an .mp4 or a .webp file"),
        (["--out", "a.mp4", "--pictures", "nowhere"], "can't be read as a picture"),
        (
            ["--out", "a.mp4", "--motion", "magic"],
            "no motion 'magic'; there is cross-fade",
        ),
        (["--out", "a.mp4", "--motion", "bare"], "there are no motion weights in"),
        (["--out", "a.mp4", "--limit", "0.0001"], "choose fewer panels"),
    ],
)
def test_what_cannot_be_made_is_told(
    asked: list[str], changes: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, *changes]) == 2
    assert message in capfd.readouterr().err
