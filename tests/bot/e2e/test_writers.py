"""Who may write in a thread's story: only its owner, the invited, everyone, or in turns."""

from bot.client import Inkthread
from bot.sandbox.member import Member
from tests.bot.e2e.reading import answer, boxes, buttons, is_card, text
from tests.bot.e2e.scripted import StartBot
from tests.bot.e2e.test_story import start


async def test_only_the_owner_writes_until_others_are_invited_also_after_a_restart(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada, who="owner")
    refused = await answer(ben, await ben.command("/story line", thread, text="rain [NC]"))
    assert f"Only <@{ada.id}> writes" in text(refused)
    assert text(refused).endswith("> rain [NC]")
    await bot.close()
    await start_bot()
    not_his = await answer(ben, await ben.command("/story invite", thread, member=ben.id))
    assert f"Only <@{ada.id}>" in text(not_his)
    await ada.command("/story invite", thread, member=ben.id)
    invited = await ben.wait_for_message(lambda m: "can write here now" in text(m), thread)
    assert [one["id"] for one in invited["mentions"]] == [ben.id]
    dialog = await ben.click(refused, buttons(refused)["Edit"])
    assert boxes(dialog)["panels"] == "rain [NC]"
    await ben.submit_modal(dialog)
    await ada.wait_for_message(lambda m: text(m).startswith("**1.** rain"), thread)
    await ada.command("/story uninvite", thread, member=ben.id)
    again = await answer(ben, await ben.command("/story line", thread, text="more rain [NC]"))
    assert "only" in text(again)


async def test_members_write_in_turns_and_the_card_says_whose_turn_it_is(
    ada: Member, ben: Member
) -> None:
    thread = await start(ada, who="turns")
    await ada.command("/story invite", thread, member=ben.id)
    early = await answer(ben, await ben.command("/story line", thread, text="rain [NC]"))
    assert f"It is <@{ada.id}>'s turn" in text(early)
    await ada.command("/story line", thread, text="sun [NC]")
    await ada.wait_for_message(
        lambda m: is_card(m) and f"It is <@{ben.id}>'s turn" in text(m), thread
    )
    await ben.command("/story pass", thread)
    passed = await ada.wait_for_message(lambda m: "turn: add one line" in text(m), thread)
    assert [one["id"] for one in passed["mentions"]] == [ada.id]
    await ada.command("/story writers", thread, who="everyone")
    await ben.command("/story line", thread, text="rain [NC]")
    await ada.wait_for_message(lambda m: text(m).startswith("**2.** rain"), thread)


async def test_neither_bots_nor_the_owner_are_invited(ada: Member, bot: Inkthread) -> None:
    thread = await start(ada)
    assert bot.user is not None
    for member in (str(bot.user.id), ada.id):
        refused = await answer(ada, await ada.command("/story invite", thread, member=member))
        assert "can't be invited" in text(refused)
