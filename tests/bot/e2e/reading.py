"""What a member sees in a message, taken out of Discord's JSON."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.member import Member

Json = dict[str, Any]


def components(message: Json) -> Iterator[Json]:
    """All components, nested ones too."""
    waiting = list(message.get("components", []))
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting[:0] = one.get("components", [])


def text(message: Json) -> str:
    shown = [one["content"] for one in components(message) if one["type"] == 10]
    return "\n".join([message.get("content", ""), *shown]).strip()


def buttons(message: Json) -> dict[str, str]:
    """Label to custom id."""
    return {one["label"]: one["custom_id"] for one in components(message) if one["type"] == 2}


def gallery(message: Json) -> list[Json]:
    return [item for one in components(message) if one["type"] == 12 for item in one["items"]]


def is_page(message: Json) -> bool:
    return "Redraw" in buttons(message)


def boxes(outcome: Json) -> dict[str, str]:
    """What stands in each box of the dialog that was opened."""
    return {
        label["component"]["custom_id"]: label["component"].get("value", "")
        for label in outcome["modal"]["components"]
        if label["component"]["type"] != 19  # a file
    }


def is_card(message: Json) -> bool:
    return "Add line" in buttons(message) and not message["flags"] & 64


async def answer(member: Member, outcome: Json) -> Json:
    """The message with which an interaction was answered. When the bot had to think first, what it
    says to everyone comes after a private word."""

    async def said() -> Json | None:
        found = await member.messages(outcome["message"]["channel_id"])
        later = [one for one in found if int(one["id"]) >= int(outcome["message"]["id"])]
        if not later or not (text(later[0]) or later[0]["components"]):
            return None
        if text(later[0]) != "Done: it is in the story.":
            return later[0]
        return next((one for one in later[1:] if not is_card(one)), None)

    return dict(await member.wait_for(said))
