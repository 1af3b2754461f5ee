"""What Discord refuses in messages and channels beyond its OpenAPI document.

Every constant names its source; `tests/bot/sandbox/test_rules.py` goes one over each.
Components have `component_rules.py`, commands `command_rules.py`.
"""

from bot.sandbox.component_rules import check_components, check_modal
from bot.sandbox.errors import EMPTY_MESSAGE, OLD_EDITS, THREAD_ARCHIVED, ApiError, Form
from bot.sandbox.wire import IS_COMPONENTS_V2, Json, snowflake_time

__all__ = [
    "check_age",
    "check_bulk_delete",
    "check_channel",
    "check_choices",
    "check_limit",
    "check_message",
    "check_modal",
    "check_nonce",
    "check_thread",
    "check_thread_open",
]

# https://docs.discord.com/developers/resources/message#create-message
CONTENT = 2000  # letters
EMBEDS = 10
FILES = 10
ALT_TEXT = 1024  # letters; also of attachments
NONCE = 25  # letters

# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
EMBEDS_TOTAL = 6000  # letters of all embeds of a message together
EMBED_LIMITS = {"title": 256, "description": 4096}
EMBED_FIELDS = 25
EMBED_NESTED = {"footer": ("text", 2048), "author": ("name", 256)}
EMBED_FIELD = {"name": 256, "value": 1024}

# https://docs.discord.com/developers/resources/poll#poll-create-request-object
POLL_QUESTION = 300
POLL_ANSWER = 55
POLL_ANSWERS = 10

# https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete
CHOICES = 25
CHOICE = 100  # letters of a name or a text value

# https://docs.discord.com/developers/resources/channel#start-thread-from-message
THREAD_NAME = 100
ARCHIVE_AFTER = (60, 1440, 4320, 10080)  # minutes
SLOWEST = 21600  # seconds between two messages

# https://docs.discord.com/developers/resources/channel#modify-channel
TOPIC = 1024

OLD = 3600.0  # seconds

LEGACY_FIELDS = ("content", "embeds", "sticker_ids", "poll")


def check_message(body: Json, files: int, present: Json | None = None) -> None:
    """Raises ApiError for a message, or an edit of `present`, that Discord refuses."""
    form = Form()
    v2 = bool((body.get("flags") or 0) & IS_COMPONENTS_V2)
    if present is not None:
        v2 = v2 or bool(present["flags"] & IS_COMPONENTS_V2)
    form.longest(("content",), body.get("content"), CONTENT)
    _check_embeds(form, body.get("embeds") or [])
    _check_attachments(form, body, files)
    if body.get("poll"):
        _check_poll(form, body["poll"])
    if v2:
        _check_no_legacy_fields(form, body, present)
    check_components(form, body.get("components") or [], v2=v2)
    form.raise_if_refused()
    _check_not_empty(body, files, present)


def _check_not_empty(body: Json, files: int, present: Json | None) -> None:
    fields = ("content", "embeds", "components", "sticker_ids", "poll")
    if present is None:
        left = [_stripped(body.get(field)) for field in fields]
    else:
        left = [_stripped(body.get(field, present.get(field))) for field in fields]
        left.append(body.get("attachments", present["attachments"]))
    if not files and not any(left):
        raise ApiError(EMPTY_MESSAGE)


def _stripped(value: object) -> object:
    """Discord drops white space around a text: what is left counts."""
    return value.strip() if isinstance(value, str) else value


def _check_no_legacy_fields(form: Form, body: Json, present: Json | None) -> None:
    """https://docs.discord.com/developers/components/reference (flag IS_COMPONENTS_V2)

    An edit that turns a message to components v2 must empty what it had before.
    """
    for field in LEGACY_FIELDS:
        value = body.get(field)
        if present is not None and field not in body:
            value = present.get(field)
        if value:
            form.refuse(
                (field,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_embeds(form: Form, embeds: list[Json]) -> None:
    if len(embeds) > EMBEDS:
        form.refuse(("embeds",), "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    for index, embed in enumerate(embeds):
        path = ("embeds", index)
        for name, limit in EMBED_LIMITS.items():
            form.longest((*path, name), embed.get(name), limit)
        for name, (key, limit) in EMBED_NESTED.items():
            form.longest((*path, name, key), (embed.get(name) or {}).get(key), limit)
        fields = embed.get("fields") or []
        if len(fields) > EMBED_FIELDS:
            message = f"Must be {EMBED_FIELDS} or fewer in length."
            form.refuse((*path, "fields"), "BASE_TYPE_MAX_LENGTH", message)
        for place, field in enumerate(fields):
            for name, limit in EMBED_FIELD.items():
                form.longest((*path, "fields", place, name), field.get(name), limit)
    if sum(_embed_letters(embed) for embed in embeds) > EMBEDS_TOTAL:
        message = f"Embed size exceeds maximum size of {EMBEDS_TOTAL}"
        form.refuse(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)


def _embed_letters(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get(name) or {}).get(key) for name, (key, _) in EMBED_NESTED.items()]
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if text)


def _check_attachments(form: Form, body: Json, files: int) -> None:
    listed = body.get("attachments") or []
    if max(files, len(listed)) > FILES:
        message = f"Must be {FILES} or fewer in length."
        form.refuse(("attachments",), "BASE_TYPE_MAX_LENGTH", message)
    for index, attachment in enumerate(listed):
        form.longest(("attachments", index, "description"), attachment.get("description"), ALT_TEXT)


def _check_poll(form: Form, poll: Json) -> None:
    form.longest(("poll", "question", "text"), poll["question"].get("text"), POLL_QUESTION)
    form.between(("poll", "answers"), poll.get("answers"), 1, POLL_ANSWERS)
    for index, answer in enumerate(poll.get("answers") or []):
        text = answer["poll_media"].get("text")
        form.longest(("poll", "answers", index, "poll_media", "text"), text, POLL_ANSWER)


def check_nonce(body: Json) -> None:
    form = Form()
    form.longest(("nonce",), body.get("nonce"), NONCE)
    form.raise_if_refused()


def check_choices(data: Json) -> None:
    form = Form()
    choices = data.get("choices") or []
    if len(choices) > CHOICES:
        message = f"Must be {CHOICES} or fewer in length."
        form.refuse(("data", "choices"), "BASE_TYPE_MAX_LENGTH", message)
    for index, choice in enumerate(choices):
        path = ("data", "choices", index)
        form.between((*path, "name"), choice.get("name"), 1, CHOICE)
        form.longest((*path, "value"), choice.get("value"), CHOICE)
    form.raise_if_refused()


def check_limit(text: str) -> int:
    """https://docs.discord.com/developers/resources/message#get-channel-messages"""
    limit = int(text) if text.isdigit() else 0
    if not 1 <= limit <= 100:
        form = Form()
        code = "NUMBER_TYPE_MAX" if limit > 100 else "NUMBER_TYPE_MIN"
        form.refuse(("limit",), code, "int value should be between 1 and 100.")
        form.raise_if_refused()
    return limit


def check_bulk_delete(body: Json) -> None:
    """https://docs.discord.com/developers/resources/message#bulk-delete-messages"""
    form = Form()
    form.between(("messages",), body.get("messages"), 2, 100)
    form.raise_if_refused()


def check_age(message: Json, now: float, *, forbidden: bool) -> None:
    """Discord limits edits of messages older than an hour, by a number it doesn't tell.

    https://docs.discord.com/developers/topics/opcodes-and-status-codes#json (30046)
    """
    if forbidden and now - snowflake_time(message["id"]) > OLD:
        raise ApiError(OLD_EDITS)


def check_thread_open(channel: Json) -> None:
    """https://docs.discord.com/developers/topics/threads#active-archived-threads"""
    if channel.get("thread_metadata", {}).get("archived"):
        raise ApiError(THREAD_ARCHIVED)


def check_thread(body: Json, *, changes: bool = False) -> None:
    form = Form()
    if not changes or "name" in body:
        form.between(("name",), body.get("name"), 1, THREAD_NAME)
    duration = body.get("auto_archive_duration")
    if duration is not None and duration not in ARCHIVE_AFTER:
        message = f"Value must be one of {ARCHIVE_AFTER}."
        form.refuse(("auto_archive_duration",), "BASE_TYPE_CHOICES", message)
    _check_slow(form, body)
    form.raise_if_refused()


def check_channel(body: Json) -> None:
    form = Form()
    if "name" in body:
        form.between(("name",), body["name"], 1, THREAD_NAME)
    form.longest(("topic",), body.get("topic"), TOPIC)
    _check_slow(form, body)
    form.raise_if_refused()


def _check_slow(form: Form, body: Json) -> None:
    if not 0 <= (body.get("rate_limit_per_user") or 0) <= SLOWEST:
        message = f"int value should be between 0 and {SLOWEST}."
        form.refuse(("rate_limit_per_user",), "NUMBER_TYPE_MAX", message)
