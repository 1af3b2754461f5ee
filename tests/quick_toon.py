"""The model that ships, with few steps: it draws within a second, and the test's own process loads
nothing heavy."""

import json
import tomllib
from pathlib import Path

from config.settings import CATALOGUES

STEPS = 4
FILES = ("source", "vocabulary", "portraits")  # given relative to the catalogue
# What is drawn in so few steps is like no sheet: nearly every panel would be drawn twice.
LEFT_OUT = ("likeness_encoder", "likeness_least")


def quick_toon(folder: Path) -> dict[str, str]:
    """Environment variables of a bot that draws with it; its catalogue is written into `folder`."""
    listed = tomllib.loads((CATALOGUES / "models.toml").read_text(encoding="utf-8"))["toon"]
    places = {key: str((CATALOGUES / listed[key]).resolve()) for key in FILES if key in listed}
    chosen = {key: value for key, value in listed.items() if key not in LEFT_OUT}
    toon = {**chosen, **places, "steps": STEPS}
    lines = [f"{key} = {json.dumps(value)}" for key, value in toon.items()]
    catalogue = folder / "models.toml"
    catalogue.write_text("\n".join(["[toon]", *lines, ""]), encoding="utf-8")
    return {"INKTHREAD_MODELS": str(catalogue), "INKTHREAD_DEFAULT_MODEL": "toon"}
