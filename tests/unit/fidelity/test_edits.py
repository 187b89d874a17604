"""Replacements and the map of places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dragoman.fidelity.edits import Edit, OffsetMap, allowed, apply_edits

TEXT = "abcdefghij"


@st.composite
def _edits(draw: st.DrawFn) -> list[Edit]:
    places = sorted(draw(st.lists(st.integers(0, len(TEXT)), max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    wanted = [Edit(start, end, draw(st.text("XY", max_size=3))) for start, end in pairs]
    return allowed(TEXT, wanted, [])


@given(_edits())
def test_untouched_characters_are_found_again(edits: list[Edit]) -> None:
    """The map leads each character that was not replaced to itself."""
    new, places = apply_edits(TEXT, edits), OffsetMap(edits)
    for place, character in enumerate(TEXT):
        if not any(edit.start <= place < edit.end for edit in edits):
            assert new[places.place(place)] == character


@given(_edits())
def test_places_keep_their_order(edits: list[Edit]) -> None:
    """A later place never comes before an earlier one, and none leaves the text."""
    places = OffsetMap(edits)
    for before in (False, True):
        moved = [places.place(place, before=before) for place in range(len(TEXT) + 1)]
        assert moved == sorted(moved)
        assert 0 <= moved[0] <= moved[-1] <= len(apply_edits(TEXT, edits))
    assert all(
        places.place(place, before=True) <= places.place(place) for place in range(len(TEXT) + 1)
    )


def test_what_is_taken_is_not_touched() -> None:
    """Edits inside, over or into a taken span are dropped; beside it they stay."""
    edits = [Edit(2, 3, "X"), Edit(4, 5, "Y"), Edit(5, 5, "Z"), Edit(6, 7, "W")]
    assert allowed(TEXT, edits, [(4, 6)]) == [edits[0], edits[3]]
    assert allowed(TEXT, [Edit(6, 6, "V")], [(4, 6)]) == [Edit(6, 6, "V")]


def test_rounds_follow_each_other() -> None:
    """A second round counts in the text that the first one left."""
    first, second = [Edit(0, 1, "XX")], [Edit(2, 2, "-")]
    text = apply_edits(apply_edits(TEXT, first), second)
    assert text == "XX-bcdefghij"
    assert text[OffsetMap(first, second).place(1)] == "b"
