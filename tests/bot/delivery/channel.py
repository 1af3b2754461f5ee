"""A small real channel: messages are files in a folder, so that they outlive the process that sent
them. Like Discord it drops a second message with the nonce of one that was sent minutes ago."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.delivery.errors import MessageGone, TooOld
from storage.values import Post


@dataclass
class ChannelFolder:
    """`answers`: what each send does, in order: None works; an error is raised before the message
    is stored, and a pair's error after it. `nonces_known`: whether the nonce memory still works.
    `too_old`: no message can be edited."""

    folder: Path
    nonces_known: bool = True
    answers: Sequence[Exception | tuple[Exception] | None] = ()
    sends: int = 0
    too_old: bool = False
    slow: dict[int, asyncio.Event] = field(default_factory=dict)

    async def send(self, post: Post, image: bytes) -> int:
        answer = self.answers[self.sends] if self.sends < len(self.answers) else None
        self.sends += 1
        if post.channel_id in self.slow:
            await self.slow[post.channel_id].wait()
        if isinstance(answer, Exception):
            raise answer
        message_id = await asyncio.to_thread(self._store, post, image)
        if isinstance(answer, tuple):
            raise answer[0]
        return message_id

    async def edit(self, post: Post, image: bytes) -> None:
        if self.too_old:
            raise TooOld
        path = self.folder / f"{post.message_id}.json"
        if not path.exists():
            raise MessageGone
        path.write_text(json.dumps(json.loads(path.read_text()) | {"image": image.decode()}))

    async def delete(self, post: Post, message_id: int) -> None:
        try:
            (self.folder / f"{message_id}.json").unlink()
        except FileNotFoundError as exc:
            raise MessageGone from exc

    async def find(self, post: Post) -> int | None:
        assert post.first_tried_at is not None
        found = [one for one in self.messages() if one["marker"] == post.marker]
        return int(str(found[0]["id"])) if found else None

    def messages(self) -> list[dict[str, object]]:
        paths = sorted(self.folder.glob("*.json"))
        return [json.loads(path.read_text()) for path in paths]

    def _store(self, post: Post, image: bytes) -> int:
        known = [one for one in self.messages() if one["nonce"] == post.marker]
        if known and self.nonces_known:
            return int(str(known[0]["id"]))
        message_id = max([1000, *(int(str(one["id"])) for one in self.messages())]) + 1
        message = {
            "id": message_id,
            "channel": post.channel_id,
            "page": post.page,
            "nonce": post.marker,
            "marker": post.marker,
            "alt": post.alt_text,
            "image": image.decode(),
        }
        (self.folder / f"{message_id}.json").write_text(json.dumps(message))
        return message_id
