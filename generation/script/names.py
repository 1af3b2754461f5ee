"""How a character's name is recognised in what members type."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from rapidfuzz.distance import JaroWinkler

from generation.script.story import Character

NOBODY = "NC"  # StoryDiffusion's word for a panel without characters
# Jaro-Winkler similarity from which a name may be a slip of another: one letter of two or three is
# wrong ("Tim" for "Tom": 0.78, "小名" for "小明": 0.67), but not two of three ("Bob", "Tom": 0.56).
NEAR = 0.66
_SEVERAL = re.compile(r"\s*[,，、;；&+/]\s*|\s+and\s+", re.IGNORECASE)


def name_key(name: str) -> str:
    """Two spellings of one name have one key: case, width, spaces and invisible marks (byte order
    marks, zero-width spaces and directions that come along with pasted text) don't count."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return unicodedata.normalize("NFKC", " ".join(folded.split()))


NOBODY_KEY = name_key(NOBODY)


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
        """The most similar name of the cast, or None when none is similar."""
        key = name_key(name)
        found = [
            (JaroWinkler.similarity(key, other), known) for other, known in self._by_key.items()
        ]
        likeness, known = max(found, key=lambda one: one[0], default=(0.0, None))
        return known if likeness >= NEAR else None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_key.values())
