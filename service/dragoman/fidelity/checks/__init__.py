"""Checks on every segment: is this a translation, and is everything in it?

Each check is a small class with a code, a severity and ``find``. Blocking findings make an
article unpublishable and start a repair; advisory ones only ask for a look.
"""

from __future__ import annotations

from dragoman.article import Flag, LanguagePair
from dragoman.fidelity.checks.base import Check, Checked, flag
from dragoman.fidelity.checks.exact import Addresses, Kept, Placeholders, Signs
from dragoman.fidelity.checks.marks import Quotations, Scripts
from dragoman.fidelity.checks.numbers import Numbers
from dragoman.fidelity.checks.shape import Cut, Empty, Length, Loop, NotTranslated, SameText

__all__ = ["CHECKS", "UNUSABLE", "Check", "Checked", "check_segment"]

CHECKS: tuple[Check, ...] = (
    Empty(),
    Cut(),
    Loop(),
    Length(),
    NotTranslated(),
    Numbers(),
    Addresses(),
    Placeholders(),
    Signs(),
    Kept(),
    SameText(),
    Quotations(),
    Scripts(),
)

UNUSABLE = frozenset({"empty", "cut", "loop", "length", "not-translated"})
"""Findings after which there is no translation to show."""


def check_segment(
    source: str,
    target: str,
    pair: LanguagePair,
    *,
    finished: bool = True,
    kept: tuple[tuple[int, int], ...] = (),
) -> tuple[Flag, ...]:
    """All findings on one segment and its translation, both without surrounding white space.

    ``finished`` is the engine's word that it ended the sentence itself. ``kept`` are spans of
    ``source`` that must stand in ``target`` unchanged. An empty translation has that one finding.
    """
    checked = Checked(source, target, pair, finished, kept)
    findings = [(check, check.find(checked)) for check in CHECKS]
    flags = tuple(flag(check, message) for check, message in findings if message is not None)
    empty = tuple(one for one in flags if one.code == Empty.code)
    return empty or flags
