"""Scripts that write no stop between sentences: Thai, Lao, Khmer and Burmese.

There a space ends a phrase or a sentence. Phrases are packed until a segment is long enough to
be translated with some context and short enough for any model.
"""

from __future__ import annotations

import re

from dragoman.segmentation.sentences import cut_point

LANGUAGES = frozenset({"th", "lo", "km", "my"})
PACKED = 120
"""Phrases are joined while the segment stays under this many code points."""
LONGEST = 300

_PHRASE = re.compile(r"\S*\s*")
_STOP = re.compile(r"[။៕។!?…]['\"”’)]*\s*\Z")


def phrase_starts(text: str) -> list[int]:
    """Starts of the segments of one paragraph; the first is 0."""
    starts: list[int] = []
    start = position = 0
    ended = True
    for match in _PHRASE.finditer(text):
        if match.end() == match.start():
            continue
        if ended or match.end() - start > PACKED:
            start = match.start()
            starts.append(start)
        ended = _STOP.search(text[max(match.start(), match.end() - 16) : match.end()]) is not None
        position = match.start()
        while match.end() - position > LONGEST:
            position += cut_point(text[position : position + LONGEST])
            starts.append(position)
            start = position
    return starts
