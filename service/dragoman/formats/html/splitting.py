"""Split off what is not translated: a caption's credit, the dateline that opens a story."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.text.credits import find_credit
from dragoman.formats.text.signatures import find_dateline

_LONGEST_CAPTION = 5_000
_LONGEST_CREDIT = 100
_NO_BRACKETS = re.compile(r"[^()\[\]]+")

Typed = tuple[Piece, BlockKind]


def split_credits(typed: Iterable[Typed]) -> Iterator[Typed]:
    """Captions without their credits, each followed by its credit. A caption that is nothing but
    a credit becomes one.
    """
    for piece, kind in typed:
        text = piece.inline.text
        if kind is not BlockKind.CAPTION or len(text) > _LONGEST_CAPTION:
            yield piece, kind
        else:
            credit = find_credit(text)
            parts = credit and (piece.part(0, credit.before), piece.part(credit.start, credit.end))
            if parts and parts[0] and parts[1]:
                yield parts[0], kind
                yield parts[1], BlockKind.CREDIT
            else:
                yield piece, BlockKind.CREDIT if _is_bare_credit(text) else kind


def _is_bare_credit(text: str) -> bool:
    """Whether the whole text is a credit: what would be one in parentheses, behind a caption."""
    bare = text.strip("()[] ")
    if len(bare) > _LONGEST_CREDIT or not _NO_BRACKETS.fullmatch(bare):
        return False
    return find_credit(f"- ({bare})") is not None


def split_dateline(typed: Iterable[Typed]) -> Iterator[Typed]:
    """The first paragraph without its dateline, behind it."""
    first = True
    for piece, kind in typed:
        found = None
        if kind is BlockKind.PARAGRAPH and first:
            first = False
            found = find_dateline(piece.inline.text)
        place = piece.part(0, found[0]) if found else None
        story = piece.part(found[1], len(piece.inline.text)) if found else None
        if place and story:
            yield place, BlockKind.DATELINE
            yield story, kind
        else:
            yield piece, kind
