"""Which pieces are the article's body: what trafilatura kept, without furniture, gaps filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from dragoman.article import BlockKind
from dragoman.formats.html.document import Piece
from dragoman.formats.html.furniture import Furniture, link_share
from dragoman.formats.html.tree import Element
from dragoman.formats.text.furniture import is_furniture, is_trail
from dragoman.formats.text.words import is_prose

_OWN_TEXT = frozenset({"p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt"})
_BODY_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})
_CAPTION_KINDS = frozenset({BlockKind.CAPTION, BlockKind.CREDIT})

Signature = tuple[str, str | int]


def choose_body(pieces: Sequence[Piece], kept: Collection[int], furniture: Furniture) -> list[int]:
    """Indices of the body's pieces in order, without captions."""
    body = [
        index
        for index in sorted(kept)
        if pieces[index].kind not in _CAPTION_KINDS and _belongs(pieces[index], furniture)
    ]
    if not body:
        return []
    filled = set(body)
    holders = _holders(pieces, body)
    total = sum(holders.values())
    elements = {_holder(pieces[index]) for index in body}
    for index, piece in enumerate(pieces):
        if index in filled or link_share(piece) >= 0.5 or not _belongs(piece, furniture):
            continue
        holder = _holder(piece)
        if piece.kind is BlockKind.QUOTE:
            fits = body[0] < index < body[-1] and _around(holder, elements)
        else:
            fits = (
                piece.kind in _BODY_KINDS
                and (index > body[0] or holder in elements)
                and holders[_signature(holder)] * 10 >= total
                and is_prose(piece.inline.text)
            )
        if fits:
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


def _around(holder: Element, elements: Collection[Element]) -> bool:
    """Whether a pull quote's box stands in an element of the story."""
    return any(element in elements for element in holder.ancestors())


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
