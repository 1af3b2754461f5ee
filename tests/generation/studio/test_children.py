"""What parent and children mean to each other as processes."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from generation.studio.child import worker_environment

PARENT = """
import asyncio, sys
from pathlib import Path
from generation.studio.local import LocalStudio

async def main():
    studio = LocalStudio(Path(sys.argv[1]))
    starting = asyncio.create_task(studio.start())
    while len(studio.pids()) < 2:
        await asyncio.sleep(0.01)
    print(*studio.pids().values(), flush=True)
    await starting
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_children_die_with_a_killed_parent_even_while_they_start(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "models.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(children) == 2
        time.sleep(0.5)  # python is up then, torch is not
        parent.kill()
        gone, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    assert len(gone) == 2


def test_the_face_of_the_studio_needs_no_heavy_library() -> None:
    program = (
        "import sys, generation.studio.local, generation.studio.studio, generation.studio.events\n"
        "heavy = {'torch', 'numpy', 'PIL', 'diffusers', 'transformers', 'safetensors'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "[]\n"


def test_workers_are_told_no_secrets() -> None:
    given = {"DISCORD_TOKEN": "x", "INKTHREAD_DATABASE": "y", "PGPASSWORD": "z", "PATH": "/bin"}
    given["FSSPEC_S3_SECRET"] = "s"
    told = worker_environment(given)
    assert told["PATH"] == "/bin"
    assert not set(told) & {"DISCORD_TOKEN", "INKTHREAD_DATABASE", "PGPASSWORD", "FSSPEC_S3_SECRET"}
