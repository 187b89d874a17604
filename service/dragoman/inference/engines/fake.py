"""An engine without a model, for trying everything around engines: honest, or naughty on purpose.

The honest fake marks every word (``"two words"`` becomes ``"two° words°"``), so that a test sees
from an answer alone which text it belongs to. The naughty one breaks each promise of the protocol
that a scheduler must survive.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dragoman.article import AlignedSpan
from dragoman.inference.engines.base import Hypothesis, Prepared, Request
from dragoman.inference.engines.marian import check_batch, max_length
from dragoman.inference.engines.traced import Span, clean

MARK = "°"


class Mischief(StrEnum):
    """What a naughty engine does on a request, or to the batch that the request is in."""

    DROP = "drop"
    """Answers one request fewer than the batch has."""
    REPEAT = "repeat"
    """Answers one request twice, so that there are too many answers."""
    REORDER = "reorder"
    """Answers in the wrong order."""
    RAISE = "raise"
    """Raises RuntimeError for the whole batch, as one poisonous text makes real engines do."""
    STALL = "stall"
    """Does not return until ``release`` or ``close``."""
    UNFINISHED = "unfinished"
    """Stops in the middle and says so."""
    EMPTY = "empty"
    """Translates to nothing."""
    LOOP = "loop"
    """Says the first word over and over until the length bound."""


Temper = Callable[[Request], Mischief | None]
"""Decides what a request makes the engine do; None is honest work."""


def on_text(triggers: Mapping[str, Mischief]) -> Temper:
    """A temper that misbehaves on texts that contain a trigger; ``""`` triggers on every text."""

    def temper(request: Request) -> Mischief | None:
        return next((do for trigger, do in triggers.items() if trigger in request.text), None)

    return temper


def translation(text: str, nth: int = 0) -> str:
    """What the honest engine answers; ``nth`` counts hypotheses from 0."""
    return " ".join(word + MARK * (nth + 1) for word in clean(text).text.split())


def original(text: str) -> str:
    """Undo ``translation`` of the best hypothesis, up to runs of white space."""
    return " ".join(word.removesuffix(MARK) for word in text.split())


@dataclass(frozen=True, slots=True)
class _Words:
    """A request in words with their spans in its text."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]


class FakeEngine:
    """Implements ``Engine``. Words are its tokens.

    ``gate``, when given, must be set before any ``run`` returns; ``entered`` is released once
    for each ``run`` that starts, so that a test can wait for it. ``batches`` lists the texts of
    every batch in the order in which they came.
    """

    def __init__(
        self,
        *,
        temper: Temper | None = None,
        gate: threading.Event | None = None,
        workers: int = 1,
        max_source_tokens: int = 500,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = "fake 1 exact cpu"
        self.workers = workers
        self.max_source_tokens = max_source_tokens
        self.entered = threading.Semaphore(0)
        self.batches: list[tuple[str, ...]] = []
        self.closed = False
        self._temper = temper or (lambda _: None)
        self._gate = gate
        self._released = threading.Event()
        self._clock = clock

    def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
        """See ``Engine.prepare``."""
        return [_prepare(request) for request in requests]

    def run(self, batch: Sequence[Prepared]) -> list[list[Hypothesis]]:
        """See ``Engine.run``."""
        if self.closed:
            raise RuntimeError("the engine is closed")
        if not batch:
            return []
        self.batches.append(tuple(prepared.request.text for prepared in batch))
        self.entered.release()
        if self._gate is not None:
            self._gate.wait()
        check_batch(batch, self.max_source_tokens, self._clock())
        tempers = {self._temper(prepared.request) for prepared in batch}
        if Mischief.STALL in tempers:
            self._released.wait()
        if Mischief.RAISE in tempers:
            raise RuntimeError("this batch holds a text that the engine cannot bear")
        return _disturbed([self._answer(prepared) for prepared in batch], tempers)

    def finish(
        self, batch: Sequence[Prepared], outputs: Sequence[list[Hypothesis]]
    ) -> list[tuple[Hypothesis, ...]]:
        """See ``Engine.finish``."""
        return [tuple(hypotheses) for hypotheses in outputs]

    def release(self) -> None:
        """Let every stalled ``run`` go on, now and later."""
        self._released.set()

    def close(self) -> None:
        """See ``Engine.close``; stalled runs end."""
        self.closed = True
        self.release()

    def _answer(self, prepared: Prepared) -> list[Hypothesis]:
        mischief = self._temper(prepared.request)
        count = prepared.request.options.num_hypotheses
        return [_hypothesis(prepared, nth, mischief) for nth in range(count)]


def _prepare(request: Request) -> Prepared:
    traced = clean(request.text)
    found = list(re.finditer(r"\S+", traced.text))
    words = _Words(
        tuple(match[0] for match in found), tuple(traced.span(*match.span()) for match in found)
    )
    tokens = len(found) + 1 + (request.target_token is not None)
    return Prepared(request, tokens, words)


def _hypothesis(prepared: Prepared, nth: int, mischief: Mischief | None) -> Hypothesis:
    request = prepared.request
    bound = max_length(request.options, prepared.tokens)
    sources, words = _words(prepared, nth, mischief, bound)
    text, spans = _join(request.target_prefix, words)
    aligned = zip(sources, spans, strict=True) if request.options.with_alignment else ()
    return Hypothesis(
        text=text,
        tokens=len(words),
        finished=len(words) < bound and mischief is not Mischief.UNFINISHED,
        score=-0.1 * (nth + 1) if request.options.with_scores else None,
        alignment=tuple(AlignedSpan(*source, *target) for source, target in aligned),
    )


def _words(
    prepared: Prepared, nth: int, mischief: Mischief | None, bound: int
) -> tuple[list[Span], list[str]]:
    """The target words, banned strings cut out of them, with the spans they come from."""
    payload: _Words = prepared.payload
    pairs = list(zip(payload.spans, payload.words, strict=True))
    if mischief is Mischief.EMPTY:
        pairs = []
    elif mischief is Mischief.LOOP:
        pairs = pairs[:1] * bound
    elif mischief is Mischief.UNFINISHED:
        pairs = pairs[: len(pairs) // 2]
    banned = prepared.request.banned
    said = [(span, _without(word + MARK * (nth + 1), banned)) for span, word in pairs[:bound]]
    kept = [(span, word) for span, word in said if word]
    return [span for span, _ in kept], [word for _, word in kept]


def _without(word: str, banned: Sequence[str]) -> str:
    while string := next((string for string in banned if string and string in word), ""):
        word = word.replace(string, "")
    return word


def _join(prefix: str, words: Sequence[str]) -> tuple[str, list[Span]]:
    text = prefix
    spans = []
    for word in words:
        text += " " if text and not text[-1].isspace() else ""
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def _disturbed(
    answers: list[list[Hypothesis]], tempers: set[Mischief | None]
) -> list[list[Hypothesis]]:
    if Mischief.DROP in tempers:
        return answers[1:]
    if Mischief.REPEAT in tempers:
        return [answers[0], *answers]
    if Mischief.REORDER in tempers:
        return answers[::-1]
    return answers
