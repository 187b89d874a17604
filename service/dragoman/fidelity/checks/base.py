"""What a check is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dragoman.article import Flag, LanguagePair, Severity


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check sees: one segment without surrounding white space, and its translation.

    ``finished`` is False when the engine stopped at its length bound. ``kept`` are spans of
    ``source`` that must stand in ``target`` unchanged.
    """

    source: str
    target: str
    pair: LanguagePair
    finished: bool = True
    kept: tuple[tuple[int, int], ...] = ()


class Check(Protocol):
    """One thing to look for. ``find`` returns a message for an editor, or None."""

    code: str
    severity: Severity

    def find(self, checked: Checked) -> str | None: ...


def flag(check: Check, message: str) -> Flag:
    return Flag(check.code, check.severity, message)


def listed(things: list[str], most: int = 4) -> str:
    """``a, b, c and 2 more``."""
    shown = ", ".join(things[:most])
    return f"{shown} and {len(things) - most} more" if len(things) > most else shown
