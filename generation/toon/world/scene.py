"""What a drawn scene is: the truth behind a picture, as frozen values.

The world grew in two rounds. What the first knew keeps its tuples, since the reader's classes are
numbered by them; what came with the second has its own, all of them named MORE_ or after what they
add. Every field of the second has a default with which a scene is one of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["man", "woman", "boy", "girl", "cat", "dog", "rabbit", "robot"]
Skin = Literal["light", "tan", "brown", "dark"]
HairColour = Literal["black", "brown", "blond", "red", "grey", "blue", "pink"]
HairStyle = Literal["short", "long", "curly", "ponytail", "spiky", "bun"]
ShirtColour = Literal["red", "orange", "yellow", "green", "blue", "purple", "white", "black"]
FurColour = Literal["orange", "grey", "white", "black", "brown"]
FirstPlace = Literal[
    "office", "park", "beach", "street", "kitchen", "bedroom", "classroom", "forest"
]
MorePlace = Literal["desert", "mountain", "snow", "space", "castle", "bus", "shop"]
Place = Literal[FirstPlace, MorePlace]
FirstPose = Literal["standing", "walking", "sitting", "typing", "pointing", "cheering"]
MorePose = Literal["running", "reading", "eating", "sleeping", "waking", "fighting"]
Pose = Literal[FirstPose, MorePose]
Expression = Literal["neutral", "happy", "sad", "angry", "surprised"]
Extra = Literal["papers", "house", "fire"]
Beard = Literal["none", "full", "goatee", "moustache"]
Pattern = Literal["plain", "stripes", "dots", "checks"]
Prop = Literal[
    "none",
    "book",
    "newspaper",
    "cup",
    "phone",
    "umbrella",
    "flower",
    "balloon",
    "ball",
    "box",
]
Framing = Literal["medium", "close-up", "wide"]
Drawing = Literal["comic book", "line art", "film noir", "pastel", "storybook"]

KINDS: tuple[Kind, ...] = get_args(Kind)
PEOPLE: tuple[Kind, ...] = ("man", "woman", "boy", "girl")
FURRY: tuple[Kind, ...] = ("cat", "dog", "rabbit")
SKINS: tuple[Skin, ...] = get_args(Skin)
HAIR_COLOURS: tuple[HairColour, ...] = get_args(HairColour)
HAIR_STYLES: tuple[HairStyle, ...] = get_args(HairStyle)
SHIRT_COLOURS: tuple[ShirtColour, ...] = get_args(ShirtColour)
FUR_COLOURS: tuple[FurColour, ...] = get_args(FurColour)
PLACES: tuple[Place, ...] = get_args(FirstPlace)
POSES: tuple[Pose, ...] = get_args(FirstPose)
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)

MORE_PLACES: tuple[Place, ...] = get_args(MorePlace)
MORE_POSES: tuple[Pose, ...] = get_args(MorePose)
IN_BED: tuple[Pose, ...] = ("sleeping", "waking")
BEARDS: tuple[Beard, ...] = get_args(Beard)
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
PROPS: tuple[Prop, ...] = get_args(Prop)
BY_THE_FEET: tuple[Prop, ...] = ("ball", "box")  # the others are held
FRAMINGS: tuple[Framing, ...] = get_args(Framing)
DRAWINGS: tuple[Drawing, ...] = get_args(Drawing)


@dataclass(frozen=True)
class Look:
    """What stays the same about a character from panel to panel.

    People have skin, hair and a shirt (`shirt` is also the colour of a hat and of a robot's body);
    cats, dogs and rabbits have `fur`. Fields that a kind doesn't have are never drawn or said.
    """

    kind: Kind
    skin: Skin = "light"
    hair: HairColour = "brown"
    style: HairStyle = "short"
    shirt: ShirtColour = "red"
    fur: FurColour = "orange"
    glasses: bool = False
    hat: bool = False
    slogan: bool = False
    stickers: bool = False
    beard: Beard = "none"  # men have one, or none
    pattern: Pattern = "plain"  # of a person's shirt; a slogan is on plain ones

    def visible(self) -> tuple[str, ...]:
        """Names of the first round's fields that show in a picture of this kind."""
        if self.kind in FURRY:
            return ("kind", "fur", "glasses", "hat")
        if self.kind == "robot":
            return ("kind", "shirt", "glasses", "hat")
        return ("kind", "skin", "hair", "style", "shirt", "glasses", "hat", "slogan")


@dataclass(frozen=True)
class Figure:
    """A character in one panel. `facing` is -1 (toward the left edge) or 1."""

    look: Look
    pose: Pose = "standing"
    expression: Expression = "neutral"
    facing: int = 1
    prop: Prop = "none"
    """What it holds, reads, or has beside its feet."""


@dataclass(frozen=True)
class Scene:
    """One panel: figures from left to right in a place. No figures: a picture of the place."""

    place: Place
    night: bool = False
    figures: tuple[Figure, ...] = ()
    extras: frozenset[Extra] = frozenset()
    seed: int = 0
    """Decides what the truth leaves open: where the trees stand, how large the figures are."""
    framing: Framing = "medium"
    drawing: Drawing = "comic book"
