"""The words of the second round. They have a module of their own, since the embedded model knows
every word of `words`, and doesn't know these until it is trained on them.
"""

from __future__ import annotations

from generation.toon.world.scene import (
    Beard,
    Drawing,
    Framing,
    Kind,
    Pattern,
    Place,
    Pose,
    Prop,
)

THEM: dict[Kind, str] = {  # whom somebody chases
    "man": "him",
    "woman": "her",
    "boy": "him",
    "girl": "her",
    "cat": "it",
    "dog": "it",
    "rabbit": "it",
    "robot": "it",
}
BEARD_WORDS: dict[Beard, tuple[str, ...]] = {
    "full": ("with a beard", "with a full beard", "with a thick beard"),
    "goatee": ("with a goatee", "with a small chin beard"),
    "moustache": ("with a moustache", "with a mustache"),
}
PATTERN_WORDS: dict[Pattern, tuple[str, ...]] = {
    "stripes": ("striped", "stripy"),
    "dots": ("dotted", "polka dot", "spotted"),
    "checks": ("checked", "checkered", "plaid"),
}
MORE_POSE_WORDS: dict[Pose, tuple[str, ...]] = {
    "running": (
        "running",
        "runs",
        "running fast",
        "running away",
        "sprinting",
        "jogging",
        "in a hurry",
    ),
    "reading": ("reading", "reads", "busy reading"),
    "eating": (
        "eating",
        "have lunch",
        "having lunch",
        "eating a burger",
        "having dinner",
        "eats a burger",
        "at the table with a burger",
        "enjoying a meal",
    ),
    "sleeping": (
        "sleeping",
        "asleep",
        "sleeping in the bed",
        "sleeps in bed",
        "fast asleep",
        "snoring",
        "taking a nap",
        "dreaming in bed",
    ),
    "waking": (
        "waking up",
        "wake up in the bed",
        "wakes up",
        "waking up in bed",
        "getting up",
        "stretching in bed",
        "awake in the bed",
    ),
    "fighting": ("fighting", "in a fight", "fighting in a cloud of papers", "in a brawl"),
}
READING_WORDS: dict[Prop, tuple[str, ...]] = {
    "book": ("reading a book", "reads a book", "with an open book", "lost in a book"),
    "newspaper": (
        "reading newspaper",
        "reading the newspaper",
        "reads a newspaper",
        "behind a newspaper",
    ),
}
FIGHT_WORDS = (
    "fighting",
    "fight",
    "fighting in a cloud of papers",
    "fighting in a cloud of dust",
    "in a wild fight, papers flying",
    "start fighting",
    "brawling",
    "in a brawl",
)
DEBATE_WORDS = (  # of those who point at each other: nobody fights there
    "argue",
    "arguing",
    "are arguing",
    "quarrel",
    "are having an argument",
    "disagree",
    "in a vigorous debate",
    "having a heated debate",
    "debating",
)
PROP_WORDS: dict[Prop, tuple[str, ...]] = {
    "book": ("with a book", "holding a book", "carrying a book"),
    "newspaper": ("with a newspaper", "holding a newspaper"),
    "cup": ("with a cup of coffee", "holding a cup", "drinking coffee", "with a mug", "having tea"),
    "phone": ("with a phone", "holding a phone", "with {his} smartphone", "using a mobile phone"),
    "umbrella": ("with an umbrella", "holding an umbrella", "under an umbrella"),
    "flower": ("with a flower", "holding a flower", "with a pink flower"),
    "balloon": ("with a balloon", "holding a balloon", "with a red balloon"),
    "ball": ("with a ball", "next to a ball", "playing with a ball"),
    "box": ("with a box", "next to a box", "beside a cardboard box"),
}
MORE_PLACE_WORDS: dict[Place, tuple[str, ...]] = {
    "office": ("at the desk",),
    "desert": ("in the desert", "in a desert", "among the cacti", "on the hot sand"),
    "mountain": (
        "in the mountains",
        "on a mountain",
        "in front of the mountains",
        "high in the mountains",
    ),
    "snow": ("in the snow", "in the snowy field", "in winter", "next to a snowman"),
    "space": ("in space", "on the moon", "in outer space", "among the stars", "on another planet"),
    "castle": (
        "at the castle",
        "in front of a castle",
        "near the castle",
        "by the castle",
        "outside the palace",
    ),
    "bus": ("on the bus", "in a bus", "in the bus", "riding the bus"),
    "shop": (
        "in the shop",
        "in a shop",
        "at the store",
        "in the supermarket",
        "shopping at the grocery store",
    ),
}
FIRE_WORDS = ("near a fire", "by the fire", "next to a campfire", "around a campfire", "a campfire")
FRAMING_WORDS: dict[Framing, tuple[str, ...]] = {
    "medium": ("medium shot", "full body", "full body shot"),
    "close-up": ("close-up", "close up", "close-up shot", "portrait", "head and shoulders"),
    "wide": ("wide shot", "long shot", "seen from afar", "wide angle", "far away"),
}
FRAMED_WORDS: dict[Framing, tuple[str, ...]] = {  # before what is seen
    "medium": ("medium shot of", "full body shot of"),
    "close-up": ("close-up of", "close up of", "a portrait of", "close-up portrait of"),
    "wide": ("wide shot of", "a long shot of", "a wide view of", "distant view of"),
}
DRAWING_WORDS: dict[Drawing, tuple[str, ...]] = {
    "comic book": ("comic book style", "comic book", "comic style", "comic book panel", "cartoon"),
    "line art": (
        "line art",
        "black and white line art",
        "simple line art",
        "line drawing",
        "ink drawing",
        "black lines on white",
    ),
    "film noir": (
        "film noir",
        "film noir style",
        "noir",
        "black and white film noir",
        "dark film noir scene",
    ),
    "pastel": (
        "pastel",
        "pastel style",
        "soft pastel colors",
        "pastel drawing",
        "pale pastel colours",
    ),
    "storybook": (
        "storybook",
        "storybook illustration",
        "storybook style",
        "children's book illustration",
        "watercolor",
        "watercolour storybook",
    ),
}
QUALITY_WORDS = ("high quality", "detailed", "masterpiece", "best quality")
EMPTY_WORDS = ("no people", "nobody", "empty", "landscape")
