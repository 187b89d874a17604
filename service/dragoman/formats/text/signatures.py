"""Who and where: bylines, dates beside them, and the dateline that opens a wire story."""

from __future__ import annotations

import re

from dragoman.formats.text.credits import is_agency
from dragoman.formats.text.words import count_words, is_capitalised

_BY = re.compile(
    r"(?:(?:written|reported|story|text|words|analysis|opinion|interview)\s+)?by\s+|"
    r"(?:(?:texte|propos recueillis|recueilli)\s+)?par\s+|texte\s?:\s*|"
    r"(?:ein(?:e \w+)? )?von\s+|por\s+|di\s+|door\s+|(?:av|af)\s+",
    re.IGNORECASE,
)
_JOINING = frozenset(
    "and et und y e en i og och & with avec mit con in à a im de du des d la le les von van der "
    "den bin al el di da dos das for pour the our at".split()
)
_ROLE = re.compile(r"\s*[,–—|/-]\s+")
_SIGN_OFF = re.compile(
    r"\(?\s*(?:(?:additional\s+)?(?:reporting|writing|editing|compiled)\s+by\b|"
    r"(?:reportage|rédigé|édité|version française|avec la contribution)\s+(?:de|d['’]|par)\b)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr?|fév|mars|avr|mai|juin|juil|août|"
    r"sept|déc|jänner|mär|märz|okt|dez|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out)\w*\.?"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:er|st|nd|rd|th|\.)?\s+(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?\b|"
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b|"
    r"\b\d{4}-\d{2}-\d{2}(?:T[\d:]+Z?)?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{4}年\d{1,2}月\d{1,2}日",
    re.IGNORECASE,
)
_AROUND_DATES = re.compile(
    r"\d{1,2}\s?[:.h]\s?\d{2}|\b(?:published|posted|updated|modified|last|date|on|at|first|"
    r"publié|posté|mis|mise|à|jour|modifié|le|la|am|pm|a\.m\.|p\.m\.|gmt|utc|bst|cest|cet|est|edt|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"heures?|uhr|et)\b|[|·•,:()–—/-]",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*(?:—|–)\s*|\s+--?\s+|(?<=\.)-{1,2}\s+")
_OPENING = re.compile(r"^[\"'“«‘(\s]+")
_LONGEST_DATELINE = 90
_NOT_PLACES = frozenset(
    "breaking update exclusive live analysis opinion watch correction note urgent video factbox "
    "explainer editorial alert comment direct attention rappel mise info reportage portrait "
    "entretien enquête récit flash".split()
)
_PARTICLES = frozenset("de la le les du des sur sous en am an der of the al el and upon".split())


def is_byline(text: str) -> bool:
    """``By Jane Doe``, ``Par Jean Dupont, à Lyon``: a name behind the word, and nothing more."""
    match = _BY.match(text)
    if match is None or len(text) > 120 or text[-1:] in "!?:;":
        return False
    names, *roles = _ROLE.split(text[match.end() :], maxsplit=1)
    words = names.replace(",", " ").split()
    if not is_capitalised(match.group()) and not is_capitalised(text):
        return False
    proper = sum(1 for word in words if is_capitalised(word))
    rest = all(is_capitalised(word) or word.casefold() in _JOINING for word in words)
    enough = proper >= 2 or (proper == 1 and is_agency(names.strip()))
    return rest and enough and count_words(text) <= 14 and count_words(" ".join(roles)) <= 8


def is_sign_off(text: str) -> bool:
    """``(Reporting by Jane Doe; editing by John Roe)`` at the end of a wire story."""
    return len(text) <= 300 and _SIGN_OFF.match(text) is not None


def is_dated(text: str) -> bool:
    """A line that is a date, with at most a name or place beside it."""
    if len(text) > 120 or not _DATE.search(text):
        return False
    rest = _AROUND_DATES.sub(" ", _DATE.sub(" ", text)).split()
    return len(rest) <= 3 and all(is_capitalised(word) or word.isdigit() for word in rest)


def find_dateline(text: str) -> tuple[int, int] | None:
    """End of the dateline that opens ``text``, and start of the story behind its dash.

    ``PARIS (AP) — The …``, ``BERLIN, 3 March (Reuters) - The …``, ``LYON, le 3 mars — Le …``.
    """
    match = _DASH.search(text, 1, _LONGEST_DATELINE)
    if match is None:
        return None
    story = text[match.end() : match.end() + 400]
    if count_words(story) < 4 or _OPENING.sub("", story)[:1].islower():
        return None
    return (match.start(), match.end()) if _is_dateline(text[: match.start()].rstrip(".")) else None


def _is_dateline(text: str) -> bool:
    agency = re.search(r"\(([^()]{2,40})\)\s*$", text)
    named = agency is not None and is_agency(agency.group(1))
    if agency and not (named or _is_name(agency.group(1))):
        return False
    place, *more = (text[: agency.start()] if agency else text).strip().split(",")
    if not place:
        return named
    dated = False
    for part in more:
        found = _DATE.search(part) or re.search(r"\d", part)
        dated = dated or bool(found)
        if not found and not all(is_capitalised(word) for word in part.split()):
            return False
    return _is_place(place, known=named or dated)


def _is_name(text: str) -> bool:
    """What could be an agency that we do not know: it does not make a place of an ordinary word."""
    words = text.split()
    return len(words) <= 4 and all(is_capitalised(word) or word in _PARTICLES for word in words)


def _is_place(text: str, *, known: bool) -> bool:
    """A name of at most five words; without an agency or date beside it, in capitals."""
    words = re.split(r"[\s/]+", text.strip())
    if len(words) > 5 or words[0].casefold() in _NOT_PLACES or any(w.isdigit() for w in words):
        return False
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 3 and text.isupper():
        return not (len(words) > 1 and words[-1].casefold() in _NOT_PLACES)
    return known and all(is_capitalised(word) or word in _PARTICLES for word in words)
