"""Which panels are in words that a model was never taught, so that the reply can say so."""

import re
from collections.abc import Mapping

from generation.script.prompts import draw_names, plain
from generation.script.story import Panel, StoryScript

ENOUGH = 0.5  # share of a panel's words that a model should know
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = {  # words that nothing can be drawn of
    *("a", "an", "the", "and", "or", "but", "not", "no", "is", "are", "was", "be", "s", "t"),
    *("of", "in", "on", "at", "to", "by", "for", "from", "with", "into", "over", "under", "as"),
    *("it", "its", "his", "her", "their", "he", "she", "they", "them", "him", "this", "that"),
}


def strange_panels(script: StoryScript, vocabulary: frozenset[str]) -> tuple[int, ...]:
    """Numbers (from 1) of panels of whose words the model knows less than ENOUGH.

    Small words don't count. None where the model has no vocabulary: a large one's can't be listed.
    """
    if not vocabulary:
        return ()
    looks = {one.name: one.description for one in script.characters}
    return tuple(
        number
        for number, panel in enumerate(script.panels, start=1)
        if _known_share(panel, looks, vocabulary) < ENOUGH
    )


def words_of(text: str) -> list[str]:
    """Words in small letters; a run of Chinese letters counts as one."""
    return _WORD.findall(text.lower())


def _known_share(panel: Panel, looks: Mapping[str, str], vocabulary: frozenset[str]) -> float:
    text = draw_names(panel, looks) if panel.names else plain(panel.scene)
    words = [word for word in words_of(text) if word not in _SMALL]
    return sum(word in vocabulary for word in words) / len(words) if words else 1.0
