"""What can go wrong, on request: each field is a switch that tests and the page can turn."""

import random
from dataclasses import asdict, dataclass, field, fields

from bot.sandbox.wire import Json


@dataclass
class Faults:
    rate_limited: int = 0  # the next n API requests get 429
    rate_limited_share: float = 0.0  # and this share of all others
    retry_after: float = 0.2  # seconds
    broken: int = 0  # the next n API requests get 500, and nothing happens
    broken_share: float = 0.0
    broken_after: int = 0  # the next n API requests are carried out, but answered with 500
    latency: float = 0.0  # seconds before each API answer
    strict_limits: bool = False  # rate limits like Discord's own
    refuse_old_edits: bool = False  # messages older than an hour can't be edited any more
    refuse_intents: bool = False  # privileged intents were not granted
    cdn_gone: bool = False  # links to attachments have expired
    duplicate_events: bool = False  # the gateway sends each event twice
    forget_nonces: bool = False  # as Discord does after some minutes
    seed: int | None = None
    _random: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def update(self, changes: Json) -> None:
        """Turns the named switches; raises ValueError for a name that is none."""
        known = {f.name: f.type for f in fields(self) if not f.name.startswith("_")}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no such fault: {name}")
            setattr(self, name, value)
        if "seed" in changes:
            self._random = random.Random(self.seed)

    def as_json(self) -> Json:
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}

    def copies(self) -> int:
        return 2 if self.duplicate_events else 1

    def rate_limits(self) -> bool:
        if self.rate_limited > 0:
            self.rate_limited -= 1
            return True
        return self._random.random() < self.rate_limited_share

    def breaks(self) -> bool:
        if self.broken > 0:
            self.broken -= 1
            return True
        return self._random.random() < self.broken_share

    def breaks_after(self) -> bool:
        if self.broken_after > 0:
            self.broken_after -= 1
            return True
        return False
