from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from dragoman.article import BatchPolicy
from dragoman.inference.batching.cutting import cost
from dragoman.inference.batching.job import Job, Priority
from dragoman.inference.batching.segment_queue import (
    INTERACTIVE_BATCHES_PER_BULK_BATCH,
    Batch,
    SegmentQueue,
)
from dragoman.inference.engines.base import DecodingOptions, Engine, Prepared, Request
from dragoman.inference.engines.fake import FakeEngine

ENGINE = FakeEngine()
OTHER = FakeEngine()


class Queue:
    """A segment queue with a counter for the order of arrival."""

    def __init__(self, policy: BatchPolicy = BatchPolicy()) -> None:
        self.queue = SegmentQueue(policy)
        self.added = 0

    def add(
        self,
        tokens: int,
        *,
        engine: Engine = ENGINE,
        priority: Priority = Priority.INTERACTIVE,
        **request: object,
    ) -> Job:
        self.added += 1
        prepared = Prepared(Request("", **request), tokens, None)  # type: ignore[arg-type]  # any field
        job = Job(engine, prepared, priority, self.added, float(self.added))
        self.queue.add(job)
        return job

    def take(self, idle: int = 1, engines: Sequence[Engine] = (ENGINE, OTHER)) -> list[Batch]:
        return self.queue.take(lambda engine: idle if engine in engines else 0)


def test_only_equal_options_and_bans_share_a_batch() -> None:
    """An engine decodes a whole batch with the options of its first request."""
    queue = Queue()
    plain, greedy = queue.add(5), queue.add(5, options=DecodingOptions(beam_size=1))
    banning, elsewhere = queue.add(5, banned=("x",)), queue.add(5, engine=OTHER)
    batches = [queue.take() for _ in range(4)]
    assert [batch.jobs for (batch,) in batches] == [(plain,), (greedy,), (banning,), (elsewhere,)]
    assert queue.take() == []


def test_prefixes_and_target_tokens_share_a_batch() -> None:
    """They belong to each request, not to the batch."""
    queue = Queue()
    jobs = {queue.add(5, target_prefix="Le"), queue.add(5, target_token=">>fra<<")}
    (batch,) = queue.take()
    assert set(batch.jobs) == jobs


def test_a_batch_holds_segments_of_like_length() -> None:
    """A long segment is not padded out with short ones while there are others like it."""
    queue = Queue(BatchPolicy(max_batch_segments=2))
    for tokens in (40, 4, 41, 5, 20, 21, 30, 31):
        queue.add(tokens)
    (batch,) = queue.take()
    assert [job.tokens for job in batch.jobs] == [41, 40]


@pytest.mark.parametrize("oldest", [3, 17, 200])
def test_the_oldest_segment_is_in_the_next_batch(oldest: int) -> None:
    """However short or long it is, and however many others wait."""
    queue = Queue(BatchPolicy(max_batch_segments=4))
    first = queue.add(oldest)
    for number in range(100):
        queue.add(5 + number % 50)
    assert first in queue.take()[0].jobs


def test_no_segment_is_overtaken_for_ever() -> None:
    """Under a flood of short segments a long one runs as soon as it is the oldest."""
    queue = Queue(BatchPolicy(max_batch_tokens=100, max_batch_segments=4))
    for _ in range(8):
        queue.add(5)
    long_one = queue.add(90)
    taken: list[Job] = []
    while long_one not in taken:
        (batch,) = queue.take()
        taken += batch.jobs
        for _ in range(4):
            queue.add(5)
    assert len(taken) == 8 + 1


def test_among_equals_the_oldest_goes_first() -> None:
    """Within one length the order is that of arrival."""
    queue = Queue(BatchPolicy(max_batch_segments=2))
    jobs = [queue.add(7) for _ in range(20)]
    order = [job for _ in range(10) for batch in queue.take() for job in batch.jobs]
    assert order == jobs


def test_all_idle_workers_get_a_share_at_once() -> None:
    """One article alone is split between the workers, about evenly."""
    queue = Queue()
    for tokens in range(10, 30):
        queue.add(tokens)
    first, second = queue.take(idle=2)
    assert len(first.jobs) + len(second.jobs) == 20
    assert abs(first.tokens - second.tokens) < 60
    assert queue.take() == []


def test_a_batch_that_is_not_full_is_due_when_its_oldest_segment_has_waited() -> None:
    """A full one, by segments or by tokens, is due at once; nothing is never due."""
    queue = Queue(BatchPolicy(max_batch_tokens=50, max_batch_segments=3, max_wait_ms=500))
    assert queue.queue.due_at(lambda _: 1) is None
    queue.add(5)
    queue.add(5)
    assert queue.queue.due_at(lambda _: 1) == 1.5
    assert queue.queue.due_at(lambda _: 0) is None
    long_one = queue.add(25)
    assert queue.queue.due_at(lambda _: 1) == 1
    queue.queue.remove(long_one)
    queue.add(5)
    assert queue.queue.due_at(lambda _: 1) == 1


def test_an_engine_without_room_does_not_hold_up_another() -> None:
    """The oldest segment's engine is busy, so the next engine's turn comes."""
    queue = Queue()
    queue.add(5)
    other = queue.add(5, engine=OTHER)
    (batch,) = queue.take(engines=(OTHER,))
    assert batch.jobs == (other,)
    assert queue.take(engines=(OTHER,)) == []


def test_interactive_goes_before_bulk() -> None:
    """Even when bulk has waited longer."""
    queue = Queue()
    bulk = queue.add(5, priority=Priority.BULK)
    person = queue.add(5)
    assert [queue.take()[0].jobs for _ in range(2)] == [(person,), (bulk,)]


def test_bulk_is_not_starved_by_interactive() -> None:
    """Every fifth batch is bulk's while both wait."""
    queue = Queue(BatchPolicy(max_batch_segments=1))
    for _ in range(3):
        queue.add(5, priority=Priority.BULK)
    order = []
    for _ in range(3 * (INTERACTIVE_BATCHES_PER_BULK_BATCH + 1)):
        queue.add(5)
        queue.add(5)
        order += [job.priority for batch in queue.take() for job in batch.jobs]
    turn = [Priority.INTERACTIVE] * INTERACTIVE_BATCHES_PER_BULK_BATCH + [Priority.BULK]
    assert order == turn * 3


def test_a_promoted_segment_goes_with_the_interactive_ones() -> None:
    """Somebody at a page asks for what an archive has queued already."""
    queue = Queue(BatchPolicy(max_batch_segments=1))
    queue.add(5, priority=Priority.BULK)
    wanted = queue.add(5, priority=Priority.BULK)
    queue.queue.promote(wanted)
    assert queue.take()[0].jobs == (wanted,)


def test_counts_are_those_of_what_waits() -> None:
    """Tokens and segments go up with add and down with remove, take and drain."""
    queue = Queue(BatchPolicy(max_batch_segments=2))
    jobs = [queue.add(tokens) for tokens in (3, 4, 5, 6, 7)]
    queue.queue.remove(jobs[2])
    assert (queue.queue.tokens, queue.queue.segments) == (20, 4)
    queue.take()
    assert queue.queue.segments == 2
    assert len(queue.queue.drain()) == 2
    assert (queue.queue.tokens, queue.queue.segments) == (0, 0)
    assert queue.take() == []


def total_cost(batches: Sequence[Sequence[int]]) -> int:
    return sum(cost(sum(batch), len(batch), max(batch)) for batch in batches)


def test_sixteen_clients_pack_almost_as_well_as_a_sorted_list() -> None:
    """Clients that send an article when the last one is done cost less than 5 % more than that.

    The list holds sixteen whole articles at a time, in full batches from the longest down.
    """
    chance = random.Random(16)
    lengths = [min(120, max(3, int(chance.lognormvariate(3.2, 0.5)))) for _ in range(160 * 30)]
    articles = [lengths[start : start + 30] for start in range(0, len(lengths), 30)]
    sorted_lists = [
        sorted(lengths[start : start + 16 * 30], reverse=True)[batch : batch + 16]
        for start in range(0, len(lengths), 16 * 30)
        for batch in range(0, 16 * 30, 16)
    ]
    queue = Queue()
    owner: dict[Job, int] = {}
    left: list[int] = []

    def send() -> None:
        if articles:
            owner.update({queue.add(tokens): len(left) for tokens in articles.pop()})
            left.append(30)

    for _ in range(16):
        send()
    taken: list[list[int]] = []
    while batches := queue.take():
        for batch in batches:
            taken.append([job.tokens for job in batch.jobs])
            for job in batch.jobs:
                left[owner[job]] -= 1
                if not left[owner[job]]:
                    send()
    assert sum(map(len, taken)) == len(lengths)
    assert total_cost(sorted_lists) / total_cost(taken) > 0.95
