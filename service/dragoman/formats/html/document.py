"""An HTML document read into pieces of text at known places; both HTML formats build on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.article import Block, BlockKind
from dragoman.formats import decoding
from dragoman.formats.base import ParseLimits
from dragoman.formats.html.charset import declare_utf8, declared_charset
from dragoman.formats.html.inline import Inline, read_inline
from dragoman.formats.html.language import language_of, primary
from dragoman.formats.html.names import VOID
from dragoman.formats.html.slicing import narrow
from dragoman.formats.html.stretch import Stretch, find_stretches
from dragoman.formats.html.template import Declaration, Part, Slot, Template
from dragoman.formats.html.tokens import SPACE, Token, TokenKind, tokenize
from dragoman.formats.html.tree import Element, check_size, find_runs


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that can become a block: where it stands in the tree, and in the source."""

    source: str
    stretch: Stretch
    inline: Inline

    @property
    def element(self) -> Element:
        return self.stretch.element

    @property
    def kind(self) -> BlockKind:
        """The kind that the element around it suggests."""
        return BlockKind.CODE if self.inline.verbatim else self.stretch.kind

    def part(self, start: int, end: int) -> Piece | None:
        """The piece that reads as ``inline.text[start:end]``, or None if it cannot be cut there."""
        stretch = narrow(self.stretch, self.source, self.inline, start, end)
        inline = read_inline(stretch, self.source) if stretch else None
        return Piece(self.source, stretch, inline) if stretch and inline else None


@dataclass(frozen=True, slots=True)
class Document:
    """Source text, its tokens and its pieces in source order."""

    source: str
    encoding: str
    tokens: tuple[Token, ...]
    pieces: tuple[Piece, ...]

    @property
    def language(self) -> str | None:
        """What the root element declares, or the first element that declares anything."""
        found = None
        for token in self.tokens:
            if token.kind is TokenKind.OPEN and "lang" in self.text_of(token).lower():
                language = language_of(self.text_of(token))
                if language and token.name == "html":
                    return language
                found = found or language
        return found

    def text_of(self, token: Token) -> str:
        return self.source[token.start : token.end]


def read_document(data: bytes, limits: ParseLimits, *, content_system: bool) -> Document:
    """Decode, tokenize and parse.

    ``content_system``: the source is the inside of a content system, with its shortcodes and its
    paragraphs made of blank lines. Raises EmptyInput, UnreadableInput or InputTooLarge.
    """
    source, encoding = decoding.read(data, limits, declared_charset(data))
    tokens = tuple(tokenize(source, content_system=content_system))
    check_size(tokens, source, limits.max_nodes)
    stretches = find_stretches(
        source, tokens, find_runs(source, tokens), blank_lines=content_system
    )
    pieces = tuple(_pieces(stretches, source))
    return Document(source, encoding, tokens, pieces)


def _pieces(stretches: Sequence[Stretch], source: str) -> Iterator[Piece]:
    for stretch in stretches:
        inline = read_inline(stretch, source)
        if inline is not None:
            yield Piece(source, stretch, inline)


def make_blocks(
    document: Document, typed: Sequence[tuple[Piece, BlockKind]], *, whole_page: bool
) -> tuple[tuple[Block, ...], Template]:
    """Number the blocks and cut the source around them.

    ``typed`` is in source order and does not overlap. ``whole_page``: the page's root element
    says the target language, even if it is not written in the source.
    """
    blocks: list[Block] = []
    places: list[tuple[int, int, Part]] = []
    for number, (piece, kind) in enumerate(typed, start=1):
        inline = piece.inline
        block = Block(f"b{number}", kind, inline.text, inline.marks)
        source = document.source[inline.start : inline.end]
        blocks.append(block)
        slot = Slot(block.id, source, inline.text, inline.marks, inline.tags)
        places.append((inline.start, inline.end, slot))
    slots = sorted(start for start, _, _ in places)
    places += _declarations(document, slots, whole_page)
    return tuple(blocks), Template(tuple(_parts(document.source, places)))


def _parts(source: str, places: list[tuple[int, int, Part]]) -> Iterator[Part]:
    position = 0
    for start, end, part in sorted(places, key=lambda place: place[:2]):
        if start < position:
            continue  # a language declared on an inline element: its tag is in a slot
        if start > position:
            yield source[position:start]
        if part != "":
            yield part
        position = end
    if position < len(source):
        yield source[position:]


def _declarations(
    document: Document, slots: Sequence[int], whole_page: bool
) -> Iterator[tuple[int, int, Part]]:
    """Tags that speak of the text's language or of the document's encoding.

    ``slots``: where translated texts begin. A declaration that stands around none of them, such
    as a menu's, still says what is true.
    """
    language = primary(document.language or "")
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
        elif language and "lang" in tag.lower() and primary(language_of(tag) or "") == language:
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
