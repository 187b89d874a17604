"""Batches the segments of all requests and runs them on worker threads.

Callers get ``concurrent.futures.Future`` and every one of them ends: with hypotheses, with an
error of ``dragoman.errors``, or cancelled. One lock guards all state; engines, futures and
callers' callbacks are only ever touched without it. Threads: one worker for each batch that an
engine decodes at once, one finisher that turns tokens into text while the workers go on, and a
timekeeper that ends what has run out of time, even behind a worker that never returns.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from enum import Enum
from typing import Any

from dragoman.article import BatchPolicy
from dragoman.errors import DecodingFailed, DragomanError, ShuttingDown, WorkerDied
from dragoman.inference.batching.crew import Crew
from dragoman.inference.batching.isolation import Made, finished, isolate
from dragoman.inference.batching.job import Hypotheses, Job, Priority, Submission, Waiter
from dragoman.inference.batching.ledger import Action, Ledger
from dragoman.inference.batching.segment_queue import Batch
from dragoman.inference.batching.snapshot import SchedulerSnapshot
from dragoman.inference.engines.base import Engine, Prepared

TICK_S = 0.1
"""How late a deadline may be noticed behind a batch that is still running."""
DEATHS_IN_A_ROW = 3
"""Threads that die one after the other, with no batch done between, before we give up."""
_PATIENCE_S = 2.0
"""For a lock that should be held for microseconds, and for threads that should end at once."""

_log = logging.getLogger(__name__)

_Ran = tuple[Batch, list[Made[Any] | DragomanError]]


class _State(Enum):
    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"
    BROKEN = "broken"


_WORKING = frozenset({_State.OPEN, _State.DRAINING})


class Scheduler:
    """The one queue between requests and engines. Thread-safe. Whoever makes it closes it.

    ``stall_after_s``: a batch that runs for longer is given up, and its worker counts as dead
    until it returns.
    """

    def __init__(
        self,
        policy: BatchPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        stall_after_s: float = 300.0,
    ) -> None:
        self._clock = clock
        self._stall_after_s = stall_after_s
        self._lock = threading.Lock()
        self._work_came = threading.Condition(self._lock)
        self._batch_ran = threading.Condition(self._lock)
        self._time_matters = threading.Condition(self._lock)
        self._jobs_left = threading.Condition(self._lock)
        self._conditions = (self._work_came, self._batch_ran, self._time_matters, self._jobs_left)
        self._state = _State.OPEN
        self._ledger = Ledger(policy)
        self._ran: deque[_Ran] = deque()
        self._deaths: Counter[Action] = Counter()
        self._delivering = threading.local()
        self._crew = Crew(self._thread_died)
        self._crew.start("finisher", self._finish_batches)
        self._crew.start("timekeeper", self._keep_time)
        with self._lock:
            self._hire(1)

    # What callers do

    def submit(
        self,
        engine: Engine,
        prepared: Sequence[Prepared],
        *,
        priority: Priority = Priority.INTERACTIVE,
        follow_up: bool = False,
        on_left: Action = lambda: None,
    ) -> list[Future[Hypotheses]]:
        """Queue segments for ``engine``, all or none; deadlines are those of their requests.

        ``on_left`` is called once, when no segment of this call needs the engine any more; not
        when the call raises. ``follow_up`` marks the second half of what was admitted before.
        Raises QueueFull, ShuttingDown, WorkerDied.
        """
        submission = Submission(len(prepared), on_left)
        waiters = [self._waiter(one, submission) for one in prepared]
        with self._lock:
            self._check_open(follow_up)
            self._hire(engine.workers)
            now = self._clock()
            self._ledger.admit(engine, prepared, waiters, priority, now=now, follow_up=follow_up)
            self._work_came.notify_all()
            self._time_matters.notify()
        if not prepared:
            on_left()
        return [waiter.future for waiter in waiters]

    def after_delivery(self, action: Action) -> None:
        """Call ``action`` when all answers of the batch being delivered are out.

        For callbacks of futures, so that they can submit their follow-ups together; elsewhere
        it is called at once.
        """
        actions: list[Action] | None = getattr(self._delivering, "actions", None)
        if actions is None:
            action()
        else:
            actions.append(action)

    def alive(self) -> bool:
        """True if a worker would answer: none died for good, and not all are stuck."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            return False
        try:
            return self._state in _WORKING and self._ledger.answering > 0
        finally:
            self._lock.release()

    def snapshot(self) -> SchedulerSnapshot:
        """Counts at this moment."""
        with self._lock:
            return self._ledger.snapshot()

    def expire(self) -> None:
        """End what has run out of time, by the clock. The timekeeper does this every TICK_S."""
        now = self._clock()
        with self._lock:
            jobs = self._ledger.jobs
            stalled = self._ledger.stall(now - self._stall_after_s)
            stuck = self._ledger.drain() if stalled and not self._ledger.answering else []
            self._ledger.forget([*stalled, *stuck])
        for job in jobs:
            job.expire(now)
        _end([*stalled, *stuck], _died("A worker has not answered for too long."))
        with self._lock:
            actions = [action for job in jobs for action in self._ledger.drop_unwanted(job)]
            actions += self._ledger.leave(stuck)
        self._act(actions)

    def close(self, drain_timeout_s: float) -> None:
        """Refuse new work, finish what is queued within the time, fail the rest. Idempotent."""
        with self._lock:
            if self._state is _State.OPEN:
                self._state = _State.DRAINING
            self._jobs_left.wait_for(
                lambda: self._ledger.empty or self._state is not _State.DRAINING, drain_timeout_s
            )
            drained = self._ledger.empty
        self._stop(_State.CLOSED, _shutting_down())
        # A thread that is still in an engine ends when the engine lets it.
        self._crew.join(_PATIENCE_S if drained else 0)

    # What the threads do

    def _decode_batches(self) -> None:
        while (batch := self._next_batch()) is not None:
            self._decode(batch)

    def _next_batch(self) -> Batch | None:
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

    def _decode(self, batch: Batch) -> None:
        started = self._clock()
        for job in batch.jobs:
            job.expire(started)
        with self._lock:
            actions = self._ledger.prune(batch)
        self._act(actions)
        outputs = None
        try:
            outputs = isolate(batch.engine.run, [job.prepared for job in batch.jobs])
        finally:
            with self._lock:
                self._ledger.ran(batch, self._clock())
                finishing = outputs is not None and self._state in _WORKING
                if outputs is not None and finishing:
                    del self._deaths[self._decode_batches]
                    self._ran.append((batch, outputs))
                # A batch has ended, so its engine may have room for another one.
                self._work_came.notify()
                self._batch_ran.notify()
            if not finishing:
                self._abandon(batch)

    def _finish_batches(self) -> None:
        while (ran := self._next_ran()) is not None:
            self._finish(*ran)

    def _next_ran(self) -> _Ran | None:
        with self._lock:
            self._batch_ran.wait_for(lambda: self._ran or self._state not in _WORKING)
            return self._ran.popleft() if self._ran else None

    def _finish(self, batch: Batch, outputs: list[Made[Any] | DragomanError]) -> None:
        delivered = False
        try:
            prepared = [job.prepared for job in batch.jobs]
            self._deliver(batch, finished(batch.engine.finish, prepared, outputs))
            delivered = True
        finally:
            if not delivered:
                self._abandon(batch)

    def _deliver(self, batch: Batch, outcomes: Sequence[Made[Hypotheses] | DragomanError]) -> None:
        answers = [_answer(outcome) for outcome in outcomes]
        with self._lock:
            del self._deaths[self._finish_batches]
            self._ledger.count("failed", sum(isinstance(one, Exception) for one in answers))
            self._ledger.forget(batch.jobs)
        actions: list[Action] = []
        self._delivering.actions = actions
        try:
            for job, answer in zip(batch.jobs, answers, strict=True):
                job.resolve(answer)
        finally:
            self._delivering.actions = None
        self._act(actions)
        self._let_go(batch.jobs)

    def _keep_time(self) -> None:
        while True:
            with self._lock:
                if self._state not in _WORKING:
                    return
                self._time_matters.wait(None if self._ledger.empty else TICK_S)
            self.expire()

    # What both need

    def _waiter(self, prepared: Prepared, submission: Submission) -> Waiter:
        waiter = Waiter(Future(), prepared.request.deadline, submission)
        waiter.future.add_done_callback(lambda _: self._future_ended(waiter))
        return waiter

    def _future_ended(self, waiter: Waiter) -> None:
        """Drop the job of a cancelled future if nobody else waits for it."""
        if not waiter.future.cancelled():
            return
        waiter.future.set_running_or_notify_cancel()  # or concurrent.futures.wait never sees it
        with self._lock:
            actions = self._ledger.drop_unwanted(waiter.job) if waiter.job else []
        self._act(actions)

    def _check_open(self, follow_up: bool) -> None:
        if self._state is _State.CLOSED or (self._state is _State.DRAINING and not follow_up):
            raise _shutting_down()
        if self._state is _State.BROKEN or self._ledger.answering == 0:
            raise _died("No worker answers.")

    def _hire(self, workers: int) -> None:
        """Have at least ``workers`` threads, or as many as can be started. Called with the lock."""
        while self._ledger.workers < workers:
            try:
                self._crew.start("worker", self._decode_batches)
            except RuntimeError:
                if self._ledger.workers:
                    return
                raise
            self._ledger.workers += 1

    def _thread_died(self, name: str, loop: Action) -> None:
        with self._lock:
            self._ledger.count("dead_workers")
            self._deaths[loop] += 1
            replace = self._state in _WORKING and self._deaths[loop] < DEATHS_IN_A_ROW
        try:
            if replace:
                self._crew.start(name, loop)
                return
        except RuntimeError:  # no thread can be started
            pass
        with self._lock:
            self._ledger.workers -= loop == self._decode_batches
        self._stop(_State.BROKEN, _died("The workers died."))

    def _stop(self, state: _State, error: DragomanError) -> None:
        """End every future and every thread that is not inside an engine."""
        with self._lock:
            if self._state is not _State.CLOSED:
                self._state = state
            jobs = self._ledger.jobs
            unused = self._ledger.drain() + [job for batch, _ in self._ran for job in batch.jobs]
            self._ran.clear()
            self._ledger.forget(jobs)
            for condition in self._conditions:
                condition.notify_all()
        _end(jobs, error)
        self._let_go(unused)

    def _abandon(self, batch: Batch) -> None:
        """The thread that had ``batch`` is dying."""
        with self._lock:
            self._ledger.forget(batch.jobs)
        _end(batch.jobs, _died("The worker died while it held this segment."))
        self._let_go(batch.jobs)

    def _let_go(self, jobs: Iterable[Job]) -> None:
        with self._lock:
            actions = self._ledger.leave(jobs)
        self._act(actions)

    def _act(self, actions: Iterable[Action]) -> None:
        """Call back, without the lock; whoever waits for the last job hears of it after that."""
        for action in actions:
            try:
                action()
            except Exception as error:  # a caller's mistake must not end a scheduler's thread
                _log.error("a callback of the scheduler raised %s", type(error).__name__)
        with self._lock:
            if self._ledger.empty:
                self._jobs_left.notify_all()


def _answer(outcome: Made[Hypotheses] | DragomanError) -> Hypotheses | DragomanError:
    if isinstance(outcome, DragomanError):
        return outcome
    return outcome.value or DecodingFailed("The engine gave no hypothesis for this segment.")


def _end(jobs: Iterable[Job], error: DragomanError) -> None:
    for job in jobs:
        job.resolve(error)


def _shutting_down() -> ShuttingDown:
    return ShuttingDown("The program is shutting down.", hint="Send it again in a while.")


def _died(what: str) -> WorkerDied:
    return WorkerDied(what, hint="Send it again; if that does not help, restart the program.")
