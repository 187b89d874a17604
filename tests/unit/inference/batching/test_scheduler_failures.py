from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Any

import pytest

from dragoman.article import BatchPolicy
from dragoman.errors import DecodingFailed, DragomanError, ShuttingDown, Unavailable, WorkerDied
from dragoman.inference.batching import Hypotheses, Scheduler
from dragoman.inference.batching.monitor import DEATHS_IN_A_ROW
from dragoman.inference.engines.base import Prepared
from dragoman.inference.engines.fake import FakeEngine, Mischief, on_text
from support.scheduling import (
    PATIENCE_S,
    FakeClock,
    MortalEngine,
    Plugged,
    best,
    prepare,
    running,
)


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    with running() as scheduler:
        yield scheduler


def error_of(future: Future[Hypotheses]) -> BaseException | None:
    return future.exception(PATIENCE_S)


def refusal(scheduler: Scheduler, engine: FakeEngine) -> Unavailable:
    """Submit until it is refused: another thread is about to bring that about."""
    while True:
        try:
            scheduler.submit(engine, prepare(engine, ["more"]))[0].cancel()
        except Unavailable as error:
            return error


@pytest.mark.parametrize("mischief", [Mischief.RAISE, Mischief.DROP, Mischief.REPEAT])
def test_one_poisonous_segment_fails_alone(scheduler: Scheduler, mischief: Mischief) -> None:
    """Whether the engine raises or miscounts, the rest of the batch is answered."""
    texts = [f"text{number}" for number in range(20)]
    texts[13] = "poison"
    engine = FakeEngine(temper=on_text({"poison": mischief}))
    futures = scheduler.submit(engine, prepare(engine, texts))
    assert isinstance(error_of(futures[13]), DecodingFailed)
    assert [best(future) for number, future in enumerate(futures) if number != 13] == [
        f"{text}°" for number, text in enumerate(texts) if number != 13
    ]
    wait(futures, PATIENCE_S)
    assert scheduler.snapshot().failed_segments_total == 1


@pytest.mark.parametrize("mischief", [Mischief.RAISE, Mischief.DROP, Mischief.REPEAT])
def test_an_engine_that_always_fails_ends_every_future(
    scheduler: Scheduler, mischief: Mischief
) -> None:
    """And the scheduler goes on for the next engine."""
    engine = FakeEngine(temper=on_text({"": mischief}))
    futures = scheduler.submit(engine, prepare(engine, ["a", "b b", "c c c"]))
    assert all(isinstance(error_of(future), DecodingFailed) for future in futures)
    honest = FakeEngine()
    assert best(scheduler.submit(honest, prepare(honest, ["d"]))[0]) == "d°"
    assert scheduler.alive()


@pytest.mark.parametrize("mischief", [Mischief.UNFINISHED, Mischief.EMPTY, Mischief.LOOP])
def test_a_bad_translation_is_still_an_answer(scheduler: Scheduler, mischief: Mischief) -> None:
    """Judging it is not the scheduler's part."""
    engine = FakeEngine(temper=on_text({"odd": mischief}))
    odd, good = scheduler.submit(engine, prepare(engine, ["odd one", "good"]))
    assert odd.result(PATIENCE_S)
    assert best(good) == "good°"


def test_a_failure_does_not_quote_the_text(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the error nor in the log."""
    engine = FakeEngine(temper=on_text({"secret": Mischief.RAISE}))
    with caplog.at_level(logging.DEBUG):
        (future,) = scheduler.submit(engine, prepare(engine, ["secret words"]))
        assert "secret" not in str(error_of(future))
    assert "secret" not in caplog.text


def test_an_engine_without_a_hypothesis_has_failed(scheduler: Scheduler) -> None:
    """Nobody has to expect an empty answer."""

    class Speechless(FakeEngine):
        def finish(self, batch: Sequence[Prepared], outputs: Sequence[Any]) -> list[Hypotheses]:
            return [() for _ in batch]

    engine = Speechless()
    (future,) = scheduler.submit(engine, prepare(engine, ["text"]))
    assert isinstance(error_of(future), DecodingFailed)


def test_tokens_that_cannot_be_turned_into_text_fail_alone(scheduler: Scheduler) -> None:
    """A failure in finishing is isolated like one in decoding."""

    class Illiterate(FakeEngine):
        def finish(self, batch: Sequence[Prepared], outputs: Sequence[Any]) -> list[Hypotheses]:
            if any(prepared.request.text == "poison" for prepared in batch):
                raise UnicodeError("poison")
            return super().finish(batch, outputs)

    plugged = Plugged(scheduler)
    engine = Illiterate()
    good, bad = scheduler.submit(engine, prepare(engine, ["good", "poison"]))
    plugged.pull()
    assert best(good) == "good°"
    assert isinstance(error_of(bad), DecodingFailed)


def test_a_callback_that_raises_harms_nobody(
    scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    """The other futures of the batch end, and the scheduler's threads live on."""

    def careless() -> None:
        raise ValueError("careless")

    engine = FakeEngine()
    futures = scheduler.submit(engine, prepare(engine, ["a", "b"]), on_left=careless)
    assert [best(future) for future in futures] == ["a°", "b°"]
    assert best(scheduler.submit(engine, prepare(engine, ["c"]))[0]) == "c°"
    scheduler.close(PATIENCE_S)
    assert "ValueError" in caplog.text


@pytest.mark.parametrize("death", ["die now", "die late"])
def test_a_death_ends_the_futures_that_the_thread_held(scheduler: Scheduler, death: str) -> None:
    """A worker or the finisher: the thread is replaced, and the next request is answered."""
    engine = MortalEngine()
    (future,) = scheduler.submit(engine, prepare(engine, [death]))
    assert isinstance(error_of(future), WorkerDied)
    assert best(scheduler.submit(engine, prepare(engine, ["alive"]))[0]) == "alive°"
    assert scheduler.alive()
    assert scheduler.snapshot().dead_workers_total == 1


@pytest.mark.parametrize("death", ["die now", "die late"])
def test_after_deaths_in_a_row_nobody_is_left_waiting(death: str) -> None:
    """What was still queued fails too, its engine is free, and nothing claims to be alive."""
    with running(BatchPolicy(max_batch_segments=1)) as scheduler:
        plugged = Plugged(scheduler, kind=MortalEngine)
        deaths = plugged.submit(*(f"{death} {number}" for number in range(DEATHS_IN_A_ROW)))
        left = threading.Event()
        prepared = prepare(plugged.engine, ["innocent"])
        deaths += scheduler.submit(plugged.engine, prepared, on_left=left.set)
        plugged.pull()
        assert all(isinstance(error_of(future), WorkerDied) for future in deaths)
        assert left.wait(PATIENCE_S)
        assert not scheduler.alive()


def test_a_broken_scheduler_refuses_work(scheduler: Scheduler) -> None:
    """Nobody is left waiting for workers that will not come back."""
    engine = MortalEngine()
    queue = [f"die now {number}" for number in range(DEATHS_IN_A_ROW)]
    errors = []
    for text in queue:
        (future,) = scheduler.submit(engine, prepare(engine, [text]))
        errors.append(error_of(future))
    assert all(isinstance(error, WorkerDied) for error in errors)
    assert isinstance(refusal(scheduler, engine), WorkerDied)
    assert not scheduler.alive()


def test_a_batch_done_forgives_the_deaths_before_it(scheduler: Scheduler) -> None:
    """Only deaths in a row mean that there is no hope."""
    engine = MortalEngine()
    for number in range(3 * DEATHS_IN_A_ROW):
        (future,) = scheduler.submit(engine, prepare(engine, [f"die now {number}"]))
        assert isinstance(error_of(future), WorkerDied)
        assert best(scheduler.submit(engine, prepare(engine, [f"live {number}"]))[0])
    assert scheduler.alive()


def test_a_worker_that_stalls_is_not_alive_until_it_comes_back() -> None:
    """Whoever waits behind it hears of it; afterwards it works again."""
    clock = FakeClock()
    with running(clock=clock, stall_after_s=60) as scheduler:
        engine = FakeEngine(temper=on_text({"stall": Mischief.STALL}))
        (stuck,) = scheduler.submit(engine, prepare(engine, ["stall"]))
        assert engine.entered.acquire(timeout=PATIENCE_S)
        (behind,) = scheduler.submit(engine, prepare(engine, ["behind"]))
        clock.now += 60
        scheduler.expire()
        assert scheduler.alive()
        clock.now += 1
        scheduler.expire()
        assert not scheduler.alive()
        assert isinstance(error_of(stuck), WorkerDied)
        assert isinstance(error_of(behind), WorkerDied)
        with pytest.raises(WorkerDied):
            scheduler.submit(engine, prepare(engine, ["more"]))
        left = threading.Event()
        engine.release()
        while not scheduler.alive():
            left.wait(0.001)
        assert best(scheduler.submit(engine, prepare(engine, ["more"]))[0]) == "more°"
        assert scheduler.snapshot().queued_segments == 0


def test_one_stalled_worker_of_two_does_not_stop_the_other() -> None:
    """The scheduler is alive as long as one worker answers."""
    clock = FakeClock()
    with running(clock=clock, stall_after_s=60) as scheduler:
        engine = FakeEngine(temper=on_text({"stall": Mischief.STALL}), workers=2)
        (stuck,) = scheduler.submit(engine, prepare(engine, ["stall"]))
        assert engine.entered.acquire(timeout=PATIENCE_S)
        clock.now += 61
        scheduler.expire()
        assert isinstance(error_of(stuck), WorkerDied)
        assert scheduler.alive()
        assert best(scheduler.submit(engine, prepare(engine, ["more"]))[0]) == "more°"
        engine.release()


def test_closing_finishes_what_is_queued(scheduler: Scheduler) -> None:
    """Requests in flight are answered, new ones are refused."""
    plugged = Plugged(scheduler)
    futures = plugged.submit("a", "b")
    closing = threading.Thread(target=scheduler.close, args=(PATIENCE_S,))
    closing.start()
    assert isinstance(refusal(scheduler, plugged.engine), ShuttingDown)
    prepared = prepare(plugged.engine, ["follow"])
    futures += scheduler.submit(plugged.engine, prepared, follow_up=True)
    plugged.pull()
    closing.join(PATIENCE_S)
    assert [best(future) for future in futures] == ["a°", "b°", "follow°"]
    assert not scheduler.alive()


def test_closing_fails_what_does_not_end_in_time(scheduler: Scheduler) -> None:
    """Running and queued alike; the engine is given back when its batch ends after all."""
    plugged = Plugged(scheduler)
    left = threading.Event()
    prepared = prepare(plugged.engine, ["queued"])
    (queued,) = scheduler.submit(plugged.engine, prepared, on_left=left.set)
    scheduler.close(0)
    assert isinstance(error_of(plugged.plug), ShuttingDown)
    assert isinstance(error_of(queued), ShuttingDown)
    assert left.is_set()
    plugged.pull()


def test_the_engine_of_a_batch_that_outlives_the_scheduler_is_given_back(
    scheduler: Scheduler,
) -> None:
    """Late, but not never: its weights are freed only after that."""
    engine = FakeEngine(temper=on_text({"stall": Mischief.STALL}))
    left = threading.Event()
    scheduler.submit(engine, prepare(engine, ["stall"]), on_left=left.set)
    assert engine.entered.acquire(timeout=PATIENCE_S)
    scheduler.close(0)
    assert not left.is_set()
    engine.release()
    assert left.wait(PATIENCE_S)


def test_a_closed_scheduler_refuses_everything(scheduler: Scheduler) -> None:
    """Follow-ups too, and closing again is no error."""
    scheduler.close(0)
    scheduler.close(0)
    engine = FakeEngine()
    for follow_up in (False, True):
        with pytest.raises(ShuttingDown):
            scheduler.submit(engine, prepare(engine, ["text"]), follow_up=follow_up)


def test_every_error_says_what_to_do(scheduler: Scheduler) -> None:
    """An error without a hint helps nobody."""
    engine = MortalEngine(temper=on_text({"poison": Mischief.RAISE}))
    texts = ["poison", "die now"]
    futures = [scheduler.submit(engine, prepare(engine, [text]))[0] for text in texts]
    errors = [error_of(future) for future in futures]
    assert all(isinstance(error, DragomanError) and error.hint for error in errors)
