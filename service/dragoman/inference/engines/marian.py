"""What every engine for MarianMT models does alike: text to tokens before, tokens to text after.

Both real engines hand ``finish`` the same ``Decoded`` values, so they differ in arithmetic only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.article import AlignedSpan
from dragoman.errors import DeadlineExceeded
from dragoman.inference.engines.base import DecodingOptions, Hypothesis, Prepared, Request
from dragoman.inference.engines.layout import END, Layout
from dragoman.inference.engines.traced import Span
from dragoman.inference.engines.vocabulary import WORD_START


@dataclass(frozen=True, slots=True)
class Source:
    """The payload of a prepared request.

    ``pieces`` start with the target token, if any, and end with the end token. ``spans`` has a
    place in the request's text for each piece (None for special ones), and is empty unless the
    request asks for alignment. ``prefix`` holds the pieces of the target prefix. ``empty`` is
    True when the model can read nothing in the text.
    """

    pieces: tuple[str, ...]
    spans: tuple[Span | None, ...]
    prefix: tuple[str, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class Decoded:
    """One hypothesis in target pieces, without the end token.

    ``attention`` is (pieces, source pieces), empty rows allowed at its end, or None.
    """

    pieces: tuple[str, ...]
    finished: bool
    score: float | None = None
    attention: NDArray[np.float32] | None = None


class MarianText:
    """Tokenises and detokenises for one model. Immutable."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def prepare(self, request: Request) -> Prepared:
        """Tokenise one request; never fails on strange text.

        Raises ValueError for a target token that the model was never taught.
        """
        if request.target_token and request.target_token not in self.layout.source.ids:
            raise ValueError(f"the model has no token {request.target_token}")
        encoded = self.layout.source.encode(request.text)
        first = (request.target_token,) if request.target_token else ()
        pieces = (*first, *encoded.pieces, END)
        spans: tuple[Span | None, ...] = ()
        if request.options.with_alignment:
            spans = (*(None for _ in first), *self.layout.source.spans(encoded), None)
        given = request.target_prefix
        prefix = self.layout.target.encode(given).pieces if given else ()
        empty = not any(piece.strip(WORD_START) for piece in encoded.pieces)
        return Prepared(request, len(pieces), Source(pieces, spans, prefix, empty))

    def finish(self, prepared: Prepared, decoded: Sequence[Decoded]) -> tuple[Hypothesis, ...]:
        """Detokenise the hypotheses of one request, best first."""
        return tuple(self._hypothesis(prepared, one) for one in decoded)

    def text(self, prepared: Prepared, pieces: Sequence[str]) -> str:
        """The text that a hypothesis with these pieces will have."""
        return self._join(prepared, pieces)[0]

    def max_length(self, prepared: Prepared) -> int:
        """Most target tokens, end token included, for this request."""
        wanted = max_length(prepared.request.options, prepared.tokens)
        return min(max(wanted, len(prepared.payload.prefix) + 1), self.layout.positions - 1)

    def _hypothesis(self, prepared: Prepared, decoded: Decoded) -> Hypothesis:
        # The batch's bound is that of its longest request; alone, this one would have stopped.
        own_bound = self.max_length(prepared)
        pieces = decoded.pieces[:own_bound]
        text, spans = self._join(prepared, pieces)
        return Hypothesis(
            text=text,
            tokens=len(pieces),
            finished=decoded.finished and len(decoded.pieces) < own_bound,
            score=decoded.score,
            alignment=_align(decoded.attention, prepared.payload.spans, spans),
        )

    def _join(self, prepared: Prepared, pieces: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
        """Text and spans; the pieces of a target prefix become the prefix to the letter."""
        prefix = prepared.request.target_prefix
        given = len(prepared.payload.prefix)
        if not prefix:
            return self.layout.target.decode(pieces)
        whole, spans = self.layout.target.decode(pieces)
        head, _ = self.layout.target.decode(pieces[:given])
        tail = whole[len(head) :]
        kept = tail.lstrip(" ") if prefix[-1].isspace() else tail
        shift = len(prefix) + len(kept) - len(whole)
        moved = [(0, 0)] * given + [(a + shift, b + shift) for a, b in spans[given:]]
        return prefix + kept, tuple(moved)


def max_length(options: DecodingOptions, source_tokens: int) -> int:
    """Most target tokens that the options allow for a source of this length."""
    return math.ceil(options.max_length_factor * source_tokens) + options.max_length_extra


def check_batch(batch: Sequence[Prepared], max_source_tokens: int, now: float) -> None:
    """Refuse what must not be decoded.

    Raises ValueError if the batch mixes options or bans or holds an input over the limit, and
    DeadlineExceeded when nobody waits for any of it any more.
    """
    first = batch[0].request
    if any((p.request.options, p.request.banned) != (first.options, first.banned) for p in batch):
        raise ValueError("a batch holds requests with equal options and bans")
    if any(prepared.tokens > max_source_tokens for prepared in batch):
        raise ValueError(f"an input is longer than {max_source_tokens} tokens")
    deadlines = [prepared.request.deadline for prepared in batch]
    if all(deadline is not None and deadline <= now for deadline in deadlines):
        raise DeadlineExceeded(
            "The time ran out before decoding began.", hint="Send less or allow more time."
        )


def _align(
    attention: NDArray[Any] | None, source: Sequence[Span | None], target: Sequence[Span]
) -> tuple[AlignedSpan, ...]:
    """Each target piece with the source piece that it attends to most.

    Pieces without letters (a lone space, special tokens) are passed over on both sides.
    """
    if attention is None or not source:
        return ()
    written = [index for index, span in enumerate(source) if span is not None]
    if not written:
        return ()
    aligned = []
    for row, (start, end) in zip(attention, target, strict=False):
        best = source[written[int(np.argmax(row[written]))]]
        if best is not None and start < end:
            aligned.append(AlignedSpan(*best, start, end))
    return tuple(aligned)
