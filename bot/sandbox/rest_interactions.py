"""The first response to an interaction.

https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
"""

from bot.sandbox import messages, rules
from bot.sandbox.components import resolve
from bot.sandbox.errors import ALREADY_ACKNOWLEDGED, ApiError, Form
from bot.sandbox.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL,
    MODAL_SUBMIT,
    Interaction,
    Interactions,
)
from bot.sandbox.options import subcommands
from bot.sandbox.rest import NOTHING, Answer, Call, Route
from bot.sandbox.views import message_view
from bot.sandbox.wire import EPHEMERAL, LOADING, Json

PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES = 1, 4, 5, 6, 7, 8

ALLOWED = {
    COMMAND: {MESSAGE, DEFERRED_MESSAGE, MODAL},
    COMPONENT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE},
}


def routes(interactions: Interactions) -> list[Route]:
    async def callback(call: Call) -> Answer:
        interaction = interactions.to_answer(call["interaction_id"], call["token"])
        if interaction.response is not None:
            raise ApiError(ALREADY_ACKNOWLEDGED)
        kind = call.body.get("type")
        _check_kind(interaction, kind)
        try:
            data = call.body.get("data") or {}
            if kind == MODAL:
                rules.check_modal(data)
                modal = data | {"components": resolve(data["components"], [])}
                interactions.open_dialog(interaction, modal)
                message = None
            else:
                message = _respond(call, interaction, kind, data)
        except ApiError as error:
            if error.errors and "data" not in error.errors:
                raise ApiError(error.refusal, {"data": error.errors}) from error
            raise
        interaction.response = kind
        return _answer(call, interaction, kind, message)

    return [("POST", "/interactions/{interaction_id}/{token}/callback", callback)]


def _check_kind(interaction: Interaction, kind: object) -> None:
    allowed = ALLOWED[interaction.type]
    if interaction.message is None:
        allowed = allowed - {UPDATE, DEFERRED_UPDATE}
    if kind not in allowed:
        form = Form()
        choices = ", ".join(str(choice) for choice in sorted(allowed))
        form.refuse(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")
        form.raise_if_refused()


def _respond(call: Call, interaction: Interaction, kind: int, data: Json) -> Json | None:
    """Does what the response says; returns the message it made or changed."""
    if kind == CHOICES:
        rules.check_choices(data)
        interaction.settle({"type": kind, "choices": data.get("choices") or []})
        return None
    if kind in (UPDATE, DEFERRED_UPDATE):
        message = interaction.message
        assert message is not None  # _check_kind refuses updates without one
        if kind == UPDATE:
            messages.revise(call.core, message, data, call.files)
        interaction.original_id = message["id"]
    else:
        message = _new_message(call, interaction, kind, data)
        interaction.original_id = message["id"]
    shown = message_view(call.core.world, message, interaction.user_id)
    interaction.settle({"type": kind, "message": shown})
    return message


def _new_message(call: Call, interaction: Interaction, kind: int, data: Json) -> Json:
    core = call.core
    interaction.ephemeral = bool((data.get("flags") or 0) & EPHEMERAL)
    extra = message_extra(interaction)
    if kind == DEFERRED_MESSAGE:
        interaction.deferred = True
        extra["flags"] = LOADING | (EPHEMERAL if interaction.ephemeral else 0)
        data = {}
    return messages.create(
        core,
        core.world.channel(interaction.channel_id),
        core.world.bot,
        data,
        call.files,
        kind=message_kind(interaction),
        extra=extra,
        viewer=interaction.user_id if interaction.ephemeral else None,
        loading=kind == DEFERRED_MESSAGE,
    )


def message_kind(interaction: Interaction) -> int:
    """20 for the answer to a slash command, 23 to a context menu, 19 to a component."""
    first = interaction.source or interaction
    if first.message is not None:
        return 19
    return 20 if first.payload["data"].get("type", 1) == 1 else 23


def message_extra(interaction: Interaction) -> Json:
    """What marks a message as an answer to an interaction."""
    user = interaction.payload.get("member", interaction.payload).get("user")
    metadata: Json = {
        "id": interaction.id,
        "type": interaction.type,
        "user": user,
        "authorizing_integration_owners": interaction.payload["authorizing_integration_owners"],
    }
    data = interaction.payload["data"]
    extra: Json = {
        "interaction_metadata": metadata,
        "application_id": interaction.payload["application_id"],
        "webhook_id": interaction.payload["application_id"],
    }
    if interaction.type == COMMAND:
        name = " ".join([data["name"], *subcommands(data)])
        metadata |= {"name": name, "command_type": data["type"]}
        extra["interaction"] = {
            "id": interaction.id,
            "type": COMMAND,
            "name": name,
            "user": user,
        }
        if data["type"] == 3:
            metadata["target_message_id"] = data["target_id"]
    elif interaction.type == MODAL_SUBMIT and interaction.source is not None:
        source = message_extra(interaction.source)["interaction_metadata"]
        metadata["triggering_interaction_metadata"] = source
    if interaction.message is not None:
        if interaction.type == COMPONENT:
            metadata["interacted_message_id"] = interaction.message["id"]
        extra["message_reference"] = {
            "type": 0,
            "channel_id": interaction.message["channel_id"],
            "message_id": interaction.message["id"],
        }
    return extra


def _answer(call: Call, interaction: Interaction, kind: int, message: Json | None) -> Answer:
    if call.query("with_response") not in ("1", "true"):
        return NOTHING
    about: Json = {"id": interaction.id, "type": interaction.type}
    answer: Json = {"interaction": about}
    if message is not None:
        about["response_message_id"] = message["id"]
        about["response_message_loading"] = bool(message["flags"] & LOADING)
        about["response_message_ephemeral"] = bool(message["flags"] & EPHEMERAL)
    if kind in (MESSAGE, UPDATE) and message is not None:
        answer["resource"] = {"type": kind, "message": message_view(call.core.world, message)}
    return Answer(answer)
