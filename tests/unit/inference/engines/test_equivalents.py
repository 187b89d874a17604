"""Stand-ins for characters that a model lacks."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.inference.engines.equivalents import equivalents


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("’", "'"),
        ("“", '"'),
        ("»", '"'),
        ("—", "-"),
        ("\u2011", "-"),
        ("\u00a0", " "),
        ("\u202f", " "),
        ("…", "..."),
        ("ﬁ", "fi"),
        ("½", "1/2"),
        ("ğ", "g"),
        ("Å", "A"),
        ("ø", "o"),
        ("ß", "ss"),
        ("٣", "3"),
        ("Ａ", "A"),
        ("™", "TM"),
        ("Ж", "ж"),
    ],
)
def test_a_character_has_a_plainer_form(character: str, expected: str) -> None:
    """Quotes, dashes, spaces, ligatures, accents, digits and capitals have plainer forms."""
    assert expected in equivalents(character)


def test_the_nearest_form_comes_first() -> None:
    """A typographic neighbour is better than the typewriter's."""
    assert equivalents("„").index("“") < equivalents("„").index('"')
    assert equivalents("—").index("–") < equivalents("—").index("-")
    assert equivalents("ö")[0] == "o"


def test_a_symbol_leaves_a_space_and_a_mark_leaves_nothing() -> None:
    """Dropping an emoji must not join words; dropping an accent must not tear one."""
    assert equivalents("☃") == (" ", "")
    assert equivalents("\u0301") == ("",)


@given(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode))
def test_every_character_can_be_dropped_in_the_end(character: str) -> None:
    """The list always ends with the empty string, and never offers the character itself."""
    forms = equivalents(character)
    assert forms[-1] == ""
    assert character not in forms
    assert len(set(forms)) == len(forms)
