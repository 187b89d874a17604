"""What multiplies a number: "1.2m", "3 billion", "900 mille". A lost one changes the value."""

from __future__ import annotations

import re
from decimal import Decimal

from dragoman.fidelity.checks.base import Checked
from dragoman.fidelity.checks.number_words import has_number_words

_THOUSAND, _MILLION, _MILLIARD, _BILLION = (Decimal(10) ** power for power in (3, 6, 9, 12))

# A billion is a thousand millions in English and a million millions in French: both are let pass.
_WORDS: tuple[tuple[str, frozenset[Decimal]], ...] = (
    (r"(?:mil|mille|thousand)[ -](?:millones|milhões|millions?)", frozenset({_MILLIARD})),
    (r"thousands?|mille|milliers|tausend|tsd\b\.?|mil\b|mila\b", frozenset({_THOUSAND})),
    (r"milliard\w*|millard\w*|miliard\w*|mrd\b\.?|mds?\b|bn\b", frozenset({_MILLIARD})),
    (r"mill?[ioõ]\w*|milh\w+|mio\b\.?|mln\b", frozenset({_MILLION})),
    (r"billones|billón|trillions?\b|tn\b", frozenset({_BILLION})),
    (r"bill?i[oõ]\w*|bilh\w+", frozenset({_MILLIARD, _BILLION})),
    (r"[万萬]", frozenset({Decimal(10) ** 4})),
    (r"[亿億]", frozenset({Decimal(10) ** 8})),
)
# One letter is no sure sign: "100m" is a race too, and a "10k" as well. With a currency it is.
_LETTERS = {"k": _THOUSAND, "m": _MILLION, "b": _MILLIARD}

_SCALE = re.compile(
    r"[ -]?(?:"
    + "|".join(f"(?P<w{at}>{pattern})" for at, (pattern, _) in enumerate(_WORDS))
    + r")|(?P<letter> ?[kmb])(?= ?[€$£¥]|\b)",
    re.IGNORECASE,
)
_STANDING = re.compile(r"(?<![^\W\d_])" + _SCALE.pattern.split("|(?P<letter>", 1)[0], re.IGNORECASE)
_CURRENCY_BEFORE = re.compile(r"[€$£¥] ?\Z")
_CURRENCY_AFTER = re.compile(r" ?(?:[€$£¥]|euros?\b|dollars?\b)")


def scale_after(text: str, start: int, end: int) -> tuple[frozenset[Decimal], bool]:
    """The scales of the number at ``text[start:end]``, and whether they are sure.

    The text is in normal form NFKC. No scale is an empty set.
    """
    match = _SCALE.match(text, end)
    if match is None:
        return frozenset(), False
    if not match["letter"]:
        return _scales(match), True
    sure = _CURRENCY_BEFORE.search(text, max(0, start - 2), start) or _CURRENCY_AFTER.match(
        text, match.end()
    )
    return frozenset({_LETTERS[match["letter"].strip().lower()]}), bool(sure)


def standing_scales(text: str) -> frozenset[Decimal]:
    """The scales that stand in words anywhere in a text in normal form."""
    return frozenset().union(*(_scales(match) for match in _STANDING.finditer(text)))


def comparable(checked: Checked) -> bool:
    """Whether both languages write their scales as this module reads them."""
    return has_number_words(checked.pair.source) and has_number_words(checked.pair.target)


def _scales(match: re.Match[str]) -> frozenset[Decimal]:
    return next(scales for at, (_, scales) in enumerate(_WORDS) if match[f"w{at}"])
