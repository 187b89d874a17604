"""An HTML document read into pieces of text at known places; both HTML formats build on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.article import BlockKind
from dragoman.formats import decoding
from dragoman.formats.base import ParseLimits
from dragoman.formats.html.charset import declared_charset
from dragoman.formats.html.inline import Inline, read_inline
from dragoman.formats.html.sizing import check_size
from dragoman.formats.html.slicing import narrow
from dragoman.formats.html.stretch import Stretch, find_stretches
from dragoman.formats.html.tokens import Token, tokenize
from dragoman.formats.html.tree import Element, find_runs


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
