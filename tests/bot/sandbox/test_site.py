"""The page's files, and who may ask for anything."""

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import cli
from bot.sandbox.member import PATIENCE, Member, Refused
from bot.sandbox.server import Sandbox
from bot.sandbox.site import PAGE


async def fetch(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.text()


async def test_the_page_needs_nothing_from_elsewhere(sandbox: Sandbox) -> None:
    status, text = await fetch(sandbox.url)
    assert status == 200
    assert "Inkthread Sandbox" in text
    for path in PAGE.iterdir():
        status, text = await fetch(f"{sandbox.url}/page/{path.name}")
        assert status == 200
        assert 'src="http' not in text
        assert "url(http" not in text
        assert "import(" not in text


async def test_a_film_is_sent_whole_or_in_parts(sandbox: Sandbox) -> None:
    async with Member(sandbox.url) as ada:
        film = await ada.upload("clip.mp4", b"0123456789")
    assert film["content_type"] == "video/mp4"
    assert await fetch(film["url"]) == (200, "0123456789")
    assert await fetch(film["url"], Range="bytes=2-4") == (206, "234")
    assert await fetch(film["url"], Range="bytes=7-") == (206, "789")
    assert await fetch(film["url"], Range="bytes=-2") == (206, "89")
    assert (await fetch(film["url"], Range="bytes=10-"))[0] == 416
    assert (await fetch(film["url"], Range="bytes=4-2"))[0] == 416


@pytest.mark.parametrize("name", ["../server.py", "..%2fserver.py", "missing.js"])
async def test_only_the_pages_files_are_served(sandbox: Sandbox, name: str) -> None:
    assert (await fetch(f"{sandbox.url}/page/{name}"))[0] == 404


async def test_other_sites_may_not_ask(sandbox: Sandbox) -> None:
    assert (await fetch(sandbox.url, Host="evil.example"))[0] == 403
    assert (await fetch(f"{sandbox.url}/sandbox/snapshot", Origin="http://evil.example"))[0] == 403
    assert (await fetch(f"{sandbox.url}/sandbox/snapshot", Origin=sandbox.url))[0] == 200


async def test_a_file_of_a_member_cannot_run_scripts(sandbox: Sandbox, ada: Member) -> None:
    upload = await ada.upload("evil.html", b"<script>alert(1)</script>")
    async with aiohttp.ClientSession() as session, session.get(upload["url"]) as response:
        assert response.headers["Content-Security-Policy"] == "sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_a_members_client_would_stop_is_a_sentence(ada: Member) -> None:
    with pytest.raises(Refused, match="There is no command 'nothing'"):
        await ada.command("/nothing")
    with pytest.raises(Refused, match="has no component 'x'"):
        await ada.click(await ada.say("hello"), "x")


async def test_a_member_deletes_only_own_messages(sandbox: Sandbox, ada: Member) -> None:
    said = await ada.say("mine")
    async with Member(sandbox.url, "Ben") as ben:
        with pytest.raises(Refused, match="Only its author"):
            await ben.delete(said)
    await ada.delete(said)
    assert await ada.messages() == []


async def test_a_state_that_can_not_be_used_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await cli.serve(0, tmp_path) == 2
    assert "is a folder; name a file in it" in capsys.readouterr().err
    assert await cli.serve(0, None, tmp_path / "away.json") == 2
    assert "can't be read" in capsys.readouterr().err


async def test_the_command_prints_its_address_and_ends_cleanly(tmp_path: Path) -> None:
    code = (
        "import argparse, sys; from bot.sandbox import cli; p = argparse.ArgumentParser();"
        "cli.register(p.add_subparsers()); a = p.parse_args(); sys.exit(a.func(a))"
    )
    arguments = ["-c", code, "sandbox", "--port", "0", "--state", str(tmp_path / "state")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    url = line.split()[-1]
    assert url.startswith("http://127.0.0.1:")
    async with Member(url) as ada:
        await ada.say("hello")
        async with aiohttp.ClientSession() as session:
            stream = await session.get(f"{url}/sandbox/stream?user={ada.id}")
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
            stream.close()
