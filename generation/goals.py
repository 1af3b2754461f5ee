"""A goal and what was measured, as a line with a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """`found` should be at most `most`; nan is what could not be measured."""

    about: str
    found: float
    most: float

    @property
    def reached(self) -> bool:
        return self.found <= self.most

    def __str__(self) -> str:
        if self.found != self.found:
            return f"not measured: {self.about}"
        verdict = "reached" if self.reached else "MISSED"
        return f"{verdict}: {self.about}: {self.found:.3f}, goal: at most {self.most:.3g}"
