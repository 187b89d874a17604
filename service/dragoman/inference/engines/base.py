"""The protocol between the scheduler and whatever runs a model.

An engine works in three stages so that tokenising one batch overlaps the decoding of another:
``prepare`` (text to tokens, any thread), ``run`` (tokens to tokens, a worker thread; releases the
GIL) and ``finish`` (tokens to text, any thread). Stages are pure: an engine keeps no state per
request, and all three may be called from several threads at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dragoman.article import AlignedSpan


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """How to decode. Requests with equal options (and bans) can share a batch.

    ``max_length_factor`` and ``max_length_extra`` bound the output: at most
    ``factor * source_tokens + extra`` target tokens. Reaching the bound is not success: the
    hypothesis comes back with ``finished=False``.
    """

    beam_size: int = 4
    num_hypotheses: int = 1
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    max_length_factor: float = 2.0
    max_length_extra: int = 30
    with_scores: bool = False
    with_alignment: bool = False

    def __post_init__(self) -> None:
        if self.beam_size < 1 or not 1 <= self.num_hypotheses <= self.beam_size:
            raise ValueError("1 <= num_hypotheses <= beam_size")


@dataclass(frozen=True, slots=True)
class Request:
    """One segment for an engine.

    ``target_token`` is a multilingual model's ``>>xxx<<``. ``target_prefix`` is text that the
    output must start with. ``banned`` are strings that the output must not contain.
    ``deadline`` is in seconds of the scheduler's monotonic clock; after it nobody waits.
    """

    text: str
    options: DecodingOptions = DecodingOptions()
    target_token: str | None = None
    target_prefix: str = ""
    banned: tuple[str, ...] = ()
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as tokens. ``tokens`` counts source tokens with the end token.

    ``payload`` is the engine's own (pieces, ids, offsets); nobody else looks inside.
    """

    request: Request
    tokens: int
    payload: Any


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible translation.

    ``score`` is the length-normalised log-probability when asked for. ``finished`` is False when
    the length bound cut it. ``alignment`` is in code points of ``request.text`` and ``text``,
    empty unless asked for.
    """

    text: str
    tokens: int
    finished: bool = True
    score: float | None = None
    alignment: tuple[AlignedSpan, ...] = ()


class Engine(Protocol):
    """A loaded model. Thread-safe; closed by whoever loaded it."""

    name: str
    """What runs it, with version and precision, for signatures: ``ctranslate2 4.8 int8 cpu``."""
    workers: int
    """How many ``run`` calls profit from running at the same time."""
    max_source_tokens: int
    """Longest input, in tokens with the end token; longer ones raise ValueError in prepare's
    caller: the translator splits before it gets here."""

    def prepare(self, requests: Sequence[Request]) -> list[Prepared]:
        """Normalise to the vocabulary and tokenise. Never fails on strange text."""

    def run(self, batch: Sequence[Prepared]) -> list[Any]:
        """Decode one batch of requests with equal options and bans; same order, same length.

        Raises whatever the library raises: the scheduler bisects the batch.
        """

    def finish(
        self, batch: Sequence[Prepared], outputs: Sequence[Any]
    ) -> list[tuple[Hypothesis, ...]]:
        """Back to text, best hypothesis first. ``<unk>`` never reaches it."""

    def close(self) -> None:
        """Free the weights. Idempotent."""
