"""What is told about a translation: counts, findings, timings, models."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dragoman.article import (
    Origin,
    Report,
    Route,
    SegmentFlag,
    Severity,
    TranslatedBlock,
)
from dragoman.inference.translator import Translator
from dragoman.pipeline.decoding import Outcome
from dragoman.pipeline.values import ModelUse


class Timer:
    """Adds up how long each stage took, in milliseconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()
        self._stages: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = self._clock()
        try:
            yield
        finally:
            spent = (self._clock() - start) * 1000
            self._stages[stage] = self._stages.get(stage, 0.0) + spent

    def timings_ms(self) -> dict[str, float]:
        total = (self._clock() - self._start) * 1000
        stages = {stage: round(ms, 1) for stage, ms in self._stages.items()}
        return {**stages, "total": round(total, 1)}


class Tally:
    """Counts what only the translation of segments knows."""

    def __init__(self) -> None:
        self.repaired = 0

    def add(self, outcomes: Sequence[Outcome]) -> None:
        self.repaired += sum(outcome.repaired for outcome in outcomes)


def make_report(
    blocks: Sequence[TranslatedBlock], tally: Tally, timings_ms: dict[str, float]
) -> Report:
    """An article is publishable when no finding is blocking."""
    translations = [item for block in blocks for item in block.translations]
    flags = tuple(
        SegmentFlag(block.block.id, number, flag)
        for block in blocks
        for number, item in enumerate(block.translations)
        for flag in item.flags
    )
    blocking = [found for found in flags if found.flag.severity is Severity.BLOCKING]
    reasons = Counter(found.flag.code for found in blocking)
    return Report(
        counts={
            "blocks": len(blocks),
            "segments": len(translations),
            "translated": sum(item.origin is not Origin.COPIED for item in translations),
            "copied": sum(item.origin is Origin.COPIED for item in translations),
            "flagged": sum(bool(item.flags) for item in translations),
            "repaired": tally.repaired,
        },
        flags=flags,
        timings_ms=timings_ms,
        publishable=not blocking,
        reasons=tuple(
            f"{_first_message(blocking, code)}"
            + (f" (and {count - 1} more like it)" if count > 1 else "")
            for code, count in reasons.items()
        ),
    )


def _first_message(found: Sequence[SegmentFlag], code: str) -> str:
    return next(item.flag.message for item in found if item.flag.code == code)


def model_uses(route: Route, translator: Translator) -> tuple[ModelUse, ...]:
    """The models of a route with their digests."""
    return tuple(
        ModelUse(
            step.model_id,
            translator.model(step.model_id).digest,
            step.pair.source,
            step.pair.target,
        )
        for step in route.steps
    )
