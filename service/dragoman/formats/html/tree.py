"""Where in the element tree does each piece of source text stand?

The source is parsed by lexbor, which builds the tree by the standard's own algorithm. To find our
tokens again in that tree, every text token gets a mark: a character that the source does not use,
around the token's number, set before its first visible character. There it cannot change what
the parser builds, because the text begins there anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dragoman.article import BlockKind
from dragoman.errors import UnreadableInput
from dragoman.formats.html.roles import begins_block, is_opaque, role_of
from dragoman.formats.html.tokens import Token, TokenKind

_LEADING_SPACE = re.compile(
    r"(?:[ \t\n\f\r]|&#(?:0*(?:9|10|12|13|32)|[xX]0*(?:9|[aAcCdD]|20))(?:;|(?![0-9a-fA-F]))"
    r"|&Tab;|&NewLine;)*+"
)


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element that stands around text. ``order`` counts elements in document order."""

    tag: str
    attributes: Mapping[str, str | None]
    parent: Element | None
    order: int
    role: BlockKind
    block: bool

    @property
    def names(self) -> str:
        """Class, id and item property in lower case, for matching."""
        values = (self.attributes.get(name) for name in ("class", "id", "itemprop"))
        return " ".join(value.lower() for value in values if value)

    def ancestors(self) -> Iterator[Element]:
        """This element and those around it, inner first."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent

    def nearest_block(self) -> Element:
        """The innermost of ``ancestors`` whose edges end a sentence."""
        return next((one for one in self.ancestors() if one.block), self)


@dataclass(slots=True)
class Run:
    """Text between two block edges: token numbers, decoded text, inline elements around each."""

    element: Element
    tokens: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    inline: list[tuple[str, ...]] = field(default_factory=list)

    def keep_only_texts(self, tokens: Sequence[Token]) -> None:
        """Drop the shortcodes, which the parser took for text."""
        kept = [i for i, n in enumerate(self.tokens) if tokens[n].kind is TokenKind.TEXT]
        if len(kept) < len(self.tokens):
            self.tokens = [self.tokens[i] for i in kept]
            self.texts = [self.texts[i] for i in kept]
            self.inline = [self.inline[i] for i in kept]


def find_runs(source: str, tokens: Sequence[Token]) -> list[Run]:
    """Parse ``source`` and return its runs of text in tree order.

    Text that the parser drops, or that stands in an opaque element, is in no run.
    Raises UnreadableInput if the parser gives up.
    """
    mark = _unused_character(source)
    runs = _walk(_parse(_marked(source, tokens, mark)), mark)
    for run in runs:
        run.keep_only_texts(tokens)
    return [run for run in runs if run.tokens]


def _unused_character(source: str) -> str:
    """From the private use areas, where a source rarely has any."""
    for first, last in ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)):
        for code in range(first, min(last, first + 50)):
            if chr(code) not in source:
                return chr(code)
    raise UnreadableInput(
        "The HTML uses too many private characters.", hint="Check that it is HTML text."
    )


def _marked(source: str, tokens: Sequence[Token], mark: str) -> str:
    parts: list[str] = []
    for number, token in enumerate(tokens):
        text = source[token.start : token.end]
        if token.kind is TokenKind.TEXT or (token.kind is TokenKind.OTHER and text[0] == "["):
            match = _LEADING_SPACE.match(text)
            space = match.end() if match else 0
            if space < len(text):
                text = f"{text[:space]}{mark}{number}{mark}{text[space:]}"
        parts.append(text)
    return "".join(parts)


LexborNode = Any  # selectolax's stubs disagree with what its properties return


def _parse(html: str) -> LexborNode:
    from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, SelectolaxError

    try:
        root = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS).root
    except (SelectolaxError, UnicodeError) as error:
        raise UnreadableInput(
            "The HTML cannot be parsed.", hint="Check that it is HTML."
        ) from error
    if root is None:
        raise UnreadableInput("The HTML has no element.", hint="Check that it is HTML.")
    return root


class _Walker:
    """Goes through the tree in document order, without recursion."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._run: Run | None = None
        self._element: Element | None = None
        self._inline: list[str] = []
        self._count = 0
        self.runs: list[Run] = []

    def enter(self, node: LexborNode) -> bool:
        """Whether the node's children are to be visited, and so ``leave`` to be called."""
        tag = node.tag
        if tag == "-text":
            self._add_text(node.text_content)
            return False
        if not tag or tag.startswith("-"):
            return False
        attributes = node.attributes
        parent = self._element
        block = begins_block(tag, attributes)
        if block:
            self._run = None
        if is_opaque(tag, attributes):
            return False
        self._count += 1
        role = role_of(tag, attributes, parent.role if parent else BlockKind.PARAGRAPH)
        self._element = Element(tag, attributes, parent, self._count, role, block)
        if not block:
            self._inline.append(tag)
        return True

    def leave(self) -> None:
        if self._element is None:
            return
        if self._element.block:
            self._run = None
        else:
            self._inline.pop()
        self._element = self._element.parent

    def _add_text(self, text: str | None) -> None:
        pieces = (text or "").split(self._mark)
        if len(pieces) < 3 or self._element is None:
            return
        if self._run is None:
            self._run = Run(self._element.nearest_block())
            self.runs.append(self._run)
        inline = tuple(self._inline)
        for number, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            self._run.tokens.append(int(number))
            self._run.texts.append(piece)
            self._run.inline.append(inline)


def _walk(root: LexborNode, mark: str) -> list[Run]:
    walker = _Walker(mark)
    node, depth = root, 0
    while True:
        if walker.enter(node):
            child = node.first_child
            if child is not None:
                node, depth = child, depth + 1
                continue
            walker.leave()
        following = node.next if depth else None
        while following is None:
            if depth == 0:
                return walker.runs
            node, depth = node.parent, depth - 1
            walker.leave()
            following = node.next if depth else None
        node = following
