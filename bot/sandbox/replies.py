"""Bodies and answers under /sandbox, which is no part of Discord's API: JSON, and
{"error": sentence} where something can't be.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.core import Core
from bot.sandbox.errors import ApiError
from bot.sandbox.forms import NotPossible
from bot.sandbox.wire import Json, encode

ROOT = "/sandbox"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def reply(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=encode(body), content_type="application/json")


def safe(handler: Handler) -> Handler:
    """A refusal becomes a sentence for the member."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotPossible as error:
            return reply({"error": str(error)}, 400)
        except ApiError as error:
            return reply({"error": error.refusal.message, **error.body()}, error.refusal.status)
        except (KeyError, ValueError) as error:
            return reply({"error": f"{type(error).__name__}: {error}"}, 400)

    return answer


async def body_of(request: web.Request, core: Core) -> Json:
    body: Json = await request.json()
    if "user" in body and body["user"] not in core.world.users:
        raise NotPossible("There is no such member.")
    return body
