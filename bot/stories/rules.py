"""Who may do what to the story of a thread. Nothing here knows Discord or the database.

The owner may do everything but write out of turn. Moderators may take away and take back, but
never put words into a story that isn't theirs.
"""

from dataclasses import dataclass

from bot.errors import CantInvite, NotInvited, NotYourLine, NotYourStory, NotYourTurn, OneLineATurn
from storage.values import Circle, Writers


@dataclass(frozen=True, slots=True)
class Actor:
    """The member who does something; `moderates` this channel or not."""

    id: int
    moderates: bool = False


def check_belongs(circle: Circle, actor: Actor) -> None:
    """The member takes part: may add characters, and have the story drawn.

    Raises:
        NotInvited: only the owner, or only those the owner has invited, take part.
    """
    if circle.writers is Writers.EVERYONE or actor.id == circle.owner_id:
        return
    if circle.writers is Writers.OWNER or actor.id not in circle.invited:
        raise NotInvited(circle.owner_id, kind=circle.writers.value)


def check_write(circle: Circle, actor: Actor, lines: int = 1) -> None:
    """The member may add so many lines now.

    Raises:
        NotInvited: as `check_belongs`.
        NotYourTurn: it is somebody else's.
        OneLineATurn: a turn is one line.
    """
    check_belongs(circle, actor)
    if circle.writers is not Writers.TURNS or lines == 0:
        return
    if turn_of(circle) != actor.id:
        raise NotYourTurn(turn_of(circle))
    if lines > 1:
        raise OneLineATurn(lines)


def check_edit(circle: Circle, actor: Actor, author_id: int) -> None:
    """The member may change or move a line, or a character, of that author.

    Raises:
        NotYourLine
    """
    if actor.id not in (author_id, circle.owner_id):
        raise NotYourLine(author_id)


def check_remove(circle: Circle, actor: Actor, *authors: int) -> None:
    """The member may remove what these members wrote, or take back what they did.

    Raises:
        NotYourLine
    """
    if not actor.moderates and actor.id not in (*authors, circle.owner_id):
        raise NotYourLine(authors[0])


def check_lead(circle: Circle, actor: Actor) -> None:
    """The member may say who writes.

    Raises:
        NotYourStory
    """
    if actor.id != circle.owner_id:
        raise NotYourStory(circle.owner_id)


def check_pass(circle: Circle, actor: Actor) -> None:
    """The member may pass the turn on: whose turn it is, the owner, or a moderator.

    Raises:
        NotYourTurn
    """
    turn = turn_of(circle)
    if not actor.moderates and actor.id not in (turn, circle.owner_id):
        raise NotYourTurn(turn)


def turn_of(circle: Circle) -> int:
    """Whose turn it is: the owner's, where nobody had one or the last one is gone."""
    turn = circle.turn_id
    return turn if turn is not None and turn in circle.invited else circle.owner_id


def next_turn(circle: Circle) -> int:
    """Who comes after the one whose turn it is."""
    order = (circle.owner_id, *circle.invited)
    return order[(order.index(turn_of(circle)) + 1) % len(order)]


def check_invitation(circle: Circle, member_id: int, *, bot: bool) -> None:
    """Raises:
    CantInvite: a bot, or the owner.
    """
    if bot or member_id == circle.owner_id:
        raise CantInvite(member_id)
