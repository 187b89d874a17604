"""Numbers by value: 1,234.5 and 1 234,5 are the same; 283,82 and 28,82 are not."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from dragoman.article import Severity
from dragoman.fidelity.checks.base import Checked, listed

_SPACES = "\u0020\u00a0\u2009\u202f'’"
_NUMBER = re.compile(
    rf"(?<![\d.,:])(?P<hour>\d{{1,2}})(?::| ?[hH] ?)(?P<minute>[0-5]\d)(?!\d)"  # 6:30, 18 h 30
    rf"|(?<!\d)\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,٫٬]\d+)*"
)
_AFTERNOON = re.compile(r"\s*p\.?\s?m\b", re.IGNORECASE)
_DECADE = re.compile(r"[’']?s\b|er\b|[-‑]?(?:х|е|ті|те)\b|[’']?l[aıe]", re.IGNORECASE)
"""What follows a year that stands for its decade: "1960s" is "les années 60"."""
SPELLED_UP_TO = 20
"""Whole numbers up to this may be written in words on either side without being a finding."""

Values = frozenset[Decimal]


class Numbers:
    """Every number of the source stands in the target with the same value, and no new one."""

    code = "numbers"
    severity = Severity.BLOCKING

    def find(self, checked: Checked) -> str | None:
        source, target = numbers(checked.source), numbers(checked.target)
        missing = _unmatched(source, target)
        added = _unmatched(target, source)
        lost = [text for text, values in missing if not _may_be_spelled(values)]
        known = {values for _, values in source}
        # A value that the source has already is no number that the source spells out.
        new = [text for text, values in added if not _may_be_spelled(values) or values in known]
        if missing and added and not lost and not new:
            # One small number in the place of another is no matter of spelling.
            lost = [text for text, _ in missing]
            new = [text for text, _ in added]
        if lost and new:
            return f"A number was changed: {listed(lost)} became {listed(new)}."
        if lost:
            return f"A number is missing: {listed(lost)}."
        return f"A number was added: {listed(new)}." if new else None


def numbers(text: str) -> list[tuple[str, Values]]:
    """Each number as written, with the values that it can have under any locale's rules."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2044", "/")
    found = []
    for match in _NUMBER.finditer(plain):
        if match["hour"]:  # as some write it, "6.30"
            values = frozenset({Decimal(f"{match['hour']}.{match['minute']}")})
        else:
            values = _values(match.group())
        if _AFTERNOON.match(plain, match.end()):
            values |= {value + 12 for value in values}
        if _DECADE.match(plain, match.end()):
            values |= {value - 1900 for value in values if 1900 < value < 2000 and not value % 10}
        found.append((match.group(), values))
    return found


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


def _unmatched(
    wanted: list[tuple[str, Values]], present: list[tuple[str, Values]]
) -> list[tuple[str, Values]]:
    left = list(present)
    missing = []
    for text, values in wanted:
        match = next((item for item in left if item[1] & values), None)
        if match is None:
            missing.append((text, values))
        else:
            left.remove(match)
    return missing


def _may_be_spelled(values: Values) -> bool:
    return any(value == value.to_integral_value() and value <= SPELLED_UP_TO for value in values)
