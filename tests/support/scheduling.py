"""Schedulers, segments and clocks for tests of the engine room."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from dragoman.article import BatchPolicy
from dragoman.inference.batching import Hypotheses, Priority, Scheduler
from dragoman.inference.engines.base import DecodingOptions, Prepared, Request
from dragoman.inference.engines.fake import FakeEngine

PATIENCE_S = 60
"""Nothing in these tests takes this long: it only ends a test whose future never ends."""


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def words(count: int, name: str = "w") -> str:
    """A text of ``count`` words, so of ``count + 1`` tokens for the fake engine."""
    return " ".join([name] * count)


def prepare(
    engine: FakeEngine,
    texts: Sequence[str],
    options: DecodingOptions = DecodingOptions(),
    *,
    deadline: float | None = None,
    banned: tuple[str, ...] = (),
) -> list[Prepared]:
    return engine.prepare(
        [Request(text, options, banned=banned, deadline=deadline) for text in texts]
    )


IMPATIENT = BatchPolicy(max_wait_ms=0)
"""No batch waits for company, which it would for ever by a clock that stands still."""


@contextmanager
def running(policy: BatchPolicy = IMPATIENT, **options: Any) -> Iterator[Scheduler]:
    """A scheduler that is closed at the end, whatever the test did to it."""
    scheduler = Scheduler(policy, **options)
    try:
        yield scheduler
    finally:
        scheduler.close(0)


class Plugged:
    """An engine of one worker that is busy until ``pull``, so that a test can fill the queue."""

    def __init__(
        self, scheduler: Scheduler, kind: type[FakeEngine] = FakeEngine, **options: Any
    ) -> None:
        self.gate = threading.Event()
        self.engine = kind(gate=self.gate, **options)
        self.scheduler = scheduler
        self.plug = scheduler.submit(self.engine, prepare(self.engine, ["plug"]))[0]
        assert self.engine.entered.acquire(timeout=PATIENCE_S)

    def submit(
        self,
        *texts: str,
        priority: Priority = Priority.INTERACTIVE,
        options: DecodingOptions = DecodingOptions(),
        deadline: float | None = None,
        banned: tuple[str, ...] = (),
    ) -> list[Future[Hypotheses]]:
        prepared = prepare(self.engine, texts, options, deadline=deadline, banned=banned)
        return self.scheduler.submit(self.engine, prepared, priority=priority)

    def pull(self) -> None:
        self.gate.set()

    def batches(self) -> list[tuple[str, ...]]:
        """The texts of all batches after the plug."""
        return self.engine.batches[1:]


def best(future: Future[Hypotheses]) -> str:
    """The text of the first hypothesis."""
    return future.result(PATIENCE_S)[0].text


class MortalEngine(FakeEngine):
    """Kills the thread that decodes, or finishes, a text with ``die now`` or ``die late`` in it."""

    def run(self, batch: Sequence[Prepared]) -> list[Any]:
        if any("die now" in prepared.request.text for prepared in batch):
            raise SystemExit
        return super().run(batch)

    def finish(self, batch: Sequence[Prepared], outputs: Sequence[Any]) -> list[Hypotheses]:
        if any("die late" in prepared.request.text for prepared in batch):
            raise SystemExit
        return super().finish(batch, outputs)
