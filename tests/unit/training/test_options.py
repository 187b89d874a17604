"""Settings files and budgets."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.errors import SettingsError
from dragoman.training.options import (
    GENTLE_DATA,
    GENTLE_LEARNING,
    Budget,
    DataOptions,
    LearningOptions,
    Shape,
    read_settings,
)

RECIPES = Path(__file__).parents[3] / "models" / "training"


def test_what_a_file_does_not_say_keeps_its_default(tmp_path: Path) -> None:
    """Whole numbers do for fractions."""
    file = tmp_path / "a.toml"
    file.write_text("[shape]\nwidth = 384\n[learning]\nclip = 2\n")
    expected = (Shape(width=384), DataOptions(), LearningOptions(clip=2))
    assert read_settings(file) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[model]\nwidth = 1", "unknown tables: model"),
        ("[shape]\nwith = 1", "with is not a setting"),
        ("[shape]\nwidth = 1.5", "width must be of type int"),
        ("[data]\nalign = 1", "align must be of type bool"),
        ("[learning]\nprecision = 'half'", "half"),
        ("shape = 1", "must be a table"),
        ("[shape", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, says: str) -> None:
    """With the file that has it."""
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        read_settings(file)


@pytest.mark.parametrize("budget", [{}, {"seconds": 1, "tokens": 1}, {"tokens": 0}])
def test_a_budget_is_one_positive_number(budget: dict[str, int]) -> None:
    """Of seconds or of tokens."""
    with pytest.raises(SettingsError, match="--minutes"):
        Budget(**budget)


def test_progress_is_by_the_budgets_own_measure() -> None:
    """And never more than the whole."""
    assert Budget(tokens=200).progress(seconds=9, tokens=50) == 0.25
    assert Budget(seconds=60.0).progress(seconds=15, tokens=999) == 0.25
    assert Budget(seconds=60.0).progress(seconds=90, tokens=0) == 1


@pytest.mark.parametrize("file", sorted(RECIPES.glob("*.toml")), ids=lambda file: file.stem)
def test_the_recipes_that_come_with_the_program_can_be_read(file: Path) -> None:
    """Every setting in them is known."""
    shape, _, learning = read_settings(file)
    assert shape.width % shape.heads == 0
    assert learning.guided_alignment >= 0


def test_the_house_recipe_is_the_default_for_going_on() -> None:
    """As its own comment says."""
    _, data, learning = read_settings(RECIPES / "house.toml")
    assert (data, learning) == (GENTLE_DATA, GENTLE_LEARNING)


def test_there_are_recipes() -> None:
    """The parametrised test above would pass without any."""
    assert {file.stem for file in RECIPES.glob("*.toml")} >= {"starter", "starter-gpu", "house"}
