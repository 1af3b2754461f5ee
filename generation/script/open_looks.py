"""What a character's description leaves open, decided by lot for its portrait.

A network that is told nothing of somebody's hair draws what lies between all hair it knows, and
panels that look at a blurred portrait keep its blur. So the portrait is told what the member left
open, as the model's `portraits` file has it; panels are told the member's words alone, and see the
rest by looking. The lots come from the portrait's seed, so a sheet stays what it is.
"""

import random
import re
from dataclasses import dataclass
from functools import cache

PLAIN = "standing, full body, plain background"
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class OpenLook:
    """One thing that may be left open. `of` and `said` are regular expressions of whole words, in
    small or capital letters: a description with one of the words in `of` leaves it open unless
    there is one of `said`. `say` is what is added then, as often as `share` says; of `{a|b|c}` in
    it one is drawn by lot, the innermost first.
    """

    of: str
    said: str
    say: str
    share: float = 1.0

    def __post_init__(self) -> None:
        """Raises:
        ValueError: an expression is none, or braces don't match; the message names it.
        """
        for expression in (self.of, self.said):
            try:
                _words(expression)
            except re.error as exc:
                raise ValueError(f"{expression!r} is no regular expression: {exc}") from exc
        if set("{}") & set(_drawn(self.say, random.Random(0))):
            raise ValueError(f"braces don't match in {self.say!r}")

    def added(self, description: str, chance: random.Random) -> str:
        """The description with what it leaves open; as it is where nothing is to be added."""
        one = chance.random() < self.share
        if (
            one
            and _words(self.of).search(description)
            and not _words(self.said).search(description)
        ):
            return f"{description}, {_drawn(self.say, chance)}"
        return description


@dataclass(frozen=True, slots=True)
class Portraits:
    """How a model draws hidden sheets and portraits: what it decides by lot, in this order, so what
    was added may be the words of what follows; and the `scene` around the character."""

    scene: str = PLAIN
    open: tuple[OpenLook, ...] = ()

    def told(self, description: str, seed: int) -> str:
        """What is drawn of a character from this seed."""
        chance = random.Random(seed)
        for look in self.open:
            description = look.added(description, chance)
        return f"{description}, {self.scene}"


AS_WRITTEN = Portraits()  # nothing is decided by lot


@cache
def _words(expression: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{expression})\b", re.IGNORECASE)


def _drawn(say: str, chance: random.Random) -> str:
    """The text with one of each `{a|b|c}`, by lot."""
    while match := _BRACES.search(say):
        say = say[: match.start()] + chance.choice(match[1].split("|")) + say[match.end() :]
    return say
