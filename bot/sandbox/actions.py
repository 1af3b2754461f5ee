"""What a member does in the sandbox: talk, use commands, press, choose, submit.

The page and test members come here over HTTP (`sandbox_api.py`); what a member's client
would check before it sends anything (required options, lengths) is checked here.
"""

from typing import Any

from bot.sandbox import messages
from bot.sandbox.components import STRING_SELECT, walk
from bot.sandbox.core import Core
from bot.sandbox.forms import NotPossible, choose, fill, resolve_values
from bot.sandbox.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interactions,
)
from bot.sandbox.options import arrange, resolved
from bot.sandbox.permissions import USE_APPLICATION_COMMANDS, permissions_in
from bot.sandbox.views import message_view
from bot.sandbox.wire import Json


class Actions:
    def __init__(self, core: Core, interactions: Interactions) -> None:
        self._core = core
        self._interactions = interactions

    def say(self, user_id: str, channel_id: str, content: str, **more: Any) -> Json:
        """An ordinary message; `reply_to` a message id, `attachments` uploaded ids."""
        world = self._core.world
        if world.channel(channel_id).get("thread_metadata", {}).get("locked"):
            raise NotPossible("This thread is locked.")
        body: Json = {"content": content}
        if more.get("reply_to"):
            body["message_reference"] = {"message_id": more["reply_to"]}
        files = [world.attachments[key] for key in more.get("attachments") or []]
        message = messages.create(
            self._core,
            world.channel(channel_id),
            world.users[user_id],
            body,
            {},
            extra={"attachments": files} if files else None,
            loading=bool(files),
        )
        return message_view(world, message, user_id)

    async def command(
        self, user_id: str, channel_id: str, name: str, options: Json, target: str | None = None
    ) -> Json:
        """A slash command ("story start"), or a context menu's name with its target."""
        data = self._command_data(channel_id, name, options, target)
        self._check_allowed(user_id, channel_id, data["id"])
        made = self._interactions.make(COMMAND, user_id, channel_id, data)
        return await self._interactions.outcome(made)

    async def autocomplete(
        self, user_id: str, channel_id: str, name: str, options: Json, focused: str
    ) -> list[Json]:
        data = self._command_data(channel_id, name, options, None, focused)
        made = self._interactions.make(AUTOCOMPLETE, user_id, channel_id, data)
        outcome = await self._interactions.outcome(made)
        return list(outcome.get("choices") or [])

    def _command_data(
        self,
        channel_id: str,
        name: str,
        options: Json,
        target: str | None,
        focused: str | None = None,
    ) -> Json:
        world = self._core.world
        command, path = self._find_command(name, target)
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        if target is not None:
            data["target_id"] = target
            if command["type"] == 3:
                message = world.message(channel_id, target)
                data["resolved"] = {"messages": {target: message_view(world, message)}}
            else:
                member = {target: world.members[target]}
                data["resolved"] = {"users": {target: world.users[target]}, "members": member}
            return data
        given, problems = arrange(command, path, options, focused)
        if problems and focused is None:
            raise NotPossible(" ".join(problems))
        if given:
            data["options"] = given
        found = resolved(world, given)
        if found:
            data["resolved"] = found
        return data

    def _check_allowed(self, user_id: str, channel_id: str, command_id: str) -> None:
        """A member without the command's default permissions doesn't even see it."""
        world = self._core.world
        needed = int(world.commands[command_id].get("default_member_permissions") or 0)
        has = permissions_in(world, user_id, world.channel(channel_id))
        if has & (needed | USE_APPLICATION_COMMANDS) != needed | USE_APPLICATION_COMMANDS:
            raise NotPossible("You don't have the permission to use this command.")

    def _find_command(self, name: str, target: str | None) -> tuple[Json, list[str]]:
        name = name.strip().removeprefix("/")
        for command in self._core.world.commands.values():
            if target is not None and command["type"] != 1 and command["name"] == name:
                return command, []
            words = name.split()
            if target is None and command["type"] == 1 and words and command["name"] == words[0]:
                return command, words[1:]
        raise NotPossible(f"There is no command {name!r}.")

    async def use(
        self,
        user_id: str,
        channel_id: str,
        message_id: str,
        custom_id: str,
        values: list[str] | None = None,
    ) -> Json:
        """Presses a button or chooses in a select of a message."""
        world = self._core.world
        message = world.message(channel_id, message_id)
        component = next(
            (c for _, c in walk(message["components"]) if c.get("custom_id") == custom_id), None
        )
        if component is None:
            raise NotPossible(f"The message has no component {custom_id!r}.")
        if component.get("disabled"):
            raise NotPossible(f"The component {custom_id!r} is disabled.")
        data: Json = {
            "custom_id": custom_id,
            "component_type": component["type"],
            "id": component["id"],
        }
        if component["type"] != 2:
            data["values"] = choose(component, values or [])
            if component["type"] != STRING_SELECT:
                data["resolved"] = resolve_values(self._core.world, component["type"], data)
        made = self._interactions.make(COMPONENT, user_id, channel_id, data, message=message)
        return await self._interactions.outcome(made)

    async def submit(self, user_id: str, interaction_id: str, values: Json) -> Json:
        """Sends a modal that an interaction opened, filled with values by custom id."""
        opened = self._interactions.opened(interaction_id)
        if opened is None or opened.modal is None:
            raise NotPossible("That dialog is not open any more.")
        data: Json = {"custom_id": opened.modal["custom_id"]}
        data["components"] = [fill(component, values) for component in opened.modal["components"]]
        for _, inner in walk(data["components"]):
            for key, found in resolve_values(self._core.world, inner["type"], inner).items():
                data.setdefault("resolved", {}).setdefault(key, {}).update(found)
        made = self._interactions.make(
            MODAL_SUBMIT, user_id, opened.channel_id, data, message=opened.message, source=opened
        )
        outcome = await self._interactions.outcome(made)
        if "failed" not in outcome:
            self._interactions.close_dialog(interaction_id)
        return outcome

    def react(self, user_id: str, channel_id: str, message_id: str, emoji: str) -> None:
        """Adds the member's reaction, or takes it back when it is there."""
        message = self._core.world.message(channel_id, message_id)
        users = self._core.world.reactions.get(message_id, {}).get(emoji, [])
        change = messages.unreact if user_id in users else messages.react
        change(self._core, message, emoji, user_id)

    def retract(self, user_id: str, channel_id: str, message_id: str) -> None:
        """Deletes a message; members may delete their own, and dismiss ephemeral ones."""
        message = self._core.world.message(channel_id, message_id)
        mine = message["author"]["id"] == user_id
        if not mine and self._core.world.viewers.get(message_id) != user_id:
            raise NotPossible("Only its author may delete a message.")
        messages.delete(self._core, message)
