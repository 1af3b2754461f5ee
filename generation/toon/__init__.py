"""The embedded default model: the world it was taught, how it was taught, and its weights."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
