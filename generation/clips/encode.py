"""Films as files: H.264 in MP4 that starts before it is loaded, and animated WebP."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import SubtitleSet
from PIL import Image

from generation.clips.film import Film

TICKS = 1000  # of a second: the time base of subtitles
LINE_BREAK = r"\N"  # as ASS writes it, which FFmpeg's text encoders read
PRESET = "veryfast"  # x264's; for drawn pictures `medium` takes twice as long to save 0.4 %
KEYFRAME_EVERY = 4  # seconds at most: players seek to keyframes
LEAST_SIDE = 32  # pixels


@dataclass(frozen=True)
class Quality:
    """How a film is written: `scale` of its size, x264's constant rate factor (lower is better; 18
    looks like the original), every `skip`-th frame."""

    scale: float = 1.0
    crf: int = 18
    skip: int = 1


EachFrame = Callable[[], None]  # called before each frame; what it raises ends the writing


def unwatched() -> None:
    """Nobody wants to stop."""


def scaled(film: Film, scale: float) -> tuple[int, int]:
    """Width and height in pixels, even, as 4:2:0 wants them."""
    return even(film.size, scale)


def even(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """A scaled size, even, as 4:2:0 wants it."""
    width, height = (max(LEAST_SIDE, 2 * round(side * scale / 2)) for side in size)
    return width, height


def to_mp4(
    film: Film, quality: Quality, subtitles: bool = False, each_frame: EachFrame = unwatched
) -> bytes:
    """The film as H.264, 4:2:0, its index in front; the words as a text track if asked for."""
    size = scaled(film, quality.scale)

    def frames() -> Iterator[av.VideoFrame]:
        for picture in _kept(film, quality.skip, size):
            each_frame()
            yield av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]

    told = film if subtitles else None
    return written(frames(), size, Fraction(film.fps, quality.skip), quality, film.title, told)


def written(
    frames: Iterable[av.VideoFrame],
    size: tuple[int, int],
    rate: Fraction,
    quality: Quality,
    title: str,
    told: Film | None = None,
) -> bytes:
    """Frames of that size as an MP4, so many a second; with the words of a film as a text track."""
    with tempfile.TemporaryDirectory(prefix="inkthread-") as folder:
        file = Path(folder) / "clip.mp4"  # a file: FFmpeg opens it again to move the index
        with av.open(str(file), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            options = {"crf": str(quality.crf), "preset": PRESET, "tune": "animation"}
            video = container.add_stream("libx264", rate=rate, options=options)
            video.width, video.height = size
            video.pix_fmt = "yuv420p"
            video.codec_context.gop_size = max(1, round(KEYFRAME_EVERY * rate))
            words = _text_stream(container) if told is not None and told.subtitles() else None
            container.metadata.update({"title": title} if title else {})
            for frame in frames:
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            if words is not None and told is not None:
                container.mux(_text_packets(told, words))
        return file.read_bytes()


def _text_stream(container: av.container.OutputContainer) -> SubtitleStream:
    stream = container.add_stream("mov_text")
    stream.codec_context.subtitle_header = _HEADER.encode()
    stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
    return stream


def to_webp(film: Film, quality: Quality) -> bytes:
    """The film as an animated WebP that plays over and over; `crf` becomes WebP's 0 to 100."""
    size = scaled(film, quality.scale)
    pictures = list(_kept(film, quality.skip, size))
    merged: list[Image.Image] = []
    shown: list[float] = []
    for picture in pictures:  # a held picture is one long frame
        if merged and picture is merged[-1]:
            shown[-1] += 1
        else:
            merged.append(picture)
            shown.append(1)
    durations = [round(1000 * frames * quality.skip / film.fps) for frames in shown]
    buffer = BytesIO()
    merged[0].save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=merged[1:],
        duration=durations,
        loop=0,
        quality=max(5, min(95, 146 - 3 * quality.crf)),
        method=3,
    )
    return buffer.getvalue()


def _kept(film: Film, skip: int, size: tuple[int, int]) -> list[Image.Image]:
    """Every `skip`-th frame at `size`; a picture that is held is the same object."""
    kept: list[Image.Image] = []
    at = 0
    for picture, count in film.runs():
        times = len(range(-at % skip, count, skip))
        if times:
            fitting = picture.convert("RGB")
            if fitting.size != size:
                fitting = fitting.resize(size, Image.Resampling.LANCZOS)
            kept += [fitting] * times
        at += count
    return kept


def _text_packets(film: Film, stream: SubtitleStream) -> list[av.Packet[SubtitleStream]]:
    """One packet for each subtitle; the muxer fills the pauses between them."""
    packets: list[av.Packet[SubtitleStream]] = []
    for one in film.subtitles():
        line = one.words.replace("{", "(").replace("}", ")").replace("\n", LINE_BREAK)
        start, end = round(one.start * TICKS), round(one.end * TICKS)
        event = f"0,0,Default,,0,0,0,,{line}".encode()
        packet = stream.codec_context.encode_subtitle(SubtitleSet.create(event, 0, end - start))
        packet.stream, packet.time_base = stream, Fraction(1, TICKS)
        packet.pts = packet.dts = start
        packet.duration = end - start
        packets.append(packet)
    return packets


_HEADER = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
