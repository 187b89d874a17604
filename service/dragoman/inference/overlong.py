"""Text that is longer than a model can read: split at clauses, translated in parts, joined.

Nothing is cut, neither of the input nor of the output.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dragoman.article import AlignedSpan
from dragoman.inference.engines.base import Hypothesis

_CONJUNCTIONS = (
    "and|but|or|because|which|while|although|that|if|when|"
    "et|mais|ou|car|parce|qui|que|tandis|lorsque|si|"
    "und|aber|oder|weil|während|dass|wenn|denn|"
    "y|pero|porque|mientras|cuando|e|ma|perché|mentre|mas|enquanto|"
    "en|maar|omdat|terwijl|i|ale|ponieważ|и|но|или|потому|который|что|і|але|або|що"
)
_BOUNDARIES = tuple(
    re.compile(pattern)
    for pattern in (
        r"[.!?…;:؛؟][»”’\"')\]]*(?=\s)|[。！？；：][」』”]?|\s(?=[–—-]\s)",
        r"[,،][»”’\"')\]]*(?=\s)|[，、]",
        rf"(?<!parce)(?<!tandis)(?<!потому)\s(?=(?:{_CONJUNCTIONS})\s)",
        r"\s",
    )
)
"""Where to cut, the best places first: between clauses, at commas, before conjunctions, words."""

_WRITTEN_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)
_INSIDE_A_CHARACTER = frozenset({"Mn", "Mc", "Me", "Cf", "Sk", "Cs"})


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` is one part."""

    start: int
    end: int


def split(text: str, fits: Callable[[str], bool]) -> list[Span]:
    """Cut ``text`` into parts that fit, in order; only white space can be between them.

    Each piece that does not fit is cut at the best boundary in its middle half, so the parts
    are of like length. A part of one character is kept even if it does not fit.
    """
    spans = _halves(text, 0, len(text), fits)
    return [span for span in spans if text[span.start : span.end].strip()]


def join(
    text: str, spans: Sequence[Span], parts: Sequence[Sequence[Hypothesis]]
) -> tuple[Hypothesis, ...]:
    """One hypothesis of each rank that all parts have, best first."""
    ranks = min(len(hypotheses) for hypotheses in parts)
    return tuple(
        _join(text, spans, [hypotheses[rank] for hypotheses in parts]) for rank in range(ranks)
    )


def _halves(text: str, start: int, end: int, fits: Callable[[str], bool]) -> Iterator[Span]:
    if end - start <= 1 or fits(text[start:end]):
        yield Span(start, end)
        return
    middle = _cut(text, start, end)
    yield from _halves(text, start, middle, fits)
    yield from _halves(text, middle, end, fits)


def _cut(text: str, start: int, end: int) -> int:
    """The end of the first half: strictly between ``start`` and ``end``."""
    middle = (start + end) // 2
    quarter = (end - start) // 4
    for boundary in _BOUNDARIES:
        found = boundary.finditer(text, start + quarter, end - quarter)
        places = [place for match in found if start < (place := match.end()) < end]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return _between_characters(text, middle, end - quarter) or max(middle, start + 1)


def _between_characters(text: str, start: int, end: int) -> int | None:
    """The first place that does not part a letter from its marks, or an emoji from its joiner."""
    for place in range(start, end):
        inside = unicodedata.category(text[place]) in _INSIDE_A_CHARACTER
        if place and not inside and text[place - 1] != "\u200d":
            return place
    return None


def _join(text: str, spans: Sequence[Span], parts: Sequence[Hypothesis]) -> Hypothesis:
    joined = ""
    alignment: list[AlignedSpan] = []
    for span, part in zip(spans, parts, strict=True):
        joined += _space(text, span.start, joined, part.text)
        alignment += [
            AlignedSpan(
                one.source_start + span.start,
                one.source_end + span.start,
                one.target_start + len(joined),
                one.target_end + len(joined),
            )
            for one in part.alignment
        ]
        joined += part.text
    return replace(
        parts[0],
        text=joined,
        tokens=sum(part.tokens for part in parts),
        finished=all(part.finished for part in parts),
        score=_mean_score(parts),
        alignment=tuple(alignment),
    )


def _space(text: str, place: int, before: str, after: str) -> str:
    """What goes between two translated parts whose sources meet at ``place``."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    if _WRITTEN_WITHOUT_SPACES.match(before[-1]) or _WRITTEN_WITHOUT_SPACES.match(after[0]):
        return ""
    around = text[place - 1 : place + 1]
    inside_a_word = around.isalnum() and not _WRITTEN_WITHOUT_SPACES.search(around)
    return "" if inside_a_word else " "


def _mean_score(parts: Sequence[Hypothesis]) -> float | None:
    """Scores are means over tokens, so the whole's is the mean weighted by tokens."""
    scored = [(part.score, max(1, part.tokens)) for part in parts if part.score is not None]
    if len(scored) < len(parts):
        return None
    return sum(score * tokens for score, tokens in scored) / sum(tokens for _, tokens in scored)
