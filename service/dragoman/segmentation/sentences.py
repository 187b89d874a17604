"""Sentence boundaries of one paragraph: sentencex in windows, then a guarded second pass.

sentencex 1.0 takes text between paired straight quotes as one unit, which on news swallows
sentences; pieces over ``LONG_PIECE`` are split again at punctuation that the guards allow.
It is quadratic on unclosed quotes (half a million "«" took 84 seconds), so it never sees more
than ``WINDOW`` code points at once.
"""

from __future__ import annotations

import re

import sentencex

from dragoman.segmentation.guards import may_split

WINDOW = 2_000
"""Longest piece, in code points, that leaves this module."""
LONG_PIECE = 150

_STOPS = ".!?…।॥؟۔。！？"
_ENDING = re.compile(
    rf"(?<![{_STOPS}])(?:[.!?…।॥؟۔]++[\"'”’»›)\]]*+(?:[\s\u00a0\u202f]++)"
    rf"|[。！？]++[”’」』）]*+\s*+)(?=[\"'“‘«‹(\[„‚¿¡「『—–-]*\s?[^\W_])"
)
_EXTENDING = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_LONGEST_CHARACTER = 16
"""Code points that one written character may have before we cut it all the same."""
_UNKNOWN_TO_SENTENCEX = re.compile("[\ud800-\udfff]")


def sentence_starts(text: str, language: str) -> list[int]:
    """Starts of the sentences of one paragraph (the first is 0); pieces keep their trailing space.

    ``language`` is a primary subtag. Armenian is left to sentencex alone: its full stop is a
    colon, and our rule knows nothing of it.
    """
    starts: list[int] = []
    position = 0
    seen_by_sentencex = _palatable(text)
    while position < len(text):
        window = seen_by_sentencex[position : position + WINDOW]
        pieces = _sentencex(window, language)
        if position + WINDOW < len(text):
            pieces = pieces[:-1] or [cut_point(window)]
        for end in pieces:
            starts.append(position)
            position += end
    if language == "hy":
        return starts
    kept = [start for start in starts if start == 0 or may_split(text, start, language)]
    return _resplit(text, kept, language)


def cut_point(window: str) -> int:
    """Where to end a piece that has no end: after the last stop, space or whole character."""
    endings = [match.end() for match in _ENDING.finditer(window)]
    if endings and endings[-1] > len(window) // 4:
        return endings[-1]
    space = max(window.rfind(" ", len(window) // 4), window.rfind("\u3000", len(window) // 4))
    if space > 0:
        return space + 1
    for cut in range(len(window), len(window) - _LONGEST_CHARACTER, -1):
        if cut > 1 and not _EXTENDING.match(window[cut - 1]):
            return max(1, cut - 1)
    return len(window)


def _sentencex(window: str, language: str) -> list[int]:
    """Lengths of the sentences; one piece when sentencex did not give the text back."""
    sentences = sentencex.segment(language, window)
    if "".join(sentences) != window:
        return [len(window)]
    return [len(sentence) for sentence in sentences]


def _palatable(text: str) -> str:
    """The text as sentencex takes it, of the same length in code points.

    It raises on lone surrogates and loses line feeds at paragraph ends; no-break spaces are
    spaces to a sentence.
    """
    text = _UNKNOWN_TO_SENTENCEX.sub("\ufffd", text)
    return text.translate(_SPACES)


_SPACES = {
    ord(space): " " for space in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u202f\u2028\u2029\u2007"
}


def _resplit(text: str, starts: list[int], language: str) -> list[int]:
    result: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        result.append(start)
        if end - start <= LONG_PIECE:
            continue
        for match in _ENDING.finditer(text, start, end):
            if match.end() < end and may_split(text, match.end(), language, strict=True):
                result.append(match.end())
    return _capped(text, result)


def _capped(text: str, starts: list[int]) -> list[int]:
    """Guards join pieces; no joined piece grows over ``WINDOW``."""
    result: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        position = start
        result.append(position)
        while end - position > WINDOW:
            position += cut_point(text[position : position + WINDOW])
            result.append(position)
    return result
