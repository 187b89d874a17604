"""Plain text as lines, and lines as units: one unit is one paragraph, item or line of furniture.

Text that was wrapped at a fixed width is unwrapped: a line break belongs to the wrapping when the
next line's first word would not have fitted on the line before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

from dragoman.formats.text.furniture import is_trail
from dragoman.formats.text.signatures import is_byline

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_RULE = re.compile(r"[-=*_~#•·.+—–|/\\\s]+")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*")
_QUOTE = re.compile(r"(?:[ \t]*>)+[ \t]?")
_BULLET = re.compile(r"[•‣◦▪●*·–-][ \t]+(?=\S)|[•‣◦▪●]")
_NUMBER = re.compile(r"\(?(\d{1,3}|[a-z])[.)][ \t]+(?=\S)")
_STOPS = ".!?…。！？؟।:;"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
_LONGEST_WRAPPED = 110
_SHORTEST_WRAPPED = 45
_FEW_LONG_LINES = 0.02
_FEW_WORDS = 8  # an address of the web may be longer than the width


class Shape(Enum):
    """What the look of a line alone says."""

    PLAIN = "plain"
    ITEM = "item"
    QUOTE = "quote"
    ROW = "row"
    """Cells between tabs, in a run of such lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """``start..end`` without the line ending; ``body`` is where its own text starts."""

    start: int
    end: int
    body: int
    ending: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines that read as one text.

    ``text`` has the lines joined; ``pieces`` are (offset in ``text``, offset in the source).
    ``alone``: blank lines or the edge of the text stand on both sides.
    """

    text: str
    lines: tuple[Line, ...]
    pieces: tuple[tuple[int, int], ...]
    alone: bool
    underlined: bool

    @property
    def shape(self) -> Shape:
        return self.lines[0].shape

    def source(self, offset: int) -> int:
        """Where the character at ``offset`` of ``text`` stands in the source."""
        at, start = self.pieces[bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1]
        return start + offset - at

    def source_end(self, offset: int) -> int:
        """Where the text before ``offset`` ends in the source."""
        return self.source(offset - 1) + 1 if offset else self.source(0)


def split_units(text: str) -> list[Unit]:
    """All units of ``text`` in order; blank lines and lines of rules belong to none."""
    groups = _groups(text)
    width = _wrap_width(text, [line for group in groups for line in group])
    units: list[Unit] = []
    for group in groups:
        units.extend(_units_of(text, _typed(text, group), width))
    if not units:  # nothing but rules: then they are the text
        return [_unit(text, [line], alone=True, underlined=False) for g in groups for line in g]
    return units


def _groups(text: str) -> list[list[Line]]:
    """Runs of lines between blank ones."""
    groups: list[list[Line]] = [[]]
    for match in _LINE.finditer(text):
        start, end = match.span(1)
        content = match.group(1)
        body = start + len(content) - len(content.lstrip())
        if body == end:
            groups.append([])
        else:
            groups[-1].append(Line(start, end, body, match.group(2), Shape.PLAIN))
    return [group for group in groups if group]


def _typed(text: str, group: list[Line]) -> list[Line]:
    """The same lines with their shapes, and ``body`` behind bullets and quote signs."""
    tabs = [text.count("\t", line.body, line.end) for line in group]
    typed = []
    for at, line in enumerate(group):
        quote = _QUOTE.match(text, line.start, line.end)
        mark = _BULLET.match(text, line.body, line.end) or _number(text, line, group)
        near = tabs[at - 1 : at] + tabs[at + 1 : at + 2]
        if quote and text[quote.end() : line.end].strip():
            typed.append(Line(line.start, line.end, quote.end(), line.ending, Shape.QUOTE))
        elif mark and not _RULE.fullmatch(text, line.start, line.end):
            typed.append(Line(line.start, line.end, mark.end(), line.ending, Shape.ITEM))
        elif tabs[at] and tabs[at] in near:
            typed.append(Line(line.start, line.end, line.body, line.ending, Shape.ROW))
        else:
            typed.append(line)
    return typed


def _number(text: str, line: Line, group: list[Line]) -> re.Match[str] | None:
    """``2.`` counts as an item only beside another item or as the first: dates look alike."""
    match = _NUMBER.match(text, line.body, line.end)
    if match is None or match.group(1) in {"1", "a"}:
        return match
    others = (_NUMBER.match(text, other.body, other.end) for other in group if other != line)
    return match if any(others) else None


def _wrap_width(text: str, lines: list[Line]) -> int:
    """The width that the text was wrapped at, or 0 when it was not."""
    lengths = [line.end - line.start for line in lines]
    long = [line for line in lines if line.end - line.start > _LONGEST_WRAPPED]
    running = sum(1 for line in long if text.count(" ", line.start, line.end) >= _FEW_WORDS)
    if running > _FEW_LONG_LINES * len(lengths):
        return 0
    width = max((length for length in lengths if length <= _LONGEST_WRAPPED), default=0)
    return width if width >= _SHORTEST_WRAPPED else 0


def _units_of(text: str, group: list[Line], width: int) -> list[Unit]:
    fill = max((ln.end - ln.start for ln in group if ln.end - ln.start <= width), default=0)
    runs: list[list[Line]] = []
    underlined: set[int] = set()
    last: Line | None = None
    for line in group:
        if _RULE.fullmatch(text, line.start, line.end):
            if last and _UNDERLINE.fullmatch(text, line.start, line.end):
                underlined.add(len(runs) - 1)
            last = None
            continue
        if last and (
            _hangs(line, runs[-1][0])
            or (width and _continues(text, last, line, max(fill, round(0.7 * width))))
        ):
            runs[-1].append(line)
        else:
            runs.append([line])
        last = line
    return [
        _unit(text, run, alone=len(runs) == 1, underlined=at in underlined)
        for at, run in enumerate(runs)
    ]


def _hangs(line: Line, item: Line) -> bool:
    """Whether the line is indented to stand under the text of a list item."""
    indented = line.body - line.start >= item.body - item.start
    return item.shape is Shape.ITEM and line.shape is Shape.PLAIN and indented


def _continues(text: str, last: Line, line: Line, fill: int) -> bool:
    """Whether the break between two lines came from wrapping at ``fill`` characters."""
    if line.shape is Shape.QUOTE or last.shape is Shape.QUOTE:
        if line.shape is not last.shape:
            return False
    elif line.shape is not Shape.PLAIN or last.shape is Shape.ROW:
        return False
    length = last.end - last.start
    before, after = text[last.body : last.end].rstrip(), text[line.body : line.end].strip()
    if is_trail(before) or (before[-1:] not in _STOPS and is_byline(after)):
        return False
    if length + 1 + len(after.split(maxsplit=1)[0]) > fill:
        return True
    long_enough = length >= 0.5 * fill or line.shape is Shape.QUOTE
    return long_enough and after[0].islower() and before[-1:] not in _STOPS


def _unit(text: str, lines: list[Line], *, alone: bool, underlined: bool) -> Unit:
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    for line in lines:
        content = text[line.body : line.end]
        start = line.body + len(content) - len(content.lstrip())
        content = content.strip()
        if parts:
            length -= len(parts[-1])
            parts[-1] = _joint(parts[-1], content)
            length += len(parts[-1])
        pieces.append((length, start))
        parts.append(content)
        length += len(content)
    return Unit("".join(parts), tuple(lines), tuple(pieces), alone, underlined)


def _joint(before: str, after: str) -> str:
    """``before``, ready for ``after`` to be put behind it: mostly with one space."""
    if before.endswith("\N{SOFT HYPHEN}"):
        return before[:-1]
    if before.endswith("-") and before[-2:-1].isalpha() and after[:1].islower():
        return before
    if _UNSPACED.match(before[-1]) and _UNSPACED.match(after[:1]):
        return before
    return before + " "
