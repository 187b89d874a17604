"""The port that every format implements, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from dragoman.article import Article, TranslatedBlock


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Refused beyond these, before any expensive work."""

    max_bytes: int = 5_000_000
    max_nodes: int = 50_000


class Format(Protocol):
    """One input format. Parsing and rendering are pure functions of their arguments."""

    name: str

    def parse(self, data: bytes, limits: ParseLimits) -> Article:
        """Read an article.

        Raises UnreadableInput (binary, broken), EmptyInput (no text in it) or InputTooLarge.
        """

    def render(self, article: Article, blocks: Mapping[str, TranslatedBlock], target: str) -> bytes:
        """Write the same document with the blocks' text replaced, as UTF-8.

        A block that is absent from ``blocks`` comes out as it went in, so ``render(parse(x), {})``
        has the content of ``x``. ``target`` is the language to declare where the format can.
        """
