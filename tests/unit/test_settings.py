"""Settings come from one place and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.errors import SettingsError
from dragoman.settings import Settings, load_settings

SETTINGS_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("DRAGOMAN_")]:
        monkeypatch.delenv(name)


def test_the_environment_sets_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """DRAGOMAN_ and the name in capitals."""
    monkeypatch.setenv("DRAGOMAN_BEAM_SIZE", "2")
    assert load_settings().beam_size == 2


def test_the_caller_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line option beats a variable."""
    monkeypatch.setenv("DRAGOMAN_PORT", "9000")
    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


def test_a_settings_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An operator keeps settings in a file."""
    file = tmp_path / "dragoman.env"
    file.write_text("DRAGOMAN_BEAM_SIZE=3\n")
    monkeypatch.setenv("DRAGOMAN_SETTINGS_FILE", str(file))
    assert load_settings().beam_size == 3


def test_a_missing_settings_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in a path must not start a server with other settings than meant."""
    monkeypatch.setenv("DRAGOMAN_SETTINGS_FILE", "/nowhere/dragoman.env")
    with pytest.raises(SettingsError, match="not a file"):
        load_settings()


def test_an_unknown_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name is told, not ignored."""
    monkeypatch.setenv("DRAGOMAN_BEEM_SIZE", "2")
    with pytest.raises(SettingsError, match="DRAGOMAN_BEEM_SIZE"):
        load_settings()


def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the setting and what it takes."""
    monkeypatch.setenv("DRAGOMAN_PORT", "eighty")
    with pytest.raises(SettingsError, match="port"):
        load_settings()


def test_settings_are_frozen() -> None:
    """Nobody changes a setting while the program runs."""
    with pytest.raises(Exception, match="frozen"):
        Settings().port = 1  # type: ignore[misc]  # that it fails is the claim


def test_tokens_are_not_printed() -> None:
    """A secret does not appear in the representation that ends up in logs."""
    settings = load_settings(tokens="s3cret-token")
    assert "s3cret-token" not in repr(settings)


def test_the_page_lists_every_setting_with_its_default() -> None:
    """docs/settings.md has each name, and the default that the code has."""
    page = SETTINGS_PAGE.read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"| `DRAGOMAN_{name.upper()}` |" in page, name
        assert field.description is not None
        assert field.description in page, name
