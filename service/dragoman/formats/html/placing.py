"""Put inline tags into a target text: each once, well nested, whatever the marks say.

Marks that a careful aligner placed are followed exactly. Marks that are missing, cross each other
or leave their parent are repaired, because an element of the page must never be lost: a child is
kept inside its parent, and siblings are kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.article import Mark, MarkKind


@dataclass(frozen=True, slots=True)
class Tag:
    """The markup of one mark. ``parent`` is the index of the tag around it, or -1.

    A point has everything in ``opening``; a kept element too, its own text included.
    ``from_start`` and ``to_end``: the element begins before the block or ends behind it, so it
    covers the block's text from its start or to its end, and one of its tags is empty.
    ``declares``: it says that its text is in the article's language.
    ``fixed``: misnested beyond repair; such tags keep their order.
    """

    kind: MarkKind
    opening: str
    closing: str = ""
    parent: int = -1
    from_start: bool = False
    to_end: bool = False
    fixed: bool = False
    declares: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """``markup`` stands at ``offset``; the text goes on at ``resume``."""

    offset: int
    markup: str
    resume: int


def place(
    source: str, marks: Sequence[Mark], tags: Sequence[Tag], target: str, placed: Sequence[Mark]
) -> list[Edge]:
    """Edges in the order they are written.

    ``marks`` are over ``source``, ``placed`` over ``target``.
    """
    wishes = _wishes(source, marks, tags, target, placed)
    children: dict[int, list[int]] = {}
    for index, tag in enumerate(tags):
        children.setdefault(tag.parent, []).append(index)
    edges: list[Edge] = []
    stack: list[tuple[int, int, int, list[int]]] = []  # tag, cursor, end, children left
    index, cursor, end = -1, 0, len(target)
    left = _in_order(children.get(-1, []), wishes, tags)
    while True:
        if left:
            child = left.pop()
            tag = tags[child]
            start = min(max(wishes[child][0], cursor), end)
            stop = min(max(wishes[child][1], start), end)
            if tag.kind is MarkKind.WRAP:
                edges.append(Edge(start, tag.opening, start))
                stack.append((index, cursor, end, left))
                index, cursor, end = child, start, stop
                left = _in_order(children.get(child, []), wishes, tags)
            else:
                edges.append(Edge(start, tag.opening, stop))
                cursor = stop
            continue
        if not stack:
            return edges
        edges.append(Edge(end, tags[index].closing, end))
        closed = end
        index, cursor, end, left = stack.pop()
        cursor = max(cursor, closed)


def _wishes(
    source: str, marks: Sequence[Mark], tags: Sequence[Tag], target: str, placed: Sequence[Mark]
) -> list[tuple[int, int]]:
    """Where each tag wants to be in the target: as placed, or in proportion if it was not."""
    found: dict[int, tuple[int, int]] = {}
    for mark in placed:
        if 0 <= mark.ref < len(tags):
            found.setdefault(mark.ref, (mark.start, mark.end))
    wishes = []
    for index, (mark, tag) in enumerate(zip(marks, tags, strict=True)):
        start, end = found.get(index) or _in_proportion(mark, source, target)
        if tag.kind is MarkKind.POINT:
            end = start
        if tag.from_start:
            start = 0
        if tag.to_end:
            end = len(target)
        wishes.append((start, end))
    _keep_order(wishes, tags)
    return wishes


def _keep_order(wishes: list[tuple[int, int]], tags: Sequence[Tag]) -> None:
    least = 0
    for index, tag in enumerate(tags):
        if tag.fixed:
            least = max(least, wishes[index][0])
            wishes[index] = (least, least)


def _in_proportion(mark: Mark, source: str, target: str) -> tuple[int, int]:
    """A place at the same share of the text, between words. A kept text is set in, not over."""
    start = _between_words(target, mark.start * len(target) // max(1, len(source)))
    if mark.kind is not MarkKind.WRAP:
        return start, start
    return start, max(start, _between_words(target, mark.end * len(target) // max(1, len(source))))


def _between_words(text: str, offset: int) -> int:
    while offset < len(text) and text[offset].isalnum() and offset and text[offset - 1].isalnum():
        offset += 1
    return offset


def _in_order(
    indices: list[int], wishes: Sequence[tuple[int, int]], tags: Sequence[Tag]
) -> list[int]:
    """Children by their place, last first (to be popped); at one place in source order.

    What begins before the block comes first, and what ends behind it last.
    """
    return sorted(
        indices,
        key=lambda index: (
            not tags[index].from_start,
            tags[index].to_end,
            *wishes[index],
            index,
        ),
        reverse=True,
    )
