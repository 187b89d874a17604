from __future__ import annotations

from concurrent.futures import CancelledError, Future, wait

import pytest

from dragoman.inference.batching.chaining import combine


def futures(count: int) -> list[Future[int]]:
    return [Future() for _ in range(count)]


def test_a_combined_future_has_the_results_in_order() -> None:
    """Whatever the order in which the parts end."""
    first, second = futures(2)
    whole = combine([first, second], list)
    second.set_result(2)
    assert not whole.done()
    first.set_result(1)
    assert whole.result(0) == [1, 2]


def test_nothing_combined_is_done_at_once() -> None:
    """There is nothing to wait for."""
    assert combine([], len).result(0) == 0


def test_the_first_failure_ends_the_whole_and_cancels_the_rest() -> None:
    """Nobody needs the other parts of something that has failed."""
    first, second = futures(2)
    whole = combine([first, second], sum)
    first.set_exception(ValueError("no"))
    assert isinstance(whole.exception(0), ValueError)
    assert second.cancelled()


def test_cancelling_the_whole_cancels_the_parts() -> None:
    """Parts that nobody waits for any more are dropped by whoever makes them."""
    parts = futures(3)
    whole = combine(parts, sum)
    assert whole.cancel()
    assert all(part.cancelled() for part in parts)


def test_a_cancelled_whole_wakes_those_who_wait_for_it_in_a_group() -> None:
    """``concurrent.futures.wait`` hears of it."""
    whole = combine(futures(1), sum)
    whole.cancel()
    assert whole in wait([whole], timeout=0).done


def test_a_cancelled_part_ends_the_whole() -> None:
    """A future never waits for a part that will not come."""
    (part,) = futures(1)
    whole = combine([part], sum)
    part.cancel()
    with pytest.raises(CancelledError):
        whole.result(0)


def test_an_error_while_combining_ends_the_whole() -> None:
    """A mistake in the combining function is seen by whoever waits."""
    (part,) = futures(1)
    whole = combine([part], lambda results: 1 // results[0])
    part.set_result(0)
    assert isinstance(whole.exception(0), ZeroDivisionError)
