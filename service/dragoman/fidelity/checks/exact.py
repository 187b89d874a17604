"""Checks for what must come out unchanged: addresses, placeholders, signs, kept text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from dragoman.article import Severity
from dragoman.fidelity.checks.base import Checked, listed
from dragoman.fidelity.checks.number_words import has_number_words
from dragoman.fidelity.protection import ADDRESSES, PLACEHOLDERS

SIGNS = "€£$¥₹%‰&@#{}[]|_*=+<>\\~^"
"""No "/": units and "and/or" are written with and without it in good translations."""

# A sign may be written as a word: "12 %" as "12 pour cent". Stems, in any of the languages.
_IN_WORDS = {
    "%": (
        *("pour cent", "pourcent", "percent", "per cent", "prozent", "ciento", "cento", "procent"),
        *("процент", "відсот", "yüzde", "في المئة", "في المائة", "בالمئة", "درصد", "प्रतिशत"),
    ),
    "€": ("euro", "eur ", "evro", "евро", "євро", "avro", "يورو", "יורו", "欧元", "歐元", "ユーロ"),
    "$": (
        *("dollar", "dólar", "dollár", "доллар", "долар", "dolar", "usd", "δολάρι", "dollari"),
        *("دولار", "דולר", "دلار", "डॉलर", "元", "ドル", "달러"),
    ),
    "£": (
        *("livre", "pound", "pfund", "libra", "sterlin", "gbp", "фунт", "λίρ", "punt"),
        *("جنيه", "إسترليني", "استرليني", "पाउंड", "英镑", "英鎊", "ポンド", "파운드"),
    ),
    "¥": ("yen", "yuan", "иен", "юан", "元", "円"),
    "&": (" et ", " and ", " und ", " y ", " e ", " i ", " и ", " en ", " og ", " och "),
    "#": ("nº", "n°", "no.", "numéro", "number", "nr"),
    "+": ("plus", "más", "mais", "più"),
    "=": ("égal", "equal", "gleich"),
}


_PERCENT = re.compile(r"\d (?:per ?cent|pour ?cent|por ?cent|per ?cento|prozent)", re.IGNORECASE)
_PERCENT_HERE = re.compile(
    r"[%‰]|per ?cent|pour ?cent|por ?c[ei]|prozent|percentag|porcent|percentual|\bpp?\b|points?\b",
    re.IGNORECASE,
)


class Addresses:
    """URLs, e-mail addresses, @handles and #hashtags."""

    code = "addresses"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        lost = _lost(ADDRESSES, checked)
        return f"An address was changed or lost: {listed(lost)}." if lost else None


class Placeholders:
    """``%s``, ``{name}``, ``%1$s`` and shortcodes: a program will fill them in."""

    code = "placeholders"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        lost = _lost(PLACEHOLDERS, checked)
        return f"A placeholder was changed or lost: {listed(lost)}." if lost else None


class Signs:
    """Currency and other signs, unless they are written in words."""

    code = "signs"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        source = _signs(checked.source)
        target = _signs(checked.target)
        lowered = f" {checked.target.casefold()} "
        lost = [
            sign
            for sign in source - target
            if not any(word in lowered for word in _IN_WORDS.get(sign, ()))
        ]
        if not lost and _lost_percent(checked):
            lost = ["%"]
        if lost:
            return f"A sign was lost: {listed(sorted(lost))}."
        gained = sorted(sign for sign in target - source if sign not in _IN_WORDS)
        return f"A sign was added: {listed(gained)}." if gained else None


class Kept:
    """Text that the page marks as not to be translated."""

    code = "kept"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        lost = [
            text
            for text in (checked.source[start:end].strip() for start, end in checked.kept)
            if text and text not in checked.target
        ]
        return f"Text that must be kept was changed: {listed(lost)}." if lost else None


def _lost(pattern: re.Pattern[str], checked: Checked) -> list[str]:
    wanted = Counter(match.group() for match in pattern.finditer(checked.source))
    return [thing for thing, count in wanted.items() if checked.target.count(thing) < count]


def _lost_percent(checked: Checked) -> bool:
    """Whether a percentage in words is one no more, between languages that we have words for."""
    if not (has_number_words(checked.pair.source) and has_number_words(checked.pair.target)):
        return False
    source, target = (
        unicodedata.normalize("NFKC", text) for text in (checked.source, checked.target)
    )
    return bool(_PERCENT.search(source)) and not _PERCENT_HERE.search(target)


def _signs(text: str) -> Counter[str]:
    """Signs outside addresses and placeholders, which have checks of their own."""
    plain = PLACEHOLDERS.sub(" ", ADDRESSES.sub(" ", text))
    plain = unicodedata.normalize("NFKC", plain)  # Chinese writes "％"
    return Counter(character for character in plain if character in SIGNS)
