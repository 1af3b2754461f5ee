"""How a character's name is recognised in what members type."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from rapidfuzz.distance import OSA

from generation.script.story import Character

NOBODY = "NC"  # StoryDiffusion's word for a panel without characters
LETTERS_PER_SLIP = 6  # a name of up to five letters may hold one slip, up to eleven two, and so on
SHORTEST = 2  # letters; every other name of one letter would be one slip away
_SEVERAL = re.compile(r"\s*[,，、;；&+/]\s*|\s+and\s+", re.IGNORECASE)


def name_key(name: str) -> str:
    """Two spellings of one name have one key: case, width, spaces and invisible marks (byte order
    marks, zero-width spaces and directions that come along with pasted text) don't count."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return unicodedata.normalize("NFKC", " ".join(folded.split()))


NOBODY_KEY = name_key(NOBODY)


def slips(typed: str, known: str) -> int:
    """Letters that are missing, too many or others; two neighbours that changed places are one slip
    (optimal string alignment distance)."""
    return OSA.distance(typed, known)


def is_near(typed: str, known: str) -> bool:
    """Whether one key may be a slip of the other, or its beginning ("Rob" for "Robert")."""
    shorter, longer = sorted((typed, known), key=len)
    if len(shorter) < SHORTEST:
        return False
    allowed = 1 + len(longer) // LETTERS_PER_SLIP
    return longer.startswith(shorter) or slips(typed, known) <= allowed


@dataclass(frozen=True)
class Cast:
    """The characters of a story, to look names up in."""

    characters: Sequence[Character]

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        return MappingProxyType({name_key(one.name): one.name for one in self.characters})

    def find(self, name: str) -> str | None:
        """The name as the cast spells it, `NC` for nobody, or None."""
        key = name_key(name)
        return NOBODY if key == NOBODY_KEY else self._by_key.get(key)

    def find_several(self, names: str) -> tuple[str, ...] | None:
        """The names of `Tom, Lisa` or `Tom and Lisa`, if the cast has them all."""
        found = [self.find(part) for part in _SEVERAL.split(names)]
        return tuple(name for name in found if name) if all(found) else None

    def nearest(self, name: str) -> str | None:
        """The name of the cast that is fewest slips away, or None when none is near."""
        key = name_key(name)
        near = [
            (slips(key, other), known)
            for other, known in self._by_key.items()
            if is_near(key, other)
        ]
        return min(near, key=lambda one: one[0])[1] if near else None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_key.values())
