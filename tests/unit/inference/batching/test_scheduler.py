from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Any

import pytest

from dragoman.article import BatchPolicy
from dragoman.errors import DeadlineExceeded, QueueFull
from dragoman.inference.batching import Hypotheses, Priority, Scheduler
from dragoman.inference.engines.base import DecodingOptions, Prepared
from dragoman.inference.engines.fake import FakeEngine, translation
from support.scheduling import PATIENCE_S, FakeClock, Plugged, best, prepare, running, words


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with running() as scheduler:
        yield scheduler


def test_every_answer_belongs_to_its_text(scheduler: Scheduler) -> None:
    """Order is restored by index, whatever batches the segments rode in."""
    engine = FakeEngine(workers=2)
    texts = [words(1 + number * 7 % 40, f"word{number}") for number in range(200)]
    futures = scheduler.submit(engine, prepare(engine, texts))
    assert [best(future) for future in futures] == [translation(text) for text in texts]


def test_nothing_submitted_is_nothing_to_wait_for(scheduler: Scheduler) -> None:
    """An empty call answers an empty list, and its engine is free at once."""
    left: list[bool] = []
    assert scheduler.submit(FakeEngine(), [], on_left=lambda: left.append(True)) == []
    assert left == [True]


def test_segments_of_different_requests_share_a_batch(scheduler: Scheduler) -> None:
    """What waits together runs together, whoever sent it."""
    plugged = Plugged(scheduler)
    futures = [future for name in "abc" for future in plugged.submit(words(3, name))]
    plugged.pull()
    wait(futures, PATIENCE_S)
    assert plugged.batches() == [(words(3, "a"), words(3, "b"), words(3, "c"))]


def test_an_idle_worker_starts_at_once(scheduler: Scheduler) -> None:
    """A lone segment does not wait for company."""
    plugged = Plugged(scheduler)
    assert plugged.engine.batches == [("plug",)]
    plugged.pull()


def test_a_full_batch_does_not_wait() -> None:
    """There is nothing to gain."""
    clock = FakeClock()
    policy = BatchPolicy(max_wait_ms=5, max_batch_segments=2)
    with running(policy, clock=clock) as patient:
        gate = threading.Event()
        engine = FakeEngine(workers=2, gate=gate, clock=clock)
        patient.submit(engine, prepare(engine, ["at once"]))
        assert engine.entered.acquire(timeout=PATIENCE_S)
        patient.submit(engine, prepare(engine, ["one", "two"]))
        assert engine.entered.acquire(timeout=PATIENCE_S)
        gate.set()


def test_an_engine_decodes_as_many_batches_at_once_as_it_has_workers(
    scheduler: Scheduler,
) -> None:
    """Two batches of an engine with two workers run side by side, a third one waits."""
    gate = threading.Event()
    engine = FakeEngine(workers=2, gate=gate)
    futures = [
        scheduler.submit(engine, prepare(engine, [text], options))[0]
        for text, options in (
            ("a", DecodingOptions(beam_size=1)),
            ("b", DecodingOptions(beam_size=2)),
            ("c", DecodingOptions(beam_size=3)),
        )
    ]
    assert engine.entered.acquire(timeout=PATIENCE_S)
    assert engine.entered.acquire(timeout=PATIENCE_S)
    assert scheduler.snapshot().running_batches == 2
    assert scheduler.snapshot().queued_segments == 1
    gate.set()
    assert [best(future) for future in futures] == ["a°", "b°", "c°"]


def test_an_engine_of_one_worker_is_not_entered_twice(scheduler: Scheduler) -> None:
    """More threads than it can use do not help it: it would only be in its own way."""
    wide = FakeEngine(workers=3)
    assert best(scheduler.submit(wide, prepare(wide, ["three threads now"]))[0])
    plugged = Plugged(scheduler)
    (waiting,) = plugged.submit("next")
    other = FakeEngine()
    assert best(scheduler.submit(other, prepare(other, ["elsewhere"]))[0]) == "elsewhere°"
    assert plugged.batches() == []
    plugged.pull()
    assert best(waiting) == "next°"


def test_interactive_overtakes_bulk(scheduler: Scheduler) -> None:
    """A person at a page does not wait for the archive that came first."""
    plugged = Plugged(scheduler)
    futures = plugged.submit("archive", priority=Priority.BULK) + plugged.submit("person")
    plugged.pull()
    wait(futures, PATIENCE_S)
    assert plugged.batches() == [("person",), ("archive",)]


def test_a_full_queue_refuses_the_whole_request_and_says_when_to_come_again() -> None:
    """Nothing of a refused request is queued."""
    clock = FakeClock()
    with running(BatchPolicy(max_queued_tokens=100), clock=clock) as scheduler:
        plugged = Plugged(scheduler)
        (kept,) = plugged.submit(words(50))
        with pytest.raises(QueueFull) as refusal:
            plugged.submit("short", words(60, "refused"))
        assert refusal.value.retry_after_s >= 1
        assert scheduler.snapshot().queued_segments == 1
        plugged.pull()
        assert best(kept) == translation(words(50))
        assert plugged.batches() == [(words(50),)]


def test_the_retry_time_comes_from_the_measured_rate() -> None:
    """At 8 tokens a second, 40 tokens too many are gone in 5 seconds."""
    clock = FakeClock()
    with running(BatchPolicy(max_queued_tokens=100), clock=clock) as scheduler:
        slow = Plugged(scheduler)
        clock.now += 0.25  # for the plug's two tokens
        slow.pull()
        assert best(slow.plug)
        plugged = Plugged(scheduler)
        plugged.submit(words(89))
        with pytest.raises(QueueFull) as refusal:
            plugged.submit(words(47, "refused"))
        assert refusal.value.retry_after_s == 5
        plugged.pull()


def test_an_empty_queue_takes_a_request_of_any_size() -> None:
    """What is larger than the whole queue would otherwise be told to come again for ever."""
    with running(BatchPolicy(max_queued_tokens=10)) as scheduler:
        engine = FakeEngine()
        assert best(scheduler.submit(engine, prepare(engine, [words(50)]))[0])


def test_a_follow_up_is_not_refused() -> None:
    """The second half of what was admitted has been paid for."""
    with running(BatchPolicy(max_queued_tokens=10)) as scheduler:
        plugged = Plugged(scheduler)
        plugged.submit(words(7))
        prepared = prepare(plugged.engine, [words(40, "follow")])
        (future,) = scheduler.submit(plugged.engine, prepared, follow_up=True)
        plugged.pull()
        assert best(future) == translation(words(40, "follow"))


def test_cancelled_segments_are_dropped_before_they_run(scheduler: Scheduler) -> None:
    """They leave the queue at once, make room there, and the engine never sees them."""
    plugged = Plugged(scheduler)
    dropped, kept = plugged.submit("dropped words", "kept")
    assert dropped.cancel()
    assert scheduler.snapshot().queued_tokens == 2
    plugged.pull()
    assert best(kept) == "kept°"
    assert plugged.batches() == [("kept",)]


def test_a_cancelled_future_wakes_those_who_wait_for_it_in_a_group(scheduler: Scheduler) -> None:
    """``concurrent.futures.wait`` hears of it."""
    plugged = Plugged(scheduler)
    (future,) = plugged.submit("text")
    future.cancel()
    assert future in wait([future], timeout=0).done
    plugged.pull()


def test_a_segment_cancelled_while_it_runs_harms_nobody(scheduler: Scheduler) -> None:
    """The others of its batch get their answers."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    first, second = scheduler.submit(engine, prepare(engine, ["first", "second"]))
    assert engine.entered.acquire(timeout=PATIENCE_S)
    assert first.cancel()
    gate.set()
    assert best(second) == "second°"


def test_a_segment_out_of_time_fails_before_it_runs() -> None:
    """The engine never sees what nobody waits for, even if no tick came between."""
    clock = FakeClock()
    with running(clock=clock, tick_s=PATIENCE_S) as scheduler:
        plugged = Plugged(scheduler, clock=clock)
        late, timely = plugged.submit("late", deadline=clock.now + 5) + plugged.submit("timely")
        clock.now += 5
        plugged.pull()
        assert isinstance(late.exception(PATIENCE_S), DeadlineExceeded)
        assert best(timely) == "timely°"
        assert plugged.batches() == [("timely",)]


def test_time_runs_out_behind_a_worker_that_does_not_return() -> None:
    """Queued or running: whoever waits hears of it when the time is over, not when it is done."""
    clock = FakeClock()
    with running(clock=clock) as scheduler:
        gate = threading.Event()
        engine = FakeEngine(gate=gate, clock=clock)
        deadline = clock.now + 5
        (inside,) = scheduler.submit(engine, prepare(engine, ["inside"], deadline=deadline))
        assert engine.entered.acquire(timeout=PATIENCE_S)
        (queued,) = scheduler.submit(engine, prepare(engine, ["queued"], deadline=deadline))
        clock.now += 5
        scheduler.expire()
        assert isinstance(inside.exception(0), DeadlineExceeded)
        assert isinstance(queued.exception(0), DeadlineExceeded)
        assert scheduler.snapshot().queued_segments == 0
        gate.set()


def test_the_timekeeper_looks_by_itself() -> None:
    """Nobody has to call ``expire`` for a deadline to be noticed."""
    clock = FakeClock()
    with running(clock=clock) as scheduler:
        plugged = Plugged(scheduler, clock=clock)
        (late,) = plugged.submit("late", deadline=clock.now + 5)
        clock.now += 5
        assert isinstance(late.exception(PATIENCE_S), DeadlineExceeded)
        plugged.pull()


def test_equal_segments_in_flight_are_decoded_once(scheduler: Scheduler) -> None:
    """In one request or in several, queued or running already."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    first = scheduler.submit(engine, prepare(engine, ["same", "same"]))
    assert engine.entered.acquire(timeout=PATIENCE_S)
    futures = first + scheduler.submit(engine, prepare(engine, ["same"], deadline=1e12))
    gate.set()
    assert [best(future) for future in futures] == ["same°"] * 3
    assert engine.batches == [("same",)]
    assert scheduler.snapshot().shared_segments_total == 2


@pytest.mark.parametrize(
    "other",
    [
        {"options": DecodingOptions(beam_size=1)},
        {"options": DecodingOptions(with_alignment=True)},
        {"banned": ("x",)},
    ],
    ids=["beam", "alignment", "bans"],
)
def test_what_may_differ_in_its_answer_is_not_shared(
    scheduler: Scheduler, other: dict[str, Any]
) -> None:
    """Only the deadline may differ between segments that share one decoding."""
    plugged = Plugged(scheduler)
    futures = plugged.submit("same") + plugged.submit("same", **other)
    plugged.pull()
    wait(futures, PATIENCE_S)
    assert plugged.batches() == [("same",), ("same",)]


def test_engines_do_not_share(scheduler: Scheduler) -> None:
    """The same text for two models is two decodings."""
    engines = FakeEngine(), FakeEngine()
    futures = [scheduler.submit(engine, prepare(engine, ["same"]))[0] for engine in engines]
    wait(futures, PATIENCE_S)
    assert [engine.batches for engine in engines] == [[("same",)], [("same",)]]


def test_cancelling_one_of_two_equal_segments_does_not_cancel_the_other(
    scheduler: Scheduler,
) -> None:
    """Each caller has a future of its own; the work is dropped with the last of them."""
    plugged = Plugged(scheduler)
    (mine,), (yours,) = plugged.submit("same"), plugged.submit("same")
    (only,) = plugged.submit("only")
    mine.cancel()
    only.cancel()
    plugged.pull()
    assert best(yours) == "same°"
    assert plugged.batches() == [("same",)]


def test_one_that_runs_out_of_time_does_not_take_an_equal_one_along() -> None:
    """The engine is told the later deadline."""
    clock = FakeClock()
    with running(clock=clock) as scheduler:
        plugged = Plugged(scheduler, clock=clock)
        (early,) = plugged.submit("same", deadline=clock.now + 5)
        (later,) = plugged.submit("same", deadline=clock.now + 50)
        clock.now += 10
        plugged.pull()
        assert best(later) == "same°"
        assert isinstance(early.exception(0), DeadlineExceeded)


def test_a_person_who_joins_a_bulk_segment_speeds_it_up(scheduler: Scheduler) -> None:
    """It goes with the interactive ones from then on."""
    plugged = Plugged(scheduler)
    futures = plugged.submit("other", priority=Priority.BULK)
    futures += plugged.submit("wanted", priority=Priority.BULK)
    futures += plugged.submit("wanted")
    plugged.pull()
    wait(futures, PATIENCE_S)
    assert plugged.batches() == [("wanted",), ("other",)]


def test_an_engine_is_free_when_its_batch_has_ended_not_when_it_is_cancelled(
    scheduler: Scheduler,
) -> None:
    """Until then its weights must not be freed under it."""
    gate, left = threading.Event(), threading.Event()
    engine = FakeEngine(gate=gate)
    (future,) = scheduler.submit(engine, prepare(engine, ["text"]), on_left=left.set)
    assert engine.entered.acquire(timeout=PATIENCE_S)
    future.cancel()
    assert not left.is_set()
    gate.set()
    assert left.wait(PATIENCE_S)


def test_the_next_batch_runs_while_the_last_one_is_turned_into_text(scheduler: Scheduler) -> None:
    """Finishing keeps no worker from decoding."""

    class SlowToFinish(FakeEngine):
        finishing = threading.Event()

        def finish(self, batch: Sequence[Prepared], outputs: Sequence[Any]) -> list[Hypotheses]:
            assert self.finishing.wait(PATIENCE_S)
            return super().finish(batch, outputs)

    engine = SlowToFinish()
    (first,) = scheduler.submit(engine, prepare(engine, ["first"]))
    assert engine.entered.acquire(timeout=PATIENCE_S)
    (second,) = scheduler.submit(engine, prepare(engine, ["second"]))
    assert engine.entered.acquire(timeout=PATIENCE_S)
    assert not first.done()
    engine.finishing.set()
    assert (best(first), best(second)) == ("first°", "second°")


def test_follow_ups_of_a_batch_become_a_batch(scheduler: Scheduler) -> None:
    """Callbacks of all its answers run before the first follow-up is queued."""
    engine, after = FakeEngine(), FakeEngine()
    done: list[str] = []
    seconds: list[Future[Hypotheses]] = []
    handed_on = threading.Event()

    def hand_on() -> None:
        seconds.extend(scheduler.submit(after, prepare(after, done), follow_up=True))
        handed_on.set()

    def arrived(future: Future[Hypotheses]) -> None:
        done.append(best(future))
        if len(done) == 1:
            scheduler.after_delivery(hand_on)

    plugged = Plugged(scheduler)
    firsts = plugged.submit("a", "b", "c")
    for future in firsts:
        future.add_done_callback(arrived)
    plugged.pull()
    assert handed_on.wait(PATIENCE_S)
    wait(seconds, PATIENCE_S)
    assert after.batches == [("a°", "b°", "c°")]
    assert engine.batches == []


def test_after_delivery_acts_at_once_elsewhere(scheduler: Scheduler) -> None:
    """Outside a delivery there is nothing to wait for."""
    acted: list[bool] = []
    scheduler.after_delivery(lambda: acted.append(True))
    assert acted == [True]


def test_the_snapshot_counts_what_was_done(scheduler: Scheduler) -> None:
    """Batches, segments, tokens and padding, and that nothing is left."""
    plugged = Plugged(scheduler)
    futures = plugged.submit(words(9, "long"), words(4, "short"))
    before = scheduler.snapshot()
    assert (before.queued_segments, before.queued_tokens, before.running_batches) == (2, 15, 1)
    plugged.pull()
    wait(futures, PATIENCE_S)
    after = scheduler.snapshot()
    assert (after.queued_segments, after.queued_tokens, after.running_batches) == (0, 0, 0)
    assert (after.batches_total, after.segments_total) == (2, 3)
    assert (after.tokens_total, after.padded_tokens_total) == (17, 22)
    assert after.tokens_per_worker_s > 0
