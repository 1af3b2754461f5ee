"""Story text to `StoryScript`.

The format is StoryDiffusion's. Characters, one a line: `[Tom] A young programmer wearing glasses`;
then an empty line; then panels, one a line: `[Tom] in the office, typing #Tom is writing code.`
Text before the first `#` is drawn, text after it is lettered (`letter.py`). `[NC]` anywhere in
the line means that nobody is in the picture.

What comes out is in one canonical form: single spaces, NFC, ASCII brackets, names as the cast
spells them. It prints back to a text that parses to the same script. Every mistake of a text is
reported at once. Time grows with the length of the text, and no more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generation.script.errors import (
    BadCharacterLine,
    DuplicateCharacter,
    EmptyPanel,
    EmptyScript,
    LineTooLong,
    NameTooLong,
    OnlyNobody,
    ScriptError,
    ScriptErrors,
    TooManyCharacters,
    TooManyPanels,
    UnclosedBracket,
    UnknownCharacter,
)
from generation.script.letter import take_apart
from generation.script.lines import CHARACTER_LINE, HASHES, TOKEN, Line, blocks, clean, halves
from generation.script.names import NOBODY, NOBODY_KEY, Cast, name_key
from generation.script.story import Character, Panel, StoryScript

_NOBODY_MARK = re.compile(r"[\[［]\s*(?:nc|ｎｃ)\s*[\]］]", re.IGNORECASE)
_KEYCAP_MARKS = "\ufe0e\ufe0f\u20e3 "  # would turn the `#` before a caption into an emoji
_SAYS_NOTHING = " .,;:!?-…。，、！？"
HOPELESS = 4  # times the limit: so long a line isn't read at all


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a story may hold. `letters` counts a whole line in its canonical form."""

    characters: int = 12
    panels: int = 60
    letters: int = 1000
    name: int = 80


DEFAULT_LIMITS = Limits()


def parse_script(text: str, limits: Limits = DEFAULT_LIMITS) -> StoryScript:
    """A whole story: character lines, an empty line, panel lines.

    Without an empty line the cast ends where a line has a `#`, has no name in front, or names
    somebody who was already described. A story without characters is panels only.

    Raises:
        ScriptErrors: with every mistake in the text.
    """
    cast, panels = halves(text, HOPELESS * limits.letters)
    return _parse(cast, panels, limits, boxes=(None, None))


def parse_parts(characters: str, panels: str, limits: Limits = DEFAULT_LIMITS) -> StoryScript:
    """A story from the two boxes of a dialog; empty lines don't count.

    Raises:
        ScriptErrors: with every mistake in both boxes; each error says its box.
    """
    cast, scenes = (
        [line for block in blocks(text) for line in block] for text in (characters, panels)
    )
    return _parse(cast, scenes, limits, boxes=("characters", "panels"))


def parse_character(line: str, line_number: int = 1, limits: Limits = DEFAULT_LIMITS) -> Character:
    """One character line.

    Raises:
        ScriptErrors: the line is no character.
    """
    found = _character(Line(line_number, line.strip()), limits)
    if isinstance(found, ScriptError):
        raise ScriptErrors([found])
    return found


def parse_panel(
    line: str,
    characters: Sequence[Character],
    line_number: int = 1,
    limits: Limits = DEFAULT_LIMITS,
) -> Panel:
    """One panel line of a story with these characters. Line ends inside it become spaces.

    Raises:
        ScriptErrors: with every mistake in the line.
    """
    found = _panel(Line(line_number, line.strip()), Cast(tuple(characters)), limits)
    if isinstance(found, list):
        raise ScriptErrors(found)
    return found


def _parse(
    cast_lines: list[Line],
    panel_lines: list[Line],
    limits: Limits,
    boxes: tuple[str | None, str | None],
) -> StoryScript:
    cast_box, panel_box = boxes
    characters, errors = _characters(cast_lines, limits)
    errors = [replace(error, box=cast_box) for error in errors]
    panels, wrong = _panels(panel_lines, Cast(characters), limits)
    errors += [replace(error, box=panel_box) for error in wrong]
    if not panel_lines:
        last = cast_lines[-1].number if cast_lines and panel_box is None else 1
        errors.append(EmptyScript(line=last, box=panel_box))
    if errors:
        raise ScriptErrors(errors)
    return StoryScript(tuple(characters), tuple(panels))


def _characters(lines: list[Line], limits: Limits) -> tuple[list[Character], list[ScriptError]]:
    errors: list[ScriptError] = []
    found: dict[str, tuple[Character, int]] = {}
    for line in lines[: limits.characters]:
        character = _character(line, limits)
        if isinstance(character, ScriptError):
            errors.append(character)
            continue
        name = character.name
        first = found.setdefault(name_key(name), (character, line.number))
        if first[1] != line.number:
            errors.append(DuplicateCharacter(line=line.number, name=name, first_line=first[1]))
    if len(lines) > limits.characters:
        number = lines[limits.characters].number
        errors.append(TooManyCharacters(line=number, count=len(lines), limit=limits.characters))
    return [character for character, _ in found.values()], errors


def _panels(lines: list[Line], cast: Cast, limits: Limits) -> tuple[list[Panel], list[ScriptError]]:
    panels: list[Panel] = []
    errors: list[ScriptError] = []
    for line in lines[: limits.panels]:
        found = _panel(line, cast, limits)
        if isinstance(found, Panel):
            panels.append(found)
        else:
            errors += found
    if len(lines) > limits.panels:
        number = lines[limits.panels].number
        errors.append(TooManyPanels(line=number, count=len(lines), limit=limits.panels))
    return panels, errors


def _character(line: Line, limits: Limits) -> Character | ScriptError:
    if len(line.text) > HOPELESS * limits.letters:
        return LineTooLong(line=line.number, length=len(line.text), limit=limits.letters)
    text = clean(line.text)
    match = CHARACTER_LINE.match(text)
    if not match:
        return BadCharacterLine(line=line.number, text=text)
    name, description = match[1].strip(), match[2].strip()
    if not description or name_key(name) in ("", NOBODY_KEY):
        return BadCharacterLine(line=line.number, text=text)
    if len(name) > limits.name:
        return NameTooLong(line=line.number, name=name, length=len(name), limit=limits.name)
    length = len(f"[{name}] {description}")
    if length > limits.letters:
        return LineTooLong(line=line.number, length=length, limit=limits.letters)
    return Character(name, description)


def _panel(line: Line, cast: Cast, limits: Limits) -> Panel | list[ScriptError]:
    if len(line.text) > HOPELESS * limits.letters:
        return [LineTooLong(line=line.number, length=len(line.text), limit=limits.letters)]
    text = clean(line.text)
    scene, caption, names, errors = _scene(line.number, text, cast)
    if not errors and not scene:
        errors.append(EmptyPanel(line=line.number))
    if not errors and _is_only_nobody(scene):
        errors.append(OnlyNobody(line=line.number))
    length = len(f"{scene} #{caption}" if caption else scene)
    if length > limits.letters:
        errors.append(LineTooLong(line=line.number, length=length, limit=limits.letters))
    return errors or Panel(scene, caption, names, take_apart(caption, cast))


def _scene(
    number: int, text: str, cast: Cast
) -> tuple[str, str, tuple[str, ...], list[ScriptError]]:
    """Scene and caption in canonical form, the names in the scene, and what is wrong with them."""
    pieces: list[str] = []
    names: list[str] = []
    errors: list[ScriptError] = []
    caption = ""
    end = 0
    for match in TOKEN.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        if match[0] in HASHES:
            caption, end = text[end:], len(text)
            break
        if match[1] is None:
            errors.append(UnclosedBracket(line=number, text=text[match.start() :]))
            continue
        found = _lookup(match[1], cast)
        names += found
        pieces.append(" and ".join(f"[{name}]" for name in found))
        if not found:
            errors.append(_unknown(number, match[1], cast))
    pieces.append(text[end:])
    scene = " ".join("".join(pieces).split())
    scene, caption = _move_nobody(scene, caption)
    nobody = f"[{NOBODY}]" in scene
    return scene, caption, () if nobody else tuple(dict.fromkeys(names)), _unique(errors)


def _is_only_nobody(scene: str) -> bool:
    mark = f"[{NOBODY}]"
    return mark in scene and not scene.replace(mark, "").strip(_SAYS_NOTHING)


def _unknown(number: int, name: str, cast: Cast) -> UnknownCharacter:
    nearest = cast.nearest(name)
    names = cast.names if nearest is None else ()
    return UnknownCharacter(line=number, name=name.strip(), nearest=nearest, cast=names)


def _lookup(name: str, cast: Cast) -> tuple[str, ...]:
    found = cast.find(name)
    return (found,) if found else cast.find_several(name) or ()


def _move_nobody(scene: str, caption: str) -> tuple[str, str]:
    """`[NC]` counts anywhere in the line; it is never lettered, so it moves to the scene."""
    lettered = _NOBODY_MARK.sub(" ", caption)
    if lettered != caption and f"[{NOBODY}]" not in scene:
        scene = f"[{NOBODY}] {scene}".strip()
    return scene, " ".join(lettered.split()).lstrip(_KEYCAP_MARKS)


def _unique(errors: list[ScriptError]) -> list[ScriptError]:
    return list(dict.fromkeys(errors))
