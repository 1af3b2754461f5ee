"""The render plan: everything the studio needs to draw a story, as one frozen value.

A plan is stored with its render, so the same plan can be drawn again. It names panels by their
position in the stack that is denoised together: the story's panels in order, then hidden sheet
panels. It holds no text a member can't see again and no secret.
"""

from dataclasses import dataclass

import msgspec

from generation.script.choices import Layout
from generation.script.story import Lettering

SUBJECT_SHARE = 0.5  # a character fills about half of its panel: so much less has to be shown of it


@dataclass(frozen=True, slots=True)
class Subject:
    """A character as a panel's prompt has it.

    `words` is its part of the prompt, from which the drawing shows where it is; `strip` is where it
    is expected until then: from and to, as shares of the panel's width. `reference` is the key of a
    picture that shows it ("": there is none).
    """

    name: str
    words: str
    strip: tuple[float, float]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PlannedPanel:
    """One picture of the stack.

    `seed` decides its noise; `references` are the stack positions it looks at besides itself;
    `characters` are the names drawn in it; `number` is its place in the story from 1, or None for a
    hidden sheet panel that is drawn only to be looked at. `subjects` are its characters in the
    order in which the prompt mentions them. `start` is the key of a picture from which it is drawn
    on ("": from noise), `strength` how much of the drawing is left to do: 1 forgets that picture.
    `portrait`: its prompt is the character's looks and what lots add to them, not a scene's.
    """

    prompt: str
    negative_prompt: str
    seed: int
    references: tuple[int, ...]
    characters: tuple[str, ...]
    number: int | None
    lettering: tuple[Lettering, ...]
    alt_text: str
    subjects: tuple[Subject, ...] = ()
    start: str = ""
    strength: float = 1.0
    portrait: bool = False


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """What makes a plan a film of panels that are drawn already.

    `pictures` are their keys, in the order of the panels. `motion` names what draws the frames
    between two of them, each in `steps` steps; `frames` are those of a transition, both panels
    included. `burnt_in`: the words are drawn on the pictures, otherwise there are none. The film
    has at most `limit` bytes.
    """

    pictures: tuple[str, ...]
    motion: str
    steps: int
    frames: int
    fps: int
    burnt_in: bool
    limit: int


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """A story ready to draw. `width` and `height` are pixels of one panel, `rate` the share of a
    reference panel's tokens that is looked at, `shared_noise` the share of start noise in common,
    `micro_batch` how many panels go through the network at once. `script` is the story as it was
    written, printed, so that its words can be changed later; `strange` are the numbers of panels
    whose words the model hardly knows. With `masks` only the tokens of a
    character are looked at, and only from where the same character is drawn. `ahead`: panels that
    others look at are finished before those begin, and are looked at as they are then; otherwise
    all panels are at the same noise level at all times. `guided_looking`: guidance is away from a
    panel that looks at nobody, so it strengthens what was seen in others as it does the words.

    With `variants`, which are seeds, the stack holds the beginning of the story once for each of
    them, in parts of the same length, to be shown side by side.

    With `clip`, its panels are drawn already, and what is to be made is a film of them."""

    title: str
    model: str
    style: str
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    rate: float
    shared_noise: float
    micro_batch: int
    panels: tuple[PlannedPanel, ...]
    notes: tuple[str, ...] = ()
    credits: str = ""
    script: str = ""
    strange: tuple[int, ...] = ()
    masks: bool = False
    ahead: bool = False
    guided_looking: bool = False
    layout: Layout = Layout.PAGE
    variants: tuple[int, ...] = ()
    clip: ClipPlan | None = None

    @property
    def parts(self) -> tuple[tuple[int, tuple[PlannedPanel, ...]], ...]:
        """Panels that have a story's seed in common, with that seed: mostly one part, all of it."""
        seeds = self.variants or (self.seed,)
        each = len(self.panels) // len(seeds)
        return tuple(
            (seed, self.panels[at * each : (at + 1) * each]) for at, seed in enumerate(seeds)
        )

    @property
    def shown_rate(self) -> float:
        """The share of a panel's tokens that is shown of it; with masks, of one of its subjects."""
        return self.rate * SUBJECT_SHARE if self.masks else self.rate

    @property
    def pictures(self) -> tuple[str, ...]:
        """Keys of the pictures that have to be at hand to draw it."""
        shown = [subject.reference for panel in self.panels for subject in panel.subjects]
        begun = [panel.start for panel in self.panels]
        filmed = self.clip.pictures if self.clip else ()
        return tuple(dict.fromkeys(key for key in (*shown, *begun, *filmed) if key))

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> "RenderPlan":
        """Raises:
        msgspec.ValidationError: the text is not a plan.
        """
        return msgspec.json.decode(text, type=RenderPlan)
