"""The point of it all, measured: in a story characters keep the looks that no word states."""

import subprocess
import sys

GAIN = 0.3  # of chance-corrected agreement over panels that are drawn for themselves


def test_toon_keeps_looks_that_the_words_leave_open() -> None:
    command = "evaluate", "--quick", "--modes", "plain,ours", "--gain", str(GAIN)
    run = [sys.executable, "-c", "import sys; from config.cli import main; sys.exit(main())"]
    ran = subprocess.run([*run, *command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "kappa over plain's" in ran.stdout
