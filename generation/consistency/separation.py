"""What subject masks are used for. All three together in every drawing; apart to be measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Separation:
    """`bank`: only a subject's own tokens are shown of it. `queries`: each place looks at its own
    subject's tokens, the background at nobody's. `within`: places that are certainly one subject's
    don't see another's in their own panel.

    A subject that is alone in its panel is told from the background only on maps of at least `lone`
    places: on coarser ones a place is a bit of both, and taking them apart costs more than it
    saves."""

    bank: bool = True
    queries: bool = True
    within: bool = True
    lone: int = 256


WHOLE = Separation()
