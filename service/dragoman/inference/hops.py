"""One model's part of a route, and the way from one part to the next."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

from dragoman.article import AlignedSpan
from dragoman.inference.batching import Hypotheses, Priority, Scheduler
from dragoman.inference.batching.chaining import combine, failure, when_cancelled
from dragoman.inference.batching.job import resolve
from dragoman.inference.engines.base import (
    DecodingOptions,
    Engine,
    Hypothesis,
    Prepared,
    Request,
)
from dragoman.inference.overlong import Span, join, split
from dragoman.inference.pool import Lease


@dataclass(frozen=True, slots=True)
class Hop:
    """Decodes texts with one engine; splits what is too long for it and joins the parts."""

    engine: Engine
    scheduler: Scheduler
    lease: Lease
    options: DecodingOptions
    priority: Priority
    deadline: float | None
    target_token: str | None = None
    banned: tuple[str, ...] = ()

    def decode(
        self, texts: Sequence[str], prefixes: Sequence[str], *, follow_up: bool = False
    ) -> list[Future[Hypotheses]]:
        """Futures in the order of ``texts``; a blank text is its own translation.

        Raises QueueFull, ShuttingDown, WorkerDied.
        """
        parts = self._prepare(texts, prefixes)
        prepared = [one for some in parts for one in some.prepared]
        futures = iter(self._submit(prepared, follow_up))
        return [some.joined([next(futures) for _ in some.prepared]) for some in parts]

    def _submit(self, prepared: Sequence[Prepared], follow_up: bool) -> list[Future[Hypotheses]]:
        self.lease.hold()  # until the engine is done with these, whatever becomes of the futures
        try:
            return self.scheduler.submit(
                self.engine,
                prepared,
                priority=self.priority,
                follow_up=follow_up,
                on_left=self.lease.release,
            )
        except BaseException:
            self.lease.release()
            raise

    def _prepare(self, texts: Sequence[str], prefixes: Sequence[str]) -> list[_Parts]:
        requests = [
            self._request(text, prefix) for text, prefix in zip(texts, prefixes, strict=True)
        ]
        written = [request for request in requests if request.text.strip()]
        prepared = iter(self.engine.prepare(written))
        return [
            self._fitting(next(prepared)) if request.text.strip() else _Parts(request, (), ())
            for request in requests
        ]

    def _fitting(self, prepared: Prepared) -> _Parts:
        request = prepared.request
        if prepared.tokens <= self.engine.max_source_tokens:
            return _Parts(request, (Span(0, len(request.text)),), (prepared,))
        spans = split(request.text, self._fits)
        requests = [
            replace(
                request,
                text=request.text[span.start : span.end],
                target_prefix="" if index else request.target_prefix,
            )
            for index, span in enumerate(spans)
        ]
        return _Parts(request, tuple(spans), tuple(self.engine.prepare(requests)))

    def _fits(self, text: str) -> bool:
        (prepared,) = self.engine.prepare([self._request(text, "")])
        return prepared.tokens <= self.engine.max_source_tokens

    def _request(self, text: str, prefix: str) -> Request:
        return Request(text, self.options, self.target_token, prefix, self.banned, self.deadline)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A text as the parts that the engine can read: none when it is blank, mostly one."""

    request: Request
    spans: tuple[Span, ...]
    prepared: tuple[Prepared, ...]

    def joined(self, futures: list[Future[Hypotheses]]) -> Future[Hypotheses]:
        if len(futures) == 1:
            return futures[0]
        return combine(futures, self._join)

    def _join(self, parts: list[Hypotheses]) -> Hypotheses:
        if not parts:
            return (Hypothesis(self.request.target_prefix + self.request.text, tokens=0),)
        return join(self.request.text, self.spans, parts)


class Relay:
    """Hands what one hop has made to the next; ``futures`` are those of both together.

    The answers of one batch go on together, so that the next hop gets batches too.
    """

    def __init__(
        self, firsts: Sequence[Future[Hypotheses]], hop: Hop, prefixes: Sequence[str]
    ) -> None:
        self._hop = hop
        self._prefixes = prefixes
        self._lock = threading.Lock()
        self._pending: list[tuple[int, Hypotheses]] = []
        self._inner = list(firsts)
        self.futures: list[Future[Hypotheses]] = [Future() for _ in firsts]
        for index, future in enumerate(self.futures):
            when_cancelled(future, partial(self._cancel, index))
        for index, first in enumerate(firsts):
            first.add_done_callback(partial(self._arrive, index))

    def _cancel(self, index: int) -> None:
        """Drop the text in the hop where it is now."""
        self._inner[index].cancel()

    def _arrive(self, index: int, first: Future[Hypotheses]) -> None:
        error = failure(first)
        if error:
            resolve(self.futures[index], error)
            return
        with self._lock:
            self._pending.append((index, first.result()))
            begins = len(self._pending) == 1
        if begins:
            self._hop.scheduler.after_delivery(self._hand_on)

    def _hand_on(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, []
        open_ones = [one for one in pending if not self.futures[one[0]].done()]
        texts = [made[0].text for _, made in open_ones]
        prefixes = [self._prefixes[index] for index, _ in open_ones]
        try:
            seconds = self._hop.decode(texts, prefixes, follow_up=True)
        except Exception as error:  # of any kind: the futures must end with it
            for index, _ in open_ones:
                resolve(self.futures[index], error)
            return
        for (index, made), second in zip(open_ones, seconds, strict=True):
            self._inner[index] = second
            if self.futures[index].cancelled():  # by another thread, before it saw the second
                second.cancel()
            second.add_done_callback(partial(self._end, index, made[0]))

    def _end(self, index: int, first: Hypothesis, second: Future[Hypotheses]) -> None:
        error = failure(second)
        if error:
            resolve(self.futures[index], error)
            return
        through = tuple(_through(first, one) for one in second.result())
        resolve(self.futures[index], through)


def _through(first: Hypothesis, second: Hypothesis) -> Hypothesis:
    """The second hop's hypothesis, as one of the whole route."""
    return replace(
        second,
        finished=first.finished and second.finished,
        alignment=compose(first.alignment, second.alignment),
    )


def compose(first: Sequence[AlignedSpan], second: Sequence[AlignedSpan]) -> tuple[AlignedSpan, ...]:
    """Source to target, through the spans of the pivot text that overlap; in target order."""
    composed = {
        (after.target_start, after.target_end, before.source_start, before.source_end)
        for after in second
        for before in first
        if before.target_start < after.source_end and after.source_start < before.target_end
    }
    return tuple(AlignedSpan(*places[2:], *places[:2]) for places in sorted(composed))
