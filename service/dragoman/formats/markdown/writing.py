"""Put a translated text with its marks back into Markdown, so that it reads as it was meant.

What is written is parsed again and compared. First nothing is escaped and the signs of the source
are used; if that reads differently, signs are escaped and emphasis becomes HTML; and at last every
sign is escaped. So ordinary prose stays as clean as a person would write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from markdown_it import MarkdownIt

from dragoman.article import Mark, MarkKind
from dragoman.formats.markdown.blocks import Frame
from dragoman.formats.markdown.inline import Tag, read_inline

_ANY_SIGN = re.compile(r"([!-/:-@\[-`{-~])")
_SIGN = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\s]|$)|[`*\[\]~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w{1,32};)"
)
_AT_START = re.compile(r"(\s*)(?:([#>+\-=|:])|(\d{1,9})([.)]))")


class Care(IntEnum):
    """How much is escaped."""

    NONE = 0
    SIGNS = 1
    EVERYTHING = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A text with its marks, and where it is to stand: that decides what its signs can mean."""

    text: str
    marks: tuple[Mark, ...]
    tags: Sequence[Tag]
    frame: Frame = Frame.LINES
    lead: str = ""


@dataclass(slots=True)
class _Node:
    start: int
    end: int
    ref: int
    children: list[_Node] = field(default_factory=list)


def write(parser: MarkdownIt, line: Line, references: Mapping[str, Any]) -> str:
    """The Markdown content that reads as ``line``; its lines end in ``\\n``."""
    text, marks = _restored(line)
    nodes = _tree(text, marks, line.tags)
    kinds = {mark.ref: mark.kind for mark in marks}
    wanted = _reading(text, [Mark(n.start, n.end, kinds[n.ref], n.ref) for n in _all(nodes)])
    content = ""
    for care in Care:
        content = _Writer(text, line.tags, care).write(nodes)
        if _read_back(parser, content, line, references) == wanted:
            break
    return content


def _restored(line: Line) -> tuple[str, list[Mark]]:
    """Kept text as it was in the source, and marks that were lost put back at the end."""
    out: list[str] = []
    moved: list[tuple[int, int]] = []  # from this place on, offsets shift by so much
    at = shift = 0
    for mark in sorted(line.marks, key=lambda mark: (mark.start, mark.ref)):
        if mark.kind is not MarkKind.KEEP or mark.start < at:
            continue
        kept = line.tags[mark.ref].text
        out += [line.text[at : mark.start], kept]
        at = mark.end
        shift += len(kept) - (mark.end - mark.start)
        moved.append((mark.end, shift))
    text = "".join([*out, line.text[at:]])

    def move(place: int, *, end: bool) -> int:
        known = [by for start, by in moved if start < place or (start == place and end)]
        return place + (known[-1] if known else 0)

    marks = [
        replace(mark, start=move(mark.start, end=False), end=move(mark.end, end=True))
        if mark.end > mark.start or mark.kind is MarkKind.KEEP
        else replace(mark, start=move(mark.start, end=True), end=move(mark.start, end=True))
        for mark in line.marks
    ]
    lost = sorted(set(range(len(line.tags))) - {mark.ref for mark in line.marks})
    for ref in lost:
        if line.tags[ref].whole:
            kept = "" if line.tags[ref].alt else line.tags[ref].text
            kind = MarkKind.KEEP if kept else MarkKind.POINT
            text += " " + kept if kept else ""
            marks.append(Mark(len(text) - len(kept), len(text), kind, ref))
    return text, marks


def _tree(text: str, marks: Sequence[Mark], tags: Sequence[Tag]) -> list[_Node]:
    """Marks without crossings, emphasis drawn in from white space."""
    root: list[_Node] = []
    stack: list[_Node] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.ref)):
        start, end = mark.start, mark.end
        if tags[mark.ref].html:
            start, end = _drawn_in(text, mark, marks)
            if start >= end:
                continue
        node = _Node(start, end, mark.ref)
        while stack and not _holds(stack[-1], node, tags):
            stack.pop()
        if stack:
            node.end = max(node.start, min(node.end, stack[-1].end))
        (stack[-1].children if stack else root).append(node)
        if not tags[mark.ref].whole:
            stack.append(node)
    return root


def _all(nodes: Sequence[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _drawn_in(text: str, mark: Mark, marks: Sequence[Mark]) -> tuple[int, int]:
    """The mark's ends without white space, but not past what else stands there."""
    inner = text[mark.start : mark.end]
    start = mark.start + len(inner) - len(inner.lstrip())
    end = mark.end - len(inner) + len(inner.rstrip())
    others = [other for other in marks if other is not mark]
    if any(mark.start <= other.start < start for other in others):
        start = mark.start
    if any(end < other.end <= mark.end for other in others):
        end = mark.end
    return start, end


def _holds(outer: _Node, node: _Node, tags: Sequence[Tag]) -> bool:
    """At the very end of a mark, its own children are still inside."""
    ours = tags[node.ref].parent == outer.ref
    return node.start < outer.end or (node.start == outer.end and ours)


class _Writer:
    """Writes one text once, with one degree of care."""

    def __init__(self, text: str, tags: Sequence[Tag], care: Care) -> None:
        self._text = text
        self._tags = tags
        self._care = care
        self._out: list[str] = []
        self._at = 0

    def write(self, nodes: Sequence[_Node]) -> str:
        self._nodes(nodes, len(self._text))
        return "".join(self._out).strip(" \t")

    def _nodes(self, nodes: Sequence[_Node], end: int) -> None:
        for node in nodes:
            self._put(node.start)
            tag = self._tags[node.ref]
            if tag.whole:
                self._whole(tag, node.end)
                continue
            html = tag.html if self._care else None
            self._out.append(f"<{html}>" if html else tag.opening)
            self._nodes(node.children, node.end)
            self._out.append(f"</{html}>" if html else tag.closing)
        self._put(end)

    def _whole(self, tag: Tag, end: int) -> None:
        if tag.breaks_line:  # no spaces around the end of a line
            if self._out:
                self._out[-1] = self._out[-1].rstrip(" ")
            rest = self._text[self._at :]
            self._at += len(rest) - len(rest.lstrip(" "))
        self._out.append(tag.opening)
        self._at = max(self._at, end)

    def _put(self, end: int) -> None:
        if end > self._at:
            first = not self._out or self._out[-1].endswith("\n")
            self._out.append(_escaped(self._text[self._at : end], self._care, first=first))
            self._at = end


def _escaped(text: str, care: Care, *, first: bool) -> str:
    flat = re.sub(r"[\r\n]+", " ", text)
    if care is Care.NONE:
        return flat
    if care is Care.EVERYTHING:
        # even an escaped pipe makes a table of the lines that it stands in
        return _ANY_SIGN.sub(r"\\\1", flat).replace("\\|", "&#124;")
    escaped = _SIGN.sub(lambda match: "\\" + match.group(), flat)
    start = _AT_START.match(escaped) if first else None
    if start is None:
        return escaped
    space, sign, number, stop = start.groups()
    return space + (f"\\{sign}" if sign else f"{number}\\{stop}") + escaped[start.end() :]


Reading = tuple[str, tuple[tuple[int, int], ...]]


def _reading(text: str, marks: Sequence[Mark]) -> Reading:
    """Text and places without white space, which may change around line breaks."""
    counts = [0]
    for char in text:
        counts.append(counts[-1] + (not char.isspace()))
    places = (
        (counts[mark.start], counts[mark.end])
        for mark in marks
        if mark.kind is not MarkKind.KEEP  # whether plain text is kept depends on its words
    )
    return "".join(text.split()), tuple(sorted(places))


def _read_back(
    parser: MarkdownIt, content: str, line: Line, references: Mapping[str, Any]
) -> Reading | None:
    """How the content reads in its place, or None when it is no longer one block."""
    env = {"references": dict(references)}
    if line.frame in {Frame.CELL, Frame.PART}:
        if line.frame is Frame.CELL and "|" not in line.lead and _begins_block(parser, content):
            return None
        tokens = parser.parseInline(content, env)
    elif line.frame is Frame.ALT:
        tokens = parser.parseInline(f"![{content}](x)", env)[0].children or []
        if len(tokens) != 1 or tokens[0].type != "image":
            return None
    else:
        plain = parser.parse(_framed("x", line), env)
        framed = parser.parse(_framed(content, line), env)
        if [token.type for token in framed] != [token.type for token in plain]:
            return None
        tokens = [token for token in framed if token.type == "inline"]
    if len(tokens) != 1:
        return None
    inline = read_inline(tokens[0].content, tokens[0].children or [])
    return _reading(inline.text, inline.marks)


def _begins_block(parser: MarkdownIt, content: str) -> bool:
    """Whether a row that begins with this, and not with a pipe, would no longer be a row."""
    tokens = parser.parse(content)
    return not tokens or tokens[0].type != "paragraph_open"


def _framed(content: str, line: Line) -> str:
    """The content as a document of its own, behind the same signs as in its own document."""
    prefix = re.sub(r"[^>\s]", " ", line.lead)
    behind = "\n" + prefix + "---" if line.frame is Frame.UNDERLINED else ""
    return line.lead + content.replace("\n", "\n" + prefix) + behind
