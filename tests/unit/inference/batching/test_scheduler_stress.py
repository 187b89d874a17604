"""Many threads do everything at once, at random; the seeds make failures come back."""

from __future__ import annotations

import random
import threading
from concurrent.futures import CancelledError, Future, wait

import pytest

from dragoman.article import BatchPolicy
from dragoman.errors import (
    DeadlineExceeded,
    DecodingFailed,
    QueueFull,
    ShuttingDown,
    Unavailable,
    WorkerDied,
)
from dragoman.inference.batching import Hypotheses, Priority, Scheduler
from dragoman.inference.engines.base import DecodingOptions
from dragoman.inference.engines.fake import Mischief, on_text, translation
from support.scheduling import PATIENCE_S, FakeClock, MortalEngine, prepare, words

POLICY = BatchPolicy(200, 8, max_wait_ms=0, max_queued_tokens=3000)
OPTIONS = (DecodingOptions(), DecodingOptions(beam_size=1), DecodingOptions(beam_size=2))
MISCHIEF = {"poison": Mischief.RAISE, "dropping": Mischief.DROP, "again": Mischief.REPEAT}
EXPECTED = (CancelledError, DeadlineExceeded, DecodingFailed, ShuttingDown, WorkerDied)

Submitted = tuple[str, Future[Hypotheses]]


class Callers:
    """Threads that submit and cancel at random, and remember every future that they were given."""

    def __init__(self, scheduler: Scheduler, clock: FakeClock, seed: int, *, deaths: bool) -> None:
        self.scheduler = scheduler
        self.clock = clock
        self.seed = seed
        self.engines = [
            MortalEngine(temper=on_text(MISCHIEF), workers=2, clock=clock) for _ in range(2)
        ]
        self.submitted: list[Submitted] = []
        self.left = 0
        self.admitted = 0
        self._lock = threading.Lock()
        self._odd = ["poison", "dropping", "again", *(["die now", "die late"] if deaths else [])]
        self._threads = [threading.Thread(target=self._call, args=(n,)) for n in range(8)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def _call(self, number: int) -> None:
        chance = random.Random(self.seed * 100 + number)
        for _ in range(40):
            try:
                futures = self._submit(chance)
            except Unavailable:
                continue
            for future in futures:
                if chance.random() < 0.15:
                    future.cancel()
            if chance.random() < 0.3:
                wait(futures, PATIENCE_S)
            if chance.random() < 0.1:
                self.clock.now += 1

    def _submit(self, chance: random.Random) -> list[Future[Hypotheses]]:
        texts = [self._text(chance) for _ in range(chance.randint(0, 12))]
        engine = chance.choice(self.engines)
        deadline = self.clock.now + chance.randint(0, 20) if chance.random() < 0.3 else None
        futures = self.scheduler.submit(
            engine,
            prepare(engine, texts, chance.choice(OPTIONS), deadline=deadline),
            priority=chance.choice(list(Priority)),
            follow_up=chance.random() < 0.1,
            on_left=self._count_left,
        )
        with self._lock:
            self.admitted += 1
            self.submitted += zip(texts, futures, strict=True)
        return futures

    def _text(self, chance: random.Random) -> str:
        text = words(chance.randint(1, 30), f"w{chance.randint(0, 400)}")
        return f"{text} {chance.choice(self._odd)}" if chance.random() < 0.02 else text

    def _count_left(self) -> None:
        with self._lock:
            self.left += 1


def check_answers(submitted: list[Submitted]) -> int:
    """Every future has ended, with the answer to its own text or an error that is expected."""
    answered = 0
    for text, future in submitted:
        assert future.done()
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None:
            assert future.result()[0].text == translation(text)
            answered += 1
        else:
            assert isinstance(error, EXPECTED)
    return answered


@pytest.mark.parametrize("seed", range(6))
def test_every_future_ends_with_the_answer_to_its_own_text(seed: int) -> None:
    """While others cancel, run out of time, poison batches and fill the queue."""
    clock = FakeClock()
    scheduler = Scheduler(POLICY, clock=clock)
    callers = Callers(scheduler, clock, seed, deaths=False)
    callers.start()
    callers.join()
    scheduler.close(PATIENCE_S)
    assert check_answers(callers.submitted) > len(callers.submitted) / 2
    assert callers.left == callers.admitted
    after = scheduler.snapshot()
    assert (after.queued_tokens, after.queued_segments, after.running_batches) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_every_future_ends_when_workers_die_and_the_door_is_shut(seed: int) -> None:
    """Closing without patience, at any time, while the workers die and callers go on."""
    clock = FakeClock()
    scheduler = Scheduler(POLICY, clock=clock)
    callers = Callers(scheduler, clock, seed, deaths=True)
    callers.start()
    busy = threading.Event()
    while len(callers.submitted) < 200 * seed and scheduler.alive():
        busy.wait(0.001)
    scheduler.close(0)
    callers.join()
    wait([future for _, future in callers.submitted], PATIENCE_S)
    check_answers(callers.submitted)
    while callers.left < callers.admitted:  # a batch may be in its engine still
        busy.wait(0.001)


def test_a_full_queue_is_full_for_all_threads() -> None:
    """No race lets more tokens in than the policy allows."""
    gate = threading.Event()
    scheduler = Scheduler(BatchPolicy(max_queued_tokens=100))
    engine = MortalEngine(gate=gate)
    admitted: list[int] = []

    def submit(number: int) -> None:
        for step in range(20):
            try:
                scheduler.submit(engine, prepare(engine, [words(9, f"w{number}-{step}")]))
                admitted.append(10)
            except QueueFull:
                pass

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sum(admitted) == 100
    gate.set()
    scheduler.close(PATIENCE_S)
