from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from dragoman.errors import DeadlineExceeded, ModelCorrupt, ModelRefused, ShuttingDown
from dragoman.inference.engines.fake import FakeEngine
from dragoman.inference.model import InstalledModel
from dragoman.inference.pool import EnginePool, Lease
from support.inference import model
from support.scheduling import PATIENCE_S, FakeClock

A, B, C = (model(name, "en-fr", size_bytes=100) for name in "ABC")
HUGE = model("huge", "en-fr", size_bytes=1000)


class Loader:
    """Opens fake engines, counts them, and can be held up or told to fail."""

    def __init__(self) -> None:
        self.opened: Counter[str] = Counter()
        self.engines: list[FakeEngine] = []
        self.failures: list[Exception] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, wanted: InstalledModel) -> FakeEngine:
        self.entered.release()
        assert self.gate.wait(PATIENCE_S)
        if self.failures:
            raise self.failures.pop()
        self.opened[wanted.id] += 1
        self.engines.append(FakeEngine())
        return self.engines[-1]


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def pool(loader: Loader) -> EnginePool:
    return EnginePool(loader, budget_bytes=200)


def loaded(pool: EnginePool) -> list[str]:
    return [one.id.removeprefix("test/") for one in pool.loaded()]


def use(pool: EnginePool, *models: InstalledModel) -> None:
    pool.lease(models).release()


def in_threads(count: int, call: Callable[[], Lease]) -> list[Future[Lease]]:
    threads = ThreadPoolExecutor(count)
    futures = [threads.submit(call) for _ in range(count)]
    threads.shutdown(wait=False)
    return futures


def waiting(pool: EnginePool, count: int) -> None:
    """Return when so many leases wait."""
    pause = threading.Event()
    while pool.waiting() < count:
        pause.wait(0.001)


def test_a_model_is_loaded_when_it_is_wanted_and_stays(pool: EnginePool, loader: Loader) -> None:
    """The second lease has the same engine."""
    assert loaded(pool) == []
    first = pool.lease([A])
    second = pool.lease([A])
    assert first.engines == second.engines == tuple(loader.engines)
    first.release()
    second.release()
    use(pool, A)
    assert loader.opened == {"test/A": 1}


def test_a_lease_has_its_engines_in_the_order_of_its_models(
    pool: EnginePool, loader: Loader
) -> None:
    """Also when one model is wanted twice, for both halves of a route."""
    lease = pool.lease([B, A, B])
    first, second = loader.engines
    assert lease.engines == (first, second, first)
    assert loader.opened == {"test/A": 1, "test/B": 1}
    lease.release()
    assert [one.uses for one in pool.loaded()] == [0, 0]


def test_the_least_recently_used_leaves_first(pool: EnginePool, loader: Loader) -> None:
    """And its engine is closed before the new one is loaded."""
    use(pool, A)
    use(pool, B)
    use(pool, A)
    use(pool, C)
    assert loaded(pool) == ["A", "C"]
    assert [engine.closed for engine in loader.engines] == [False, True, False]


def test_being_given_back_is_a_use(pool: EnginePool) -> None:
    """What was in use until just now is the last to leave."""
    lease = pool.lease([A])
    use(pool, B)
    lease.release()
    use(pool, C)
    assert loaded(pool) == ["A", "C"]


def test_what_is_in_use_is_not_closed(pool: EnginePool, loader: Loader) -> None:
    """However long ago it was leased; a lease that needs its room waits."""
    held = pool.lease([A, B])
    (other,) = in_threads(1, lambda: pool.lease([C]))
    waiting(pool, 1)
    assert not any(engine.closed for engine in loader.engines)
    held.hold()
    held.release()
    assert not other.done()
    held.release()
    other.result(PATIENCE_S).release()
    assert loaded(pool) == ["B", "C"]


def test_leases_that_wait_are_served_in_their_order(pool: EnginePool) -> None:
    """A model that is loaded cannot push in before one that waits for room."""
    held = pool.lease([A])
    (large,) = in_threads(1, lambda: pool.lease([B, C]))
    waiting(pool, 1)
    (small,) = in_threads(1, lambda: pool.lease([A]))
    waiting(pool, 2)
    held.release()
    lease = large.result(PATIENCE_S)
    assert not small.done()
    lease.release()
    small.result(PATIENCE_S).release()


def test_leases_of_several_models_do_not_wait_for_each_other(pool: EnginePool) -> None:
    """Each gets all that it needs at once, so nobody holds one and wants another."""
    pairs = [(A, B), (B, C), (C, A)] * 10
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda models: use(pool, *models), pairs, timeout=PATIENCE_S))
    assert all(one.uses == 0 for one in pool.loaded())
    assert len(loaded(pool)) <= 2


def test_many_callers_load_a_model_once(pool: EnginePool, loader: Loader) -> None:
    """Those who come while it loads wait for it."""
    loader.gate.clear()
    futures = in_threads(8, lambda: pool.lease([A]))
    assert loader.entered.acquire(timeout=PATIENCE_S)
    loader.gate.set()
    engines = {future.result(PATIENCE_S).engines for future in futures}
    assert len(engines) == 1
    assert loader.opened == {"test/A": 1}


def test_two_models_load_at_the_same_time(pool: EnginePool, loader: Loader) -> None:
    """A slow one does not hold up another."""
    loader.gate.clear()
    futures = in_threads(1, lambda: pool.lease([A])) + in_threads(1, lambda: pool.lease([B]))
    assert loader.entered.acquire(timeout=PATIENCE_S)
    assert loader.entered.acquire(timeout=PATIENCE_S)
    loader.gate.set()
    assert all(future.result(PATIENCE_S) for future in futures)


def test_a_failure_reaches_all_who_wait_and_the_next_call_tries_again(
    pool: EnginePool, loader: Loader
) -> None:
    """One cause, one attempt, one error for each of them."""
    loader.gate.clear()
    loader.failures = [ModelRefused("not safe")]
    futures = in_threads(1, lambda: pool.lease([A]))
    assert loader.entered.acquire(timeout=PATIENCE_S)
    futures += in_threads(3, lambda: pool.lease([A]))
    waiting(pool, 3)
    loader.gate.set()
    assert all(isinstance(future.exception(PATIENCE_S), ModelRefused) for future in futures)
    assert loaded(pool) == []
    use(pool, A)
    assert loaded(pool) == ["A"]


def test_a_failure_of_another_kind_names_the_model_and_what_to_do(
    pool: EnginePool, loader: Loader
) -> None:
    """A library's error becomes one of ours."""
    loader.failures = [RuntimeError("bad magic")]
    with pytest.raises(ModelCorrupt) as error:
        pool.lease([A])
    assert "test/A" in error.value.message
    assert "dragoman models verify test/A" in (error.value.hint or "")


def test_when_one_of_two_models_fails_the_other_is_given_back(
    pool: EnginePool, loader: Loader
) -> None:
    """It stays loaded, and nobody uses it."""
    loader.failures = [ModelRefused("not safe")]
    with pytest.raises(ModelRefused):
        pool.lease([A, B])
    assert [(one.id, one.uses) for one in pool.loaded()] == [("test/B", 0)]


def test_an_interrupted_load_leaves_nobody_waiting() -> None:
    """Ctrl-C in the loading thread ends the others with an error, and they can try again."""
    entered, gate = threading.Event(), threading.Event()

    def interrupted(_: InstalledModel) -> FakeEngine:
        entered.set()
        assert gate.wait(PATIENCE_S)
        raise KeyboardInterrupt

    pool = EnginePool(interrupted, budget_bytes=200)
    (loading,) = in_threads(1, lambda: pool.lease([A, B]))
    assert entered.wait(PATIENCE_S)
    (other,) = in_threads(1, lambda: pool.lease([B]))
    waiting(pool, 1)
    gate.set()
    assert isinstance(loading.exception(PATIENCE_S), KeyboardInterrupt)
    assert isinstance(other.exception(PATIENCE_S), ModelCorrupt)
    assert pool.loaded() == ()


def test_a_model_larger_than_the_budget_is_loaded_alone_with_a_warning(
    pool: EnginePool, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything else leaves first; better slow than not at all."""
    use(pool, A, B)
    with caplog.at_level(logging.WARNING):
        use(pool, HUGE)
    assert loaded(pool) == ["huge"]
    assert "memory budget" in caplog.text
    use(pool, A)
    assert loaded(pool) == ["A"]


def test_within_the_budget_there_is_no_warning(
    pool: EnginePool, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when others had to leave."""
    for one in (A, B, C):
        use(pool, one)
    assert caplog.text == ""


def test_waiting_for_room_ends_with_the_deadline(loader: Loader) -> None:
    """A request does not wait longer for a model than for anything else."""
    clock = FakeClock()
    pool = EnginePool(loader, budget_bytes=100, clock=clock)
    held = pool.lease([A])
    with pytest.raises(DeadlineExceeded):
        pool.lease([B], deadline=clock.now)
    held.release()
    use(pool, B)


def test_one_that_gives_up_does_not_block_the_line(loader: Loader) -> None:
    """Those behind it move up."""
    pool = EnginePool(loader, budget_bytes=100)
    held = pool.lease([A])
    with pytest.raises(DeadlineExceeded):
        pool.lease([B], deadline=0)
    use(pool, A)
    held.release()


def test_removed_models_are_closed_when_they_are_free(pool: EnginePool, loader: Loader) -> None:
    """At once, or with the last lease."""
    use(pool, A)
    held = pool.lease([B])
    pool.retain([C])
    first, second = loader.engines
    assert first.closed
    assert not second.closed
    held.release()
    assert second.closed
    assert loaded(pool) == []


def test_a_model_that_was_removed_and_came_back_stays(pool: EnginePool, loader: Loader) -> None:
    """The same digest is the same model."""
    held = pool.lease([A])
    pool.retain([])
    pool.retain([A])
    held.release()
    assert not loader.engines[0].closed


def test_closing_closes_all(pool: EnginePool, loader: Loader) -> None:
    """What is in use with its last lease; nothing is leased any more."""
    use(pool, A)
    held = pool.lease([B])
    pool.close()
    pool.close()
    assert [engine.closed for engine in loader.engines] == [True, False]
    with pytest.raises(ShuttingDown):
        pool.lease([A])
    held.release()
    assert loader.engines[1].closed


def test_closing_wakes_those_who_wait(pool: EnginePool, loader: Loader) -> None:
    """For room or for a model that loads; what was loading is closed too."""
    held = pool.lease([A, B])
    (for_room,) = in_threads(1, lambda: pool.lease([C]))
    waiting(pool, 1)
    pool.close()
    assert isinstance(for_room.exception(PATIENCE_S), ShuttingDown)
    held.release()
    other = EnginePool(loader, budget_bytes=200)
    loader.gate.clear()
    (loading,) = in_threads(1, lambda: other.lease([C]))
    for _ in range(3):
        assert loader.entered.acquire(timeout=PATIENCE_S)
    other.close()
    loader.gate.set()
    assert isinstance(loading.exception(PATIENCE_S), ShuttingDown)
    assert [engine.closed for engine in loader.engines] == [True] * 3


def test_what_is_loaded_is_told_for_metrics(pool: EnginePool) -> None:
    """By id, with sizes, engines and uses."""
    lease = pool.lease([B, A])
    first, second = pool.loaded()
    assert (first.id, first.digest, first.size_bytes) == (A.id, A.digest, 100)
    assert (second.id, second.engine, second.uses) == (B.id, "fake 1 exact cpu", 1)
    lease.release()


def test_many_threads_keep_to_the_budget(loader: Loader) -> None:
    """At no time are more models loaded than fit, and every lease is served."""
    models: Sequence[InstalledModel] = [
        model(f"model{number}", "en-fr", size_bytes=30 + 10 * number) for number in range(6)
    ]
    over: list[int] = []
    pool = EnginePool(loader, budget_bytes=200)

    def work(seed: int) -> None:
        for step in range(30):
            lease = pool.lease([models[(seed * 7 + step * 5) % 6], models[(seed + step) % 6]])
            total = sum(one.size_bytes for one in pool.loaded())
            if total > 200:
                over.append(total)
            lease.release()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8), timeout=PATIENCE_S))
    assert over == []
    assert all(one.uses == 0 for one in pool.loaded())
