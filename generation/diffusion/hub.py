"""Places in the catalogue: a file or folder relative to it, or `owner/name/...` on the hub."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import hf_hub_download


@dataclass(frozen=True)
class Place:
    """Of a file or folder. Without a `repository` it is `path` on this machine."""

    path: Path
    repository: str = ""

    @property
    def here(self) -> bool:
        return not self.repository

    @property
    def inner(self) -> str:
        """The path inside the repository."""
        return self.path.as_posix()

    @property
    def parent(self) -> "Place":
        return Place(self.path.parent, self.repository)

    def __truediv__(self, name: str) -> "Place":
        return Place(self.path / name, self.repository)

    def __str__(self) -> str:
        return f"{self.repository}/{self.inner}" if self.repository else str(self.path)

    def fetched(self) -> Path:
        """The file on this machine, downloaded where it has to be.

        Raises:
            OSError: there is none.
        """
        if self.here:
            if not self.path.is_file():
                raise FileNotFoundError(f"there is no {self.path}")
            return self.path
        return Path(hf_hub_download(self.repository, self.inner))


def place_of(source: str, folder: Path) -> Place:
    """What a catalogue in `folder` means by `source`: what is there, else the hub."""
    path = folder / Path(source).expanduser()
    parts = source.split("/")
    if path.exists() or source.startswith((".", "/", "~")) or len(parts) < 2:
        return Place(path)
    return Place(Path(*parts[2:]), "/".join(parts[:2]))
