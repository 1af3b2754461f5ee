"""What the network is told: prompts, negative prompts and seeds of panels. And alt texts."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from generation.script.catalogue import Model, Style
from generation.script.names import NOBODY
from generation.script.story import Character, Lettering, Panel

PEOPLE = "people, person, man, woman, child, face, crowd"  # not wanted in `[NC]` panels
_NAME = re.compile(r"\[([^\[\]]*)\]")
_ARTICLE = re.compile(r"^(?:An?|The) ")
_NAME_AND_SENTENCE = re.compile(r"^\[([^\[\]]*)\] (?=[A-Z][a-z]+ )")
_CLOSED = re.compile(r"\s*(?:$|[^\w\s]|(?:and|or|with|und|et|y)\b)", re.IGNORECASE)


def panel_prompt(panel: Panel, descriptions: Mapping[str, str], style: Style) -> str:
    """The scene with each name replaced by what that character looks like, in the style's words.

    A name that comes again in the same scene is drawn once: the second time it stays a name.
    """
    return in_style(style, draw_names(panel, descriptions))


def draw_names(panel: Panel, descriptions: Mapping[str, str]) -> str:
    """The scene in the words of the picture alone, without style."""
    if is_empty_of_people(panel):
        return f"{plain(panel.scene) or 'scenery'}, no people"
    all_looks = drawn_looks(panel, descriptions)
    said: set[str] = set()
    pieces: list[str] = []
    end = 0
    for match in _NAME.finditer(panel.scene):
        name = match[1]
        looks = name if name in said else all_looks[name]
        said.add(name)
        following = panel.scene[match.end() :]
        comma = "" if looks == name or _CLOSED.match(following) else ","
        space = "" if following[:1].isspace() or not comma else " "
        pieces += [panel.scene[end : match.start()], looks, comma, space]
        end = match.end()
    return "".join([*pieces, panel.scene[end:]]).strip()


def drawn_looks(panel: Panel, descriptions: Mapping[str, str]) -> dict[str, str]:
    """The words that the prompt has for each name of the scene, in the order of first mention."""
    found: dict[str, str] = {}
    for match in _NAME.finditer(panel.scene):
        looks = looks_like(descriptions.get(match[1], match[1]))
        if panel.scene[: match.start()].strip():  # in the middle of a sentence
            looks = _ARTICLE.sub(lambda article: article[0].lower(), looks)
        found.setdefault(match[1], looks)
    return found


def looks_like(description: str) -> str:
    """A description as part of a sentence: without brackets and without its full stop."""
    return plain(description).rstrip(".。!！;； ") or plain(description)


def sheet_prompt(character: Character, model: Model, style: Style, lots: int) -> str:
    """A hidden panel that shows nothing but the character; `lots` decide what its description
    leaves open, unless the model sees a picture of it."""
    portraits = model.portraits
    if model.sees_references and character.reference:
        portraits = portraits.as_written()
    return in_style(style, portraits.told(looks_like(character.description), lots))


def negative_prompt(panel: Panel | None, style: Style) -> str:
    wanted_away = [style.negative] if style.negative else []
    if panel is not None and is_empty_of_people(panel):
        wanted_away.append(PEOPLE)
    return ", ".join(wanted_away)


def in_style(style: Style, scene: str) -> str:
    """Braces in `scene` mean nothing: the template is split, never formatted."""
    before, _, after = style.positive.partition("{scene}")
    return f"{before}{scene}{after}"


def is_empty_of_people(panel: Panel) -> bool:
    return f"[{NOBODY}]" in panel.scene


def plain(text: str) -> str:
    """Text without `[NC]` and without the brackets around names."""
    return " ".join(_NAME.sub(r"\1", text.replace(f"[{NOBODY}]", " ")).split())


def panel_seed(story_seed: int, kind: str, *key: object) -> int:
    """The noise of a panel: 63 bits, from a hash of what the panel is.

    Counter-based, so a panel's seed doesn't depend on how many others there are. The kinds are
    "panel" (key: number in the story) and "sheet" (key: character's name, number of the sheet).
    """
    text = "/".join(["inkthread", str(story_seed), kind, *(str(part) for part in key)])
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> 1


def alt_text(panel: Panel) -> str:
    """What a member hears who can't see the picture: the scene, then what is lettered on it."""
    scene = plain(_NAME_AND_SENTENCE.sub(r"\1: ", panel.scene))
    return " ".join([_sentence(scene), *_spoken(panel.lettering)])


def _spoken(lettering: Sequence[Lettering]) -> list[str]:
    return [
        f"Caption: {_sentence(piece.text)}"
        if piece.speaker is None
        else f"{piece.speaker} says: “{piece.text}”"
        for piece in lettering
    ]


def _sentence(text: str) -> str:
    whole = text[:1].upper() + text[1:]
    return whole if whole[-1:] in ".!?…。！？\"”'" else f"{whole}."
