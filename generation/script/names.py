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
        """The most similar name of the cast, or None when there is none."""
        key = name_key(name)
        return max(
            self._by_key.values(),
            key=lambda known: JaroWinkler.similarity(key, name_key(known)),
            default=None,
        )
