"""Text that was cleaned for a model and still knows where each character came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]
"""Start and end, in code points, end exclusive."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""No model was taught these: controls, soft hyphens, direction marks, variation selectors,
interlinear marks, lone surrogates. Zero-width joiners stay: in Persian and Hindi they spell."""

_BLANK = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class TracedText:
    """``text`` with, for each of its characters, the span of the original that it stands for.

    ``origins`` is None when nothing moved: every character stands for itself.
    """

    text: str
    origins: tuple[Span, ...] | None = None

    def span(self, start: int, end: int) -> Span:
        """The original span of ``text[start:end]``, which must not be empty."""
        if self.origins is None:
            return start, end
        return self.origins[start][0], self.origins[end - 1][1]

    def characters(self) -> Iterator[tuple[str, Span]]:
        """Each character with its original span."""
        return ((text, self.span(at, at + 1)) for at, text in enumerate(self.text))


def join(parts: Iterable[tuple[str, Span]]) -> TracedText:
    """Put pieces of text together, each with the original span that all of it stands for."""
    texts: list[str] = []
    origins: list[Span] = []
    for text, origin in parts:
        texts.append(text)
        origins.extend([origin] * len(text))
    return TracedText("".join(texts), tuple(origins))


def clean(text: str) -> TracedText:
    """Drop what is invisible, turn line breaks into spaces, compose accents (NFC)."""
    if not _INVISIBLE.search(text) and unicodedata.is_normalized("NFC", text):
        return TracedText(_BLANK.sub(" ", text))
    return join((_clean_cluster(text[start:end]), (start, end)) for start, end in _clusters(text))


def _clean_cluster(text: str) -> str:
    return unicodedata.normalize("NFC", _BLANK.sub(" ", _INVISIBLE.sub("", text)))


def _clusters(text: str) -> Iterator[Span]:
    """Spans that NFC can compose within: a character and the marks that follow it."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _continues(text[index]):
            if start < index:
                yield start, index
            start = index


def _continues(character: str) -> bool:
    """True for marks, and for the vowels and finals of Hangul syllables."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"
