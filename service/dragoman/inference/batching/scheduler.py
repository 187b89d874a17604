"""Batches the segments of all requests and runs them on worker threads.

Callers get ``concurrent.futures.Future`` and every one of them ends: with hypotheses, with an
error of ``dragoman.errors``, or cancelled. All state stands in the monitor; this is what happens
outside its lock. Threads: one worker for each batch that an engine decodes at once, one finisher
that turns tokens into text while the workers go on, and a timekeeper that ends what has run out
of time, even behind a worker that never returns.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

from dragoman.article import BatchPolicy
from dragoman.errors import DecodingFailed, DragomanError
from dragoman.inference.batching.crew import Crew, Loop
from dragoman.inference.batching.isolation import Made, finished, isolate
from dragoman.inference.batching.job import Hypotheses, Job, Priority, Submission, Waiter
from dragoman.inference.batching.ledger import Action
from dragoman.inference.batching.monitor import Monitor, Outputs, State, died, shutting_down
from dragoman.inference.batching.segment_queue import Batch
from dragoman.inference.batching.snapshot import SchedulerSnapshot
from dragoman.inference.engines.base import Engine, Prepared

_PATIENCE_S = 2.0
"""For a lock that should be held for microseconds, and for threads that should end at once."""

_WORKER, _FINISHER, _TIMEKEEPER = "worker", "finisher", "timekeeper"

_log = logging.getLogger(__name__)


class Scheduler:
    """The one queue between requests and engines. Thread-safe. Whoever makes it closes it.

    ``stall_after_s``: a batch that runs for longer is given up, and its worker counts as dead
    until it returns. ``tick_s``: how late a deadline may be noticed behind a batch that runs.
    """

    def __init__(
        self,
        policy: BatchPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        stall_after_s: float = 300.0,
        tick_s: float = 0.1,
    ) -> None:
        self._clock = clock
        self._tick_s = tick_s
        self._stall_after_s = stall_after_s
        self._monitor = Monitor(policy, clock)
        self._delivering = threading.local()
        self._crew = Crew(self._thread_died)
        self._crew.start(_FINISHER, self._finish_batches)
        self._crew.start(_TIMEKEEPER, self._keep_time)
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
        self._hire(engine.workers)
        self._monitor.admit(engine, prepared, waiters, priority, follow_up=follow_up)
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
        return self._monitor.alive(_PATIENCE_S)

    def snapshot(self) -> SchedulerSnapshot:
        """Counts at this moment."""
        return self._monitor.snapshot()

    def expire(self) -> None:
        """End what has run out of time, by the clock. The timekeeper does this every ``tick_s``."""
        now = self._clock()
        jobs = self._monitor.jobs()
        stalled, stuck = self._monitor.give_up(now - self._stall_after_s)
        for job in jobs:
            job.expire(now)
        _end([*stalled, *stuck], died("A worker has not answered for too long."))
        self._act(self._monitor.drop_unwanted(jobs) + self._monitor.leave(stuck))

    def close(self, drain_timeout_s: float) -> None:
        """Refuse new work, finish what is queued within the time, fail the rest. Idempotent."""
        drained = self._monitor.drain(drain_timeout_s)
        self._stop(State.CLOSED, shutting_down())
        # A thread that is still in an engine ends when the engine lets it.
        self._crew.join(_PATIENCE_S if drained else 0)

    # What the threads do

    def _decode_batches(self) -> None:
        while (batch := self._monitor.next_batch()) is not None:
            self._decode(batch)

    def _decode(self, batch: Batch) -> None:
        outputs: Outputs | None = None
        try:
            now = self._clock()
            for job in batch.jobs:
                job.expire(now)
            self._act(self._monitor.prune(batch))
            outputs = isolate(batch.engine.run, [job.prepared for job in batch.jobs])
            self._monitor.did_well(_WORKER)
        finally:
            if not self._monitor.ran(batch, outputs):
                self._abandon(batch, _held() if outputs is None else shutting_down())

    def _finish_batches(self) -> None:
        while (ran := self._monitor.next_ran()) is not None:
            self._finish(*ran)

    def _finish(self, batch: Batch, outputs: Outputs) -> None:
        delivered = False
        try:
            prepared = [job.prepared for job in batch.jobs]
            outcomes = finished(batch.engine.finish, prepared, outputs)
            self._deliver(batch, [_answer(outcome) for outcome in outcomes])
            self._monitor.did_well(_FINISHER)
            delivered = True
        finally:
            if not delivered:
                self._abandon(batch, _held())

    def _deliver(self, batch: Batch, answers: Sequence[Hypotheses | DragomanError]) -> None:
        failed = sum(isinstance(answer, DragomanError) for answer in answers)
        self._monitor.forget(batch.jobs, failed)
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
        while self._monitor.tick(self._tick_s):
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
        job = waiter.job
        if job is not None:
            self._act(self._monitor.drop_unwanted([job]))

    def _hire(self, workers: int) -> None:
        """Have at least ``workers`` threads. Raises RuntimeError if none can be started."""
        missing = self._monitor.hire(workers)
        for started in range(missing):
            try:
                self._crew.start(_WORKER, self._decode_batches)
            except RuntimeError:  # the machine has no more threads: fewer must do
                self._monitor.dismiss(missing - started)
                if not self._monitor.snapshot().workers:
                    raise
                return

    def _thread_died(self, kind: str, loop: Loop) -> None:
        if self._monitor.died(kind):
            try:
                self._crew.start(kind, loop)
            except RuntimeError:
                _log.error("no thread can be started in the place of the one that died")
            else:
                return
        self._monitor.dismiss(1 if kind == _WORKER else 0)
        self._stop(State.BROKEN, died("The workers died."))

    def _stop(self, state: State, error: DragomanError) -> None:
        """End every future and every thread that is not inside an engine."""
        jobs, unused = self._monitor.stop(state)
        _end(jobs, error)
        self._let_go(unused)

    def _abandon(self, batch: Batch, error: DragomanError) -> None:
        """The thread that had ``batch`` is dying, or nobody takes what it has made."""
        self._monitor.forget(batch.jobs)
        _end(batch.jobs, error)
        self._let_go(batch.jobs)

    def _let_go(self, jobs: Iterable[Job]) -> None:
        self._act(self._monitor.leave(jobs))

    def _act(self, actions: Iterable[Action]) -> None:
        """Call back; whoever waits for the last job hears of it after that."""
        for action in actions:
            try:
                action()
            except Exception as error:  # a caller's mistake must not end a scheduler's thread
                _log.error("a callback of the scheduler raised %s", type(error).__name__)
        self._monitor.tell_drained()


def _answer(outcome: Made[Hypotheses] | DragomanError) -> Hypotheses | DragomanError:
    if isinstance(outcome, DragomanError):
        return outcome
    return outcome.value or DecodingFailed("The engine gave no hypothesis for this segment.")


def _end(jobs: Iterable[Job], error: DragomanError) -> None:
    for job in jobs:
        job.resolve(error)


def _held() -> DragomanError:
    return died("The worker died while it held this segment.")
