"""Build a block's text and marks, collapsing white space as browsers do."""

from __future__ import annotations

import re
from dataclasses import replace

from dragoman.article import Mark, MarkKind
from dragoman.formats.html.placing import Tag
from dragoman.formats.html.tokens import SPACE

_SPACES = re.compile(r"[ \t\n\f\r]+")
_EDGES = " \n"


class TextBuilder:
    """Takes the parts in order.

    ``fixed``: the tags given as points must keep their order. ``preformatted``: white space stays.
    """

    def __init__(self, *, fixed: bool, preformatted: bool) -> None:
        self._fixed = fixed
        self._preformatted = preformatted
        self._parts: list[str] = []
        self._size = 0
        self._last = ""
        self._marks: list[tuple[int, int, MarkKind]] = []
        self._tags: list[Tag] = []
        self._words: list[tuple[int, int, int]] = []
        self._open: list[int] = []
        self._point: int | None = None  # the point that stands behind the last space

    def add_text(self, text: str) -> None:
        """Add text; a space behind another one is dropped."""
        if self._preformatted:
            self._append(text)
            return
        text = _SPACES.sub(" ", text)
        if text.startswith(" ") and (not self._last or self._last in _EDGES):
            text = text[1:]
            if self._point is not None:
                self._widen(self._point)
        if text:
            self._append(text)

    def add_word(self, number: int, text: str) -> None:
        """Add the text of token ``number`` and remember where it went."""
        before = self._size
        self.add_text(text)
        self._words.append((number, before, self._size))

    def add_break(self, markup: str) -> None:
        """A line break: a point before a newline, so that words do not run together."""
        if self._last == " ":
            self._parts[-1] = self._parts[-1][:-1]
            self._size -= 1
        self.add_point(markup)
        self._append("\n")

    def add_point(self, markup: str) -> None:
        self._mark(self._size, self._size, MarkKind.POINT, Tag(MarkKind.POINT, markup))
        self._point = len(self._tags) - 1 if self._last == " " else None

    def add_kept(self, markup: str, text: str) -> None:
        """A kept element; ``markup`` is all of its source."""
        if text[0] in SPACE:
            self.add_text(" ")
        start = self._size
        self._append(_SPACES.sub(" ", text.strip(SPACE)))
        self._mark(start, self._size, MarkKind.KEEP, Tag(MarkKind.KEEP, markup))
        if text[-1] in SPACE:
            self.add_text(" ")

    def open(self, markup: str) -> None:
        tag = Tag(MarkKind.WRAP, markup, from_start=not markup)
        self._mark(self._size, self._size, MarkKind.WRAP, tag)
        self._open.append(len(self._tags) - 1)

    def close(self, markup: str) -> None:
        index = self._open.pop()
        start, _, kind = self._marks[index]
        self._marks[index] = (start, self._size, kind)
        self._tags[index] = replace(self._tags[index], closing=markup, to_end=not markup)

    def finish(
        self,
    ) -> tuple[str, tuple[Mark, ...], tuple[Tag, ...], tuple[tuple[int, int, int], ...]]:
        """Text, marks, tags, and where the words went."""
        text = "".join(self._parts).rstrip(_EDGES)
        marks: list[Mark] = []
        for ref, (wanted_start, wanted_end, kind) in enumerate(self._marks):
            parent = self._tags[ref].parent
            low, high = (marks[parent].start, marks[parent].end) if parent >= 0 else (0, len(text))
            start, end = min(max(wanted_start, low), high), min(max(wanted_end, low), high)
            if kind is MarkKind.WRAP:
                start, end = _without_edges(text, start, end)
            marks.append(Mark(start, end, kind, ref))
        words = tuple((number, start, min(end, len(text))) for number, start, end in self._words)
        return text, tuple(marks), tuple(self._tags), words

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        self._last = text[-1:] or self._last
        self._point = None

    def _widen(self, index: int) -> None:
        self._tags[index] = replace(self._tags[index], opening=self._tags[index].opening + " ")
        self._point = None

    def _mark(self, start: int, end: int, kind: MarkKind, tag: Tag) -> None:
        parent = self._open[-1] if self._open else -1
        self._marks.append((start, end, kind))
        self._tags.append(replace(tag, parent=parent, fixed=self._fixed))


def _without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end
