"""Settings are read once, say what is wrong, and are all documented."""

from dataclasses import Field, fields
from pathlib import Path

import pytest

from config.settings import BotSettings, SettingsError, variable_of

ROOT = Path(__file__).parents[2]
EVERY = fields(BotSettings)


def test_defaults_need_no_environment() -> None:
    settings = BotSettings.from_env({})
    assert settings.database_url.startswith("sqlite+aiosqlite:////")
    assert settings.models_file.exists()
    assert settings.styles_file.exists()
    assert settings.discord_token == ""


def test_the_environment_wins_over_defaults() -> None:
    settings = BotSettings.from_env(
        {"DISCORD_TOKEN": "t", "INKTHREAD_THREADS": "3", "INKTHREAD_MESSAGE_CONTENT": "true"}
    )
    assert (settings.discord_token, settings.threads, settings.message_content) == ("t", 3, True)


def test_failpoints_are_a_list_with_commas() -> None:
    settings = BotSettings.from_env({"INKTHREAD_FAILPOINTS": "post.sent,render.checkpoint"})
    assert settings.failpoints == {"post.sent", "render.checkpoint"}


def test_a_bad_value_names_its_variable_and_its_meaning() -> None:
    with pytest.raises(SettingsError, match=r"INKTHREAD_THREADS='many'.*cores"):
        BotSettings.from_env({"INKTHREAD_THREADS": "many"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("INKTHREAD_THREADS", "-1"),
        ("INKTHREAD_NICE", "20"),
        ("INKTHREAD_CHECKPOINT_INTERVAL", "-0.5"),
        ("INKTHREAD_CHECKPOINT_INTERVAL", "nan"),
        ("INKTHREAD_SANDBOX_PORT", "70000"),
        ("INKTHREAD_SANDBOX_PORT", "0"),
    ],
)
def test_a_number_out_of_range_is_refused_before_a_process_stumbles_over_it(
    variable: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"{variable}='{value}'"):
        BotSettings.from_env({variable: value})


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_every_setting_is_in_the_example_and_in_the_readme(one: "Field[object]") -> None:
    variable = variable_of(one)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    default = _as_typed(one.default)
    about = one.metadata["about"]
    assert f"# {about}\n# {variable}={default}\n" in example
    assert f"| `{variable}` | {about} | {default and f'`{default}`'} |" in readme


def _as_typed(value: object) -> str:
    if isinstance(value, frozenset):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
