"""What can go wrong between a plan and its pictures.

DiffusionError
├── ModelMissing        nothing is there under the catalogue's `source`
├── ModelUnsupported    something is there, but this engine can't draw with it
├── PlanUnsupported     the model can't draw a panel of this size
├── PictureUnreadable   a picture that the plan names is none
└── CheckpointMismatch  the checkpoint is damaged, or of another plan, model or version

Each message says what to do. None of them is worth another attempt with the same input.
"""


class DiffusionError(Exception):
    """Base of this folder's errors."""


class ModelMissing(DiffusionError):
    """There is no model where the catalogue says."""

    def __init__(self, name: str, source: str, reason: str) -> None:
        super().__init__(
            f"the model '{name}' is not at '{source}': {reason}. "
            "Put a diffusers folder or a .safetensors file there, or change its `source`."
        )
        self.name = name
        self.source = source


class ModelUnsupported(DiffusionError):
    """The model is of another family, or needs a solver or an input this engine lacks."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the model '{name}' can't be used: {reason}")
        self.name = name


class PlanUnsupported(DiffusionError):
    """The plan asks for what the model can't draw."""


class PictureUnreadable(DiffusionError):
    """A reference picture or a picture to start from is damaged, or no picture at all."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the picture {key} can't be read; send it again as PNG or JPEG")
        self.key = key


class CheckpointMismatch(DiffusionError):
    """Drawing can't go on from this checkpoint; start anew."""
