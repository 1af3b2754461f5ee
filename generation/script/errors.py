"""Errors of stories and plans.

ScriptErrors (Exception)      everything that is wrong with a text, in line order
└── .errors: ScriptError...   frozen values, each with an English sentence as `str()`
    ├── EmptyScript           nothing was written, or no panel line
    ├── BadCharacterLine      a line of the cast is not `[Name] description`
    ├── DuplicateCharacter    a name is described twice
    ├── NameTooLong
    ├── TooManyCharacters
    ├── TooManyPanels
    ├── LineTooLong
    ├── EmptyPanel            nothing to draw before the `#`
    ├── OnlyNobody            `[NC]` and nothing else: that says what is not in the picture
    ├── UnclosedBracket       a `[` or `]` without its partner
    └── UnknownCharacter      a panel names somebody who is not in the cast
PlanError (Exception)         a size, number of steps or the like that can't be drawn
└── OldPlan                   the plan does not know its story
GraphError (Exception)        references that can't be put in a drawing order
"""

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_LETTERS = 60  # of a name or a line in a message; the rest is an ellipsis
SHOWN_NAMES, SHOWN_NAME = 6, 20  # of a cast that is listed, and letters of each


def clip(text: str, letters: int = SHOWN_LETTERS) -> str:
    """A piece of the member's own text, short enough to quote."""
    return text if len(text) <= letters else text[: letters - 1] + "…"


def listed(names: tuple[str, ...]) -> str:
    """`[Tom], [Lisa]`: the names as a line writes them, not too many."""
    shown = ", ".join(f"[{clip(name, SHOWN_NAME)}]" for name in names[:SHOWN_NAMES])
    return shown if len(names) <= SHOWN_NAMES else f"{shown}..."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptError:
    """One mistake. `line` counts from 1 within the text given, blank lines too; `box` says which
    box of a dialog that text was in ("characters" or "panels"), or None for a whole story."""

    line: int
    box: str | None = None

    @property
    def place(self) -> str:
        return f"Line {self.line}" if self.box is None else f"{self.box.title()}, line {self.line}"

    def explain(self) -> str:
        """What is wrong and what to do, without the place."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.place}: {self.explain()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyScript(ScriptError):
    def explain(self) -> str:
        return (
            "there is no panel yet. Write one line for each panel, "
            "like: [Tom] in the office #Tom writes code."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCharacterLine(ScriptError):
    text: str

    def explain(self) -> str:
        return (
            "a character is a name in brackets and then a description, "
            f'like: [Tom] a young man with glasses. This line is "{clip(self.text)}".'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateCharacter(ScriptError):
    name: str
    first_line: int

    def explain(self) -> str:
        return (
            f'"{clip(self.name)}" was already described in line {self.first_line}. '
            "Give this character another name."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTooLong(ScriptError):
    name: str
    length: int
    limit: int

    def explain(self) -> str:
        return (
            f'the name "{clip(self.name)}" has {self.length:,} letters; '
            f"at most {self.limit:,} are allowed."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyCharacters(ScriptError):
    count: int
    limit: int

    def explain(self) -> str:
        return f"the story has {self.count:,} characters; at most {self.limit:,} are allowed."


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyPanels(ScriptError):
    count: int
    limit: int

    def explain(self) -> str:
        return f"the story has {self.count:,} panels; at most {self.limit:,} are allowed."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTooLong(ScriptError):
    length: int
    limit: int

    def explain(self) -> str:
        return f"the line has {self.length:,} letters; at most {self.limit:,} are allowed."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyPanel(ScriptError):
    def explain(self) -> str:
        return "there is nothing to draw. Describe the picture before the #."


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyNobody(ScriptError):
    def explain(self) -> str:
        return (
            "[NC] says that nobody is in the picture; write what is, "
            "like: [NC] an empty street in the rain."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclosedBracket(ScriptError):
    text: str

    def explain(self) -> str:
        return f'a bracket has no partner near "{clip(self.text)}". Write names like [Tom].'


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCharacter(ScriptError):
    """`nearest` is a name of the cast that is so similar that it may be meant. Where none is,
    `cast` are all its names; none of them when nobody is described yet."""

    name: str
    nearest: str | None
    cast: tuple[str, ...] = ()

    def explain(self) -> str:
        unknown = f'there is no character "{clip(self.name)}".'
        if self.nearest is not None:
            return f"{unknown} Did you mean [{clip(self.nearest)}]?"
        if not self.cast:
            return f"{unknown} The story has no characters yet: describe this one first."
        return f"{unknown} Describe somebody new first. The story has {listed(self.cast)}."


class ScriptErrors(Exception):
    """A text is not a story. `errors` holds every mistake found, in line order, at least one."""

    def __init__(self, errors: Iterable[ScriptError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class PlanError(Exception):
    """The order can't be drawn; the message says which value and what is allowed."""


class OldPlan(PlanError):
    """The plan does not know its story: it is of an older version, or of stricter rules since."""


class GraphError(Exception):
    """The reference graph of a plan can't be drawn; the message names the panels."""
