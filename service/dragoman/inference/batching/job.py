"""One segment on its way through the scheduler, and everybody who waits for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import TypeAlias, TypeVar

from dragoman.errors import DeadlineExceeded
from dragoman.inference.engines.base import Engine, Hypothesis, Prepared

Hypotheses: TypeAlias = tuple[Hypothesis, ...]
"""What an engine makes of one segment, best first."""

T = TypeVar("T")


class Priority(IntEnum):
    """Whose batches go first: a person at a page, or an archive in the background."""

    INTERACTIVE = 0
    BULK = 1


class Stage(Enum):
    """Where a job stands. It leaves the scheduler once, from any stage."""

    QUEUED = "queued"
    TAKEN = "taken"
    """Out of the queue: it runs, or it is about to run or to fail."""
    LEFT = "left"


def resolve(future: Future[T], outcome: T | BaseException) -> None:
    """End ``future`` unless it has ended already (cancelled, or out of time)."""
    # The state can change between a look and a set, so the set itself is the look.
    with suppress(InvalidStateError):
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


@dataclass(slots=True, eq=False)
class Submission:
    """The jobs of one ``submit``; ``on_left`` is called once, when none of them needs the engine.

    That can be later than the end of their futures: a cancelled segment may still be running.
    """

    remaining: int
    on_left: Callable[[], None]


@dataclass(slots=True, eq=False)
class Waiter:
    """One future for a job's answer, and the time after which nobody wants it."""

    future: Future[Hypotheses]
    deadline: float | None
    submission: Submission
    job: Job | None = None
    """What it waits for, once admitted."""

    def expired(self, now: float) -> bool:
        return self.deadline is not None and self.deadline <= now


@dataclass(slots=True, eq=False)
class Job:
    """One decoding, done once for all waiters. ``number`` is its place in the order of arrival."""

    engine: Engine
    prepared: Prepared
    priority: Priority
    number: int
    queued_at: float
    stage: Stage = Stage.QUEUED
    waiters: list[Waiter] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """Source tokens, with the end token."""
        return self.prepared.tokens

    @property
    def wanted(self) -> bool:
        """False when every waiter has been cancelled or has run out of time."""
        return any(not waiter.future.done() for waiter in self.waiters)

    def join(self, waiter: Waiter) -> None:
        """Let one more wait. The engine is told the time after which nobody waits at all."""
        self.waiters.append(waiter)
        waiter.job = self
        deadlines = [one.deadline for one in self.waiters if one.deadline is not None]
        latest = max(deadlines) if len(deadlines) == len(self.waiters) else None
        request = self.prepared.request
        if request.deadline != latest:
            self.prepared = replace(self.prepared, request=replace(request, deadline=latest))

    def resolve(self, outcome: Hypotheses | BaseException) -> None:
        """End all futures. Runs callers' callbacks: never call it with a lock held."""
        for waiter in self.waiters:
            resolve(waiter.future, outcome)

    def expire(self, now: float) -> None:
        """Fail the waiters whose deadline has passed. Never call it with a lock held."""
        for waiter in self.waiters:
            if waiter.expired(now) and not waiter.future.done():
                resolve(waiter.future, DeadlineExceeded("The time for this request ran out."))


def identity(engine: Engine, prepared: Prepared) -> Hashable:
    """Equal for segments that must get the same answer, so that they are decoded once."""
    return engine, replace(prepared.request, deadline=None)
