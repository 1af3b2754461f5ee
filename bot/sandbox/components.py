"""Components as Discord gives them back: numbered, with their media found.

https://docs.discord.com/developers/components/reference
"""

from collections.abc import Iterator

from bot.sandbox.errors import Form
from bot.sandbox.wire import Json

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, FILE_UPLOAD = 17, 18, 19
SELECTS = (3, 5, 6, 7, 8)

Path = tuple[str | int, ...]


def walk(components: list[Json], path: Path = ("components",)) -> Iterator[tuple[Path, Json]]:
    """Every component, outer ones first, each with its place in the body."""
    for index, component in enumerate(components):
        here = (*path, index)
        yield here, component
        yield from walk(component.get("components") or [], (*here, "components"))
        for inner in ("accessory", "component"):
            if isinstance(component.get(inner), dict):
                yield (*here, inner), component[inner]


def resolve(components: list[Json], attachments: list[Json]) -> list[Json]:
    """A copy with ids for all components and media for `attachment://` addresses."""
    copied = [_copy(component) for component in components]
    taken = {component["id"] for _, component in walk(copied) if component.get("id")}
    free = 0
    by_name = {attachment["filename"]: attachment for attachment in attachments}
    form = Form()
    for path, component in walk(copied):
        if not component.get("id"):
            free += 1
            while free in taken:
                free += 1
            component["id"] = free
        _find_media(component, by_name, path, form)
    form.raise_if_refused()
    return copied


def _copy(component: Json) -> Json:
    copy = dict(component)
    if "components" in copy:
        copy["components"] = [_copy(inner) for inner in copy["components"] or []]
    if "items" in copy:
        copy["items"] = [dict(item) for item in copy["items"]]
    for inner in ("accessory", "component"):
        if isinstance(copy.get(inner), dict):
            copy[inner] = _copy(copy[inner])
    return copy


def _find_media(component: Json, by_name: dict[str, Json], path: Path, form: Form) -> None:
    kind = component["type"]
    if kind == MEDIA_GALLERY:
        for index, item in enumerate(component["items"]):
            item["media"] = _media(item["media"], by_name, (*path, "items", index), form)
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
    elif kind == THUMBNAIL:
        component["media"] = _media(component["media"], by_name, (*path, "media"), form)
        component.setdefault("description", None)
        component.setdefault("spoiler", False)
    elif kind == FILE:
        name = str(component["file"]["url"]).removeprefix("attachment://")
        component["file"] = _media(component["file"], by_name, (*path, "file"), form)
        component.setdefault("spoiler", False)
        if name in by_name:
            component["name"], component["size"] = name, by_name[name]["size"]


def _media(media: Json, by_name: dict[str, Json], path: Path, form: Form) -> Json:
    url = str(media["url"])
    found = next((a for a in by_name.values() if a["url"] == url), None)
    if url.startswith("attachment://"):
        found = by_name.get(url.removeprefix("attachment://"))
        if found is None:
            form.refuse(
                (*path, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                "The referenced attachment was not found",
            )
            return media
    if found is None:
        return {"url": url, "proxy_url": url, "width": None, "height": None, "id": "0"} | {
            "loading_state": 2,
            "content_type": None,
        }
    return {
        "id": found["id"],
        "url": found["url"],
        "proxy_url": found["proxy_url"],
        "width": found.get("width"),
        "height": found.get("height"),
        "content_type": found.get("content_type"),
        "loading_state": 2,  # loaded successfully
        "attachment_id": found["id"],
    }


def text_of(components: list[Json]) -> str:
    """All text displays together, as the limit of a message counts them."""
    return "".join(
        str(component.get("content", ""))
        for _, component in walk(components)
        if component.get("type") == TEXT_DISPLAY
    )
