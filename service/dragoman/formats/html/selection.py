"""Which pieces are the article's body: what trafilatura kept, without furniture, gaps filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.html.frame import Frame
from dragoman.formats.html.furniture import Furniture, link_share
from dragoman.formats.html.tree import Element
from dragoman.formats.text.furniture import is_furniture, is_trail
from dragoman.formats.text.words import is_prose

_OWN_TEXT = frozenset({"p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt"})
_BODY_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})
_INSERTED_KINDS = frozenset({BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE})
_CAPTION_KINDS = frozenset({BlockKind.CAPTION, BlockKind.CREDIT})

Signature = tuple[str, str | int]


def choose_body(pieces: Sequence[Piece], kept: Collection[int], furniture: Furniture) -> list[int]:
    """Indices of the kept pieces that are no furniture, in order, without captions."""
    return [
        index
        for index in sorted(kept)
        if pieces[index].kind not in _CAPTION_KINDS and _belongs(pieces[index], furniture)
    ]


def without_teasers(pieces: Sequence[Piece], body: Sequence[int], headline: int) -> list[int]:
    """The body without its headline, and without what announces other articles above that."""
    return [
        index
        for index in body
        if index > headline
        or (
            index < headline
            and pieces[index].kind is not BlockKind.HEADING
            and is_prose(pieces[index].inline.text)
        )
    ]


def fill_gaps(
    pieces: Sequence[Piece], body: Sequence[int], frame: Frame, furniture: Furniture
) -> list[int]:
    """The body with what was left out of it: headings, lists and quotes between its pieces,
    and paragraphs that stand in the same elements, or in others of the same look.
    """
    holders = _holders(pieces, body)
    total = sum(holders.values())
    elements = {_holder(pieces[index]) for index in body}
    first = body[0] if frame.headline is None else min(body[0], frame.headline)
    filled = set(body)
    for index, piece in enumerate(pieces):
        if index in filled or index == frame.headline or link_share(piece) >= 0.5:
            continue
        if piece.kind in _INSERTED_KINDS:
            fits = first < index < body[-1] and frame.region in set(piece.element.ancestors())
        else:
            holder = _holder(piece)
            fits = (
                piece.kind in _BODY_KINDS
                and (index > body[0] or holder in elements)
                and holders[_signature(holder)] * 10 >= total
                and is_prose(piece.inline.text)
            )
        if fits and _belongs(piece, furniture):
            filled.add(index)
    return sorted(filled)


def choose_all(pieces: Sequence[Piece], furniture: Furniture) -> list[int]:
    """Whatever is neither furniture nor links, for a page in which no article was found."""
    return [
        index
        for index, piece in enumerate(pieces)
        if piece.kind not in _CAPTION_KINDS
        and _belongs(piece, furniture)
        and link_share(piece) < 0.5
    ]


def _belongs(piece: Piece, furniture: Furniture) -> bool:
    text = piece.inline.text
    if furniture.holds(piece.element) or is_furniture(text) or is_trail(text):
        return False
    return piece.kind is BlockKind.LIST_ITEM or link_share(piece) < 0.95


def _holders(pieces: Sequence[Piece], body: Sequence[int]) -> Counter[Signature]:
    """How much body text stands directly in elements of each look."""
    holders: Counter[Signature] = Counter()
    for index in body:
        holders[_signature(_holder(pieces[index]))] += len(pieces[index].inline.text)
    return holders


def _holder(piece: Piece) -> Element:
    """The element that a paragraph stands in, with or without a tag of its own."""
    element = piece.element
    if element.tag in _OWN_TEXT and element.parent is not None:
        return element.parent.nearest_block()
    return element


def _signature(element: Element) -> Signature:
    """Elements of one class look alike; one without a class is only like itself."""
    return (element.tag, element.attributes.get("class") or element.order)
