"""HTML source to tokens that remember their place, so that markup can be kept as it was written.

The tokens are those of the HTML Standard (section 13.2.5), found by regular expressions that never
backtrack, in time linear in the source. What tree construction does with them is not decided
here: ``tree`` asks a real parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from dragoman.formats.html.names import (
    ESCAPABLE_RAW_TEXT,
    FOREIGN_BREAKOUT,
    INTEGRATION_POINTS,
    RAW_TEXT,
)

SPACE = " \t\n\f\r"
"""What HTML calls ASCII white space; no-break spaces are text."""


class TokenKind(IntEnum):
    TEXT = 0
    OPEN = 1
    CLOSE = 2
    RAW = 3
    """Content of a script, style, title or the like."""
    OTHER = 4
    """Comments, doctypes, shortcodes and what parsers drop."""
    EMPTY = 5
    """A self-closing element of svg or math; in HTML the slash means nothing."""


class Token(NamedTuple):
    """``source[start:end]``; ``name`` is the lower-case element name of tags, else empty."""

    kind: TokenKind
    start: int
    end: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a tag, with the place of its value in the tag's source.

    ``start == end`` where there is no value; then both stand behind the name. The span includes
    the quotation marks.
    """

    name: str
    value: str
    start: int
    end: int


_ATTRIBUTE = (
    r"=?[^ \t\n\f\r/>=]*+"  # a name may start with "="
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+"
    r'(?:"[^"]*+(?:"|\Z)|\'[^\']*+(?:\'|\Z)|[^ \t\n\f\r"\'>][^ \t\n\f\r>]*+|(?=>)))?+'
)
_TAG = re.compile(
    r"<(/?)([a-zA-Z][^ \t\n\f\r/>]*+)"
    rf"((?:[ \t\n\f\r/]++|(?=[^ \t\n\f\r/>]){_ATTRIBUTE})*+)>"
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
_BOGUS = re.compile(r"<[!?/][^>]*+(?:>|\Z)")
_OPENING = re.compile(r"<(?=[a-zA-Z!?]|/[\s\S])")
_LETTER = re.compile(r"</?[a-zA-Z]")
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ATTRIBUTE_PARTS = re.compile(
    r"[ \t\n\f\r/]*+(=?[^ \t\n\f\r/>=]++|=)"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+"
    r'(?P<value>"[^"]*+"?|\'[^\']*+\'?|[^ \t\n\f\r"\'>][^ \t\n\f\r>]*+|(?=>)))?+'
)
_SHORTCODE = re.compile(
    r"\[(?P<slash>/?)(?P<name>[a-z][a-z0-9_-]*+)"
    r"(?P<attributes>(?:\s++[a-z][\w-]*+=(?:\"[^\"\]<]*+\"|'[^'\]<]*+'|[^\s\"'\]<]++))*+)"
    r"\s*+(?P<single>/?)\]",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*+\n[ \t\r\n]*+")
_BARE_SHORTCODES = frozenset(
    "ad ads adsense audio embed gallery more newsletter playlist poll related toc video "
    "youtube".split()
)
"""Known by their name alone; any other word in brackets, such as [sic], is an editor's."""


def tokenize(source: str, *, content_system: bool = False) -> Iterator[Token]:
    """Yield tokens that tile ``source``.

    ``content_system``: shortcodes are tokens of their own, and text is cut behind blank lines,
    which such systems read as the end of a paragraph.
    """
    for token in _tokens(source):
        if token.kind is TokenKind.TEXT and content_system:
            for piece in _split_shortcodes(source, token):
                yield from _split_paragraphs(source, piece)
        else:
            yield token


def attributes(tag: str) -> Iterator[Attribute]:
    """The attributes of a start tag's source, values as written but without their quotes."""
    position = len(tag) - len(tag[1:].lstrip("/")) if tag.startswith("</") else 1
    while position < len(tag) and tag[position] not in SPACE + "/>":
        position += 1
    while match := _ATTRIBUTE_PARTS.match(tag, position):
        position = match.end()
        if match["value"] is None:
            yield Attribute(match[1].lower(), "", match.end(), match.end())
        else:
            value = match["value"]
            quoted = value[:1] in ('"', "'")
            bare = value[1:-1] if quoted else value
            yield Attribute(match[1].lower(), bare, match.start("value"), match.end("value"))


def _tokens(source: str) -> Iterator[Token]:
    position, size = 0, len(source)
    foreign: list[str] = []  # open svg, math and integration points, outermost first
    while position < size:
        opening = _OPENING.search(source, position)
        start = opening.start() if opening else size
        if start > position:
            yield Token(TokenKind.TEXT, position, start)
        if start == size:
            return
        in_foreign = _is_foreign(foreign)
        token = _markup(source, start, in_foreign=in_foreign)
        if token.name:
            token = _track_foreign(foreign, source, token)
        yield token
        position = token.end
        if token.kind is TokenKind.OPEN and not in_foreign:
            end = _raw_end(source, token)
            if end > position:
                yield Token(TokenKind.RAW, position, end)
                position = end


def _markup(source: str, start: int, *, in_foreign: bool) -> Token:
    if match := _TAG.match(source, start):
        kind = TokenKind.CLOSE if match[1] else TokenKind.OPEN
        return Token(kind, start, match.end(), match[2].lower())
    if source.startswith("<!--", start):
        match = _COMMENT.match(source, start)
    elif in_foreign and source.startswith("<![CDATA[", start):
        match = _CDATA.match(source, start)
    elif not _LETTER.match(source, start):
        match = _BOGUS.match(source, start)
    # A tag that the source's end cuts is dropped by every parser.
    return Token(TokenKind.OTHER, start, match.end() if match else len(source))


def _is_foreign(foreign: list[str]) -> bool:
    return bool(foreign) and foreign[-1] in ("svg", "math")


def _track_foreign(foreign: list[str], source: str, token: Token) -> Token:
    """Follow svg and math in and out; the token comes back, as EMPTY if it closes itself."""
    name = token.name
    if token.kind is TokenKind.CLOSE:
        if name in foreign:
            while foreign.pop() != name:
                pass
        return token
    if _is_foreign(foreign) and name in FOREIGN_BREAKOUT:
        while _is_foreign(foreign):
            foreign.pop()
    inside = _is_foreign(foreign)
    if (inside or name in ("svg", "math")) and source[token.end - 2] == "/":
        return token._replace(kind=TokenKind.EMPTY)
    if name in ("svg", "math") or (inside and name in INTEGRATION_POINTS):
        foreign.append(name)
    return token


def _raw_end(source: str, token: Token) -> int:
    """Where the raw content behind a start tag ends; ``token.end`` if it has none."""
    if token.name == "plaintext":
        return len(source)
    if token.name not in RAW_TEXT and token.name not in ESCAPABLE_RAW_TEXT:
        return token.end
    closing = re.compile(rf"</{token.name}(?=[\s/>])", re.IGNORECASE | re.ASCII)
    if token.name == "script":
        return _script_end(source, token.end, closing)
    found = closing.search(source, token.end)
    return found.start() if found else len(source)


_SCRIPT_OPENING = re.compile(r"<script(?=[\s/>])", re.IGNORECASE | re.ASCII)


def _script_end(source: str, start: int, closing: re.Pattern[str]) -> int:
    """``<!-- <script> </script>`` inside a script does not end it (section 13.2.5.15 on)."""
    position = start
    while found := closing.search(source, position):
        comment = source.find("<!--", position, found.start())
        if comment < 0 or source.find("-->", comment, found.start()) >= 0:
            return found.start()
        if not _SCRIPT_OPENING.search(source, comment, found.start()):
            return found.start()
        position = found.end()
    return len(source)


def _split_shortcodes(source: str, token: Token) -> Iterator[Token]:
    """Shortcodes of content systems: ``[gallery ids="1,2"]``, ``[caption]…[/caption]``."""
    position = token.start
    for match in _SHORTCODE.finditer(source, token.start, token.end):
        if not _is_shortcode(match, source):
            continue
        if match.start() > position:
            yield Token(TokenKind.TEXT, position, match.start())
        yield Token(TokenKind.OTHER, match.start(), match.end())
        position = match.end()
    if position < token.end:
        yield Token(TokenKind.TEXT, position, token.end)


def _split_paragraphs(source: str, token: Token) -> Iterator[Token]:
    position = token.start
    if token.kind is TokenKind.TEXT:
        for match in _BLANK_LINE.finditer(source, token.start, token.end):
            if position < match.end() < token.end:
                yield Token(TokenKind.TEXT, position, match.end())
                position = match.end()
    yield token._replace(start=position)


def _is_shortcode(match: re.Match[str], source: str) -> bool:
    name = match["name"].lower()
    if match["attributes"] or match["single"] or name in _BARE_SHORTCODES or "_" in name:
        return True
    return (f"[{name}" if match["slash"] else f"[/{name}]") in source
