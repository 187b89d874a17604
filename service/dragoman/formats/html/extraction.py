"""Ask trafilatura which of our pieces belong to the article, and when it was published.

To know exactly what it kept, every piece carries an invisible sign through it: two variation
selectors behind its longest text, which no rule of trafilatura's looks at. So nothing has to be
found again by its text.

trafilatura and lxml are imported here alone, when a page is extracted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.formats.html.document import Piece
from dragoman.formats.html.tokens import SPACE, Token

_FIRST = 0xE0100  # VARIATION SELECTOR-17, the first of 240
_SIGNS = 240
_ANY_SIGN = re.compile("[\U000e0100-\U000e01ef]")
_SIGN = re.compile("[\U000e0100-\U000e01ef]{2}")


@dataclass(frozen=True, slots=True)
class Extraction:
    """``kept``: indices of pieces. ``title`` and ``date`` (ISO 8601) are empty when unknown."""

    kept: frozenset[int]
    title: str = ""
    date: str = ""


def extract(source: str, tokens: Sequence[Token], pieces: Sequence[Piece]) -> Extraction:
    """Run trafilatura on the signed source. What it cannot read has no article: nothing kept."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports bad pages as errors
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found = trafilatura.bare_extraction(
        _signed(source, tokens, pieces), include_comments=False, with_metadata=True
    )
    if found is None:
        return Extraction(frozenset())
    text = found.text or ""
    numbers = (_number(match[0]) for match in _SIGN.finditer(text))
    kept = frozenset(number for number in numbers if number < len(pieces))
    return Extraction(kept, _SIGN.sub("", found.title or ""), found.date or "")


def _signed(source: str, tokens: Sequence[Token], pieces: Sequence[Piece]) -> str:
    signs: dict[int, str] = {}
    for number, piece in enumerate(pieces[: _SIGNS * _SIGNS]):
        words = piece.inline.words
        if words:
            longest = max(words, key=lambda word: word[2] - word[1])[0]
            signs[longest] = signs.get(longest, "") + _sign(number)
    parts: list[str] = []
    position = 0
    for number in sorted(signs):
        token = tokens[number]
        end = token.start + len(source[token.start : token.end].rstrip(SPACE))
        parts += (_ANY_SIGN.sub("", source[position:end]), signs[number])
        position = end
    return "".join((*parts, _ANY_SIGN.sub("", source[position:])))


def _sign(number: int) -> str:
    return chr(_FIRST + number // _SIGNS) + chr(_FIRST + number % _SIGNS)


def _number(sign: str) -> int:
    return (ord(sign[0]) - _FIRST) * _SIGNS + ord(sign[1]) - _FIRST
