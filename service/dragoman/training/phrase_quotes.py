"""Quotation marks around a phrase in mid-sentence, on both sides of a pair.

News quotes parts of sentences; parliaments' reports hardly ever do. A phrase is taken whose links
stay among themselves, as phrase-based translation extracts them (Koehn, Och & Marcu 2003,
"Statistical Phrase-Based Translation"), so that the marks stand around the same words twice.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from dragoman.article import LanguagePair
from dragoman.langid import primary_subtag
from dragoman.training.corpus import Array
from dragoman.training.pairs import Pair

_MARKS = {"fr": ("« ", " »"), "de": ("„", "“"), "es": ("«", "»"), "it": ("«", "»")}
_ENGLISH = ("“", "”")
_STRAIGHT = ('"', '"')
_QUOTES = frozenset('"“”„«»')
_STOPS = frozenset(",.;:!?…)")
_LONGEST = 8
_TRIES = 6
_TYPOGRAPHIC = 0.6

Span = tuple[int, int]


def quote_phrase(
    source: Sequence[str],
    target: Sequence[str],
    links: Array,
    direction: LanguagePair,
    chooser: random.Random,
) -> Pair | None:
    """The pair as text with one phrase quoted, or None where no phrase is fit.

    ``source`` and ``target`` are SentencePiece pieces; ``links`` (n, 2) are places in target and
    source.
    """
    if not len(links) or _QUOTES & set("".join((*source, *target))):
        return None
    starts, ends = _bounds(source)
    target_starts, target_ends = _bounds(target)
    if not starts:
        return None
    for _ in range(_TRIES):
        first = chooser.choice(starts)
        possible = [end for end in ends if first < end][1:_LONGEST]
        if not possible:
            continue
        last = chooser.choice(possible)
        there = _matching(links, (first, last))
        if there and there[0] in target_starts and there[1] in target_ends:
            return _marked(source, (first, last), target, there, direction, chooser)
    return None


def _bounds(pieces: Sequence[str]) -> tuple[list[int], list[int]]:
    """Where a word begins, and behind which places one ends, its punctuation left out."""
    starts = [at for at, piece in enumerate(pieces) if piece.startswith("▁") and piece != "▁"]
    ends = [
        at
        for at in range(1, len(pieces) + 1)
        if pieces[at - 1].strip("▁")[-1:] not in {"", *_STOPS}
        and (at == len(pieces) or pieces[at].startswith("▁") or pieces[at][0] in _STOPS)
    ]
    return starts, ends


def _matching(links: Array, span: Span) -> Span | None:
    """The target places that the span is linked with, if they are linked with nothing else."""
    first, last = span
    inside = (links[:, 1] >= first) & (links[:, 1] < last)
    if len(set(links[inside, 1])) * 2 <= last - first:
        return None
    begin, end = int(links[inside, 0].min()), int(links[inside, 0].max()) + 1
    back = links[(links[:, 0] >= begin) & (links[:, 0] < end), 1]
    if ((back < first) | (back >= last)).any():
        return None
    return begin, end


def _marked(
    source: Sequence[str],
    here: Span,
    target: Sequence[str],
    there: Span,
    direction: LanguagePair,
    chooser: random.Random,
) -> Pair:
    typographic = chooser.random() < _TYPOGRAPHIC
    sides = ((source, here, direction.source), (target, there, direction.target))
    return Pair(
        *(
            _written(
                pieces,
                span,
                _MARKS.get(primary_subtag(code), _ENGLISH) if typographic else _STRAIGHT,
            )
            for pieces, span, code in sides
        )
    )


def _written(pieces: Sequence[str], span: Span, marks: tuple[str, str]) -> str:
    parts = list(pieces)
    parts[span[0]] = "▁" + marks[0] + parts[span[0]].removeprefix("▁")
    parts[span[1] - 1] += marks[1]
    return "".join(parts).replace("▁", " ").strip()
