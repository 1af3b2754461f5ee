"""Gateway sessions: what was sent to whom, so that a lost connection can be resumed.

https://docs.discord.com/developers/events/gateway#resuming
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.intents import conceal, sees
from bot.sandbox.wire import Clock, Json, encode

REPLAY = 2000  # events kept for a resume
RESUMABLE_FOR = 180.0  # seconds after the connection was lost


class Link:
    """One open connection: frames in order, then perhaps a close code."""

    def __init__(self) -> None:
        self.outbox: asyncio.Queue[bytes | int] = asyncio.Queue()

    def send(self, frame: bytes) -> None:
        self.outbox.put_nowait(frame)

    def close(self, code: int) -> None:
        self.outbox.put_nowait(code)


@dataclass(eq=False)
class Session:
    id: str
    token: str
    intents: int
    sequence: int = 0
    sent: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY))
    link: Link | None = None
    lost_at: float | None = None

    def push(self, event: str, data: Json) -> None:
        self.sequence += 1
        frame = encode({"op": 0, "t": event, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, frame))
        if self.link is not None:
            self.link.send(frame)

    def replay(self, since: int) -> bool:
        """Sends what the client missed; False when it can't be known any more."""
        if since > self.sequence or (self.sent and since < self.sent[0][0] - 1):
            return False
        if self.link is not None:
            for sequence, frame in self.sent:
                if sequence > since:
                    self.link.send(frame)
        return True


class Hub:
    """All sessions; `dispatch` reaches each that may see the event."""

    def __init__(self, clock: Clock, copies: Callable[[], int] = lambda: 1) -> None:
        self._clock = clock
        self._copies = copies
        self._sessions: dict[str, Session] = {}
        self.bot_id = ""
        self.on_change: Callable[[], None] = lambda: None
        self.on_event: Callable[[str, Json], None] = lambda event, data: None

    @property
    def online(self) -> bool:
        return any(session.link is not None for session in self._sessions.values())

    @property
    def waiting(self) -> bool:
        """Whether an event sent now can reach a client, now or after it resumes."""
        self._forget_old()
        return bool(self._sessions)

    @property
    def intents(self) -> int:
        """What the newest session asked for; REST conceals message content by it too."""
        sessions = list(self._sessions.values())
        return sessions[-1].intents if sessions else -1

    def open(self, token: str, intents: int, link: Link) -> Session:
        self._forget_old()
        session = Session(secrets.token_hex(16), token, intents, link=link)
        self._sessions[session.id] = session
        self.on_change()
        return session

    def resume(self, session_id: str, token: str, since: int, link: Link) -> Session | None:
        """The session with the missed events on their way, or None when it is gone."""
        self._forget_old()
        session = self._sessions.get(session_id)
        if session is None or session.token != token:
            return None
        if session.link is not None:
            session.link.close(4000)
        session.link = link
        if not session.replay(since):
            del self._sessions[session_id]
            return None
        session.lost_at = None
        self.on_change()
        return session

    def lost(self, session: Session, link: Link) -> None:
        """The connection ended; the session can be resumed for a while."""
        if session.link is link:
            session.link = None
            session.lost_at = self._clock()
            self.on_change()

    def ended(self, session: Session) -> None:
        """The client said goodbye (close 1000 or 1001): nothing to resume."""
        if self._sessions.pop(session.id, None) is not None:
            self.on_change()

    def drop(self, *, resumable: bool, code: int = 4000) -> int:
        """Closes every connection, as a fault; returns how many there were."""
        dropped = [session for session in self._sessions.values() if session.link is not None]
        for session in dropped:
            if session.link is not None:
                session.link.close(code)
            if not resumable:
                del self._sessions[session.id]
        return len(dropped)

    def dispatch(self, event: str, data: Json) -> None:
        self._forget_old()
        self.on_event(event, data)
        for session in list(self._sessions.values()):
            if not sees(session.intents, event, data):
                continue
            seen = data
            if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
                seen = conceal(data, session.intents, self.bot_id)
            for _ in range(self._copies()):
                session.push(event, seen)

    def _forget_old(self) -> None:
        oldest = self._clock() - RESUMABLE_FOR
        for session in list(self._sessions.values()):
            if session.lost_at is not None and session.lost_at < oldest:
                del self._sessions[session.id]
