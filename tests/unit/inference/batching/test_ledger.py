from __future__ import annotations

from concurrent.futures import Future

from dragoman.article import BatchPolicy
from dragoman.inference.batching.job import Priority, Submission, Waiter
from dragoman.inference.batching.ledger import Ledger
from dragoman.inference.engines.fake import FakeEngine
from support.scheduling import prepare

POLICY = BatchPolicy(max_batch_segments=3, max_wait_ms=500)


def admit(ledger: Ledger, engine: FakeEngine, *texts: str, now: float = 0.0) -> list[Waiter]:
    prepared = prepare(engine, texts)
    submission = Submission(len(texts), lambda: None)
    waiters = [Waiter(Future(), None, submission) for _ in texts]
    ledger.admit(engine, prepared, waiters, Priority.INTERACTIVE, now=now, follow_up=False)
    return waiters


def two_workers() -> tuple[Ledger, FakeEngine]:
    ledger = Ledger(POLICY)
    ledger.workers = ledger.idle = 2
    return ledger, FakeEngine(workers=2)


def test_a_text_alone_does_not_wait() -> None:
    """While nobody else is served there is no reason to expect company."""
    ledger, engine = two_workers()
    admit(ledger, engine, "alone")
    assert ledger.pause_s(now=0.0) == 0


def test_while_others_are_served_a_batch_waits_for_company() -> None:
    """Until its oldest segment has waited for so long, or the batch is full."""
    ledger, engine = two_workers()
    admit(ledger, engine, "first")
    assert ledger.next_batch(0.0)
    ledger.idle = 1
    admit(ledger, engine, "second", now=10.0)
    assert ledger.pause_s(now=10.25) == 0.25
    assert ledger.pause_s(now=10.5) == 0
    admit(ledger, engine, "third", "fourth", now=10.25)
    assert ledger.pause_s(now=10.25) == 0


def test_shares_that_are_ready_do_not_wait() -> None:
    """The second worker takes its half of an article as soon as it can."""
    ledger, engine = two_workers()
    admit(ledger, engine, "one", "two")
    first = ledger.next_batch(0.0)
    ledger.idle = 1
    assert ledger.pause_s(now=0.0) == 0
    second = ledger.next_batch(0.0)
    assert first
    assert second
    assert len(first.jobs) == len(second.jobs) == 1


def test_the_ledger_is_empty_when_the_last_job_has_left() -> None:
    """Not when the last one has been taken."""
    ledger, engine = two_workers()
    admit(ledger, engine, "text")
    batch = ledger.next_batch(0.0)
    assert batch
    assert not ledger.empty
    ledger.ran(batch, 1.0)
    ledger.forget(batch.jobs)
    assert not ledger.empty
    ledger.leave(batch.jobs)
    assert ledger.empty


def test_a_job_that_has_left_leaves_no_trace() -> None:
    """Neither is it joined any more, nor are its futures kept alive by it."""
    ledger, engine = two_workers()
    (waiter,) = admit(ledger, engine, "text")
    batch = ledger.next_batch(0.0)
    assert batch
    ledger.ran(batch, 1.0)
    ledger.forget(batch.jobs)
    ledger.leave(batch.jobs)
    assert waiter.job is None
    assert batch.jobs[0].waiters == []
    assert ledger.jobs == []
    admit(ledger, engine, "text")
    assert ledger.snapshot().shared_segments_total == 0
