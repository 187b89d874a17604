"""Marks follow their words: put a block's inline markup over the words that its words became.

For each end of a mark, in this order: the edges of whole segments are exact; marked text that
stands verbatim in the translation (a name, a number, kept text) is found there; the engine's
alignment is followed where there is one; else the place is projected by proportion and moved to
the nearest word boundary. The result is well nested and has every mark exactly once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dragoman.article import AlignedSpan, Block, Mark, MarkKind, Segment, Translation

_WORD = re.compile(r"\w+(?:[’'\-]\w+)*|[^\w\s]")
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Japanese, Chinese
)
_VOWEL_SIGNS = r"\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
_COMBINING = _VOWEL_SIGNS + r"\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u3099\u309a"
_TARGET_WORD = re.compile(rf"[{_UNSPACED}][{_COMBINING}]*|[^\W{_UNSPACED}]+")
"""What a mark may begin or end at: words, or characters where no spaces stand between words."""


def place_marks(
    block: Block, segments: Sequence[Segment], translations: Sequence[Translation]
) -> tuple[str, tuple[Mark, ...]]:
    """The block's target text (the translations joined) and its marks in document order.

    ``segments`` tile the block; ``translations`` belong to them and carry their white space.
    """
    text = "".join(translation.text for translation in translations)
    if not block.marks:
        return text, ()
    pairs = []
    position = 0
    for segment, translation in zip(segments, translations, strict=True):
        pairs.append(_Pair(segment, translation.text, translation.alignment, position))
        position += len(translation.text)
    placed = [_place(mark, block.text, pairs, len(text)) for mark in block.marks]
    return text, _nest(block.marks, placed, text)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A segment and its translation; ``offset`` is where the translation begins in the target."""

    segment: Segment
    target: str
    alignment: tuple[AlignedSpan, ...]
    offset: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``segment.text[start:end]`` (not empty) went, in offsets of the whole target."""
        found = self._edges(start, end) or self._copy(start, end) or self._aligned(start, end)
        first, last = found or self._projected(start, end)
        return self.offset + first, self.offset + last

    def _edges(self, start: int, end: int) -> tuple[int, int] | None:
        """A mark over the whole segment covers the whole translation."""
        text = self.segment.text
        if text[:start].strip() or text[end:].strip():
            return None
        first = 0 if start == 0 else len(self.target) - len(self.target.lstrip())
        last = len(self.target) if end == len(text) else len(self.target.rstrip())
        return min(first, last), last

    def _copy(self, start: int, end: int) -> tuple[int, int] | None:
        """Marked text that stands in the translation as it is; the nearest one of several."""
        wanted = self.segment.text[start:end].strip()
        if not wanted:
            return None
        expected = self._scale(start)
        best: tuple[int, int] | None = None
        for match in re.finditer(re.escape(wanted), self.target):
            first, last = match.span()
            whole = not _inside_word(self.target, first) and not _inside_word(self.target, last)
            if whole and (best is None or abs(first - expected) < abs(best[0] - expected)):
                best = (first, last)
        return best

    def _aligned(self, start: int, end: int) -> tuple[int, int] | None:
        spans = [
            (link.target_start, link.target_end)
            for link in self.alignment
            if link.source_start < end and link.source_end > start
        ]
        if not spans:
            return None
        first, last = _largest_cluster(sorted(spans))
        return _to_words(self.target, first, last)

    def _projected(self, start: int, end: int) -> tuple[int, int]:
        return _to_words(self.target, self._scale(start), self._scale(end))

    def _scale(self, offset: int) -> int:
        """The same relative place, measured between the texts without surrounding white space."""
        source, target = self.segment.text, self.target
        source_start = len(source) - len(source.lstrip())
        target_start = len(target) - len(target.lstrip())
        source_length = max(1, len(source.strip()))
        share = min(1.0, max(0.0, (offset - source_start) / source_length))
        return target_start + round(share * len(target.strip()))


def _place(mark: Mark, source: str, pairs: Sequence[_Pair], end: int) -> tuple[int, int]:
    if mark.start == mark.end:
        place = _place_point(mark.start, source, pairs, end)
        return place, place
    if mark.start == 0 and mark.end == len(source):
        return 0, end
    first = pairs[bisect_right(pairs, mark.start, key=_segment_start) - 1]
    last = pairs[bisect_left(pairs, mark.end, key=_segment_start) - 1]
    start_in = max(0, mark.start - first.segment.start)
    end_in = min(len(last.segment.text), mark.end - last.segment.start)
    if first is last:
        return first.span(start_in, end_in)
    return (
        first.span(start_in, len(first.segment.text))[0],
        last.span(0, end_in)[1],
    )


def _place_point(place: int, source: str, pairs: Sequence[_Pair], end: int) -> int:
    """Beside the word it stood beside: behind the one before it, else before the one after."""
    index = bisect_right(pairs, place, key=_segment_start) - 1
    if index < 0 or place >= pairs[index].segment.end:
        return end
    pair = pairs[index]
    segment = pair.segment
    if place == segment.start:
        return pair.offset
    inside = place - segment.start
    words = [match.span() for match in _WORD.finditer(segment.text)]
    before = [span for span in words if span[1] <= inside]
    if not before:
        return pair.offset + len(pair.target) - len(pair.target.lstrip())
    if len(before) == len(words):
        return pair.offset + len(pair.target.rstrip())
    behind = pair.span(*before[-1])[1]
    # "word <br>word": the white space before the point stays before it
    spaced = source[segment.start + before[-1][1] : place].isspace()
    return behind + (spaced and pair.target[behind - pair.offset :][:1].isspace())


def _segment_start(pair: _Pair) -> int:
    return pair.segment.start


@dataclass(slots=True)
class _Node:
    """A mark in the tree that the marks of the source form."""

    number: int
    start: int
    end: int
    children: list[_Node] = field(default_factory=list)


def _nest(marks: Sequence[Mark], placed: Sequence[tuple[int, int]], text: str) -> tuple[Mark, ...]:
    """Keep the source's nesting: children stay inside their parent, siblings do not overlap."""
    root = _Node(-1, 0, len(text))
    stack = [(root, -1)]
    for number, (mark, (start, end)) in enumerate(zip(marks, placed, strict=True)):
        while len(stack) > 1 and not _holds(marks[stack[-1][1]], mark):
            stack.pop()
        node = _Node(number, start, end)
        stack[-1][0].children.append(node)
        if mark.kind is not MarkKind.POINT:
            stack.append((node, number))
    ordered: list[_Node] = []
    _fit(root, ordered, text)
    return tuple(replace(marks[node.number], start=node.start, end=node.end) for node in ordered)


def _holds(outer: Mark, inner: Mark) -> bool:
    """Whether ``inner``, which comes later in document order, lies in ``outer``."""
    if outer.start == outer.end:
        return False
    return outer.start <= inner.start < outer.end and inner.end <= outer.end


def _fit(root: _Node, ordered: list[_Node], text: str) -> None:
    """Clip children to their parent and to each other; list all in document order."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.number >= 0:
            ordered.append(node)
        node.children.sort(key=lambda child: (child.start, child.end, child.number))
        free = node.start
        for child in node.children:
            covered = child.end > child.start
            child.start = min(max(child.start, free), node.end)
            child.end = min(max(child.end, child.start), node.end)
            if covered and child.start == child.end:  # a sibling took its words
                word = _TARGET_WORD.search(text, child.start, node.end)
                child.start, child.end = word.span() if word else (child.start, child.end)
            free = child.end
        pending.extend(reversed(node.children))


def _inside_word(text: str, place: int) -> bool:
    """Whether a cut at ``place`` would divide a word (or a character of several code points)."""
    around = text[max(0, place - 1) : place + 1]
    match = _TARGET_WORD.match(around)
    return len(around) == 2 and place > 0 and match is not None and match.end() == 2


def _to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends to the nearest word boundaries so that at least one word is covered."""
    words = [match.span() for match in _TARGET_WORD.finditer(text)]
    if not words:
        return start, max(start, end)
    first = min((span[0] for span in words), key=lambda place: abs(place - start))
    later = [span[1] for span in words if span[1] > first]
    last = min(later, key=lambda place: abs(place - end))
    return first, last


def _largest_cluster(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The longest run of spans with at most a word's gap between them.

    One stray link to the other end of the sentence must not stretch a link over all of it.
    """
    clusters: list[list[int]] = []
    for start, end in spans:
        if clusters and start - clusters[-1][1] <= 4:
            clusters[-1][1] = max(clusters[-1][1], end)
        else:
            clusters.append([start, end])
    first, last = max(clusters, key=lambda cluster: cluster[1] - cluster[0])
    return first, last
