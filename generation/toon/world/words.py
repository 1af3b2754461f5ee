"""The words that captions use for each part of the truth.

The first entries are the plainest. `{his}` becomes the figure's pronoun.
"""

from __future__ import annotations

from generation.toon.world.scene import (
    Expression,
    Extra,
    HairStyle,
    Kind,
    Place,
    Pose,
    Skin,
)

KIND_WORDS: dict[Kind, tuple[str, ...]] = {
    "man": ("man", "young man", "guy", "male programmer", "gentleman", "male developer", "father"),
    "woman": ("woman", "young woman", "lady", "female developer", "female programmer", "mother"),
    "boy": ("boy", "little boy", "schoolboy", "young boy"),
    "girl": ("girl", "little girl", "schoolgirl", "young girl"),
    "cat": ("cat", "kitten", "kitty", "cute cat"),
    "dog": ("dog", "puppy", "hound", "cute dog"),
    "rabbit": ("rabbit", "bunny", "hare"),
    "robot": ("robot", "android", "machine"),
}
ADULT_WORDS = (  # say nothing about man or woman
    "programmer",
    "young programmer",
    "developer",
    "coder",
    "person",
    "teacher",
    "engineer",
    "scientist",
    "student",
    "office worker",
    "doctor",
    "hacker",
    "boss",
)
CHILD_WORDS = ("child", "kid", "little child")
ANIMAL_WORDS = ("animal", "pet", "cute animal")

PRONOUNS: dict[Kind, str] = {
    "man": "his",
    "woman": "her",
    "boy": "his",
    "girl": "her",
    "cat": "its",
    "dog": "its",
    "rabbit": "its",
    "robot": "its",
}
SKIN_WORDS: dict[Skin, tuple[str, ...]] = {
    "light": ("light skin", "pale skin", "fair skin"),
    "tan": ("tan skin", "tanned skin"),
    "brown": ("brown skin",),
    "dark": ("dark skin", "black skin"),
}
STYLE_WORDS: dict[HairStyle, tuple[str, ...]] = {
    "short": ("short {} hair",),
    "long": ("long {} hair",),
    "curly": ("curly {} hair", "frizzy {} hair"),
    "ponytail": ("a {} ponytail", "{} hair in a ponytail"),
    "spiky": ("spiky {} hair", "wild {} hair"),
    "bun": ("{} hair in a bun", "a {} bun"),
}
COLOUR_SYNONYMS: dict[str, tuple[str, ...]] = {
    "blond": ("blond", "blonde"),
    "grey": ("grey", "gray"),
    "red": ("red",),
    "orange": ("orange",),
}
SHIRT_NOUNS = ("shirt", "t-shirt", "sweater", "jacket", "hoodie", "top")
GLASSES_WORDS = ("glasses", "spectacles", "round glasses")
HAT_WORDS = ("a cap", "a hat", "a baseball cap")
SLOGAN_WORDS = (
    "with a t-shirt featuring programming slogans",
    "with a slogan on {his} shirt",
    "with text on {his} t-shirt",
)
STICKER_WORDS = (
    "{his} laptop covered in stickers with tech logos",
    "{his} laptop covered in stickers",
    "with stickers on {his} laptop",
)
POSE_WORDS: dict[Pose, tuple[str, ...]] = {
    "standing": ("standing", "stands there", "standing still", "waiting", "posing"),
    "walking": ("walking", "walks", "taking a walk", "strolling", "goes for a walk", "running"),
    "sitting": (
        "sitting",
        "sits",
        "sitting on a chair",
        "sitting alone",
        "sits down",
        "sitting on a bench",
        "resting",
    ),
    "typing": (
        "typing on {his} keyboard",
        "typing on a laptop",
        "typing",
        "working on a laptop",
        "writing code",
        "checking code on {his} laptop",
        "at the computer",
        "working at {his} computer",
        "using a laptop",
        "programming",
    ),
    "pointing": (
        "pointing",
        "points at something",
        "arguing",
        "pointing a finger",
        "accusing",
        "explaining something",
    ),
    "cheering": (
        "cheering",
        "celebrating",
        "with arms raised",
        "jumping for joy",
        "cheers",
        "hands up",
        "waving both arms",
    ),
}
EXPRESSION_WORDS: dict[Expression, tuple[str, ...]] = {
    "neutral": ("calm", "serious", "with a neutral face", "looking calm"),
    "happy": (
        "happy",
        "smiling",
        "with a big smile",
        "laughing",
        "looking happy",
        "very happy",
        "cheerful",
    ),
    "sad": ("sad", "crying", "in tears", "looking sad", "very sad", "unhappy", "disappointed"),
    "angry": (
        "angry",
        "frustrated",
        "looking angry",
        "furious",
        "looking frustrated",
        "very angry",
        "annoyed",
        "shouting",
    ),
    "surprised": (
        "surprised",
        "shocked",
        "very frightened, open mouth",
        "scared",
        "frightened",
        "looking surprised",
        "amazed",
        "with open mouth",
        "afraid",
    ),
}
PLACE_WORDS: dict[Place, tuple[str, ...]] = {
    "office": (
        "in the office",
        "at the office",
        "in an office",
        "in the same office",
        "at work",
        "in the company",
    ),
    "park": ("in the park", "at the park", "in a park", "in the garden", "on the grass"),
    "beach": ("on the beach", "at the beach", "by the sea", "at the seaside", "on the island"),
    "street": (
        "on the street",
        "in the street",
        "in the city",
        "in the town",
        "on the road",
        "downtown",
    ),
    "kitchen": ("in the kitchen", "in a kitchen", "cooking in the kitchen", "at the fridge"),
    "bedroom": (
        "in the bedroom",
        "in a bedroom",
        "in the bed room",
        "by the bed",
        "at home",
        "near the bed",
    ),
    "classroom": (
        "in the classroom",
        "in a classroom",
        "at school",
        "in class",
        "at the blackboard",
    ),
    "forest": ("in the forest", "in a forest", "in the woods", "in the jungle", "among the trees"),
}
NIGHT_WORDS = ("at night", "late at night", "in the evening", "under the moon", "in the dark")
DAY_WORDS = ("by day", "on a sunny day", "in the morning", "in daylight", "in the afternoon")
EXTRA_WORDS: dict[Extra, tuple[str, ...]] = {
    "papers": (
        "papers and notebooks flying everywhere",
        "papers flying everywhere",
        "paper everywhere",
        "papers in the air",
    ),
    "house": ("a house", "a small house", "a little house"),
}
QUARREL_WORDS = (
    "argue",
    "arguing",
    "are arguing",
    "start fighting",
    "fighting",
    "fight",
    "quarrel",
    "are having an argument",
    "shout at each other",
    "disagree",
)
PREFIXES = (
    "comic book style",
    "comic book",
    "comic style",
    "comic book panel",
    "cartoon",
    "comic book illustration, bold outlines",
    "graphic illustration, comic art",
)
SUFFIXES = (
    "bold outlines, flat colors",
    "graphic illustration",
    "vivid colors",
    "high quality",
    "detailed",
    "clean line art, flat colours",
    "masterpiece",
    "best quality",
)
ASIDES = (  # say nothing that can be seen
    "suddenly",
    "again",
    "for the first time",
    "thinking about tomorrow",
    "the next day",
    "with a new idea",
    "after lunch",
    "once upon a time",
    "telling a story",
    "looking around",
    "it is a long day",
    "listening to music",
    "full of hope",
    "as always",
    "together",
    "wondering what to do",
    "ready for an adventure",
    "who loves science",
    "from berlin",
)
