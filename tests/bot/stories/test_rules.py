"""Who may do what to a story: every rule, without Discord and without a database."""

import pytest

from bot.errors import (
    BotError,
    CantInvite,
    NotInvited,
    NotYourLine,
    NotYourStory,
    NotYourTurn,
    OneLineATurn,
)
from bot.stories import rules
from bot.stories.rules import Actor
from storage.values import Circle, Writers

ADA, BEN, CHLOE, DAN = Actor(1), Actor(2), Actor(3), Actor(4)
MODERATOR = Actor(9, moderates=True)


def circle(writers: Writers, turn: int | None = None) -> Circle:
    """Ada's story, to which she has invited Ben and then Chloé."""
    return Circle(ADA.id, writers, (BEN.id, CHLOE.id), turn)


def refusal(check: object, *arguments: object) -> type[BotError] | None:
    try:
        check(*arguments)  # type: ignore[operator]
    except BotError as exc:
        return type(exc)
    return None


@pytest.mark.parametrize(
    ("writers", "actor", "refused"),
    [
        (Writers.EVERYONE, DAN, None),
        (Writers.OWNER, ADA, None),
        (Writers.OWNER, BEN, NotInvited),
        (Writers.OWNER, MODERATOR, NotInvited),
        (Writers.INVITED, ADA, None),
        (Writers.INVITED, CHLOE, None),
        (Writers.INVITED, DAN, NotInvited),
        (Writers.TURNS, ADA, None),
        (Writers.TURNS, BEN, NotYourTurn),
        (Writers.TURNS, DAN, NotInvited),
    ],
)
def test_who_may_add_a_line(writers: Writers, actor: Actor, refused: type[BotError] | None) -> None:
    assert refusal(rules.check_write, circle(writers), actor) is refused


def test_turns_go_round_in_the_order_of_the_invitations() -> None:
    turns, member = [], None
    for _ in range(4):
        member = rules.next_turn(circle(Writers.TURNS, member))
        turns.append(member)
    assert turns == [BEN.id, CHLOE.id, ADA.id, BEN.id]


def test_a_turn_is_one_line_but_characters_can_be_added_at_any_time() -> None:
    assert refusal(rules.check_write, circle(Writers.TURNS), ADA, 2) is OneLineATurn
    assert refusal(rules.check_belongs, circle(Writers.TURNS), CHLOE) is None


def test_the_turn_of_a_member_who_is_not_invited_any_more_is_the_owners() -> None:
    assert rules.turn_of(circle(Writers.TURNS, DAN.id)) == ADA.id


def test_lines_are_changed_by_author_and_owner_and_removed_by_moderators_too() -> None:
    everyone = circle(Writers.EVERYONE)
    assert refusal(rules.check_edit, everyone, BEN, BEN.id) is None
    assert refusal(rules.check_edit, everyone, ADA, BEN.id) is None
    assert refusal(rules.check_edit, everyone, CHLOE, BEN.id) is NotYourLine
    assert refusal(rules.check_edit, everyone, MODERATOR, BEN.id) is NotYourLine
    assert refusal(rules.check_remove, everyone, MODERATOR, BEN.id) is None
    assert refusal(rules.check_remove, everyone, CHLOE, BEN.id, CHLOE.id) is None
    assert refusal(rules.check_remove, everyone, DAN, BEN.id, CHLOE.id) is NotYourLine


def test_only_the_owner_invites_and_neither_bots_nor_themselves() -> None:
    everyone = circle(Writers.EVERYONE)
    assert refusal(rules.check_lead, everyone, ADA) is None
    assert refusal(rules.check_lead, everyone, MODERATOR) is NotYourStory
    with pytest.raises(CantInvite):
        rules.check_invitation(everyone, ADA.id, bot=False)
    with pytest.raises(CantInvite):
        rules.check_invitation(everyone, DAN.id, bot=True)


def test_a_turn_is_passed_by_who_has_it_by_the_owner_or_by_a_moderator() -> None:
    bens = circle(Writers.TURNS, BEN.id)
    for actor in (ADA, BEN, MODERATOR):
        assert refusal(rules.check_pass, bens, actor) is None
    assert refusal(rules.check_pass, bens, CHLOE) is NotYourTurn
