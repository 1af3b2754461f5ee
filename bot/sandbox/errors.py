"""The sandbox's refusals, in Discord's shape.

ApiError        status, JSON code and message of one refusal
Form            collects the errors of a body; `raise_if_refused` makes one 50035 of them

Codes and messages: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
Shape of `errors`: https://docs.discord.com/developers/reference#error-messages
"""

from typing import NamedTuple

from bot.sandbox.wire import Json


class Refusal(NamedTuple):
    status: int
    code: int
    message: str


UNAUTHORIZED = Refusal(401, 0, "401: Unauthorized")
NOT_FOUND = Refusal(404, 0, "404: Not Found")
UNKNOWN_APPLICATION = Refusal(404, 10002, "Unknown Application")
UNKNOWN_CHANNEL = Refusal(404, 10003, "Unknown Channel")
UNKNOWN_GUILD = Refusal(404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = Refusal(404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = Refusal(404, 10008, "Unknown Message")
UNKNOWN_USER = Refusal(404, 10013, "Unknown User")
UNKNOWN_EMOJI = Refusal(400, 10014, "Unknown Emoji")
UNKNOWN_WEBHOOK = Refusal(404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = Refusal(404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = Refusal(404, 10063, "Unknown application command")
OLD_EDITS = Refusal(
    429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later"
)
TOO_MANY_COMMANDS = Refusal(400, 30032, "Maximum number of application commands reached (100).")
REQUEST_TOO_LARGE = Refusal(413, 40005, "Request entity too large")
ALREADY_ACKNOWLEDGED = Refusal(400, 40060, "Interaction has already been acknowledged.")
MISSING_ACCESS = Refusal(403, 50001, "Missing Access")
CANNOT_EDIT_OTHERS = Refusal(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = Refusal(400, 50006, "Cannot send an empty message")
WRONG_CHANNEL_TYPE = Refusal(400, 50024, "Cannot execute action on this channel type")
MISSING_PERMISSIONS = Refusal(403, 50013, "Missing Permissions")
EXPIRED_TOKEN = Refusal(401, 50027, "Invalid Webhook Token")
INVALID_FORM = Refusal(400, 50035, "Invalid Form Body")
THREAD_ARCHIVED = Refusal(400, 50083, "Thread is archived")
INVALID_JSON = Refusal(400, 50109, "The request body contains invalid JSON.")
THREAD_EXISTS = Refusal(400, 160004, "A thread has already been created for this message")
THREAD_LOCKED = Refusal(400, 160005, "Thread is locked")


class ApiError(Exception):
    """An answer that is an error; `body()` is what the client reads."""

    def __init__(self, refusal: Refusal, errors: Json | None = None) -> None:
        super().__init__(
            f"{refusal.status} {refusal.code}: {refusal.message} {errors or ''}".strip()
        )
        self.refusal = refusal
        self.errors = errors

    def body(self) -> Json:
        body: Json = {"message": self.refusal.message, "code": self.refusal.code}
        if self.errors:
            body["errors"] = self.errors
        if self.refusal.status == 429:
            body |= {"retry_after": 1.0, "global": False}
        return body


class Form:
    """Collects what is wrong with a body, each error at its path."""

    def __init__(self) -> None:
        self.errors: Json = {}

    def refuse(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        place = self.errors
        for key in path:
            place = place.setdefault(str(key), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def longest(self, path: tuple[str | int, ...], text: object, limit: int) -> None:
        """Refuses a text of more than `limit` letters."""
        if isinstance(text, str) and len(text) > limit:
            message = f"Must be {limit} or fewer in length."
            self.refuse(path, "BASE_TYPE_MAX_LENGTH", message)

    def between(self, path: tuple[str | int, ...], value: object, low: int, high: int) -> None:
        """Refuses a text (or a list) whose length isn't between the two."""
        if not isinstance(value, str | list):
            self.refuse(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not low <= len(value) <= high:
            message = f"Must be between {low} and {high} in length."
            self.refuse(path, "BASE_TYPE_BAD_LENGTH", message)

    def raise_if_refused(self) -> None:
        if self.errors:
            raise ApiError(INVALID_FORM, self.errors)
