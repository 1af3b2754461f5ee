"""Attachments: read from multipart bodies, measured, stored, and given an address.

https://docs.discord.com/developers/reference#uploading-files
"""

import io
import mimetypes
import re
from dataclasses import dataclass

from aiohttp import web
from PIL import Image

from bot.sandbox.errors import INVALID_FORM, INVALID_JSON, REQUEST_TOO_LARGE, ApiError, Form
from bot.sandbox.state import World
from bot.sandbox.wire import Json, decode

UPLOAD_LIMIT = 10 * 1024 * 1024  # bytes a file: Discord's limit without boosts
FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True)
class Upload:
    filename: str
    data: bytes


async def read_body(request: web.Request) -> tuple[Json | list[Json], dict[int, Upload]]:
    """The JSON and the files (by their n in `files[n]`) of a request."""
    if not request.can_read_body:
        return {}, {}
    if request.content_type != "multipart/form-data":
        return _parse(await request.read()), {}
    body: Json | list[Json] = {}
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        name = getattr(part, "name", None) or ""
        data = bytes(await part.read())  # type: ignore[union-attr]
        field = FIELD.fullmatch(name)
        if name == "payload_json":
            body = _parse(data)
        elif field:
            filename = getattr(part, "filename", None) or "file"
            files[int(field[1])] = Upload(_clean(filename), data)
    if any(len(file.data) > UPLOAD_LIMIT for file in files.values()):
        raise ApiError(REQUEST_TOO_LARGE)
    return body, files


def _parse(data: bytes) -> Json | list[Json]:
    if not data:
        return {}
    try:
        body = decode(data)
    except ValueError as exc:
        raise ApiError(INVALID_JSON) from exc
    if not isinstance(body, dict | list):
        raise ApiError(INVALID_FORM, {"_errors": [{"code": "MODEL_TYPE_CONVERT", "message": ""}]})
    return body


def _clean(filename: str) -> str:
    """Discord keeps letters, digits, dots, dashes and underscores of a name."""
    return re.sub(r"[^\w.\-]", "_", filename.rsplit("/", 1)[-1]) or "file"


def store_upload(
    world: World, url: str, channel_id: str, upload: Upload, *, description: str | None = None
) -> Json:
    """Keeps the file under {url}/cdn and returns its attachment object."""
    attachment_id = world.snowflakes.next()
    address = f"{url}/cdn/attachments/{channel_id}/{attachment_id}/{upload.filename}"
    attachment: Json = {
        "id": attachment_id,
        "filename": upload.filename,
        "size": len(upload.data),
        "url": address,
        "proxy_url": address,
    }
    media_type, _ = mimetypes.guess_type(upload.filename)
    if media_type:
        attachment["content_type"] = media_type
    size = image_size(upload.data) if (media_type or "").startswith("image/") else None
    if size:
        attachment["width"], attachment["height"] = size
    if description:
        attachment["description"] = description
    world.save_attachment(attachment, upload.data)
    return attachment


def image_size(data: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (OSError, Image.DecompressionBombError):
        return None


def attach(
    world: World,
    url: str,
    channel_id: str,
    listed: list[Json] | None,
    files: dict[int, Upload],
    present: list[Json],
) -> list[Json]:
    """The attachments a message has after this request.

    `listed` names new files by their index and present ones (of an edited message) by id;
    present ones that a given list doesn't name are removed.
    """
    if listed is None:
        kept = present
        listed = [{"id": index} for index in files]
    else:
        kept = []
    known = {attachment["id"]: attachment for attachment in present}
    result = list(kept)
    form = Form()
    for position, entry in enumerate(listed):
        key = str(entry.get("id"))
        upload = files.get(int(key)) if key.isdigit() and int(key) < 1 << 20 else None
        if upload is not None:
            named = Upload(_clean(entry.get("filename") or upload.filename), upload.data)
            alt = entry.get("description")
            result.append(store_upload(world, url, channel_id, named, description=alt))
        elif key in known:
            changes = {k: entry[k] for k in ("description",) if entry.get(k) is not None}
            result.append(known[key] | changes)
        else:
            form.refuse(("attachments", position, "id"), "ATTACHMENT_NOT_FOUND", "Not found")
    form.raise_if_refused()
    return result
