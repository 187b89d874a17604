"""Replacements in a text, and where its places are afterwards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dragoman.article import AlignedSpan

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """``text[start:end]`` becomes ``replacement``."""

    start: int
    end: int
    replacement: str


def allowed(text: str, edits: Iterable[Edit], taken: Sequence[Span]) -> list[Edit]:
    """In order, those that change something, touch nothing ``taken`` and do not overlap."""
    chosen: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        changes = text[edit.start : edit.end] != edit.replacement
        free = not chosen or edit.start >= chosen[-1].end
        if changes and free and not _touches(edit, taken):
            chosen.append(edit)
    return chosen


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with ``edits``, which are in order and do not overlap."""
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join([*parts, text[position:]])


class OffsetMap:
    """Where each place of an old text is in a new one, after rounds of replacements."""

    def __init__(self, *rounds: Sequence[Edit]) -> None:
        self._rounds = [_Round(edits) for edits in rounds]

    def place(self, offset: int, *, before: bool = False) -> int:
        """The new offset of an old one.

        Inside a replaced part it is where the replacement ends. Where something was inserted it
        is behind that; with ``before`` in front of it, which is right for the end of a span.
        """
        for edits in self._rounds:
            offset = edits.place(offset, before=before)
        return offset

    def shift(self, alignment: Iterable[AlignedSpan]) -> tuple[AlignedSpan, ...]:
        """Alignment to the old text as alignment to the new one."""
        moved = []
        for span in alignment:
            start = self.place(span.target_start)
            end = max(start, self.place(span.target_end, before=True))
            moved.append(replace(span, target_start=start, target_end=end))
        return tuple(moved)


class _Round:
    """One round of edits: their old spans, and how far all behind each has moved."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._starts = [edit.start for edit in edits]
        self._ends = [edit.end for edit in edits]
        self._shifts = [0]
        for edit in edits:
            growth = len(edit.replacement) - (edit.end - edit.start)
            self._shifts.append(self._shifts[-1] + growth)

    def place(self, offset: int, *, before: bool) -> int:
        find = bisect_left if before else bisect_right
        passed = find(self._starts, offset)
        if not passed:
            return offset
        start, end = self._starts[passed - 1], self._ends[passed - 1]
        if start == offset < end:
            return offset + self._shifts[passed - 1]
        return max(offset, end) + self._shifts[passed]


def _touches(edit: Edit, taken: Sequence[Span]) -> bool:
    return any(
        (edit.start < end and edit.end > start) or start < edit.start < end for start, end in taken
    )
