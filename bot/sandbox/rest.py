"""The frame of every API call: faults, token, body, errors, headers, log and observer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.core import Core
from bot.sandbox.errors import NOT_FOUND, UNAUTHORIZED, ApiError
from bot.sandbox.limits import headers
from bot.sandbox.uploads import Upload, read_body
from bot.sandbox.wire import Json, encode

API = "/api/v10"


@dataclass
class Call:
    """One API request, read and allowed in."""

    core: Core
    request: web.Request
    body: Any = None
    files: dict[int, Upload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """A part of the path: `call["channel_id"]`."""
        return str(self.request.match_info[name])

    def query(self, name: str, default: str = "") -> str:
        return str(self.request.query.get(name, default))


@dataclass(frozen=True)
class Answer:
    body: object = None
    status: int = 200


NOTHING = Answer(None, 204)
Handler = Callable[[Call], Awaitable[Answer]]
Route = tuple[str, str, Handler]


def web_routes(core: Core, routes: list[Route]) -> list[web.RouteDef]:
    listed = [web.route(method, API + path, _frame(core, path, h)) for method, path, h in routes]
    return [*listed, web.route("*", API + "/{rest:.*}", _frame(core, "/{rest}", _unknown))]


async def _unknown(call: Call) -> Answer:
    raise ApiError(NOT_FOUND)


def _frame(
    core: Core, path: str, handler: Handler
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        began = time.perf_counter()
        call = Call(core, request)
        reply, extra = await _reply(call, path, handler)
        if core.observer is not None:
            core.observer(request.method, request.path, call.body, reply.status, reply.body)
        core.record(
            {
                "method": request.method,
                "path": request.path.removeprefix(API),
                "status": reply.status,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                "error": reply.body if reply.status >= 400 else None,
            },
            call.body,
            reply.body,
        )
        if reply.status == 204:
            return web.Response(status=204, headers=extra)
        data = encode(reply.body)
        extra["Content-Type"] = "application/json"  # discord.py takes no other spelling
        return web.Response(status=reply.status, body=data, headers=extra)

    return answer


async def _reply(call: Call, path: str, handler: Handler) -> tuple[Answer, dict[str, str]]:
    faults = call.core.faults
    if faults.latency:
        await asyncio.sleep(faults.latency)
    extra, wait = _limit(call, path)
    if wait:
        limited = {"Retry-After": str(max(1, round(wait))), "X-RateLimit-Scope": "user"}
        return _too_many(wait), extra | limited
    if faults.breaks():
        return Answer({"message": "500: Internal Server Error", "code": 0}, 500), extra
    try:
        _check_token(call.core, call.request, path)
        call.body, call.files = await read_body(call.request)
        reply = await handler(call)
    except ApiError as error:
        return Answer(error.body(), error.refusal.status), extra
    if faults.breaks_after():
        return Answer({"message": "500: Internal Server Error", "code": 0}, 500), extra
    return reply, extra


def _check_token(core: Core, request: web.Request, path: str) -> None:
    """Interaction callbacks and webhooks carry their own token in the address."""
    if path.startswith(("/interactions/", "/webhooks/")) or path == "/gateway":
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bot" or not core.accepts(token):
        raise ApiError(UNAUTHORIZED)


def _limit(call: Call, path: str) -> tuple[dict[str, str], float]:
    """Rate limit headers, and the seconds to wait for one's turn.

    Unless told to be strict the bucket never runs out; faults make the 429s.
    """
    faults, method = call.core.faults, call.request.method
    if faults.rate_limits():
        return headers(method, path, 1, 0, faults.retry_after), faults.retry_after
    if not faults.strict_limits:
        return headers(method, path, 1000, 999, 1.0), 0.0
    return call.core.limits.spend(method, path, call.request.match_info.get("channel_id", ""))


def _too_many(retry_after: float) -> Answer:
    body: Json = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": False,
    }
    return Answer(body, 429)
