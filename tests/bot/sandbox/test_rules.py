"""What Discord refuses, the sandbox refuses: each limit is kept to, and passed by one.

The sources are beside the constants in rules.py, component_rules.py and command_rules.py.
"""

from typing import Any

import pytest

from bot.sandbox import permissions, uploads
from bot.sandbox.member import Member
from tests.bot.sandbox.rest_client import RestClient, error_codes

V2 = 1 << 15
Body = dict[str, Any]


def text(length: int) -> str:
    return "x" * length


def row(*components: Body) -> Body:
    return {"type": 1, "components": list(components)}


def button(number: int = 0, **more: Any) -> Body:
    return {"type": 2, "style": 1, "label": "b", "custom_id": f"b{number}"} | more


def select(options: int = 1, **more: Any) -> Body:
    listed = [{"label": f"o{n}", "value": str(n)} for n in range(options)]
    return {"type": 3, "custom_id": "s", "options": listed} | more


def display(length: int) -> Body:
    return {"type": 10, "content": text(length)}


def gallery(items: int, **more: Any) -> Body:
    item = {"media": {"url": "https://example.org/a.png"}} | more
    return {"type": 12, "items": [item] * items}


def v2(*components: Body, **more: Any) -> Body:
    return {"flags": V2, "components": list(components)} | more


def v1(*components: Body) -> Body:
    return {"content": "x", "components": list(components)}


def embeds(*listed: Body) -> Body:
    return {"embeds": list(listed)}


def poll(answers: int = 1, letters: int = 5) -> Body:
    answer = {"poll_media": {"text": text(letters)}}
    return {"poll": {"question": {"text": "?"}, "answers": [answer] * answers}}


# name -> (allowed, one over, where the error is, its code)
MESSAGES: dict[str, tuple[Body, Body, str, str]] = {
    "content": (
        {"content": text(2000)},
        {"content": text(2001)},
        "content",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "embeds": (
        embeds(*[{"title": "x"}] * 10),
        embeds(*[{"title": "x"}] * 11),
        "embeds",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "embed title": (
        embeds({"title": text(256)}),
        embeds({"title": text(257)}),
        "embeds.0.title",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "embed description": (
        embeds({"description": text(4096)}),
        embeds({"description": text(4097)}),
        "embeds.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "embed fields": (
        embeds({"fields": [{"name": "n", "value": "v"}] * 25}),
        embeds({"fields": [{"name": "n", "value": "v"}] * 26}),
        "embeds.0.fields",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "embed footer": (
        embeds({"title": "x", "footer": {"text": text(2048)}}),
        embeds({"title": "x", "footer": {"text": text(2049)}}),
        "embeds.0.footer.text",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "all embeds together": (
        embeds({"description": text(4000)}, {"description": text(2000)}),
        embeds({"description": text(4000)}, {"description": text(2001)}),
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    "action rows": (
        v1(*[row(button(n)) for n in range(5)]),
        v1(*[row(button(n)) for n in range(6)]),
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "buttons in a row": (
        v1(row(*[button(n) for n in range(5)])),
        v1(row(*[button(n) for n in range(6)])),
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a select fills its row": (
        v1(row(select())),
        v1(row(select(), button())),
        "components.0.components.1",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "button label": (
        v1(row(button(label=text(80)))),
        v1(row(button(label=text(81)))),
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "custom id": (
        v1(row(button(custom_id=text(100)))),
        v1(row(button(custom_id=text(101)))),
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "custom ids are unique": (
        v1(row(button(1), button(2))),
        v1(row(button(1), button(1))),
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "select options": (
        v1(row(select(25))),
        v1(row(select(26))),
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "select placeholder": (
        v1(row(select(placeholder=text(150)))),
        v1(row(select(placeholder=text(151)))),
        "components.0.components.0.placeholder",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "components v2 need their flag": (
        v2(display(5)),
        {"components": [display(5)]},
        "components.0",
        "UNION_TYPE_CHOICES",
    ),
    "no content with components v2": (
        v2(display(5)),
        v2(display(5), content="x"),
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "no embeds with components v2": (
        v2(display(5)),
        v2(display(5), **embeds({"title": "x"})),
        "embeds",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "no poll with components v2": (
        v2(display(5)),
        v2(display(5), **poll()),
        "poll",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "components of a message": (
        v2({"type": 17, "components": [display(1)] * 39}),
        v2({"type": 17, "components": [display(1)] * 40}),
        "components",
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "all text displays together": (
        v2(display(3000), {"type": 17, "components": [display(1000)]}),
        v2(display(3000), {"type": 17, "components": [display(1001)]}),
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "gallery items": (
        v2(gallery(10)),
        v2(gallery(11)),
        "components.0.items",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "alt text": (
        v2(gallery(1, description=text(1024))),
        v2(gallery(1, description=text(1025))),
        "components.0.items.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "texts of a section": (
        v2({"type": 9, "components": [display(1)] * 3, "accessory": button()}),
        v2({"type": 9, "components": [display(1)] * 4, "accessory": button()}),
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "no container in a container": (
        v2({"type": 17, "components": [display(1)]}),
        v2({"type": 17, "components": [{"type": 17, "components": [display(1)]}]}),
        "components.0.components.0",
        "UNION_TYPE_CHOICES",
    ),
    "media must be among the files": (
        v2(gallery(1)),
        v2(gallery(1, media={"url": "attachment://missing.png"})),
        "components.0.items.0.url",
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    "poll answers": (poll(10), poll(11), "poll.answers", "BASE_TYPE_BAD_LENGTH"),
    "poll answer": (
        poll(1, 55),
        poll(1, 56),
        "poll.answers.0.poll_media.text",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "nonce": (
        {"content": "x", "nonce": text(25)},
        {"content": "x", "nonce": text(26)},
        "nonce",
        "BASE_TYPE_MAX_LENGTH",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_at_the_limit_is_taken_and_one_over_is_refused(
    rest: RestClient, name: str
) -> None:
    allowed, over, place, code = MESSAGES[name]
    status, body = await rest.send(allowed)
    assert status == 200, body
    status, body = await rest.send(over)
    assert (status, body["code"], body["message"]) == (400, 50035, "Invalid Form Body")
    assert error_codes(body) == {place: code}
    assert len(rest.world.messages[rest.comics]) == 1


def modal(**more: Any) -> Body:
    return {"custom_id": "m", "title": "t", "components": [labelled()]} | more


def labelled(number: int = 0, label: str = "l", **more: Any) -> Body:
    box = {"type": 4, "style": 2, "custom_id": f"i{number}"} | more
    return {"type": 18, "label": label, "component": box}


def one(**more: Any) -> Body:
    return modal(components=[labelled(**more)])


MODALS: dict[str, tuple[Body, Body, str, str]] = {
    "title": (modal(title=text(45)), modal(title=text(46)), "title", "BASE_TYPE_BAD_LENGTH"),
    "custom id": (
        modal(custom_id=text(100)),
        modal(custom_id=text(101)),
        "custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "components": (
        modal(components=[labelled(n) for n in range(5)]),
        modal(components=[labelled(n) for n in range(6)]),
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "label": (
        one(label=text(45)),
        one(label=text(46)),
        "components.0.label",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "placeholder": (
        one(placeholder=text(100)),
        one(placeholder=text(101)),
        "components.0.component.placeholder",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "value": (
        one(value=text(4000)),
        one(value=text(4001)),
        "components.0.component.value",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "longest text": (
        one(max_length=4000),
        one(max_length=4001),
        "components.0.component.max_length",
        "NUMBER_TYPE_MAX",
    ),
    "no buttons": (
        modal(
            components=[
                {"type": 1, "components": [{"type": 4, "style": 1, "custom_id": "a", "label": "a"}]}
            ]
        ),
        modal(components=[row(button())]),
        "components.0.components.0",
        "UNION_TYPE_CHOICES",
    ),
}


@pytest.mark.parametrize("name", MODALS)
async def test_a_dialog_at_the_limit_is_taken_and_one_over_is_refused(
    rest: RestClient, name: str
) -> None:
    allowed, over, place, code = MODALS[name]
    interaction = await rest.interaction()
    status, body = await rest.answer(interaction, {"type": 9, "data": over})
    assert (status, body["code"]) == (400, 50035)
    assert error_codes(body) == {f"data.{place}": code}
    status, body = await rest.answer(interaction, {"type": 9, "data": allowed})
    assert status == 204, body


def command(name: str = "comic", **more: Any) -> Body:
    return {"type": 1, "name": name, "description": "d"} | more


def option(number: int = 0, **more: Any) -> Body:
    return {"type": 3, "name": f"o{number}", "description": "d"} | more


def choices(count: int, letters: int = 1) -> Body:
    return option(choices=[{"name": text(letters), "value": "v"}] * count)


COMMANDS: dict[str, tuple[Body, Body, str, str]] = {
    "name": (
        command(text(32)),
        command(text(33)),
        "0.name",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    "lower case": (
        command("comic"),
        command("Comic"),
        "0.name",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    "description": (
        command(description=text(100)),
        command(description=text(101)),
        "0.description",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "menu name": (
        {"type": 3, "name": "A" * 32},
        {"type": 3, "name": "A" * 33},
        "0.name",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "options": (
        command(options=[option(n) for n in range(25)]),
        command(options=[option(n) for n in range(26)]),
        "0.options",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "option name": (
        command(options=[option(name=text(32))]),
        command(options=[option(name=text(33))]),
        "0.options.0.name",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    "option description": (
        command(options=[option(description=text(100))]),
        command(options=[option(description=text(101))]),
        "0.options.0.description",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "choices": (
        command(options=[choices(25)]),
        command(options=[choices(26)]),
        "0.options.0.choices",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "choice": (
        command(options=[choices(1, 100)]),
        command(options=[choices(1, 101)]),
        "0.options.0.choices.0.name",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "required options first": (
        command(options=[option(1, required=True), option(2)]),
        command(options=[option(1), option(2, required=True)]),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "the whole command": (
        command(options=[option(n, name=f"o{n:02}", description=text(100)) for n in range(25)]),
        command(
            options=[
                {"type": 1, "name": f"s{n}", "description": text(90)}
                | {"options": [option(m, name=f"o{m:02}", description=text(90)) for m in range(10)]}
                for n in range(9)
            ]
        ),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_at_the_limit_is_taken_and_one_over_is_refused(
    rest: RestClient, name: str
) -> None:
    allowed, over, place, code = COMMANDS[name]
    path = f"/applications/{rest.application}/commands"
    status, body = await rest.call("PUT", path, [over])
    assert (status, body["code"]) == (400, 50035)
    assert error_codes(body) == {place: code}
    status, body = await rest.call("PUT", path, [allowed])
    assert (status, len(body)) == (200, 1), body


async def test_an_application_has_at_most_a_hundred_slash_commands(rest: RestClient) -> None:
    path = f"/applications/{rest.application}/commands"
    assert (await rest.call("PUT", path, [command(f"c{n}") for n in range(100)]))[0] == 200
    status, body = await rest.call("PUT", path, [command(f"c{n}") for n in range(101)])
    assert (status, body["code"]) == (400, 30032)


async def test_autocomplete_offers_at_most_25_choices(rest: RestClient) -> None:
    user = rest.world.humans[0]["id"]
    made = rest.sandbox.interactions.make(4, user, rest.comics, {"name": "comic", "type": 1})
    listed = [{"name": str(n), "value": str(n)} for n in range(26)]
    status, body = await rest.answer(made.payload, {"type": 8, "data": {"choices": listed}})
    assert (status, error_codes(body)) == (400, {"data.choices": "BASE_TYPE_MAX_LENGTH"})
    answer = {"type": 8, "data": {"choices": listed[:25]}}
    assert (await rest.answer(made.payload, answer))[0] == 204


async def test_a_file_above_ten_mebibytes_is_too_large(rest: RestClient) -> None:
    largest = bytes(uploads.UPLOAD_LIMIT)
    assert (await rest.send({}, files={"a.bin": largest}))[0] == 200
    status, body = await rest.send({}, files={"a.bin": largest + b"x"})
    assert (status, body["code"]) == (413, 40005)


async def test_a_message_has_at_most_ten_files(rest: RestClient) -> None:
    files = {f"{n}.txt": b"x" for n in range(10)}
    assert (await rest.send({}, files=files))[0] == 200
    status, body = await rest.send({}, files=files | {"10.txt": b"x"})
    assert (status, error_codes(body)) == (400, {"attachments": "BASE_TYPE_MAX_LENGTH"})


async def test_an_empty_message_is_refused(rest: RestClient) -> None:
    for empty in ("", " \n"):
        status, body = await rest.send({"content": empty})
        assert (status, body["code"]) == (400, 50006)


async def test_an_edit_may_not_empty_a_message_nor_remove_components_v2(rest: RestClient) -> None:
    _, plain = await rest.send({"content": "x"})
    path = f"/channels/{rest.comics}/messages/{plain['id']}"
    status, body = await rest.call("PATCH", path, {"content": ""})
    assert (status, body["code"]) == (400, 50006)
    _, page = await rest.send(v2(display(5)))
    path = f"/channels/{rest.comics}/messages/{page['id']}"
    status, body = await rest.call("PATCH", path, {"content": "x", "flags": 0})
    assert error_codes(body) == {"content": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"}


async def test_a_refused_edit_changes_nothing(rest: RestClient) -> None:
    _, page = await rest.send({"content": "x"}, files={"a.txt": b"a"})
    path = f"/channels/{rest.comics}/messages/{page['id']}"
    broken = v2(gallery(1, media={"url": "attachment://no.png"}), content=None, attachments=[])
    assert (await rest.call("PATCH", path, broken))[0] == 400
    assert (await rest.call("GET", path))[1] == page


async def test_unknown_things_have_their_own_codes(rest: RestClient) -> None:
    paths = {
        "/channels/1": 10003,
        f"/channels/{rest.comics}/messages/1": 10008,
        "/guilds/1": 10004,
        f"/guilds/{rest.world.guild['id']}/members/1": 10007,
        "/users/1": 10013,
        f"/webhooks/{rest.application}/nonsense/messages/@original": 10015,
        f"/applications/{rest.application}/commands/1": 10063,
    }
    for path, code in paths.items():
        status, body = await rest.call("GET", path)
        assert (status, body["code"]) == (404, code), path
    assert await rest.call("GET", "/nothing") == (404, {"message": "404: Not Found", "code": 0})


async def test_the_bot_edits_only_its_own_messages(rest: RestClient, ada: Member) -> None:
    said = await ada.say("mine")
    path = f"/channels/{rest.comics}/messages/{said['id']}"
    status, body = await rest.call("PATCH", path, {"content": "x"})
    assert (status, body["code"]) == (403, 50005)
    assert (await rest.call("DELETE", path))[0] == 403
    await ada.allow("comics", permissions.MANAGE_MESSAGES)
    assert (await rest.call("DELETE", path))[0] == 204


async def test_a_missing_permission_is_50013_and_an_unseen_channel_50001(
    rest: RestClient, ada: Member
) -> None:
    await ada.forbid("comics", permissions.SEND_MESSAGES)
    status, body = await rest.send({"content": "x"})
    assert (status, body["code"]) == (403, 50013)
    await ada.forbid("comics", permissions.ATTACH_FILES)
    assert (await rest.send({"content": "x"}))[0] == 200
    assert (await rest.send({"content": "x"}, files={"a.txt": b"a"}))[1]["code"] == 50013
    await ada.forbid("comics", permissions.VIEW_CHANNEL)
    status, body = await rest.send({"content": "x"})
    assert (status, body["code"]) == (403, 50001)
    await ada.forbid("comics", 0)
    assert (await rest.send({"content": "x"}))[0] == 200


async def test_writing_in_threads_is_its_own_permission(rest: RestClient, ada: Member) -> None:
    start = {"name": "story", "type": 11}
    _, thread = await rest.call("POST", f"/channels/{rest.comics}/threads", start)
    await ada.forbid("comics", permissions.SEND_MESSAGES_IN_THREADS)
    status, body = await rest.call("POST", f"/channels/{thread['id']}/messages", {"content": "x"})
    assert (status, body["code"]) == (403, 50013)
    await ada.forbid("comics", permissions.SEND_MESSAGES)
    status, _ = await rest.call("POST", f"/channels/{thread['id']}/messages", {"content": "x"})
    assert status == 200


async def test_thread_names_and_archive_times_have_limits(rest: RestClient) -> None:
    path = f"/channels/{rest.comics}/threads"
    body = {"name": text(100), "type": 11, "auto_archive_duration": 60}
    assert (await rest.call("POST", path, body))[0] == 201
    status, answer = await rest.call("POST", path, body | {"name": text(101)})
    assert (status, error_codes(answer)) == (400, {"name": "BASE_TYPE_BAD_LENGTH"})
    status, answer = await rest.call("POST", path, body | {"auto_archive_duration": 61})
    assert error_codes(answer) == {"auto_archive_duration": "BASE_TYPE_CHOICES"}


async def test_an_archived_thread_takes_messages_but_no_edits(rest: RestClient) -> None:
    start = {"name": "story", "type": 11}
    _, thread = await rest.call("POST", f"/channels/{rest.comics}/threads", start)
    here = f"/channels/{thread['id']}"
    _, sent = await rest.call("POST", f"{here}/messages", {"content": "x"})
    assert (await rest.call("PATCH", here, {"archived": True}))[0] == 200
    status, body = await rest.call("PATCH", f"{here}/messages/{sent['id']}", {"content": "y"})
    assert (status, body["code"]) == (400, 50083)
    assert (await rest.call("POST", f"{here}/messages", {"content": "y"}))[0] == 200
    _, thread = await rest.call("GET", here)
    assert thread["thread_metadata"]["archived"] is False


async def test_a_message_starts_one_thread_only(rest: RestClient) -> None:
    _, sent = await rest.send({"content": "x"})
    path = f"/channels/{rest.comics}/messages/{sent['id']}/threads"
    assert (await rest.call("POST", path, {"name": "a"}))[1]["id"] == sent["id"]
    status, body = await rest.call("POST", path, {"name": "a"})
    assert (status, body["code"]) == (400, 160004)


async def test_a_page_of_history_has_at_most_a_hundred_messages(rest: RestClient) -> None:
    path = f"/channels/{rest.comics}/messages?limit="
    assert (await rest.call("GET", path + "100"))[0] == 200
    status, body = await rest.call("GET", path + "101")
    assert (status, error_codes(body)) == (400, {"limit": "NUMBER_TYPE_MAX"})


async def test_without_a_token_everything_is_unauthorized(rest: RestClient) -> None:
    rest._session.headers.pop("Authorization")
    assert await rest.call("GET", "/users/@me") == (
        401,
        {"message": "401: Unauthorized", "code": 0},
    )
