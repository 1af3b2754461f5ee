"""The page, the attachments, and who may ask at all."""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.core import CORE

GONE = "This content is no longer available."
PAGE = Path(__file__).parent / "page"
POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'"


def loopback_only() -> Middleware:
    """Refuses other sites' scripts: a name that only resolves to loopback, a foreign origin."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = urlsplit(f"//{request.host}").hostname
        origin = request.headers.get("Origin")
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise web.HTTPForbidden(text="The sandbox answers on loopback only.")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="The sandbox answers its own page only.")
        return await handler(request)

    return check


async def cdn(request: web.Request) -> web.Response:
    core = request.app[CORE]
    key = request.match_info["attachment"]
    if core.faults.cdn_gone:
        raise web.HTTPNotFound(text=GONE)
    try:
        attachment = core.world.attachments[key]
        data = core.store.read_file(key)
    except KeyError:
        raise web.HTTPNotFound(text=GONE) from None
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    media_type = attachment.get("content_type", "application/octet-stream")
    part = _part(request, len(data))
    if part == slice(0, len(data)):
        headers["Accept-Ranges"] = "bytes"
        return web.Response(body=data, content_type=media_type, headers=headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[part], content_type=media_type, headers=headers)


def _part(request: web.Request, size: int) -> slice:
    """What of a file is asked for: browsers move in a film by asking for its parts."""
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(size, None)  # no part that there is
    start, stop, _ = asked.indices(size)
    if size and start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return slice(start, stop)


def page_routes() -> list[web.RouteDef]:
    return [web.get("/", _file), web.get("/page/{name}", _file)]


async def _file(request: web.Request) -> web.StreamResponse:
    name = request.match_info.get("name", "index.html")
    path = PAGE / name
    if path.parent != PAGE or not path.is_file():
        raise web.HTTPNotFound(text="There is no such page.")
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
    return web.FileResponse(path, headers=headers)
