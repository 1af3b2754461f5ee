"""Settings: one frozen class per process, read once in the entry points from the environment.

Each field's metadata holds the sentence that `.env.example` and the README print, so that the three
can't drift apart. A variable is the field's name in capitals behind `INKTHREAD_`; `DISCORD_TOKEN`
keeps the name the field uses everywhere.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import msgspec
from dotenv import dotenv_values

CATALOGUES = Path(__file__).parent


class SettingsError(Exception):
    """A setting can't be read; the message names the variable and what it must look like."""


def setting(default: Any, about: str, variable: str = "") -> Any:
    """A field with its default, its sentence for operators, and its variable if not the usual."""
    return field(default=default, metadata={"about": about, "variable": variable})


def variable_of(one: Any) -> str:
    """The environment variable of a settings field."""
    return one.metadata["variable"] or f"INKTHREAD_{one.name.upper()}"


@dataclass(frozen=True)
class Settings:
    """What every process reads."""

    data_dir: str = setting("data", "Folder of everything the bot keeps when nothing else is set.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "INFO", "DEBUG, INFO, WARNING or ERROR."
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the environment, over a `.env` file in the working folder.

        Raises:
            SettingsError: a value is not of the field's type, or out of its range.
        """
        if environment is None:
            stored = {key: text for key, text in dotenv_values(".env").items() if text is not None}
            environment = {**stored, **os.environ}
        return cls(**{one.name: _read(one, environment) for one in fields(cls)})


@dataclass(frozen=True)
class StorageSettings(Settings):
    database: str = setting(
        "",
        "Database URL: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://user@host/name`. "
        "Empty: SQLite in the data folder.",
    )
    artifacts: str = setting(
        "", "Where pictures are kept: a folder or an fsspec URL. Empty: in the data folder."
    )

    @property
    def database_url(self) -> str:
        path = Path(self.data_dir).absolute() / "inkthread.db"
        return self.database or f"sqlite+aiosqlite:///{path}"

    @property
    def artifacts_url(self) -> str:
        return self.artifacts or str(Path(self.data_dir).absolute() / "artifacts")


@dataclass(frozen=True)
class StudioSettings(Settings):
    models: str = setting("", "Model catalogue (TOML). Empty: the one that ships.")
    styles: str = setting("", "Style catalogue (TOML). Empty: the one that ships.")
    default_model: str = setting("toon", "Model that draws when nobody asks for another.")
    offered_models: frozenset[str] = setting(
        frozenset(),
        "Models that members may choose instead, with commas between them. "
        "`inkthread doctor` says which work here.",
    )
    motion: str = setting(
        "",
        "What sets clips in motion: a name of `config/motion.toml`, `cross-fade` or `cut`. Empty: "
        "what was trained for the model that drew the comic, else `cross-fade`.",
    )
    threads: Annotated[int, msgspec.Meta(ge=0)] = setting(
        0, "Processor threads of the drawing process; 0: all cores."
    )
    checkpoint_interval: Annotated[float, msgspec.Meta(ge=0)] = setting(
        10.0, "Seconds at least between two checkpoints of a picture that is being drawn."
    )
    nice: Annotated[int, msgspec.Meta(ge=0, le=19)] = setting(
        5, "How far the drawing process gives way to others, 0 to 19."
    )

    @property
    def models_file(self) -> Path:
        return Path(self.models) if self.models else CATALOGUES / "models.toml"

    @property
    def motion_file(self) -> Path:
        """Beside the models, where there is one; otherwise the one that ships."""
        beside = self.models_file.parent / "motion.toml"
        return beside if beside.is_file() else CATALOGUES / "motion.toml"

    @property
    def styles_file(self) -> Path:
        return Path(self.styles) if self.styles else CATALOGUES / "styles.toml"


@dataclass(frozen=True)
class BotSettings(StorageSettings, StudioSettings):
    discord_token: str = setting(
        "", "Token of your Discord bot. Empty: the sandbox is used.", "DISCORD_TOKEN"
    )
    discord_api: str = setting("", "Address of a Discord-compatible server; empty: Discord.")
    message_content: bool = setting(
        False, "Read plain messages in story threads (needs the message content intent)."
    )
    sandbox_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = setting(
        8710, "Port of the sandbox page on 127.0.0.1."
    )
    sandbox_document: str = setting(
        "",
        "Discord's `openapi.json`, against which the sandbox's page checks calls. Empty: no check.",
    )
    failpoints: frozenset[str] = setting(
        frozenset(), "For tests: comma-separated places at which the bot kills itself."
    )


def _read(one: Any, environment: Mapping[str, str]) -> Any:
    variable = variable_of(one)
    text = environment.get(variable)
    if text is None or (text == "" and one.type is not str):
        return one.default
    if one.type == frozenset[str]:
        return frozenset(text.split(","))
    try:
        return msgspec.convert(text, one.type, strict=False)
    except msgspec.ValidationError as exc:
        raise SettingsError(f"{variable}={text!r}: {exc}. {one.metadata['about']}") from exc
