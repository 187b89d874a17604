"""The blocks of a Markdown document: their kinds, and where their content stands in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    ``ending`` and ``prefix`` are what a further line of the content is written with.
    """

    start: int
    end: int
    pieces: tuple[tuple[int, int], ...]
    ending: str
    prefix: str

    def source(self, offset: int) -> int:
        """Where the character at ``offset`` of the content stands in the source."""
        at = bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1
        start, place = self.pieces[max(at, 0)]
        return place + offset - start


@dataclass(frozen=True, slots=True)
class Found:
    """An inline token with the kind of its block; ``level`` is a heading's, else 0."""

    token: Token
    kind: BlockKind
    place: Place
    level: int
    cell: bool


class Lines:
    """The source by lines, numbered as markdown-it does."""

    def __init__(self, source: str, start: int) -> None:
        self.source = source
        matches = list(_LINE.finditer(source, start))
        self.spans = [match.span(1) for match in matches]
        self.endings = [match.group(2) for match in matches]

    def text(self, number: int) -> str:
        start, end = self.spans[number]
        return self.source[start:end]


def find_blocks(tokens: Sequence[Token], lines: Lines) -> Iterator[Found]:
    """Every block that has text, in order. What cannot be found again is left as it is."""
    around: list[BlockKind] = []
    level = 0
    cells: dict[int, int] = {}
    for token in tokens:
        kind = _CONTAINERS.get(token.type)
        if kind:
            around.append(kind)
            level = int(token.tag[1]) if token.type == "heading_open" else 0
        elif token.type.replace("_close", "_open") in _CONTAINERS:
            around.pop()
        elif token.type == "inline" and token.map:
            kind = around[-1] if around else BlockKind.PARAGRAPH
            cell = kind is BlockKind.TABLE_CELL
            if cell:
                number = cells[token.map[0]] = cells.get(token.map[0], -1) + 1
                place = _place_cell(token.content, lines, token.map[0], number)
            else:
                place = _place(token.content, lines, token.map[0], heading="#" * level)
            if place and token.content:
                yield Found(token, kind, place, level if kind is BlockKind.HEADING else 0, cell)


def _place(content: str, lines: Lines, first: int, *, heading: str) -> Place | None:
    pieces: list[tuple[int, int]] = []
    at = end = 0
    for number, part in enumerate(content.split("\n"), first):
        core = part.strip(" \t")
        line = lines.text(number)
        column = line.rstrip(" \t").rfind(core)
        if heading and number == first and (match := re.search(rf"{heading}[ \t]+", line)):
            column = line.find(core, match.end())
        if column < 0:
            return None
        start = lines.spans[number][0] + column
        lead = len(part) - len(part.lstrip(" \t"))
        pieces.append((at + lead, start))
        at += len(part) + 1
        end = start + len(core)
    prefix = ""
    if len(pieces) > 1:
        prefix = lines.source[lines.spans[first + 1][0] : pieces[1][1]]
    ending = lines.endings[first] or "\n"
    return Place(pieces[0][1], end, tuple(pieces), ending, prefix)


def _place_cell(content: str, lines: Lines, number: int, cell: int) -> Place | None:
    r"""Cells are what stands between pipes; ``\|`` is a pipe inside one."""
    line = lines.text(number)
    edges = [match.start() for match in re.finditer(r"(?<!\\)\|", line)]
    row_start = len(line) - len(line.lstrip(" \t>"))
    if edges and not line[row_start : edges[0]].strip():
        row_start, edges = edges[0] + 1, edges[1:]
    starts = [row_start, *(edge + 1 for edge in edges)]
    if cell >= len(starts):
        return None
    stop = edges[cell] if cell < len(edges) else len(line)
    raw = line[starts[cell] : stop]
    start = starts[cell] + len(raw) - len(raw.lstrip())
    raw = raw.strip()
    if raw.replace("\\|", "|") != content:
        return None
    base = lines.spans[number][0] + start
    pieces = [(0, base)]
    for nth, match in enumerate(re.finditer(r"\\\|", raw)):
        pieces.append((match.start() - nth, base + match.start() + 1))
    return Place(base, base + len(raw), tuple(pieces), "", "")
