"""Checks that need no knowledge of the words: is this a translation at all?"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from dragoman.article import Severity
from dragoman.fidelity.checks.base import Checked
from dragoman.fidelity.protection import ADDRESSES, PLACEHOLDERS

_WORD = re.compile(r"\w+")
# Not \w: that divides the words of Hindi and other scripts at their vowel signs.
_TOKEN = re.compile(r"[^\s.,;:!?\"'’()\[\]«»“”„…—–-]+")
_LETTER = re.compile(r"[^\W\d_]")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]")
_UNSPACED_LOOP = re.compile(r"(.{2,20}?)\1{4,}", re.DOTALL)

_LETTERS = re.compile(r"[^\W\d_]+\Z")
_IN_NAMES = frozenset(  # "Leonardo da Vinci", "House of Cards"
    "a al and bin by d da das de dei del della den der des di do dos du e el en et for i ibn in l "
    "la las le les los of on or para per por s the to und van vom von y zu zum zur".split()
)

WIDE_WEIGHT = 2.6
"""A Chinese, Japanese or Korean character says about as much as this many Latin letters."""


class Empty:
    """Text went in and none came out."""

    code = "empty"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        if _LETTER.search(checked.source) and not _WORD.search(checked.target):
            return "The translation is empty."
        return None


class Cut:
    """The decoder reached its length bound before it ended the sentence."""

    code = "cut"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        return None if checked.finished else "The translation breaks off before its end."


class Loop:
    """Words that repeat more often than in the source.

    Two signs: a group of one to six words that follows itself (three times, or twice when it is
    of three words or more), and a group of four words that comes back again and again.
    """

    code = "loop"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        source = [word.casefold() for word in _TOKEN.findall(checked.source)]
        target = [word.casefold() for word in _TOKEN.findall(checked.target)]
        for size in range(1, 7):
            limit = 3 if size < 3 else 2
            repeats = _in_a_row(target, size)
            if repeats >= limit and repeats > _in_a_row(source, size):
                return f"The translation repeats itself ({repeats} times the same words)."
        if _recurrences(target, 4) >= max(3, _recurrences(source, 4) + 2):
            return "The translation comes back to the same words again and again."
        if _UNSPACED_LOOP.search(checked.target) and not _UNSPACED_LOOP.search(checked.source):
            return "The translation repeats the same characters."
        return None


class Length:
    """Far too short or far too long for its source."""

    code = "length"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        source, target = _weight(checked.source), _weight(checked.target)
        if target > 3.0 * source + 25:
            return "The translation is far longer than its source."
        if source > 25 and target < 0.3 * source:
            return "The translation is far shorter than its source."
        return None


class NotTranslated:
    """A sentence that came out as it went in, or nearly."""

    code = "not-translated"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        if checked.pair.source.split("-")[0] == checked.pair.target.split("-")[0]:
            return None
        prose = ADDRESSES.sub(" ", checked.source)
        source = [word for word in _TOKEN.findall(prose) if word.islower()]
        if len(source) < 4:  # names and titles may stay as they are
            return None
        target = Counter(word.casefold() for word in _TOKEN.findall(checked.target))
        kept = Counter(word.casefold() for word in source) & target
        if kept.total() >= 0.8 * len(source):
            return "The sentence was left in its language."
        return None


class SameText:
    """A short text that came out as it went in: "Adult ticket".

    Names may stay as they are, so there must be two words, one of them in lower case and not of
    those that stand in names. Long texts are for ``NotTranslated``.
    """

    code = "same-text"
    severity = Severity.ADVISORY

    def find(self, checked: Checked) -> str | None:
        if checked.pair.source.split("-")[0] == checked.pair.target.split("-")[0]:
            return None
        if NotTranslated().find(checked) is not None:
            return None
        target = [word.casefold() for word in _TOKEN.findall(checked.target)]
        if [word.casefold() for word in _TOKEN.findall(checked.source)] != target:
            return None
        words = [word for word in _TOKEN.findall(_translatable(checked)) if _LETTERS.match(word)]
        ordinary = [word for word in words if word.islower() and word not in _IN_NAMES]
        return "The text came out as it went in." if len(words) > 1 and ordinary else None


def _translatable(checked: Checked) -> str:
    """The source without addresses, placeholders and what must be kept."""
    text = checked.source
    for start, end in checked.kept:
        text = text[:start] + " " * (end - start) + text[end:]
    return PLACEHOLDERS.sub(" ", ADDRESSES.sub(" ", text))


def _in_a_row(words: list[str], size: int) -> int:
    """The most times that a group of ``size`` words follows itself directly; at least 1."""
    best = 1
    for offset in range(size):
        groups = [tuple(words[i : i + size]) for i in range(offset, len(words) - size + 1, size)]
        run = 1
        for one, other in pairwise(groups):
            run = run + 1 if one == other else 1
            best = max(best, run)
    return best


def _recurrences(words: list[str], size: int) -> int:
    groups = Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
    return max(groups.values(), default=0)


def _weight(text: str) -> float:
    """Length in Latin letters' worth."""
    wide = len(_WIDE.findall(text))
    return len(text) - wide + WIDE_WEIGHT * wide
