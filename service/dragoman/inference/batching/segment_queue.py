"""Jobs that wait for a worker, and which of them go together next.

Not thread-safe and without a clock: the scheduler holds its lock around every call.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from dragoman.article import BatchPolicy
from dragoman.inference.batching.cutting import around, enough, is_deep, neighbourhood, share
from dragoman.inference.batching.job import Job, Priority
from dragoman.inference.engines.base import Engine

INTERACTIVE_BATCHES_PER_BULK_BATCH = 4
"""While both wait, bulk gets every fifth batch, so that it is slow but never starved."""


@dataclass(slots=True, eq=False)
class Batch:
    """Jobs of one engine with equal options and bans, longest first.

    Jobs that nobody waits for any more are taken out before it runs.
    """

    engine: Engine
    jobs: tuple[Job, ...]

    @property
    def tokens(self) -> int:
        return sum(job.tokens for job in self.jobs)

    @property
    def oldest(self) -> int:
        """The number of the job that came first."""
        return min(job.number for job in self.jobs)

    @property
    def padded_tokens(self) -> int:
        return max((job.tokens for job in self.jobs), default=0) * len(self.jobs)


@dataclass(slots=True, eq=False)
class _Lane:
    """Jobs that may share a batch."""

    engine: Engine
    priority: Priority
    by_length: list[Job] = field(default_factory=list)
    """Longest first; among equals the oldest first."""
    by_age: dict[int, Job] = field(default_factory=dict)

    @property
    def oldest(self) -> Job:
        return next(iter(self.by_age.values()))

    def add(self, job: Job) -> None:
        insort(self.by_length, job, key=_length_order)
        self.by_age[job.number] = job

    def place(self, job: Job) -> int:
        """Its index by length."""
        return bisect_left(self.by_length, _length_order(job), key=_length_order)

    def take(self, places: range) -> tuple[Job, ...]:
        """Take out neighbours by length."""
        jobs = tuple(self.by_length[places.start : places.stop])
        del self.by_length[places.start : places.stop]
        for job in jobs:
            del self.by_age[job.number]
        return jobs


def _length_order(job: Job) -> tuple[int, int]:
    return -job.tokens, job.number


def _lane_key(job: Job) -> Hashable:
    request = job.prepared.request
    return job.engine, request.options, request.banned, job.priority


class SegmentQueue:
    """One queue for all requests. ``tokens`` are source tokens, unpadded."""

    def __init__(self, policy: BatchPolicy) -> None:
        self._policy = policy
        self._lanes: dict[Hashable, _Lane] = {}
        self._interactive_in_a_row = 0
        self.tokens = 0
        self.segments = 0

    def __iter__(self) -> Iterator[Job]:
        for lane in self._lanes.values():
            yield from lane.by_length

    def add(self, job: Job) -> None:
        key = _lane_key(job)
        if key not in self._lanes:
            self._lanes[key] = _Lane(job.engine, job.priority)
        self._lanes[key].add(job)
        self.tokens += job.tokens
        self.segments += 1

    def remove(self, job: Job) -> None:
        """Take out a job that waits here."""
        key = _lane_key(job)
        place = self._lanes[key].place(job)
        self._take(key, range(place, place + 1))

    def promote(self, job: Job) -> None:
        """Somebody interactive waits for this bulk job now."""
        self.remove(job)
        job.priority = Priority.INTERACTIVE
        self.add(job)

    def due_at(self, capacity: Callable[[Engine], int]) -> float | None:
        """When the next batch should run even if it is not full; None when nothing can run."""
        key = self._next_lane(capacity)
        if key is None:
            return None
        lane = self._lanes[key]
        rows, longest = len(lane.by_length), lane.by_length[0].tokens
        policy = self._policy
        if rows >= policy.max_batch_segments or rows * longest >= policy.max_batch_tokens:
            return lane.oldest.queued_at
        return lane.oldest.queued_at + policy.max_wait_ms / 1000

    def take(self, capacity: Callable[[Engine], int]) -> list[Batch]:
        """Take the batches to run now, at most ``capacity(engine)`` and all of one lane.

        The lane is the one with the oldest job, and that job is in the first batch: so nothing
        is ever overtaken by more than the rest of one batch, long segments included, and yet
        batches are about those of a sorted queue.
        """
        key = self._next_lane(capacity)
        if key is None:
            return []
        lane = self._lanes[key]
        places = self._places(lane, capacity(lane.engine))
        # From the shortest down to the longest, so that the other places stay what they are.
        places.sort(key=lambda some: some.start, reverse=True)
        batches = [Batch(lane.engine, self._take(key, some)) for some in places]
        self._count_turn(lane.priority, len(batches))
        return sorted(batches, key=lambda batch: batch.oldest)

    def _places(self, lane: _Lane, idle: int) -> list[range]:
        """Where in the lane the next batches are."""
        jobs, policy = lane.by_length, self._policy
        if is_deep([job.tokens for job in jobs[: enough(policy, idle)]], policy, idle):
            oldest = lane.place(lane.oldest)
            near = neighbourhood(oldest, policy)
            lengths = [job.tokens for job in jobs[near]]
            found = around(lengths, oldest - near.start, policy)
            return [range(near.start + found.start, near.start + found.stop)]
        shares = share([job.tokens for job in jobs], policy, idle)
        shares.sort(key=lambda places: min(jobs[place].number for place in places))
        return shares[:idle]

    def drain(self) -> list[Job]:
        """Take everything out."""
        jobs = list(self)
        self._lanes.clear()
        self.tokens = self.segments = 0
        return jobs

    def _next_lane(self, capacity: Callable[[Engine], int]) -> Hashable | None:
        lanes = [key for key, lane in self._lanes.items() if capacity(lane.engine) > 0]
        return min(lanes, key=self._turn(), default=None)

    def _turn(self) -> Callable[[Hashable], tuple[bool, int]]:
        first = Priority.INTERACTIVE
        if self._interactive_in_a_row >= INTERACTIVE_BATCHES_PER_BULK_BATCH:
            first = Priority.BULK

        def order(key: Hashable) -> tuple[bool, int]:
            lane = self._lanes[key]
            return lane.priority is not first, lane.oldest.number

        return order

    def _count_turn(self, priority: Priority, batches: int) -> None:
        if priority is Priority.BULK:
            self._interactive_in_a_row = 0
        else:
            self._interactive_in_a_row += batches

    def _take(self, key: Hashable, places: range) -> tuple[Job, ...]:
        lane = self._lanes[key]
        jobs = lane.take(places)
        if not lane.by_age:
            del self._lanes[key]
        self.tokens -= sum(job.tokens for job in jobs)
        self.segments -= len(jobs)
        return jobs
