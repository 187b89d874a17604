"""The blocks of a Markdown document: their kinds, and where their content stands in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from markdown_it.token import Token

from dragoman.article import BlockKind

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_CONTAINERS = {
    "blockquote_open": BlockKind.QUOTE,
    "list_item_open": BlockKind.LIST_ITEM,
    "th_open": BlockKind.TABLE_CELL,
    "td_open": BlockKind.TABLE_CELL,
    "heading_open": BlockKind.HEADING,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where content stands: ``source[start:end]``.

    ``pieces`` are (offset in the content, offset in the source) for each line of the content.
    ``lead`` stands before it on its first line; ``ending`` and ``prefix`` are what a further line
    of the content is written with.
    """

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    lead: str = ""
    ending: str = "\n"

    @property
    def prefix(self) -> str:
        """Quote signs and indentation of the first line, without its list marker."""
        return re.sub(r"[^>\s]", " ", self.lead)

    def source(self, offset: int) -> int:
        """Where the character at ``offset`` of the content stands in the source."""
        at = bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1
        start, place = self.pieces[max(at, 0)]
        return place + offset - start

    def cut(self, start: int, end: int) -> Place:
        """The place of a part of the content."""
        first, last = self.source(start), self.source(end - 1) + 1
        return Place(first, last, self.pieces)


class Frame(Enum):
    """In which construction content stands: what its signs can mean depends on it."""

    LINES = "lines"
    UNDERLINED = "underlined"
    CELL = "cell"
    PART = "part"
    ALT = "alt"


@dataclass(frozen=True, slots=True)
class Found:
    """An inline token with the kind of its block; ``level`` is a heading's, else 0.

    ``frame`` is what would stand before and behind its content alone in a document.
    """

    token: Token
    kind: BlockKind
    place: Place
    level: int
    frame: Frame


class Lines:
    """The source by lines, numbered as markdown-it does."""

    def __init__(self, source: str, start: int) -> None:
        self.source = source
        matches = list(_LINE.finditer(source, start))
        self.spans = [match.span(1) for match in matches]
        self.endings = [match.group(2) for match in matches]
        self._row: tuple[int, list[tuple[int, int]]] = (-1, [])

    def text(self, number: int) -> str:
        start, end = self.spans[number]
        return self.source[start:end]

    def cells(self, number: int) -> list[tuple[int, int]]:
        """Start and end of the text of each cell of a table's row: what stands between pipes."""
        if self._row[0] != number:
            self._row = (number, self._cells(number))
        return self._row[1]

    def _cells(self, number: int) -> list[tuple[int, int]]:
        line, base = self.text(number), self.spans[number][0]
        edges = [match.start() for match in re.finditer(r"(?<!\\)\|", line)]
        start = len(line) - len(line.lstrip(" \t>"))
        if edges and not line[start : edges[0]].strip():
            start = edges.pop(0) + 1
        cells = []
        for edge in [*edges, len(line)]:
            raw = line[start:edge]
            lead = base + start + len(raw) - len(raw.lstrip())
            cells.append((lead, lead + len(raw.strip())))
            start = edge + 1
        return cells


def find_blocks(tokens: Sequence[Token], lines: Lines) -> Iterator[Found]:
    """Every block that has text, in order. What cannot be found again is left as it is."""
    around: list[BlockKind] = []
    level, frame = 0, Frame.LINES
    cells: dict[int, int] = {}
    for token in tokens:
        kind = _CONTAINERS.get(token.type)
        if kind:
            around.append(kind)
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            underlined = token.markup in {"=", "-"} and level > 0
            frame = Frame.UNDERLINED if underlined else Frame.LINES
        elif token.type.replace("_close", "_open") in _CONTAINERS:
            around.pop()
        elif token.type == "inline" and token.map:
            kind = around[-1] if around else BlockKind.PARAGRAPH
            if kind is BlockKind.TABLE_CELL:
                frame = Frame.CELL
                number = cells[token.map[0]] = cells.get(token.map[0], -1) + 1
                place = _place_cell(token.content, lines, token.map[0], number)
            else:
                if kind is not BlockKind.HEADING:
                    level, frame = 0, Frame.LINES
                signs = "#" * level if frame is Frame.LINES else ""
                place = _place(token.content, lines, token.map[0], signs)
            if place and token.content:
                yield Found(token, kind, place, level, frame)


def _place(content: str, lines: Lines, first: int, signs: str) -> Place | None:
    pieces: list[tuple[int, int]] = []
    at = end = 0
    for number, part in enumerate(content.split("\n"), first):
        core = part.strip(" \t")
        line = lines.text(number)
        column = line.rstrip(" \t").rfind(core)
        if signs and number == first and (match := re.search(rf"{signs}[ \t]+", line)):
            column = line.find(core, match.end())
        if column < 0:
            return None
        start = lines.spans[number][0] + column
        pieces.append((at + len(part) - len(part.lstrip(" \t")), start))
        at += len(part) + 1
        end = start + len(core)
    lead = lines.source[lines.spans[first][0] : pieces[0][1]]
    return Place(pieces[0][1], end, tuple(pieces), lead, lines.endings[first] or "\n")


def _place_cell(content: str, lines: Lines, number: int, cell: int) -> Place | None:
    r"""``\|`` in the source is a pipe inside a cell."""
    cells = lines.cells(number)
    if cell >= len(cells):
        return None
    start, end = cells[cell]
    raw = lines.source[start:end]
    if raw.replace("\\|", "|") != content:
        return None
    pieces = [(0, start)]
    for nth, match in enumerate(re.finditer(r"\\\|", raw)):
        pieces.append((match.start() - nth, start + match.start() + 1))
    return Place(start, end, tuple(pieces), lines.source[lines.spans[number][0] : start])
