"""Type the pieces of a page's article: headline, standfirst, byline, body, captions, credits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.html.furniture import Furniture, link_share, words_of
from dragoman.formats.html.metadata import Metadata
from dragoman.formats.html.tree import Element
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


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the article stands: its headline, first and last body piece (indices), the element
    around nearly all of the body, and the one around that and the headline.
    """

    headline: int | None
    first: int
    last: int
    container: Element
    scope: Element


def type_article(
    pieces: Sequence[Piece], body: Sequence[int], metadata: Metadata, furniture: Furniture
) -> dict[int, BlockKind]:
    """Kinds of the article's pieces by index. ``body`` is in order and not empty."""
    headline = find_headline(pieces, body, metadata)
    story = [index for index in body if index != headline]
    if headline is not None:
        furniture.exempt(pieces[headline].element)
        story = [index for index in story if not _is_teaser(pieces[index], index, headline)]
    if not story:
        return {headline: BlockKind.HEADLINE} if headline is not None else {}
    frame = _frame(pieces, story, headline, furniture)
    kinds = {index: _story_kind(pieces[index], furniture) for index in story}
    opening = _opening_kinds(pieces, story, frame, metadata)
    kinds.update(opening)
    begun = [index for index in story if index not in opening]
    frame = replace(frame, first=begun[0] if begun else frame.last)
    for index, piece in enumerate(pieces):
        if index not in kinds and index != headline and not furniture.holds(piece.element):
            kind = _frame_kind(pieces, index, frame, metadata)
            if kind is not None and not _is_surplus(kind, kinds):
                kinds[index] = kind
    if is_sign_off(pieces[frame.last].inline.text):
        kinds[frame.last] = BlockKind.BYLINE
    if headline is not None:
        kinds[headline] = BlockKind.HEADLINE
    return kinds


def _is_surplus(kind: BlockKind, kinds: Mapping[int, BlockKind]) -> bool:
    if kind not in (BlockKind.BYLINE, BlockKind.DATELINE, BlockKind.STANDFIRST):
        return False
    return sum(1 for other in kinds.values() if other is kind) >= _MOST_OF_A_KIND


def _is_teaser(piece: Piece, index: int, headline: int) -> bool:
    """A heading above the headline announces another article."""
    return index < headline and piece.kind is BlockKind.HEADING


def find_headline(pieces: Sequence[Piece], body: Sequence[int], metadata: Metadata) -> int | None:
    """The piece that is the page's headline: the one the metadata quote, else an ``h1`` above
    the body.
    """
    wanted = [fold(text) for text in metadata.headlines]
    best: tuple[int, int] | None = None
    for index, piece in enumerate(pieces):
        rank = _headline_rank(piece, wanted, above=index <= body[0])
        if rank and (best is None or rank > best[0]):
            best = rank, index
    return best[1] if best else None


def _headline_rank(piece: Piece, wanted: Sequence[str], *, above: bool) -> int:
    text = fold(piece.inline.text)
    is_first_level = any(element.tag == "h1" for element in piece.element.ancestors())
    is_heading = piece.kind is BlockKind.HEADING or "headline" in words_of(piece.element)
    if not is_first_level and not (is_heading and count_words(text) > 1):
        return 0
    exact = text in wanted
    near = any(_is_near(text, other) for other in wanted)
    if is_first_level:
        return 5 if exact else 4 if near else 1 if above else 0
    return 3 if exact and above else 2 if near and above else 0


def _is_near(text: str, other: str) -> bool:
    """Whether one of two titles is a longer form of the other."""
    short, long = sorted((text, other), key=len)
    return len(short) >= 15 and (short in long or long.startswith(short[:30]))


def _frame(
    pieces: Sequence[Piece], story: Sequence[int], headline: int | None, furniture: Furniture
) -> Frame:
    longest = max(story, key=lambda index: len(pieces[index].inline.text))
    around = list(pieces[longest].element.ancestors())
    container = next((one for one in around if furniture.share(one) >= 0.85), around[-1])
    scope = container
    if headline is not None:
        above = set(pieces[headline].element.ancestors())
        scope = next((one for one in container.ancestors() if one in above), container)
    return Frame(headline, story[0], story[-1], container, scope)


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
    if count_words(text) >= 4 and _is_standfirst(pieces, index, frame, metadata):
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
    if count_words(piece.inline.text) > _MOST_STANDFIRST_WORDS:
        return False
    if words_of(element) & _BYLINE_WORDS:
        return False
    if _STANDFIRST_NAME.search(element.names):
        return True
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
    return bool(description) and _is_near(text, description)
