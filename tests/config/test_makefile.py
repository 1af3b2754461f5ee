"""`make` finds Python 3.11 under the names it has on people's machines."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """On a machine whose only programs are in `folder`."""
    command = [str(MAKE), f"VENV={folder / 'venv'}", *arguments, "install"]
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["python3.11", "python3", "python"])
def test_python_is_found_by_what_it_is_and_not_by_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to(shutil.which("false") or "/bin/false")  # some other Python
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to(sys.executable)
    planned = make(tmp_path, "--dry-run").stdout
    assert f"\n{name} -m venv " in planned


@pytest.mark.parametrize("named", ["", "PYTHON=/no/such/python"])
def test_without_python_3_11_make_says_what_to_do(named: str, tmp_path: Path) -> None:
    ran = make(tmp_path, *filter(None, [named]))
    assert ran.returncode != 0
    assert "Inkthread needs Python 3.11; say where it is: make PYTHON=" in ran.stdout
    assert list(tmp_path.iterdir()) == []
