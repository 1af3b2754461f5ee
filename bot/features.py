"""What the bot can do: the cogs that take members' commands, and the buttons and menus that work in
old messages and after a restart."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.characters._cog import CharacterCog
from bot.characters.changing import CHARACTER_BUTTONS
from bot.characters.gallery import LibraryPageButton
from bot.choosing._cog import SettingsCog
from bot.choosing.buttons import CHOICE_ITEMS
from bot.clips._cog import ClipCog
from bot.clips.buttons import CLIP_ITEMS
from bot.guilds._cog import GuildCog
from bot.help._cog import HelpCog
from bot.pages._cog import PagesCog
from bot.pages.buttons import ITEMS as PAGE_ITEMS
from bot.pages.sketch_buttons import SKETCH_ITEMS
from bot.rendering.buttons import AgainButton, CancelButton, RedrawButton, RetryButton
from bot.schedules._cog import ScheduleCog
from bot.stories._cog import StoryCog
from bot.stories._comic_cog import ComicCog
from bot.stories._dialog_cog import DialogCog
from bot.stories._message_cog import MessageCog
from bot.stories.buttons import DrawButton, DropDraftButton, EditButton, MendButton, NewComicButton
from bot.stories.card_buttons import CARD_BUTTONS
from bot.stories.picking import PICKERS
from bot.stories.taking_back import TakeBackButton

if TYPE_CHECKING:
    from bot.client import Inkthread

COGS: tuple[Callable[["Inkthread"], commands.Cog], ...] = (
    ComicCog,
    StoryCog,
    MessageCog,
    DialogCog,
    CharacterCog,
    PagesCog,
    ClipCog,
    ScheduleCog,
    SettingsCog,
    GuildCog,
    HelpCog,
)

ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    CancelButton,
    AgainButton,
    RedrawButton,
    EditButton,
    DrawButton,
    MendButton,
    TakeBackButton,
    RetryButton,
    LibraryPageButton,
    NewComicButton,
    DropDraftButton,
    *CLIP_ITEMS,
    *CARD_BUTTONS,
    *PICKERS,
    *CHARACTER_BUTTONS,
    *PAGE_ITEMS,
    *CHOICE_ITEMS,
    *SKETCH_ITEMS,
)
