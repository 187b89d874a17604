"""Split a block into segments that tile it: joining them gives the block back exactly."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from dragoman.article import Block, Mark, MarkKind, Segment
from dragoman.segmentation.sentences import WINDOW, sentence_starts
from dragoman.segmentation.unspaced import LANGUAGES as UNSPACED
from dragoman.segmentation.unspaced import phrase_starts

SHORT_MARK = 40
"""A link or emphasis up to this long ("Yahoo! News") is not cut by a sentence boundary."""

_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*|\r[^\S\n]*\r\s*|\u2029\s*")
_WORD = re.compile(r"[^\W_]")


def split(block: Block, language: str) -> tuple[Segment, ...]:
    """The segments of ``block`` in order; they tile it, white space included.

    ``language`` is a BCP 47 code; an unknown one (or ``und``) is split by general punctuation.
    An empty block has no segments. No boundary falls inside a KEEP mark, nor inside a WRAP mark
    of up to ``SHORT_MARK`` code points. Pure, and safe to call from several threads.
    """
    spans = _respecting_marks(split_text(block.text, language), block)
    return tuple(
        Segment(block.id, index, start, end, block.text[start:end])
        for index, (start, end) in enumerate(spans)
    )


def split_text(text: str, language: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of ``text``, in code points; they tile it."""
    primary = language.replace("_", "-").split("-")[0].lower()
    starts: list[int] = []
    for begin, end in _paragraphs(text):
        paragraph = text[begin:end]
        found = (
            phrase_starts(paragraph) if primary in UNSPACED else sentence_starts(paragraph, primary)
        )
        starts.extend(begin + start for start in _with_text(paragraph, found))
    return _spans(starts, len(text))


def _paragraphs(text: str) -> Iterable[tuple[int, int]]:
    begin = 0
    for match in _PARAGRAPH_BREAK.finditer(text):
        if _WORD.search(text, begin, match.start()):
            yield begin, match.end()
            begin = match.end()
    if begin < len(text):
        yield begin, len(text)


def _with_text(paragraph: str, starts: list[int]) -> list[int]:
    """Join a piece without a letter or digit (a stray "»", white space) to its neighbour."""
    kept: list[int] = []
    worded = False
    for start, end in _spans(starts, len(paragraph)):
        has_words = _WORD.search(paragraph, start, end) is not None
        joins = bool(kept) and not (worded and has_words) and end - kept[-1] <= WINDOW
        if not joins:
            kept.append(start)
        worded = has_words or (joins and worded)
    return kept


def _respecting_marks(spans: list[tuple[int, int]], block: Block) -> list[tuple[int, int]]:
    whole = _outermost(_trimmed(mark, block.text) for mark in block.marks if _stays_whole(mark))
    if not whole:
        return spans
    begins = [begin for begin, _ in whole]
    starts: list[int] = []
    for start, _ in spans:
        nearest = bisect_left(begins, start) - 1
        if nearest < 0 or start >= whole[nearest][1]:
            starts.append(start)
    return _spans(starts, len(block.text))


def _stays_whole(mark: Mark) -> bool:
    if mark.kind is MarkKind.KEEP:
        return True
    return mark.kind is MarkKind.WRAP and mark.end - mark.start <= SHORT_MARK


def _trimmed(mark: Mark, text: str) -> tuple[int, int]:
    covered = text[mark.start : mark.end]
    begin = mark.start + len(covered) - len(covered.lstrip())
    return begin, max(begin, mark.start + len(covered.rstrip()))


def _outermost(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Disjoint spans in order, without those that lie inside another."""
    result: list[tuple[int, int]] = []
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not result or end > result[-1][1]:
            result.append((begin, end))
    return result


def _spans(starts: list[int], length: int) -> list[tuple[int, int]]:
    return list(zip(starts, [*starts[1:], length], strict=True)) if starts else []
