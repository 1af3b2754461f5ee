"""From panels to a file: what is shown, for how long, and never above the limit."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.clips.assemble import ClipPanel, Cutter, Wishes, reading_time
from generation.clips.encode import Quality, to_mp4, to_webp
from generation.clips.errors import ClipTooLarge, NothingToShow
from generation.clips.film import Film, Piece, Subtitle
from generation.clips.fit import LADDER, best_within, mp4_within, webp_within
from generation.clips.shrink import NotAFilm, shrunk
from generation.script.story import Lettering
from tests.browser import opened, picture_of, started

MIB = 1 << 20


@pytest.fixture(scope="module")
def cutter() -> Cutter:
    return Cutter()


def plain(colour: str, size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.new("RGB", size, colour)


def noise(frames: int, side: int, seed: int = 0) -> Film:
    """What can't be packed."""
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (frames, side, side, 3), dtype=np.uint8)
    return Film((Piece(tuple(Image.fromarray(one) for one in pixels)),))


def test_a_film_holds_its_panels_and_passes_their_transitions(cutter: Cutter) -> None:
    panels = [ClipPanel(plain("red")), ClipPanel(plain("blue")), ClipPanel(plain("green"))]
    between = [plain(colour) for colour in ("red", "purple", "navy", "blue")]
    wishes = Wishes(fps=10, credits="by Ann and Bob")
    film = cutter.assemble(panels, [between, between[:2]], wishes)
    held = round(reading_time("") * 10)
    assert film.frames == 3 * held + 2 + 20
    assert film.size == (512, 384)
    colours = [picture.getpixel((0, 0)) for picture, _ in film.runs()]
    assert colours[:4] == [(255, 0, 0), (128, 0, 128), (0, 0, 128), (0, 0, 255)]
    assert colours[4] == (0, 128, 0)  # a plain cut


def test_words_are_drawn_on_held_panels_or_told_as_subtitles(cutter: Cutter) -> None:
    said = (Lettering("Tabs!", "Tom"), Lettering("Later…", None))
    panels = [ClipPanel(plain("red"), said, ("Tom",)), ClipPanel(plain("blue"))]
    drawn = cutter.assemble(panels, [[]], Wishes())
    first = next(drawn.runs())[0]
    assert (255, 255, 255) in {colour for _, colour in first.getcolors(1 << 16) or ()}
    told = cutter.assemble(panels, [[]], Wishes(burnt_in=False))
    assert next(told.runs())[0].getcolors() == [(512 * 384, (255, 0, 0))]
    end = round(reading_time("Tom: Tabs!\nLater…") * 12) / 12
    assert told.subtitles() == [Subtitle(0, end, "Tom: Tabs!\nLater…")]


def test_long_and_chinese_words_are_held_longer_but_not_for_ever() -> None:
    assert reading_time("a" * 60) > reading_time("a" * 15) > reading_time("")
    assert reading_time("他来了" * 5) > reading_time("abc" * 5)
    assert reading_time("a" * 1000) == 9.0


def test_no_panel_and_wrong_sizes_are_refused(cutter: Cutter) -> None:
    with pytest.raises(NothingToShow):
        cutter.assemble([], [], Wishes(credits="by nobody"))
    with pytest.raises(ValueError, match="0 transitions between 2 panels"):
        cutter.assemble([ClipPanel(plain("red"))] * 2, [], Wishes())
    with pytest.raises(ValueError, match="different sizes"):
        Film((Piece((plain("red"), plain("red", (32, 32)))),))
    with pytest.raises(ValueError, match="8 to 24"):
        Film((Piece((plain("red"),)),), fps=60)


def test_an_mp4_starts_at_once_and_says_what_is_in_it() -> None:
    pieces = (Piece((plain("red"),), 12, "Hello {you}\n你好"), Piece((plain("blue"),), 12))
    data = to_mp4(Film(pieces, title="Tabs"), Quality(), subtitles=True)
    assert data.find(b"moov") < data.find(b"mdat")
    with av.open(io.BytesIO(data)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.frames, video.average_rate, container.duration) == (24, 12, 2_000_000)
        assert container.metadata["title"] == "Tabs"
        texts = [bytes(packet)[2:].decode() for packet in container.demux(subtitles=0)]
    assert texts[0] == "Hello (you)\n你好"


def test_every_other_frame_and_odd_sizes_keep_the_length() -> None:
    film = Film((Piece((plain("red", (65, 49)),), 9), Piece((plain("blue", (65, 49)),), 15)))
    with av.open(io.BytesIO(to_mp4(film, Quality(0.5, 30, 2)))) as container:
        video = container.streams.video[0]
        assert (video.width, video.height, video.frames) == (32, 32, 12)
        assert container.duration == 2_000_000


def test_a_webp_plays_the_same_frames() -> None:
    film = Film((Piece((plain("red"),), 6), Piece((plain("blue"), plain("lime")))))
    with Image.open(io.BytesIO(to_webp(film, Quality()))) as picture:
        assert (picture.n_frames, picture.info["loop"]) == (3, 0)
        durations = []
        for place in range(3):
            picture.seek(place)
            picture.load()
            durations.append(picture.info["duration"])
    assert durations == [500, 83, 83]


@pytest.mark.parametrize("within", [mp4_within, webp_within])
def test_real_files_keep_small_limits(within: Callable[[Film, int], object]) -> None:
    film = noise(6, 96)
    best = within(film, 10 * MIB)
    assert best.quality == LADDER[0]
    for limit in (len(best.data) - 1, len(best.data) // 3, len(best.data) // 12):
        written = within(film, limit)
        assert len(written.data) <= limit
        assert LADDER.index(written.quality) > 0
    with pytest.raises(ClipTooLarge, match="fewer panels"):
        within(film, 50)


@settings(max_examples=100, deadline=None)
@given(
    seconds=st.floats(0.1, 600),
    bits=st.floats(0.001, 4),
    limit=st.integers(MIB, 25 * MIB),
    slope=st.floats(3, 9),
    wobble=st.floats(0, 0.25),
    seed=st.integers(0, 1 << 20),
)
def test_the_search_keeps_any_limit_and_wastes_little_of_it(
    seconds: float, bits: float, limit: int, slope: float, wobble: float, seed: int
) -> None:
    """Against encoders of every temper: sizes that fall faster or slower than x264's, unevenly."""
    tries: list[Quality] = []

    def write(quality: Quality) -> bytes:
        tries.append(quality)
        uneven = 1 + wobble * (random.Random(f"{seed} {quality}").random() - 0.5)
        pixels = 512 * 512 * quality.scale**2 * 12 / quality.skip * seconds
        return bytes(int(pixels * bits / 8 * 2 ** ((18 - quality.crf) / slope) * uneven))

    if len(write(LADDER[0])) > 200 * MIB:
        return
    smallest = len(write(LADDER[-1]))
    tries.clear()
    if smallest > limit:
        with pytest.raises(ClipTooLarge):
            best_within(write, limit)
        return
    written = best_within(write, limit)
    assert len(written.data) <= limit
    assert written.data == write(written.quality)
    assert len(tries) <= 15
    if len(write(LADDER[0])) <= limit:
        assert written.quality == LADDER[0]


def test_a_film_that_is_too_large_is_written_again_as_long_but_smaller() -> None:
    film = to_mp4(noise(30, 128), Quality())
    room = len(film) // 3
    small = shrunk(film, room)
    assert len(small) <= room
    with av.open(io.BytesIO(film)) as one, av.open(io.BytesIO(small)) as two:
        assert one.duration == two.duration
    with pytest.raises(ClipTooLarge):
        shrunk(film, 500)
    with pytest.raises(NotAFilm):
        shrunk(b"no film at all", room)


@pytest.mark.browser
async def test_chromium_plays_a_clip_to_its_end(cutter: Cutter, tmp_path: Path) -> None:
    panels = [ClipPanel(plain("red", (256, 256)), (Lettering("Hello!", "Tom"),), ("Tom",))]
    panels.append(ClipPanel(plain("blue", (256, 256))))
    between = [Image.blend(panels[0].picture, panels[1].picture, part / 15) for part in range(16)]
    film = cutter.assemble(panels, [between], Wishes(fps=24))
    source = base64.b64encode(mp4_within(film, 10 * MIB).data).decode()
    video = f'<video src="data:video/mp4;base64,{source}" muted playsinline></video>'
    (tmp_path / "page.html").write_text(video)
    profile = tmp_path / "profile"
    profile.mkdir()
    with started(profile) as browser:
        async with opened(browser, (tmp_path / "page.html").as_uri(), "wide") as page:
            played = await page.evaluate(_PLAY)
            await picture_of(page, "clip")
    assert played["ended"]
    assert (played["width"], played["height"]) == (512, 512)
    assert abs(played["duration"] - film.seconds) < 0.05
    assert played["first"][0] > 150 > played["first"][2]  # red comes first,
    assert played["last"][2] > 150 > played["last"][0]  # blue last
    assert 0 < played["frames"] <= film.frames


_PLAY = """async () => {
  const video = document.querySelector('video');
  const corner = () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 512;
    const pen = canvas.getContext('2d');
    pen.drawImage(video, 0, 0);
    return Array.from(pen.getImageData(500, 250, 1, 1).data);
  };
  // A loaded frame isn't a shown one: before the first is shown a canvas gets black.
  const shownAt = second => new Promise(done => {
    video.requestVideoFrameCallback(() => done(corner()));
    video.currentTime = second;
  });
  await new Promise(done => video.readyState >= 2 ? done() : video.onloadeddata = done);
  const first = await shownAt(0.1);
  const decoded = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const before = decoded();
  video.playbackRate = 4;
  await video.play();
  await new Promise(done => video.ended ? done() : video.onended = done);
  const {ended, duration, videoWidth: width, videoHeight: height} = video;
  const frames = decoded() - before;
  return {ended, duration, width, height, frames, first, last: await shownAt(duration - 0.1)};
}"""
