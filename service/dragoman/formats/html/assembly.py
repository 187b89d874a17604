"""From typed pieces to an article: numbered blocks, and the source cut around them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dragoman.article import Article, Block, BlockKind, MarkKind
from dragoman.formats.html.charset import declare_utf8
from dragoman.formats.html.document import Document, Piece
from dragoman.formats.html.language import language_of, primary
from dragoman.formats.html.names import VOID
from dragoman.formats.html.placing import Tag
from dragoman.formats.html.template import Declaration, Part, Slot, Template
from dragoman.formats.html.tokens import SPACE, Token, TokenKind

Typed = tuple[Piece, BlockKind]


def assemble(
    document: Document, typed: Sequence[Typed], meta: Mapping[str, str], *, whole_page: bool
) -> Article:
    """``typed`` is in source order and does not overlap; its blocks are called b1, b2, …

    ``whole_page``: the page's root element says the target language, even if the source leaves
    that element out.
    """
    language = _declared_language(piece for piece, _ in typed)
    spoken = primary(language or "")
    blocks: list[Block] = []
    places: list[tuple[int, int, Part]] = []
    for number, (piece, kind) in enumerate(typed, start=1):
        inline = piece.inline
        block = Block(f"b{number}", kind, inline.text, inline.marks)
        source = document.source[inline.start : inline.end]
        tags = tuple(_declaring(tag, spoken) for tag in inline.tags)
        blocks.append(block)
        places.append(
            (inline.start, inline.end, Slot(block.id, source, inline.text, inline.marks, tags))
        )
    slots = sorted(start for start, _, _ in places)
    places += _declarations(document, slots, spoken, whole_page)
    template = Template(tuple(_parts(document.source, places)))
    return Article(language, tuple(blocks), template, {**meta, "encoding": document.encoding})


def _declared_language(pieces: Iterable[Piece]) -> str | None:
    """What the elements around most of the text say in ``lang``."""
    shares: Counter[str] = Counter()
    for piece in pieces:
        values = (
            element.attributes.get("lang") or element.attributes.get("xml:lang")
            for element in piece.element.ancestors()
        )
        declared = next((value.strip() for value in values if value), "")
        shares[declared.replace("_", "-")] += len(piece.inline.text)
    most = shares.most_common(1)
    return most[0][0] or None if most else None


def _declaring(tag: Tag, spoken: str) -> Tag:
    """Marked if the tag says that the text in it is in the article's language."""
    if tag.kind is not MarkKind.WRAP or not spoken or "lang" not in tag.opening.lower():
        return tag
    return replace(tag, declares=primary(language_of(tag.opening) or "") == spoken)


def _parts(source: str, places: list[tuple[int, int, Part]]) -> Iterator[Part]:
    position = 0
    for start, end, part in sorted(places, key=lambda place: place[:2]):
        if start < position:
            continue  # a tag in a slot, which speaks for itself
        if start > position:
            yield source[position:start]
        if part != "":
            yield part
        position = end
    if position < len(source):
        yield source[position:]


def _declarations(
    document: Document, slots: Sequence[int], spoken: str, whole_page: bool
) -> Iterator[tuple[int, int, Part]]:
    """Tags that speak of the text's language or of the document's encoding.

    ``slots``: where translated texts begin; ``spoken``: their language. A declaration that stands
    around none of them, such as a menu's, still says what is true.
    """
    partners = _partners(document.tokens)
    root_written = False
    for index, token in enumerate(document.tokens):
        if token.kind is not TokenKind.OPEN:
            continue
        tag = document.text_of(token)
        if token.name == "meta":
            yield token.start, token.end, declare_utf8(tag)
        elif token.name == "html" and not root_written:
            root_written = True
            yield token.start, token.end, Declaration(tag, root=True)
        elif spoken and "lang" in tag.lower() and primary(language_of(tag) or "") == spoken:
            end = document.tokens[partners.get(index, -1)].end
            if bisect_left(slots, token.end) < bisect_left(slots, end):
                yield token.start, token.end, Declaration(tag, root=False)
    if whole_page and not root_written:
        start = _root_place(document)
        yield start, start, Declaration("", root=True)


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Start tag to end tag of the same name, by index."""
    partners: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.OPEN and token.name not in VOID:
            waiting.setdefault(token.name, []).append(index)
        elif token.kind is TokenKind.CLOSE and waiting.get(token.name):
            partners[waiting[token.name].pop()] = index
    return partners


def _root_place(document: Document) -> int:
    """Behind the doctype and what may stand before the root element."""
    for token in document.tokens:
        text = document.text_of(token)
        if token.kind is not TokenKind.OTHER and text.strip(SPACE):
            return token.start
    return len(document.source)
