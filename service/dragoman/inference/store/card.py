"""What a model's card (README.md) says about it, as far as Dragoman needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CARD = "README.md"
_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?$", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(r"^(license|language):[ \t]*(.*)$")
_ITEM = re.compile(r"^\s*-\s*(?!-)(.+)$")  # older cards write "-en", without the space


@dataclass(frozen=True, slots=True)
class Card:
    """``languages`` are the codes as the card writes them."""

    licence: str | None = None
    languages: tuple[str, ...] = ()


def read_card(directory: Path) -> Card:
    """Read the front matter's ``license`` and ``language``; an empty card where there is none.

    Only scalars, ``[flow, lists]`` and ``- block`` lists are understood: the forms that model
    cards have. Anything else is as if it were absent, because a card is no reason to fail.
    """
    try:
        text = (directory / CARD).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Card()
    matter = _FRONT_MATTER.match(text)
    entries = _entries(matter.group(1)) if matter else {}
    licence = entries.get("license", [])
    return Card(licence[0] if licence else None, tuple(entries.get("language", [])))


def _entries(matter: str) -> dict[str, list[str]]:
    entries: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in matter.splitlines():
        if entry := _ENTRY.match(line):
            current = entries[entry.group(1)] = _values(entry.group(2))
        elif (item := _ITEM.match(line)) and current is not None:
            current.extend(_values(item.group(1)))
        elif line and not line[0].isspace():
            current = None
    return entries


def _values(text: str) -> list[str]:
    parts = text.strip().removeprefix("[").removesuffix("]").split(",")
    return [value for part in parts if (value := part.strip().strip("'\""))]
