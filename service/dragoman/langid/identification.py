"""Which language is this: all languages first, hints and installed ones only to break ties.

Restricted to the installed languages, an identifier calls German English; asked about all of
them it can say that German is not installed. So the probabilities of all languages come first.
Where they leave a doubt, the page's own declaration or the caller's hint decides, then
what is installed; where there is too little evidence, the answer is ``und``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dragoman.article import UNDETERMINED
from dragoman.langid.model import Ranker, open_ranker
from dragoman.langid.names import normalise_code, primary_subtag

RELIABLE = 0.7
"""At this probability 99 of 100 answers were right on 11 languages, even for 15 characters."""
SAMPLE = 4_000
"""Longest text looked at, in code points; longer ones are sampled over their whole length."""

_SAMPLES = 8
_ENOUGH_LETTERS = 8
_NO_EVIDENCE = 0.08
_UNHELPED = 0.3
_HINT_RATIO = 0.1
_INSTALLED_RATIO = 0.6
_CANDIDATES = 5

_NOT_LANGUAGE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+|[@#]\w+|%\d*\$?[sd]|\{\{?\w*\}?\}|[\ud800-\udfff\0]"
)
_FOLDED = {
    "arz": "ar",
    "ary": "ar",
    "wuu": "zh",
    "yue": "zh",
    "grc": "el",
    "hbo": "he",
    "uzs": "uz",
    "nb": "no",
    "fil": "tl",
    "zxx": UNDETERMINED,
}
"""Labels that news is not written in, or that other programs spell another way."""


@dataclass(frozen=True, slots=True)
class Identified:
    """An answer: ``language`` is a BCP 47 code or ``und``; ``confidence`` its probability, 0..1.

    ``reliable`` is False when hints or installed languages had to decide, or nothing could.
    ``candidates`` are the most probable languages with their probabilities, best first.
    """

    language: str
    confidence: float
    reliable: bool
    candidates: tuple[tuple[str, float], ...] = ()


class LanguageIdentifier:
    """Identifies languages. Thread-safe; its model is opened by the first text (half a second)."""

    def __init__(self, open_model: Callable[[], Ranker] = open_ranker) -> None:
        self._open_model = open_model
        self._opening = threading.Lock()
        self._ranker: Ranker | None = None

    def identify(
        self, text: str, *, hints: Sequence[str] = (), installed: Collection[str] = ()
    ) -> Identified:
        """The language of ``text``; give the article's body rather than its headline.

        ``hints`` are codes in order of trust (the caller's word, the page's ``lang``).
        ``installed`` are the source languages that can be translated. Never raises on a text.
        """
        evidence = _NOT_LANGUAGE.sub(" ", _sample(text))
        letters = sum(map(str.isalpha, evidence))
        if not letters:
            return Identified(UNDETERMINED, 0.0, reliable=False)
        ranker = self._opened()
        ranked = _folded(ranker.rank(evidence))
        ranker.release()
        trusted = [hint for hint in map(normalise_code, hints) if hint != UNDETERMINED]
        best, confidence = ranked[0]
        if confidence >= RELIABLE and letters >= _ENOUGH_LETTERS and best != UNDETERMINED:
            chosen, reliable = best, True
        else:
            chosen, reliable = _decide(ranked, trusted, installed), False
        return Identified(
            _spelled(chosen, trusted, installed),
            dict(ranked).get(chosen, 0.0),
            reliable,
            tuple(ranked[:_CANDIDATES]),
        )

    def _opened(self) -> Ranker:
        with self._opening:
            if self._ranker is None:
                self._ranker = self._open_model()
            return self._ranker


def _sample(text: str) -> str:
    """The text, or pieces from its beginning, middle and end: leads and boilerplate mislead."""
    if len(text) <= SAMPLE:
        return text
    size = SAMPLE // _SAMPLES
    step = (len(text) - size) / (_SAMPLES - 1)
    return "\n".join(
        text[round(step * number) : round(step * number) + size] for number in range(_SAMPLES)
    )


def _folded(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    merged: dict[str, float] = {}
    for label, probability in ranked:
        language = _FOLDED.get(label, label)
        merged[language] = merged.get(language, 0.0) + probability
    return sorted(merged.items(), key=lambda item: -item[1])


def _decide(ranked: list[tuple[str, float]], hints: list[str], installed: Collection[str]) -> str:
    """The doubtful case: a plausible hint, else a close installed language, else the best."""
    probabilities = dict(ranked)
    best, highest = ranked[0]
    for hint in map(_label, hints):
        if probabilities.get(hint, highest) >= _HINT_RATIO * highest:
            return hint
    usable = {_label(code) for code in installed}
    for language, probability in ranked:
        if probability < max(_INSTALLED_RATIO * highest, _NO_EVIDENCE):
            break
        if language in usable:
            return language
    return best if highest >= _UNHELPED else UNDETERMINED


def _label(code: str) -> str:
    """The code as the model labels it."""
    primary = primary_subtag(code)
    return _FOLDED.get(primary, primary)


def _spelled(language: str, hints: list[str], installed: Collection[str]) -> str:
    """As it is installed (``no`` and ``nb`` are one), a hinted variant first (``zh-Hant``)."""
    if language == UNDETERMINED or language in installed:
        same = [hint for hint in hints if _label(hint) == language and hint in installed]
        return same[0] if same else language
    variants = sorted(code for code in installed if _label(code) == language)
    hinted = [hint for hint in hints if hint in variants]
    return (hinted or variants or [language])[0]
