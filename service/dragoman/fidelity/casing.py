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

from dragoman.fidelity.case_words import ACRONYMS, NEVER_LOWERED, ORDINARY

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:…]\s|\n|[“\"«„‘(\[—–-]\s?)[“\"«„‘(\[]*\s*$")
_CAPITALISING = frozenset({"en"})
"""Languages whose headlines are written in Title Case. German capitals are spelling."""
_SUFFIXES = ("ings", "ing", "ers", "er", "ed", "es", "s", "d")


class HeadlineCase(StrEnum):
    """How a text uses capitals."""

    SENTENCE = "sentence"
    TITLE_CASE = "title_case"
    ALL_CAPS = "all_caps"


@dataclass(frozen=True, slots=True)
class CaseModel:
    """What an article's body tells about the case of its words.

    ``lowered`` are words seen in lower case; ``forms`` maps the lower-case form of the others to
    the form most seen inside sentences (``apple`` to ``Apple``, ``nato`` to ``NATO``).
    """

    language: str
    lowered: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    forms: dict[str, str] = field(default_factory=dict)

    @classmethod
    def learn(cls, texts: Iterable[str], language: str) -> CaseModel:
        """Count the words of ``texts`` (prose, no headlines) in ``language``."""
        lower: Counter[str] = Counter()
        capitalised: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            if _style(text, language) is not HeadlineCase.SENTENCE:
                continue  # a paragraph in capitals is no witness
            for match in _WORD.finditer(text):
                word = _plain(match.group())
                if word.islower():
                    lower[word] += 1
                elif not _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]):
                    capitalised[word.lower()][word] += 1
        forms = {
            key: forms.most_common(1)[0][0]
            for key, forms in capitalised.items()
            if forms.total() > lower[key]
        }
        lowered = frozenset(word for word in lower if word not in forms)
        stems = frozenset(_stem(word) for word in lowered if len(word) > 3)
        return cls(language.split("-", maxsplit=1)[0], lowered, stems, forms)

    def lower_headline(self, text: str) -> tuple[str, HeadlineCase]:
        """``text`` with the case its words have in prose, and the style it was written in.

        Same number of code points. A text in sentence case comes back as it is.
        """
        style = _style(text, self.language)
        if style is HeadlineCase.SENTENCE:
            return text, style
        parts = []
        position = 0
        for match in _WORD.finditer(text):
            first = bool(_SENTENCE_START.search(text[: match.start()]))
            parts += [text[position : match.start()], self._word(match.group(), style, first=first)]
            position = match.end()
        return "".join([*parts, text[position:]]), style

    def _word(self, word: str, style: HeadlineCase, *, first: bool) -> str:
        """One word in its own case. ``first`` keeps a sentence's capital."""
        bare, ending = _without_possessive(word)
        known = self.forms.get(_plain(bare).lower())
        if known is not None and len(known) == len(bare):
            return _like(known, bare) + (
                ending.lower() if style is HeadlineCase.ALL_CAPS else ending
            )
        if style is HeadlineCase.TITLE_CASE and (not bare[1:].islower() and len(bare) > 1):
            return word  # US, iPhone, McDonald
        if bare.upper() in ACRONYMS:
            return bare + ending.lower()
        if style is HeadlineCase.TITLE_CASE and not self._is_ordinary(_plain(word).lower()):
            return word
        if self.language == "en" and _plain(word).lower() in NEVER_LOWERED:
            return _capitalised(word)
        return _capitalised(word) if first else _lower(word)

    def _is_ordinary(self, word: str) -> bool:
        """Whether a capitalised word is no name: the body, its relatives there, common words."""
        return (
            word in self.lowered
            or word in ORDINARY.get(self.language, frozenset())
            or (len(word) > 3 and _stem(word) in self.stems)
        )


def apply_headline_case(translation: str, case: HeadlineCase, target_language: str) -> str:
    """The target language's headline case for a source written in ``case``.

    Newspapers in nearly all languages, and most English ones outside the United States, write
    headlines in sentence case, so that is what a headline gets: a capital first, the rest as the
    model wrote it. Same number of code points. ``target_language`` is here for those that differ.
    """
    del target_language  # none of the supported languages differs yet
    if case is HeadlineCase.SENTENCE:
        return translation
    match = re.search(r"\w", translation)
    if match is None or len(match.group().upper()) != 1:
        return translation
    place = match.start()
    return translation[:place] + translation[place].upper() + translation[place + 1 :]


def _style(text: str, language: str) -> HeadlineCase:
    words = [match.group() for match in _WORD.finditer(text)]
    letters = sum(len(word) for word in words)
    if len(words) >= 2 and letters >= 6 and all(word.isupper() for word in words):
        return HeadlineCase.ALL_CAPS
    if sum(len(w) for w in words if w.isupper()) > 0.8 * letters and len(words) > 3:
        return HeadlineCase.ALL_CAPS
    if language.split("-", maxsplit=1)[0] in _CAPITALISING:
        long_words = [word for word in words[1:] if len(word) > 3]
        capitalised = sum(word[0].isupper() for word in long_words)
        small = sum(word[0].islower() and len(word) > 4 for word in words[1:])
        if len(long_words) >= 2 and capitalised >= 0.8 * len(long_words) and small <= 1:
            return HeadlineCase.TITLE_CASE
    return HeadlineCase.SENTENCE


def _plain(word: str) -> str:
    return word.replace("’", "'")


def _without_possessive(word: str) -> tuple[str, str]:
    plain = _plain(word)
    if plain[-2:].lower() == "'s":
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


def _lower(word: str) -> str:
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in word)


def _capitalised(word: str) -> str:
    return word[:1] + _lower(word[1:])
