"""Scripts without a stop between sentences."""

from __future__ import annotations

from dragoman.segmentation import split_text
from dragoman.segmentation.unspaced import LONGEST, PACKED

PHRASE = "วันนี้อากาศดีมาก"


def test_thai_is_cut_at_spaces_and_packed() -> None:
    """Segments end at spaces and hold several phrases, within the cap."""
    text = " ".join([PHRASE] * 40)
    spans = split_text(text, "th")
    assert len(spans) > 1
    assert all(end - start <= PACKED for start, end in spans)
    assert all(text[end - 1] == " " for _, end in spans[:-1])
    assert all(end - start > len(PHRASE) for start, end in spans[:-1])


def test_thai_without_spaces_is_capped_between_characters() -> None:
    """A run without spaces is cut by length, never before a vowel or tone mark."""
    text = PHRASE * 100
    spans = split_text(text, "th")
    assert max(end - start for start, end in spans) <= LONGEST
    assert not any(
        text[start] in "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e48\u0e49"
        for start, _ in spans
    )


def test_burmese_stops_end_segments() -> None:
    """The Burmese full stop ends a segment however short."""
    assert len(split_text("သူ လာသည်။ သူ သွားသည်။", "my")) == 2
