"""Type the pieces of a page's article: headline, standfirst, byline, body, captions, credits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.html.frame import Frame, is_near
from dragoman.formats.html.furniture import Furniture, link_share, words_of
from dragoman.formats.html.metadata import Metadata
from dragoman.formats.text.credits import is_credit
from dragoman.formats.text.furniture import fold, is_furniture, is_trail
from dragoman.formats.text.signatures import is_byline, is_dated, is_sign_off
from dragoman.formats.text.words import count_words, ends_with_stop

_STANDFIRST_NAME = re.compile(
    r"(?<![a-z])(?:standfirst|stand-first|sub[-_]?(?:head|title|line|deck)\w*|strapline|chap[oô]\w*|"
    r"deck?|dek|dropline|kurztext|vorspann|entradilla|bajada|sommario|occhiello)(?![a-z])"
)
_OPENING_NAME = re.compile(
    r"(?<![a-z])(?:summary|excerpt|abstract|teaser|description|intro\w*|lead|lede)(?![a-z])"
)
"""Names of standfirsts where they stand apart, and of first paragraphs where they do not."""
_BYLINE_WORDS = frozenset("byline author authors auteur auteurs autor writer writers".split())
_BY = re.compile(r"(?:by|par|von|por|di|door)\s", re.IGNORECASE)
_MOST_OF_A_KIND = 2
"""Bylines or dates above a story; more are those of other articles."""
_CAPTION_KINDS = frozenset({BlockKind.CAPTION, BlockKind.CREDIT})
_MOST_BYLINE_WORDS = 14
_MOST_STANDFIRST_WORDS = 80


def type_article(
    pieces: Sequence[Piece],
    story: Sequence[int],
    frame: Frame,
    metadata: Metadata,
    furniture: Furniture,
) -> dict[int, BlockKind]:
    """Kinds of the article's pieces by index. ``story`` is the body in order, not empty."""
    kinds = {index: _story_kind(pieces[index], furniture) for index in story}
    opening = _opening_kinds(pieces, story, frame, metadata)
    kinds.update(opening)
    begun = [index for index in story if index not in opening]
    frame = replace(frame, first=begun[0] if begun else frame.last)
    for index, piece in enumerate(pieces):
        if index not in kinds and index != frame.headline and not furniture.holds(piece.element):
            kind = _frame_kind(pieces, index, frame, metadata)
            if kind is not None and not _is_surplus(kind, kinds):
                kinds[index] = kind
    if is_sign_off(pieces[frame.last].inline.text):
        kinds[frame.last] = BlockKind.BYLINE
    if frame.headline is not None:
        kinds[frame.headline] = BlockKind.HEADLINE
    return kinds


def _is_surplus(kind: BlockKind, kinds: Mapping[int, BlockKind]) -> bool:
    if kind not in (BlockKind.BYLINE, BlockKind.DATELINE, BlockKind.STANDFIRST):
        return False
    return sum(1 for other in kinds.values() if other is kind) >= _MOST_OF_A_KIND


def _frame_kind(
    pieces: Sequence[Piece], index: int, frame: Frame, metadata: Metadata
) -> BlockKind | None:
    """The kind of what is no body text: captions, and what stands between headline and story."""
    piece = pieces[index]
    around = set(piece.element.ancestors())
    if frame.scope not in around or link_share(piece) > 0.9:
        return None
    if piece.kind in _CAPTION_KINDS:
        near = frame.container in around or (frame.headline or frame.first) < index < frame.last
        if not near and frame.scope.tag in ("body", "html"):
            return None
        return BlockKind.CREDIT if is_credit(piece.inline.text) else piece.kind
    if frame.headline is None or not frame.headline < index < frame.first:
        return None
    return _opening_kind(pieces, index, frame, metadata)


def _story_kind(piece: Piece, furniture: Furniture) -> BlockKind:
    """Its own kind, but for tables that only lay out the page."""
    cells = (one for one in piece.element.ancestors() if one.tag in ("td", "th"))
    if piece.kind is BlockKind.TABLE_CELL and furniture.share(next(cells)) > 0.5:
        return BlockKind.PARAGRAPH
    return piece.kind


def _opening_kinds(
    pieces: Sequence[Piece], story: Sequence[int], frame: Frame, metadata: Metadata
) -> dict[int, BlockKind]:
    """Standfirst, byline and date where they come before the story in its own element."""
    kinds: dict[int, BlockKind] = {}
    for index in story:
        kind = _opening_kind(pieces, index, frame, metadata)
        if kind is None or _is_surplus(kind, kinds):
            break
        kinds[index] = kind
    return kinds


def _opening_kind(
    pieces: Sequence[Piece], index: int, frame: Frame, metadata: Metadata
) -> BlockKind | None:
    piece = pieces[index]
    text = piece.inline.text
    if is_furniture(text) or is_trail(text):
        return None
    nearest = list(piece.element.ancestors())[:3]
    if is_byline(text) or (_BY.match(text) and is_dated(text)):
        return BlockKind.BYLINE
    if is_dated(text) or any(element.tag == "time" for element in nearest):
        return BlockKind.DATELINE
    if _is_standfirst(pieces, index, frame, metadata):
        return BlockKind.STANDFIRST
    near = nearest[:1] if index >= frame.first else nearest
    named = any(words_of(element) & _BYLINE_WORDS for element in near)
    short = count_words(text) <= _MOST_BYLINE_WORDS and not ends_with_stop(text)
    return BlockKind.BYLINE if named and short else None


def _is_standfirst(pieces: Sequence[Piece], index: int, frame: Frame, metadata: Metadata) -> bool:
    """Named so by its element, or a heading right below the headline, or the page's description
    standing apart from the story.
    """
    piece = pieces[index]
    element = piece.element
    words = count_words(piece.inline.text)
    if not 2 <= words <= _MOST_STANDFIRST_WORDS or words_of(element) & _BYLINE_WORDS:
        return False
    if _STANDFIRST_NAME.search(element.names):
        return True
    if words < 4:
        return False
    if piece.kind is BlockKind.HEADING:
        return frame.headline is not None and 0 < index - frame.headline <= 2
    return frame.container not in element.ancestors() and _opens_apart(piece, metadata)


def _opens_apart(piece: Piece, metadata: Metadata) -> bool:
    """Whether a text outside the story's own element is its summary."""
    element = piece.element
    names = f"{element.names} {element.parent.names if element.parent else ''}"
    if _STANDFIRST_NAME.search(names) or _OPENING_NAME.search(names):
        return True
    text, description = fold(piece.inline.text), fold(metadata.description)
    return bool(description) and is_near(text, description)
