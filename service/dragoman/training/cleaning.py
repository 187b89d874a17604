"""Which pairs are fit to learn from, and why the others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

import numpy as np

from dragoman.article import LanguagePair
from dragoman.langid import LanguageIdentifier, primary_subtag
from dragoman.training.corpus import Array
from dragoman.training.pairs import Pair

_SLACK_CHARACTERS = 15
"""Short segments may differ more in length: "No." is "Absolument pas."."""
_JUDGED_LETTERS = 25
"""Shorter text is too little evidence of a language to drop it."""
_COPIED_WORDS = 4

Judge = Callable[[str], str | None]
"""The language of a text, or None where that cannot be told for sure."""


class Reason(StrEnum):
    """Why a pair was dropped."""

    EMPTY = "one side is empty"
    DUPLICATE = "seen before"
    UNTRANSLATED = "both sides are the same"
    LENGTH = "one side is much longer"
    LANGUAGE = "another language"
    TOO_LONG = "too many pieces"
    MISALIGNED = "the sides do not match"


def clean(
    pairs: Iterable[Pair],
    direction: LanguagePair,
    *,
    max_ratio: float,
    judge: Judge | None,
    dropped: Counter[Reason],
) -> Iterator[Pair]:
    """The fit pairs, in order. ``dropped`` counts the others; without ``judge`` any language goes.

    A duplicate has both sides in common with an earlier pair, whatever the capitals.
    """
    seen: set[int] = set()
    for pair in pairs:
        reason = _fault(pair, direction, max_ratio, judge, seen)
        if reason is None:
            yield pair
        else:
            dropped[reason] += 1


def language_judge(identifier: LanguageIdentifier) -> Judge:
    """Judge by the identifier, where it is sure and the text long enough."""

    def judge(text: str) -> str | None:
        if sum(map(str.isalpha, text)) < _JUDGED_LETTERS:
            return None
        found = identifier.identify(text)
        return primary_subtag(found.language) if found.reliable else None

    return judge


def worst(scores: Sequence[float], share: float) -> Array:
    """True for the ``share`` of pairs with the lowest scores, and for all that cannot be scored."""
    found = np.asarray(scores, np.float64)
    unfit = ~np.isfinite(found)
    count = int(share * len(found))
    if count:
        unfit[np.argsort(found, kind="stable")[:count]] = True
    return unfit


def _fault(
    pair: Pair, direction: LanguagePair, max_ratio: float, judge: Judge | None, seen: set[int]
) -> Reason | None:
    if not pair.source or not pair.target:
        return Reason.EMPTY
    key = hash((pair.source.casefold(), pair.target.casefold()))
    if key in seen:
        return Reason.DUPLICATE
    seen.add(key)
    if pair.source == pair.target and len(pair.source.split()) >= _COPIED_WORDS:
        return Reason.UNTRANSLATED
    short, long = sorted((len(pair.source), len(pair.target)))
    if long > max_ratio * short + _SLACK_CHARACTERS:
        return Reason.LENGTH
    return Reason.LANGUAGE if judge and _is_foreign(pair, direction, judge) else None


def _is_foreign(pair: Pair, direction: LanguagePair, judge: Judge) -> bool:
    sides = zip(pair, (direction.source, direction.target), strict=True)
    return any(judge(text) not in (None, primary_subtag(language)) for text, language in sides)
