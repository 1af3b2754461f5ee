"""What the bot must be allowed to do in a channel, asked before any work starts."""

import discord

from bot.errors import MissingPermissions

# Reading the history finds a page again after a crash; without it a page might be posted twice.
IN_CHANNEL = ("view_channel", "send_messages", "attach_files", "read_message_history")
IN_THREAD = ("view_channel", "send_messages_in_threads", "attach_files", "read_message_history")
OPEN_THREAD = ("view_channel", "create_public_threads", *IN_THREAD[1:])


def need_to_post(interaction: discord.Interaction) -> None:
    """The bot can post pages in the interaction's channel.

    Raises:
        MissingPermissions: it can't; names what is missing.
    """
    need(interaction, IN_THREAD if isinstance(interaction.channel, discord.Thread) else IN_CHANNEL)


def need(interaction: discord.Interaction, names: tuple[str, ...]) -> None:
    """The bot has all these permissions in the interaction's channel.

    Raises:
        MissingPermissions: it has not; names what is missing.
    """
    missing = missing_of(interaction.app_permissions, names)
    if missing:
        raise MissingPermissions(missing)


def missing_of(granted: discord.Permissions, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not getattr(granted, name))
