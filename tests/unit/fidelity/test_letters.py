"""Case that keeps the number of code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.fidelity.letters import capitalised, lowered, unaccented, with_first_capital
from support.hostile import LANGUAGES, hostile_text


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("ÉLAN", "fr", "élan"),
        ("ISPARTA", "tr", "ısparta"),
        ("İZMİR", "tr", "izmir"),
        ("İZMİR", "en", "İzmİr"),
        ("ΔΡΟΜΟΣ", "el", "δρομος"),
    ],
)
def test_lower_case_by_language(word: str, language: str, expected: str) -> None:
    """Turkish has two letters i, Greek a final sigma, and "İ" has no lower case of one letter."""
    assert lowered(word, language) == expected


def test_first_letters() -> None:
    """A letter whose capital would be two stays small."""
    assert with_first_capital("ßeta", "de") == "ßeta"
    assert with_first_capital("izmir", "tr") == "İzmir"
    assert capitalised("ÉLAN", "fr") == "Élan"
    assert unaccented("éliminée") == "eliminee"


@given(hostile_text, st.sampled_from(LANGUAGES))
def test_no_change_of_length(text: str, language: str) -> None:
    """Any text keeps its number of code points."""
    changed = (lowered, capitalised, with_first_capital)
    assert {len(change(text, language)) for change in changed} == {len(text)}
    assert len(unaccented(text)) == len(text)
