"""What a model may have beside it: an IP-Adapter with its image encoder, a likeness encoder."""

from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from generation.diffusion.adapter import ENCODER
from generation.diffusion.hub import Place, place_of
from generation.script.catalogue import Model

CONFIG = "config.json"  # what a folder with an encoder has


def lacking(model: Model, folder: Path) -> str:
    """A sentence for each part that isn't here, with what to do; empty where nothing lacks."""
    return " ".join(_told(what, place) for what, place in _parts(model, folder) if not _here(place))


def _parts(model: Model, folder: Path) -> Iterator[tuple[str, Place]]:
    """Each with the place of a file that is there if it is."""
    if model.ip_adapter:
        adapter = place_of(model.ip_adapter, folder)
        given = model.ip_adapter_encoder
        encoder = place_of(given, folder) if given else adapter.parent / ENCODER
        yield "Characters with a reference picture need its IP-Adapter", adapter
        yield "Reference pictures need an image encoder", encoder / CONFIG
    if model.likeness_encoder:
        yield "The drift check needs its encoder", place_of(model.likeness_encoder, folder) / CONFIG


def _here(place: Place) -> bool:
    if place.here:
        return place.path.is_file()
    return isinstance(try_to_load_from_cache(place.repository, place.inner), str)


def _told(what: str, place: Place) -> str:
    if place.here:
        return f"{what}: put it at {place}."
    wanted = place.inner
    if place.path.name == CONFIG:
        wanted = f'--include "{(place.path.parent / "*").as_posix()}"'
    return f"{what}: fetch it with `hf download {place.repository} {wanted}`."
