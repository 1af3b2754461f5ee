"""The tables. Names, limits and states are enforced here, whatever the code above does.

Counts are enforced by positions: unique in their story, and within 1 and the limit. Ids are never
given twice (AUTOINCREMENT on SQLite), because buttons in old messages carry them.

Tables refer to each other by name, so all are imported together, here.
"""

from storage.tables.artifacts import ArtifactRow
from storage.tables.choices import MemberChoiceRow, StoryChoiceRow
from storage.tables.clips import ClipRow
from storage.tables.drafts import DraftRow
from storage.tables.editions import EditionRow, TakeRow
from storage.tables.guilds import GuildRow, HintRow
from storage.tables.history import StoryChangeRow
from storage.tables.library import SavedCharacterRow
from storage.tables.posts import PostRow
from storage.tables.renders import RenderedPanelRow, RenderRow
from storage.tables.schedules import OccurrenceRow, ScheduleRow
from storage.tables.sheets import IdentitySheetRow
from storage.tables.sketches import SketchRow, SpeedRow, VariationRow
from storage.tables.stories import StoryCharacterRow, StoryPanelRow, StoryRow, StoryWriterRow

__all__ = [
    "ArtifactRow",
    "ClipRow",
    "DraftRow",
    "EditionRow",
    "GuildRow",
    "HintRow",
    "IdentitySheetRow",
    "MemberChoiceRow",
    "OccurrenceRow",
    "PostRow",
    "RenderRow",
    "RenderedPanelRow",
    "SavedCharacterRow",
    "ScheduleRow",
    "SketchRow",
    "SpeedRow",
    "StoryChangeRow",
    "StoryCharacterRow",
    "StoryChoiceRow",
    "StoryPanelRow",
    "StoryRow",
    "StoryWriterRow",
    "TakeRow",
    "VariationRow",
]
