"""Headline capitals are style, not meaning: take them off before translating.

Models trained on prose read a Title Case word as a name and capitals as an acronym. What a word's
own case is, the article's body tells: a word seen there in lower case is lowered, one that is
only seen capitalised inside sentences is kept. The idea is truecasing (Lita et al. 2003,
"tRuEcasIng") with the article itself as the corpus.

No function here changes the number of code points, so offsets stay true.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from dragoman.fidelity.case_words import (
    ACRONYMS,
    CLOSED_CLASS,
    NAME_PAIRS,
    NEVER_LOWERED,
    ORDINARY,
)
from dragoman.fidelity.letters import capitalised, lowered, unaccented, with_first_capital

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_ELIDED_WORD = re.compile(r"[^\W\d_]+")
_ELIDING = frozenset({"fr", "it", "ca"})
"""Where an apostrophe ends a word: "L'OTAN" is "l'" and "OTAN"."""
_OPENERS = "“\"'„‘(\\["
_SENTENCE_START = re.compile(
    rf"(?:(?:^|\n|[—–«-])\s*|[.!?:…]\s+)[{_OPENERS}«]*\Z|(?:^|\s)[{_OPENERS}]+\Z"
)
_NO_SENTENCE_END = re.compile(r"(?:\b[^\W\d_]\.\s*|[^\W\d_][-'’])\Z")
"""Before these a sentence goes on: "U.S. ", "Self-", "L'"."""
_CONTEXT = 8
_CAPITALISING = frozenset({"en"})
"""Languages whose headlines are written in Title Case. German capitals are spelling."""
_SUFFIXES = ("ings", "ing", "ers", "er", "ed", "es", "s", "d")
_IRISH = re.compile(r"[OD]['’]\w{3,}\Z")


class HeadlineCase(StrEnum):
    """How a text uses capitals."""

    SENTENCE = "sentence"
    TITLE_CASE = "title_case"
    ALL_CAPS = "all_caps"


@dataclass(frozen=True, slots=True)
class CaseModel:
    """What an article's body tells about the case of its words.

    ``lowered`` are words seen in lower case and ``stems`` their stems; ``forms`` maps the
    lower-case form of the others to the form most seen inside sentences (``apple`` to ``Apple``,
    ``nato`` to ``NATO``). ``pairs`` are neighbours seen capitalised together ("White House").
    ``accents`` maps words without their accents, as capitals are written, to the words.
    """

    language: str
    lowered: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    forms: dict[str, str] = field(default_factory=dict)
    pairs: frozenset[tuple[str, str]] = frozenset()
    accents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def learn(cls, texts: Iterable[str], language: str) -> CaseModel:
        """Count the words of ``texts`` (prose, no headlines) in ``language``."""
        code = language.split("-", maxsplit=1)[0]
        lower: Counter[str] = Counter()
        names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        pairs: set[tuple[str, str]] = set()
        for text in texts:
            if _style(text, code) is HeadlineCase.SENTENCE:  # shouting is no witness
                _count(text, code, lower, names, pairs)
        forms = {
            key: seen.most_common(1)[0][0]
            for key, seen in names.items()
            if seen.total() > lower[key]
        }
        small = frozenset(word for word in lower if word not in forms)
        stems = frozenset(_stem(word) for word in small if len(word) > 3)
        accents = {unaccented(key): key for key in (*small, *forms) if unaccented(key) != key}
        return cls(code, small, stems, forms, frozenset(pairs), accents)

    def lower_headline(self, text: str) -> tuple[str, HeadlineCase]:
        """``text`` with the case its words have in prose, and the style it was written in.

        Same number of code points. A text in sentence case comes back as it is.
        """
        style = _style(text, self.language)
        if style is HeadlineCase.SENTENCE:
            return text, style
        words = _words(text, self.language)
        named = self._in_names(words)
        parts = []
        position = 0
        for number, (start, end, word) in enumerate(words):
            first = _starts_sentence(text, start)
            if len(word) == 1 and text[end : end + 1] == "." and not first:
                cased = word  # an initial, or a letter of U.S.
            elif style is HeadlineCase.ALL_CAPS:
                cased = self._from_capitals(word, first=first, named=named[number])
            else:
                cased = self._from_title_case(word, first=first, named=named[number])
            parts += [text[position:start], cased]
            position = end
        return "".join([*parts, text[position:]]), style

    def _in_names(self, words: list[tuple[int, int, str]]) -> list[bool]:
        """For each word, whether it and a neighbour are a name of two words."""
        keys = [self._key(_without_possessive(word)[0]) for _, _, word in words]
        named = [False] * len(keys)
        for number, pair in enumerate(pairwise(keys)):
            if pair in self.pairs or (self.language == "en" and pair in NAME_PAIRS):
                named[number] = named[number + 1] = True
        return named

    def _from_title_case(self, word: str, *, first: bool, named: bool) -> str:
        """``first`` keeps a sentence's capital, ``named`` that of a name of two words."""
        bare, ending = _without_possessive(word)
        key = self._key(bare)
        if key in self.forms and len(self.forms[key]) == len(bare) and not bare.isupper():
            return _like(self.forms[key], bare) + ending
        keeps_capitals = len(bare) > 1 and not bare[1:].islower()  # US, iPhone, McDonald
        if first or named or keeps_capitals or not self._is_ordinary(self._key(word)):
            return word
        return lowered(word, self.language)

    def _from_capitals(self, word: str, *, first: bool, named: bool) -> str:
        bare, ending = _without_possessive(word)
        key = self._key(bare)
        key = (
            key
            if key in self.forms or key in self.lowered
            else self.accents.get(unaccented(key), key)
        )
        ending = lowered(ending, self.language)
        if key in self.forms and len(self.forms[key]) == len(bare):
            return _like(self.forms[key], bare) + ending
        if key not in self.lowered and bare in ACRONYMS and not self._is_small(key):
            return bare + ending
        if named or (self.language == "en" and self._key(word) in NEVER_LOWERED):
            return capitalised(word, self.language)
        if self.language == "en" and _IRISH.match(bare) and key not in self.lowered:
            return bare[:3] + lowered(bare[3:], self.language) + ending
        known = _like(key, bare) if len(key) == len(bare) else lowered(bare, self.language)
        return (with_first_capital(known, self.language) if first else known) + ending

    def _is_ordinary(self, word: str) -> bool:
        """Whether a capitalised word is no name: the body, its relatives there, common words."""
        return (
            word in self.lowered
            or (word in ORDINARY.get(self.language, frozenset()) and word not in NEVER_LOWERED)
            or (len(word) > 3 and _stem(word) in self.stems)
        )

    def _is_small(self, key: str) -> bool:
        """WHO, IT and PM are words more often than acronyms; US is a country."""
        return key != "us" and key in ORDINARY.get(self.language, frozenset())

    def _key(self, word: str) -> str:
        return lowered(word.replace("’", "'"), self.language)


def apply_headline_case(translation: str, case: HeadlineCase, target_language: str) -> str:
    """The target language's headline case for a source written in ``case``.

    Newspapers in nearly all languages, and most English ones outside the United States, write
    headlines in sentence case, so that is what a headline gets: a capital first, the rest as the
    model wrote it ("iPhone" stays). Same number of code points.
    """
    if case is HeadlineCase.SENTENCE:
        return translation
    match = _WORD.search(translation)
    if match is None or any(c.isdigit() or c in "'’" for c in translation[: match.start()]):
        return translation
    word = match.group()
    if word[1:] != word[1:].lower():
        return translation
    cased = with_first_capital(word, target_language.split("-", maxsplit=1)[0])
    return translation[: match.start()] + cased + translation[match.end() :]


def _style(text: str, language: str) -> HeadlineCase:
    words = [match.group() for match in _WORD.finditer(text)]
    letters = sum(len(word) for word in words)
    if len(words) >= 2 and letters >= 6 and all(word.isupper() for word in words):
        return HeadlineCase.ALL_CAPS
    if sum(len(w) for w in words if w.isupper()) > 0.8 * letters and len(words) > 3:
        return HeadlineCase.ALL_CAPS
    if language.split("-", maxsplit=1)[0] in _CAPITALISING and _is_title_case(words[1:]):
        return HeadlineCase.TITLE_CASE
    return HeadlineCase.SENTENCE


def _is_title_case(words: list[str]) -> bool:
    """Most long words have capitals, or small words that never have one in prose do."""
    long_words = [word for word in words if len(word) > 3]
    capitals = sum(word[0].isupper() for word in long_words)
    small = sum(word[0].islower() and len(word) > 4 for word in words)
    signs = sum(word[0].isupper() and word.lower() in CLOSED_CLASS for word in words)
    if small > 1 or capitals < 0.8 * len(long_words):
        return False
    return len(long_words) >= 2 or (bool(signs) and bool(long_words))


def _count(
    text: str,
    language: str,
    lower: Counter[str],
    names: defaultdict[str, Counter[str]],
    pairs: set[tuple[str, str]],
) -> None:
    """Count one text into ``lower``, ``names`` and ``pairs``."""
    before: tuple[int, str] | None = None  # end and key of a capitalised word
    for start, end, found in _words(text, language):
        word = _without_possessive(found.replace("’", "'"))[0]
        key = lowered(word, language)
        if word == key:
            lower[key] += 1
            before = None
        elif _starts_sentence(text, start):
            before = None
        else:
            names[key][word] += 1
            if before and text[before[0] : start].isspace():
                pairs.add((before[1], key))
            before = (end, key)


def _words(text: str, language: str) -> list[tuple[int, int, str]]:
    pattern = _ELIDED_WORD if language in _ELIDING else _WORD
    return [(*match.span(), match.group()) for match in pattern.finditer(text)]


def _starts_sentence(text: str, place: int) -> bool:
    context = text[max(0, place - _CONTEXT) : place]
    return _SENTENCE_START.search(context) is not None and not _NO_SENTENCE_END.search(context)


def _without_possessive(word: str) -> tuple[str, str]:
    if len(word) > 2 and word[-2] in "'’" and word[-1] in "sS":
        return word[:-2], word[-2:]
    return word, ""


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word.rstrip("e") if len(word) > 3 else word


def _like(known: str, word: str) -> str:
    """The known form with the apostrophes of the word."""
    return "".join(b if b in "’'" else a for a, b in zip(known, word, strict=True))
