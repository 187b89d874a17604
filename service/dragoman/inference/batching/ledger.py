"""Which job stands where: queued, running, or gone. Plain state, without threads or a clock.

The scheduler holds its lock around every call and does everything that may take time, or call
back, outside.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence

from dragoman.article import BatchPolicy
from dragoman.errors import QueueFull
from dragoman.inference.batching.job import Job, Priority, Stage, Waiter, identity
from dragoman.inference.batching.segment_queue import Batch, SegmentQueue
from dragoman.inference.batching.snapshot import SchedulerSnapshot
from dragoman.inference.batching.token_rate import TokenRate
from dragoman.inference.engines.base import Engine, Prepared

Action = Callable[[], None]


class Ledger:
    """``workers`` decode batches; ``idle`` of them wait for one."""

    def __init__(self, policy: BatchPolicy) -> None:
        self._policy = policy
        self._queue = SegmentQueue(policy)
        self._ready: deque[Batch] = deque()
        self._running: dict[Batch, float] = {}
        self._stalled: set[Batch] = set()
        self._in_flight: dict[Hashable, Job] = {}
        self._outstanding_tokens = 0
        self._outstanding_segments = 0
        self._numbers = 0
        self._rate = TokenRate()
        self._totals: Counter[str] = Counter()
        self.workers = 0
        self.idle = 0

    @property
    def empty(self) -> bool:
        """True when every job has left."""
        return self._outstanding_segments == 0

    @property
    def answering(self) -> int:
        """Workers that are not stuck in a batch."""
        return self.workers - len(self._stalled)

    @property
    def jobs(self) -> list[Job]:
        """Every job whose futures may still be open."""
        return list(self._in_flight.values())

    def admit(
        self,
        engine: Engine,
        prepared: Sequence[Prepared],
        waiters: Sequence[Waiter],
        priority: Priority,
        *,
        now: float,
        follow_up: bool,
    ) -> None:
        """Queue all segments, or join those that are already on their way, or refuse all.

        A follow-up is the second half of something admitted before and is not refused.
        Raises QueueFull.
        """
        keys = [identity(engine, one) for one in prepared]
        fresh = {
            key: one.tokens
            for key, one in zip(keys, prepared, strict=True)
            if key not in self._in_flight
        }
        if not follow_up:
            self._check_room(sum(fresh.values()))
        for key, one, waiter in zip(keys, prepared, waiters, strict=True):
            job = self._in_flight.get(key)
            if job is None:
                job = self._in_flight[key] = self._new_job(engine, one, priority, now)
                self._queue.add(job)
            else:
                self._totals["shared"] += 1
                if priority < job.priority and job.stage is Stage.QUEUED:
                    self._queue.promote(job)
            job.join(waiter)

    def pause_s(self, now: float) -> float:
        """How long a batch that is not full should wait for company.

        Zero while nobody else is being served: then there is no reason to expect company.
        When others are, those who get their answers tend to come back with their next texts,
        and a worker that took the first of them alone would be busy when the rest arrive.
        """
        served = self._outstanding_segments - self._queue.segments
        due_at = self._queue.due_at(self._capacity) if served and not self._ready else None
        return max(0.0, due_at - now) if due_at is not None else 0.0

    def next_batch(self, now: float) -> Batch | None:
        """A batch for one of the idle workers; None when nothing can run."""
        if not self._ready:
            batches = self._queue.take(self._capacity)
            for batch in batches:
                self._running[batch] = now
                for job in batch.jobs:
                    job.stage = Stage.TAKEN
            self._ready.extend(batches)
        if not self._ready:
            return None
        batch = self._ready.popleft()
        self._running[batch] = now
        return batch

    def prune(self, batch: Batch) -> list[Action]:
        """Take what nobody waits for any more out of a batch that is about to run."""
        dropped = [job for job in batch.jobs if not job.wanted]
        batch.jobs = tuple(job for job in batch.jobs if job.wanted)
        self.forget(dropped)
        return self.leave(dropped)

    def ran(self, batch: Batch, now: float) -> None:
        """A worker has come back with ``batch``, whatever became of it."""
        started = self._running.pop(batch)
        self._stalled.discard(batch)
        if not batch.jobs:
            return
        self._rate.record(batch.tokens, now - started)
        self._totals["batches"] += 1
        self._totals["segments"] += len(batch.jobs)
        self._totals["tokens"] += batch.tokens
        self._totals["padded_tokens"] += batch.padded_tokens

    def stall(self, started_before: float) -> list[Job]:
        """Give up the batches that have been running for too long; their jobs."""
        late = [
            batch
            for batch, started in self._running.items()
            if started < started_before and batch not in self._stalled and batch not in self._ready
        ]
        self._stalled.update(late)
        return [job for batch in late for job in batch.jobs]

    def forget(self, jobs: Iterable[Job]) -> None:
        """From now on nobody can join ``jobs``, so their futures can be ended."""
        for job in jobs:
            key = identity(job.engine, job.prepared)
            if self._in_flight.get(key) is job:
                del self._in_flight[key]

    def leave(self, jobs: Iterable[Job]) -> list[Action]:
        """``jobs``, whose futures have ended, need their engine no more.

        What comes back is to be called without the lock.
        """
        actions: list[Action] = []
        for job in jobs:
            if job.stage is Stage.LEFT:
                continue
            job.stage = Stage.LEFT
            self._outstanding_tokens -= job.tokens
            self._outstanding_segments -= 1
            for waiter in job.waiters:
                waiter.submission.remaining -= 1
                if waiter.submission.remaining == 0:
                    actions.append(waiter.submission.on_left)
                waiter.job = None
            job.waiters = []  # their futures have ended, and hold much more than their results
        return actions

    def drop_unwanted(self, job: Job) -> list[Action]:
        """Take ``job`` out of the queue if nobody waits for it any more."""
        if job.stage is not Stage.QUEUED or job.wanted:
            return []
        self._queue.remove(job)
        self.forget([job])
        return self.leave([job])

    def drain(self) -> list[Job]:
        """Take out everything that no worker has begun."""
        self._ready, ready = deque(), self._ready
        for batch in ready:
            del self._running[batch]
        jobs = [*self._queue.drain(), *(job for batch in ready for job in batch.jobs)]
        for job in jobs:
            job.stage = Stage.TAKEN
        return jobs

    def count(self, name: str, by: int = 1) -> None:
        """Add to one of the totals of the snapshot."""
        self._totals[name] += by

    def snapshot(self) -> SchedulerSnapshot:
        return SchedulerSnapshot(
            queued_tokens=self._queue.tokens,
            queued_segments=self._queue.segments,
            running_batches=len(self._running),
            workers=self.workers,
            batches_total=self._totals["batches"],
            segments_total=self._totals["segments"],
            tokens_total=self._totals["tokens"],
            padded_tokens_total=self._totals["padded_tokens"],
            shared_segments_total=self._totals["shared"],
            failed_segments_total=self._totals["failed"],
            dead_workers_total=self._totals["dead_workers"],
            tokens_per_worker_s=self._rate.per_worker_s(),
        )

    def _capacity(self, engine: Engine) -> int:
        busy = sum(batch.engine is engine for batch in self._running)
        return min(self.idle, engine.workers - busy)

    def _new_job(self, engine: Engine, prepared: Prepared, priority: Priority, now: float) -> Job:
        self._numbers += 1
        self._outstanding_tokens += prepared.tokens
        self._outstanding_segments += 1
        return Job(engine, prepared, priority, self._numbers, now)

    def _check_room(self, tokens: int) -> None:
        """Raise QueueFull unless ``tokens`` fit. An empty queue takes any request whole."""
        excess = self._outstanding_tokens + tokens - self._policy.max_queued_tokens
        if excess <= 0 or self.empty:
            return
        wait_s = self._rate.retry_after_s(min(excess, self._outstanding_tokens), self.workers)
        raise QueueFull(
            f"The queue is full: {self._outstanding_tokens} tokens wait to be translated.",
            hint=f"Send it again in {wait_s} s.",
            retry_after_s=wait_s,
        )
