"""Numbers by value: 1,234.5 and 1 234,5 are the same; 283,82 and 28,82 are not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from dragoman.article import Severity
from dragoman.fidelity.checks.base import Checked, listed
from dragoman.fidelity.checks.number_words import composed, has_number_words, spelled_numbers
from dragoman.fidelity.checks.scales import comparable, scale_after, standing_scales

_SPACES = "\u0020\u00a0\u2009\u202f'’"
_NUMBER = re.compile(
    rf"(?<![\d.,:])(?P<hour>\d{{1,2}})(?::| ?[hH] ?)(?P<minute>[0-5]\d)(?!\d)"  # 6:30, 18 h 30
    rf"|(?<!\d)\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,٫٬]\d+)*"
)
_AFTERNOON = re.compile(r"\s*p\.?\s?m\b", re.IGNORECASE)
_DECADE = re.compile(r"[’']?s\b|er\b|[-‑]?(?:х|е|ті|те)\b|[’']?l[aıe]", re.IGNORECASE)
"""What follows a year that stands for its decade: "1960s" is "les années 60"."""
SPELLED_UP_TO = 20
"""Without a table of number words, whole numbers up to this may be written in words."""

Values = frozenset[Decimal]


class Number(NamedTuple):
    """A number as written, and the values that it can have under any locale's rules.

    ``values`` hold those with and without its scale; ``plain`` those without, and ``scales`` are
    the scales that it has for sure.
    """

    written: str
    values: Values
    plain: Values
    scales: Values = frozenset()


class Numbers:
    """Every number of the source stands in the target with the same value, and no new one.

    A number may be written in words on the other side. Where there is a table of a language's
    number words, they are looked for; elsewhere every small number may be.
    """

    code = "numbers"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        source, target = numbers(checked.source), numbers(checked.target)
        missing, added = _unmatched(source, target), _unmatched(target, source)
        if missing or added:
            in_source, in_target = _in_words(checked)
            # What is not in words has the first choice: in "three at 3 pm" the "3" is 15.
            missing = _unmatched(_digits_first(source, in_target), target)
            added = _unmatched(_digits_first(target, in_source), source)
            lost = [number for number in missing if not _is_spelled(number, in_target)]
            known = {number.values for number in source}
            # A value that the source has already is no number that the source spells out.
            new = [
                number
                for number in added
                if not _is_spelled(number, in_source) or number.values in known
            ]
            guessed = in_source is None or in_target is None
            if guessed and missing and added and not lost and not new:
                # One small number in the place of another is no matter of spelling.
                lost, new = missing, added
            if lost or new:
                return _message(lost, new)
        return _scale_message(checked, source, target) if comparable(checked) else None


def numbers(text: str) -> list[Number]:
    """Each number of a text in its order."""
    plain = _normal(text)
    found = []
    for match in _NUMBER.finditer(plain):
        if match["hour"]:  # as some write it, "6.30"
            values = frozenset({Decimal(f"{match['hour']}.{match['minute']}")})
        else:
            values = _values(match.group())
        if _AFTERNOON.match(plain, match.end()):
            values |= {value + 12 for value in values}
        if _DECADE.match(plain, match.end()):
            decades = {value for value in values if value < 2000 and not value % 10}
            values |= {value - 1900 for value in decades if 1900 < value < 2000}
            values |= {value + 1900 for value in decades if 0 < value < 100}
        scales, sure = scale_after(plain, *match.span())
        scaled = values | {value * scale for value in values for scale in scales}
        found.append(Number(match.group(), scaled, values, scales if sure else frozenset()))
    return found


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2044", "/")


def _values(written: str) -> Values:
    digits = re.sub(f"[{_SPACES}]", "", written).replace("٫", ".").replace("٬", ",")
    separators = [character for character in digits if character in ".,"]
    if not separators:
        return frozenset({Decimal(digits)})
    last = separators[-1]
    if len(set(separators)) == 2:  # 1,234.5: the last one is the decimal sign
        other = "," if last == "." else "."
        return frozenset({Decimal(digits.replace(other, "").replace(last, "."))})
    whole = Decimal(digits.replace(last, ""))
    if len(separators) > 1:  # 1.234.567
        return frozenset({whole})
    decimal = Decimal(digits.replace(last, "."))
    groups = len(digits) - digits.index(last) == 4 and not digits.startswith("0")
    return frozenset({whole, decimal}) if groups else frozenset({decimal})


def _unmatched(wanted: list[Number], present: list[Number]) -> list[Number]:
    left = list(present)
    missing = []
    for number in wanted:
        match = next((other for other in left if _same(number, other)), None)
        if match is None:
            missing.append(number)
        else:
            left.remove(match)
    return missing


def _same(one: Number, other: Number) -> bool:
    if one.written.strip("0") == other.written.strip("0") == "":
        return one.written == other.written  # "0" and "00" are written, not counted
    return bool(one.values & other.values)


def _in_words(checked: Checked) -> tuple[set[int] | None, set[int] | None]:
    """The values in words that may stand for digits of the other side; None: not known.

    "Two of the 2" has one "two" for itself: words that both sides have excuse nothing. Only 1 is
    an article too, and does not count.
    """
    words = [
        spelled_numbers(text, language) if has_number_words(language) else None
        for text, language in (
            (checked.source, checked.pair.source),
            (checked.target, checked.pair.target),
        )
    ]
    source, target = words
    if source is None or target is None:
        return (
            None if source is None else composed(source),
            None if target is None else composed(target),
        )
    articles = Counter({1: source[1] + target[1]})
    return (
        composed(source - target | source & articles),
        composed(target - source | target & articles),
    )


def _digits_first(found: list[Number], words: set[int] | None) -> list[Number]:
    return sorted(found, key=lambda number: _is_spelled(number, words)) if words else found


def _is_spelled(number: Number, words: set[int] | None) -> bool:
    if words is None:
        return any(
            value == value.to_integral_value() and value <= SPELLED_UP_TO for value in number.values
        )
    return not number.values.isdisjoint(words)


def _message(lost: list[Number], new: list[Number]) -> str:
    old, now = (listed([number.written for number in side]) for side in (lost, new))
    if lost and new:
        return f"A number was changed: {old} became {now}."
    return f"A number is missing: {old}." if lost else f"A number was added: {now}."


def _scale_message(checked: Checked, source: list[Number], target: list[Number]) -> str | None:
    lost = _unscaled(source, target, checked.target)
    if lost:
        return f"A number lost its thousand, million or milliard: {listed(lost)}."
    gained = _unscaled(target, source, checked.source)
    return f"A number got a thousand, million or milliard: {listed(gained)}." if gained else None


def _unscaled(wanted: list[Number], present: list[Number], text: str) -> list[str]:
    """Numbers with a sure scale that the other side has neither in words nor in its value."""
    standing = standing_scales(_normal(text)) if any(one.scales for one in wanted) else frozenset()
    return [
        number.written
        for number in wanted
        if number.scales
        and not number.scales & standing
        and not any((number.values - number.plain) & other.values for other in present)
    ]
