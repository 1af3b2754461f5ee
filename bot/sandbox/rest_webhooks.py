"""Everything after an interaction's first response: the original message and follow-ups.

https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
"""

from bot.sandbox import messages
from bot.sandbox.errors import UNKNOWN_MESSAGE, ApiError
from bot.sandbox.interactions import Interaction, Interactions
from bot.sandbox.rest import NOTHING, Answer, Call, Route
from bot.sandbox.rest_interactions import message_extra
from bot.sandbox.views import message_view
from bot.sandbox.wire import EPHEMERAL, Json

BASE = "/webhooks/{application_id}/{token}"
ONE = BASE + "/messages/{message_id}"


def routes(interactions: Interactions) -> list[Route]:
    def interaction_of(call: Call) -> Interaction:
        return interactions.to_follow(call["application_id"], call["token"])

    async def follow_up(call: Call) -> Answer:
        interaction = interaction_of(call)
        if interaction.deferred:  # the first follow-up fills the "thinking" message
            message = _message(call, interaction, "@original")
            interaction.deferred = False
            messages.revise(call.core, message, call.body, call.files)
        else:
            message = _new(call, interaction)
        return Answer(message_view(call.core.world, message))

    async def get(call: Call) -> Answer:
        message = _message(call, interaction_of(call), call["message_id"])
        return Answer(message_view(call.core.world, message))

    async def edit(call: Call) -> Answer:
        interaction = interaction_of(call)
        message = _message(call, interaction, call["message_id"])
        if message["id"] == interaction.original_id:
            interaction.deferred = False
        messages.revise(call.core, message, call.body, call.files)
        return Answer(message_view(call.core.world, message))

    async def delete(call: Call) -> Answer:
        messages.delete(call.core, _message(call, interaction_of(call), call["message_id"]))
        return NOTHING

    return [
        ("POST", BASE, follow_up),
        ("GET", ONE, get),
        ("PATCH", ONE, edit),
        ("DELETE", ONE, delete),
    ]


def _message(call: Call, interaction: Interaction, message_id: str) -> Json:
    """The message of this interaction; `@original` is the first response."""
    if message_id == "@original":
        if interaction.original_id is None:
            raise ApiError(UNKNOWN_MESSAGE)
        message_id = interaction.original_id
    message = call.core.world.message(interaction.channel_id, message_id)
    if message["author"]["id"] != call.core.world.bot_id:
        raise ApiError(UNKNOWN_MESSAGE)
    return message


def _new(call: Call, interaction: Interaction) -> Json:
    core = call.core
    hidden = bool((call.body.get("flags") or 0) & EPHEMERAL)
    extra = message_extra(interaction)
    if interaction.original_id is not None:
        extra["message_reference"] = {
            "type": 0,
            "channel_id": interaction.channel_id,
            "message_id": interaction.original_id,
        }
    return messages.create(
        core,
        core.world.channel(interaction.channel_id),
        core.world.bot,
        call.body,
        call.files,
        kind=19 if interaction.original_id else 0,
        extra=extra,
        viewer=interaction.user_id if hidden else None,
    )
