"""What Discord refuses in components, of messages and of modals.

https://docs.discord.com/developers/components/reference, but for limits with their own source.
"""

from bot.sandbox.components import (
    ACTION_ROW,
    BUTTON,
    CONTAINER,
    FILE,
    FILE_UPLOAD,
    LABEL,
    MEDIA_GALLERY,
    SECTION,
    SELECTS,
    SEPARATOR,
    TEXT_DISPLAY,
    TEXT_INPUT,
    THUMBNAIL,
    Path,
    text_of,
    walk,
)
from bot.sandbox.errors import Form
from bot.sandbox.wire import Json

ROWS = 5  # action rows of a message without components v2
COMPONENTS = 40  # in a components v2 message, nested ones included
TEXT = 4000  # letters of all text displays; https://github.com/discord/discord-api-docs/pull/8562
CUSTOM_ID = 100
IN_ROW = 5  # buttons; a select fills a row alone
BUTTON_LABEL = 80
BUTTON_URL = 512
GALLERY = 10
ALT_TEXT = 1024
SECTION_TEXTS = 3
OPTIONS = 25
OPTION = 100  # letters of an option's label, value or description
PLACEHOLDER = 150  # of a select
FILES = 10  # a file upload takes

# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
MODAL_TITLE = 45
MODAL_COMPONENTS = 5
LABEL_TEXT = 45
LABEL_DESCRIPTION = 100
INPUT_TEXT = 4000
INPUT_PLACEHOLDER = 100

V2_ONLY = (SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER)
TOP_V2 = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
CHECKS = (21, 22, 23)  # radio group, checkbox group, checkbox
IN_LABEL = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, *CHECKS)
IN_MODAL = (ACTION_ROW, TEXT_DISPLAY, LABEL)


def check_components(form: Form, components: list[Json], *, v2: bool) -> None:
    """Adds to the form what is wrong with a message's components."""
    _allow(form, components, ("components",), TOP_V2 if v2 else (ACTION_ROW,))
    if not v2 and len(components) > ROWS:
        form.refuse(("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS}.")
    for path, component in walk(components):
        if v2 or component.get("type") not in V2_ONLY:
            _check(form, path, component)
    _check_custom_ids(form, components)
    if v2 and sum(1 for _ in walk(components)) > COMPONENTS:
        message = f"Total number of components cannot exceed {COMPONENTS}"
        form.refuse(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    if v2 and len(text_of(components)) > TEXT:
        message = f"Components displayable text size exceeds maximum size of {TEXT}"
        form.refuse(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def check_modal(data: Json) -> None:
    """Raises ApiError for a dialog that Discord refuses."""
    form = Form()
    form.between(("data", "custom_id"), data.get("custom_id"), 1, CUSTOM_ID)
    form.between(("data", "title"), data.get("title"), 1, MODAL_TITLE)
    form.between(("data", "components"), data.get("components"), 1, MODAL_COMPONENTS)
    components = data.get("components") or []
    _allow(form, components, ("data", "components"), IN_MODAL)
    for path, component in walk(components, ("data", "components")):
        _check(form, path, component, modal=True)
    _check_custom_ids(form, components, ("data", "components"))
    form.raise_if_refused()


def _allow(form: Form, components: list[Json], path: Path, types: tuple[int, ...]) -> None:
    for index, component in enumerate(components):
        if component.get("type") not in types:
            listed = ", ".join(str(kind) for kind in types)
            message = f'Value of field "type" must be one of ({listed}).'
            form.refuse((*path, index), "UNION_TYPE_CHOICES", message)


def _check_custom_ids(form: Form, components: list[Json], path: Path = ("components",)) -> None:
    seen: set[str] = set()
    for place, component in walk(components, path):
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        form.between((*place, "custom_id"), custom_id, 1, CUSTOM_ID)
        if custom_id in seen:
            message = "Component custom id cannot be duplicated"
            form.refuse((*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        seen.add(custom_id)


def _check(form: Form, path: Path, component: Json, *, modal: bool = False) -> None:
    kind = component.get("type")
    if kind == ACTION_ROW:
        _check_row(form, path, component, modal=modal)
    elif kind == BUTTON:
        _check_button(form, path, component)
    elif kind in SELECTS:
        _check_select(form, path, component, modal=modal)
    elif kind == TEXT_INPUT:
        _check_input(form, path, component)
    elif kind == SECTION:
        form.between((*path, "components"), component.get("components"), 1, SECTION_TEXTS)
        _allow(form, component.get("components") or [], (*path, "components"), (TEXT_DISPLAY,))
        accessory = [component.get("accessory") or {}]
        _allow(form, accessory, (*path, "accessory"), (BUTTON, THUMBNAIL))
    elif kind == TEXT_DISPLAY:
        form.between((*path, "content"), component.get("content"), 1, TEXT)
    elif kind == MEDIA_GALLERY:
        items = component.get("items")
        form.between((*path, "items"), items, 1, GALLERY)
        for index, item in enumerate(items or []):
            form.longest((*path, "items", index, "description"), item.get("description"), ALT_TEXT)
    elif kind == THUMBNAIL:
        form.longest((*path, "description"), component.get("description"), ALT_TEXT)
    elif kind == FILE:
        _check_file(form, path, component)
    elif kind == CONTAINER:
        form.between((*path, "components"), component.get("components"), 1, COMPONENTS)
        _allow(form, component.get("components") or [], (*path, "components"), IN_CONTAINER)
    elif kind == LABEL:
        _check_label(form, path, component)
    elif kind == FILE_UPLOAD:
        _check_numbers(form, path, component, FILES)


def _check_row(form: Form, path: Path, row: Json, *, modal: bool) -> None:
    inner = row.get("components") or []
    form.between((*path, "components"), inner, 1, IN_ROW)
    _allow(form, inner, (*path, "components"), (TEXT_INPUT,) if modal else (BUTTON, *SELECTS))
    if any(component.get("type") != BUTTON for component in inner) and len(inner) > 1:
        message = "The specified component exceeds the maximum width"
        form.refuse((*path, "components", 1), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _check_button(form: Form, path: Path, button: Json) -> None:
    form.longest((*path, "label"), button.get("label"), BUTTON_LABEL)
    form.longest((*path, "url"), button.get("url"), BUTTON_URL)
    if button.get("style") == 5:
        if not button.get("url"):
            form.refuse((*path, "url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
        if button.get("custom_id"):
            message = "A custom id and url cannot both be specified"
            form.refuse((*path,), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
    elif button.get("style") in (1, 2, 3, 4):
        if not button.get("custom_id"):
            message = "A custom id is required"
            form.refuse((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", message)
        if not button.get("label") and not button.get("emoji"):
            message = "A button must have a label or an emoji"
            form.refuse((*path,), "BUTTON_COMPONENT_INVALID", message)
    else:
        message = "Value must be one of {1, 2, 3, 4, 5, 6}."
        form.refuse((*path, "style"), "BASE_TYPE_CHOICES", message)


def _check_select(form: Form, path: Path, select: Json, *, modal: bool) -> None:
    form.longest((*path, "placeholder"), select.get("placeholder"), PLACEHOLDER)
    _check_numbers(form, path, select, OPTIONS)
    if modal and select.get("disabled"):
        message = "Modals cannot have disabled components"
        form.refuse((*path, "disabled"), "COMPONENT_DISABLED_IN_MODAL", message)
    if select["type"] != 3:
        return
    options = select.get("options") or []
    form.between((*path, "options"), options, 1, OPTIONS)
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        here = (*path, "options", index)
        form.between((*here, "label"), option.get("label"), 1, OPTION)
        form.between((*here, "value"), option.get("value"), 1, OPTION)
        form.longest((*here, "description"), option.get("description"), OPTION)
        if option.get("value") in values[:index]:
            message = "The specified option value is already used"
            form.refuse((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)


def _check_numbers(form: Form, path: Path, component: Json, most: int) -> None:
    for name, low in (("min_values", 0), ("max_values", 1)):
        value = component.get(name)
        if value is not None and not low <= value <= most:
            message = f"int value should be between {low} and {most}."
            form.refuse((*path, name), "NUMBER_TYPE_MAX", message)


def _check_input(form: Form, path: Path, field: Json) -> None:
    form.longest((*path, "label"), field.get("label"), LABEL_TEXT)
    form.longest((*path, "placeholder"), field.get("placeholder"), INPUT_PLACEHOLDER)
    form.longest((*path, "value"), field.get("value"), INPUT_TEXT)
    longest = field.get("max_length") or INPUT_TEXT
    for name in ("min_length", "max_length"):
        if (field.get(name) or 0) > INPUT_TEXT:
            message = f"int value should be less than or equal to {INPUT_TEXT}."
            form.refuse((*path, name), "NUMBER_TYPE_MAX", message)
    if longest < INPUT_TEXT:
        form.longest((*path, "value"), field.get("value"), longest)


def _check_label(form: Form, path: Path, label: Json) -> None:
    form.between((*path, "label"), label.get("label"), 1, LABEL_TEXT)
    form.longest((*path, "description"), label.get("description"), LABEL_DESCRIPTION)
    _allow(form, [label.get("component") or {}], (*path, "component"), IN_LABEL)


def _check_file(form: Form, path: Path, component: Json) -> None:
    url = str((component.get("file") or {}).get("url"))
    if not url.startswith("attachment://"):
        message = "Only attachment:// urls are supported"
        form.refuse((*path, "file", "url"), "UNFURLED_MEDIA_ITEM_INVALID", message)
