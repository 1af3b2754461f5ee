"""A drawn story as a folder: one PNG per panel, one per page, and `summary.json`."""

import io
import json
import time
from pathlib import Path
from typing import Any

from PIL import Image

from generation.script.plan import RenderPlan
from generation.studio.events import Event, Finished, PageComposed, PanelDrawn, Preview


class PictureNotKept(Exception):
    """A file of the folder can't be written; the message says which and why."""


class Portfolio:
    """Takes the events of one render as they come and writes each picture at once."""

    def __init__(self, folder: Path, plan: RenderPlan) -> None:
        """Makes the folder.

        Raises:
            OSError: it can't be made.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._plan = plan
        self._began = time.perf_counter()
        self._first_preview: float | None = None
        self._panels: list[dict[str, Any]] = []
        self._pages: list[dict[str, Any]] = []

    def take(self, event: Event) -> None:
        """Write what the event brings. Hidden sheet panels are no part of the story.

        Raises:
            PictureNotKept
        """
        match event:
            case Preview() if self._first_preview is None:
                self._first_preview = time.perf_counter() - self._began
            case PanelDrawn(position, image, seed):
                panel = self._plan.panels[position]
                if panel.number is not None:
                    entry = self._keep(f"panel-{panel.number:02}.png", image)
                    self._panels.append(
                        entry
                        | {"number": panel.number, "seed": panel.seed if seed is None else seed}
                    )
            case PageComposed(index, image, alt_text):
                entry = self._keep(f"page-{index + 1:02}.png", image)
                self._pages.append(entry | {"alt_text": alt_text})

    def finish(self, finished: Finished) -> dict[str, Any]:
        """Write `summary.json` and return what is in it.

        Raises:
            PictureNotKept
        """
        plan = self._plan
        total = time.perf_counter() - self._began
        other = total - sum(finished.seconds.values())  # mostly the start of the processes
        seconds = {**finished.seconds, "other": other, "total": total}
        if self._first_preview is not None:
            seconds["first_preview"] = self._first_preview
        summary = {
            "title": plan.title,
            "model": plan.model,
            "style": plan.style,
            "seed": plan.seed,
            "steps": plan.steps,
            "guidance": plan.guidance,
            "width": plan.width,
            "height": plan.height,
            "consistency": any(panel.references for panel in plan.panels),
            "hidden_panels": sum(panel.number is None for panel in plan.panels),
            "micro_batch": finished.micro_batch,
            "seconds": {phase: round(time, 3) for phase, time in seconds.items()},
            "peak_memory": finished.peak_memory,
            "panels": self._panels,
            "pages": self._pages,
            "notes": [*plan.notes, *finished.notes],
        }
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        self._write("summary.json", text.encode())
        return summary

    def _keep(self, name: str, png: bytes) -> dict[str, Any]:
        self._write(name, png)
        with Image.open(io.BytesIO(png)) as image:
            return {"file": name, "width": image.width, "height": image.height}

    def _write(self, name: str, content: bytes) -> None:
        try:
            (self._folder / name).write_bytes(content)
        except OSError as exc:
            message = f"{self._folder / name} can't be written: {exc.strerror}."
            raise PictureNotKept(message) from exc
