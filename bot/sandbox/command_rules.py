"""What Discord refuses in application commands.

https://docs.discord.com/developers/interactions/application-commands
"""

import re

from bot.sandbox.components import Path
from bot.sandbox.errors import TOO_MANY_COMMANDS, ApiError, Form
from bot.sandbox.wire import Json

# .../application-commands#application-command-object-application-command-naming
NAME = re.compile(r"[-_'\w]{1,32}")  # of slash commands and options, in lower case
MENU_NAME = 32  # letters; context menus may have spaces and capitals
DESCRIPTION = 100
OPTIONS = 25
CHOICES = 25
CHOICE = 100
TOTAL = 8000  # letters of names, descriptions and values of one command
MOST = {1: 100, 2: 15, 3: 15}  # commands by type, each globally and in a guild


def check_commands(commands: list[Json], *, only_last: bool = False) -> None:
    """Raises ApiError for a set of commands; `only_last` is new, the rest known already."""
    form = Form()
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        path: Path = () if only_last else (index,)
        key = (command.get("type") or 1, str(command.get("name")))
        if key in seen:
            message = "Application command names must be unique"
            form.refuse((*path, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)
        if not only_last or index == len(commands) - 1:
            _check_command(form, path, command)
    form.raise_if_refused()
    for kind, most in MOST.items():
        if sum(1 for known, _ in seen if known == kind) > most:
            raise ApiError(TOO_MANY_COMMANDS)


def _check_command(form: Form, path: Path, command: Json) -> None:
    if (command.get("type") or 1) == 1:
        _check_name(form, path, command)
        form.between((*path, "description"), command.get("description"), 1, DESCRIPTION)
    else:
        form.between((*path, "name"), command.get("name"), 1, MENU_NAME)
        if command.get("description"):
            message = "Context menu commands cannot have description"
            code = "APPLICATION_COMMAND_INVALID_DESCRIPTION"
            form.refuse((*path, "description"), code, message)
    _check_options(form, path, command.get("options") or [])
    for texts in (command.get("name_localizations"), command.get("description_localizations")):
        for text in (texts or {}).values():
            form.longest((*path, "name_localizations"), text, DESCRIPTION)
    if _letters(command) > TOTAL:
        message = f"Command exceeds maximum size ({TOTAL})"
        form.refuse(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_name(form: Form, path: Path, named: Json) -> None:
    name = str(named.get("name"))
    if not NAME.fullmatch(name) or name != name.lower():
        message = "Command name is invalid"
        form.refuse((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", message)


def _check_options(form: Form, path: Path, options: list[Json]) -> None:
    if len(options) > OPTIONS:
        message = f"Must be {OPTIONS} or fewer in length."
        form.refuse((*path, "options"), "BASE_TYPE_MAX_LENGTH", message)
    names: set[str] = set()
    optional = False
    for index, option in enumerate(options):
        here = (*path, "options", index)
        _check_name(form, here, option)
        form.between((*here, "description"), option.get("description"), 1, DESCRIPTION)
        if option.get("name") in names:
            message = "Option name already exists in this options list"
            form.refuse((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
        names.add(str(option.get("name")))
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            form.refuse(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or (option.get("type", 3) > 2 and not option.get("required"))
        _check_choices(form, here, option)
        _check_options(form, here, option.get("options") or [])


def _check_choices(form: Form, path: Path, option: Json) -> None:
    choices = option.get("choices") or []
    if len(choices) > CHOICES:
        message = f"Must be {CHOICES} or fewer in length."
        form.refuse((*path, "choices"), "BASE_TYPE_MAX_LENGTH", message)
    if choices and option.get("autocomplete"):
        message = "Autocomplete options cannot have choices"
        form.refuse(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", message)
    for index, choice in enumerate(choices):
        form.between((*path, "choices", index, "name"), choice.get("name"), 1, CHOICE)
        form.longest((*path, "choices", index, "value"), choice.get("value"), CHOICE)


def _letters(named: Json) -> int:
    """What counts for the limit; of localisations, only the longest does."""
    total = 0
    for field in ("name", "description"):
        texts = [named.get(field), *(named.get(f"{field}_localizations") or {}).values()]
        total += max(len(text or "") for text in texts)
    total += sum(_letters(option) for option in named.get("options") or [])
    for choice in named.get("choices") or []:
        total += len(choice["name"])
        total += len(choice["value"]) if isinstance(choice["value"], str) else 0
    return total
