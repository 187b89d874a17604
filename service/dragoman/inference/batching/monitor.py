"""The ledger behind one lock, and all waiting of threads for each other.

A monitor in the sense of Hoare (1974): every method takes the lock, none calls an engine, ends a
future or calls back.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

from dragoman.article import BatchPolicy
from dragoman.errors import DragomanError, ShuttingDown, WorkerDied
from dragoman.inference.batching.isolation import Made
from dragoman.inference.batching.job import Job, Priority, Waiter
from dragoman.inference.batching.ledger import Action, Ledger
from dragoman.inference.batching.segment_queue import Batch
from dragoman.inference.batching.snapshot import SchedulerSnapshot
from dragoman.inference.engines.base import Engine, Prepared

DEATHS_IN_A_ROW = 3
"""Threads of one kind that die, with no batch done between, before we give up."""

Outputs = list[Made[Any] | DragomanError]


class State(Enum):
    """Draining lets follow-ups in; closed and broken nothing."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"
    BROKEN = "broken"


_WORKING = frozenset({State.OPEN, State.DRAINING})


class Monitor:
    """What the scheduler's threads share. Jobs that a method answers have been taken out."""

    def __init__(self, policy: BatchPolicy, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._batch_ran = threading.Condition(self._lock)
        self._time_matters = threading.Condition(self._lock)
        self._jobs_left = threading.Condition(self._lock)
        self._conditions = (self._work_came, self._batch_ran, self._time_matters, self._jobs_left)
        self._state = State.OPEN
        self._ledger = Ledger(policy)
        self._ran: deque[tuple[Batch, Outputs]] = deque()
        self._deaths: Counter[str] = Counter()

    def admit(
        self,
        engine: Engine,
        prepared: Sequence[Prepared],
        waiters: Sequence[Waiter],
        priority: Priority,
        *,
        follow_up: bool,
    ) -> None:
        """See ``Ledger.admit``. Raises QueueFull, ShuttingDown, WorkerDied."""
        with self._lock:
            self._check_open(follow_up)
            if self._ledger.empty:
                self._time_matters.notify()
            now = self._clock()
            self._ledger.admit(engine, prepared, waiters, priority, now=now, follow_up=follow_up)
            self._work_came.notify_all()

    def hire(self, workers: int) -> int:
        """How many threads must be started now, to have so many workers in all."""
        with self._lock:
            missing = max(0, workers - self._ledger.workers) if self._state in _WORKING else 0
            self._ledger.workers += missing
            return missing

    def dismiss(self, workers: int) -> None:
        """So many workers could not be started, or have died for good."""
        with self._lock:
            self._ledger.workers -= workers

    def next_batch(self) -> Batch | None:
        """For workers: wait for a batch; None when there is nothing more to do."""
        with self._lock:
            self._ledger.idle += 1
            try:
                while self._state in _WORKING:
                    now = self._clock()
                    pause_s = self._ledger.pause_s(now)
                    batch = None if pause_s else self._ledger.next_batch(now)
                    if batch is not None:
                        self._work_came.notify_all()  # there may be batches for others too
                        return batch
                    self._work_came.wait(pause_s or None)
            finally:
                self._ledger.idle -= 1
            self._ledger.workers -= 1
            return None

    def prune(self, batch: Batch) -> list[Action]:
        """See ``Ledger.prune``."""
        with self._lock:
            return self._ledger.prune(batch)

    def ran(self, batch: Batch, outputs: Outputs | None) -> bool:
        """For workers: hand ``outputs`` to the finisher; False when nobody takes them any more."""
        with self._lock:
            self._ledger.ran(batch, self._clock())
            taken = outputs is not None and self._state in _WORKING
            if outputs is not None and taken:
                self._ran.append((batch, outputs))
            # The batch has ended, so its engine may have room for another one.
            self._work_came.notify()
            self._batch_ran.notify()
            return taken

    def next_ran(self) -> tuple[Batch, Outputs] | None:
        """For the finisher: wait for a batch that has run; None when there will be no more."""
        with self._lock:
            self._batch_ran.wait_for(lambda: self._ran or self._state not in _WORKING)
            return self._ran.popleft() if self._ran else None

    def tick(self, tick_s: float) -> bool:
        """For the timekeeper: wait while there is nothing to watch, else so long; False to end."""
        with self._lock:
            if self._state in _WORKING:
                self._time_matters.wait(None if self._ledger.empty else tick_s)
            return self._state in _WORKING

    def jobs(self) -> list[Job]:
        """Every job whose futures may be open."""
        with self._lock:
            return self._ledger.jobs

    def give_up(self, started_before: float) -> tuple[list[Job], list[Job]]:
        """Jobs in batches that have run for too long, and, if no worker is left, all queued."""
        with self._lock:
            stalled = self._ledger.stall(started_before)
            stuck = self._ledger.drain() if stalled and not self._ledger.answering else []
            self._ledger.forget([*stalled, *stuck])
            return stalled, stuck

    def forget(self, jobs: Iterable[Job], failed: int = 0) -> None:
        """See ``Ledger.forget``; ``failed`` of them have no answer."""
        with self._lock:
            self._ledger.count("failed", failed)
            self._ledger.forget(jobs)

    def leave(self, jobs: Iterable[Job]) -> list[Action]:
        """See ``Ledger.leave``."""
        with self._lock:
            return self._ledger.leave(jobs)

    def drop_unwanted(self, jobs: Iterable[Job]) -> list[Action]:
        """See ``Ledger.drop_unwanted``."""
        with self._lock:
            return [action for job in jobs for action in self._ledger.drop_unwanted(job)]

    def died(self, kind: str) -> bool:
        """A thread has died; True if it should be replaced."""
        with self._lock:
            self._ledger.count("dead_workers")
            self._deaths[kind] += 1
            return self._state in _WORKING and self._deaths[kind] < DEATHS_IN_A_ROW

    def did_well(self, kind: str) -> None:
        """A thread has done a batch: earlier deaths do not count any more."""
        with self._lock:
            del self._deaths[kind]

    def drain(self, timeout_s: float) -> bool:
        """Let in no more than follow-ups and wait; True when every job has left."""
        with self._lock:
            if self._state is State.OPEN:
                self._state = State.DRAINING
            self._jobs_left.wait_for(
                lambda: self._ledger.empty or self._state is not State.DRAINING, timeout_s
            )
            return self._ledger.empty

    def tell_drained(self) -> None:
        """Wake ``drain`` if every job has left and everybody has been told."""
        with self._lock:
            if self._ledger.empty:
                self._jobs_left.notify_all()

    def stop(self, state: State) -> tuple[list[Job], list[Job]]:
        """End all waiting. Answers the open jobs, and those that are in no engine."""
        with self._lock:
            if self._state is not State.CLOSED:
                self._state = state
            jobs = self._ledger.jobs
            unused = self._ledger.drain() + [job for batch, _ in self._ran for job in batch.jobs]
            self._ran.clear()
            self._ledger.forget(jobs)
            for condition in self._conditions:
                condition.notify_all()
            return jobs, unused

    def alive(self, patience_s: float) -> bool:
        """True if the lock can be had and a worker is not stuck."""
        if not self._lock.acquire(timeout=patience_s):
            return False
        try:
            return self._state in _WORKING and self._ledger.answering > 0
        finally:
            self._lock.release()

    def snapshot(self) -> SchedulerSnapshot:
        with self._lock:
            return self._ledger.snapshot()

    def _check_open(self, follow_up: bool) -> None:
        if self._state is State.CLOSED or (self._state is State.DRAINING and not follow_up):
            raise shutting_down()
        if self._state is State.BROKEN or self._ledger.answering == 0:
            raise died("No worker answers.")


def shutting_down() -> ShuttingDown:
    return ShuttingDown("The program is shutting down.", hint="Send it again in a while.")


def died(what: str) -> WorkerDied:
    return WorkerDied(what, hint="Send it again; if that does not help, restart the program.")
