from __future__ import annotations

from dragoman.inference.batching.token_rate import TokenRate


def test_the_rate_is_what_was_measured() -> None:
    """Two batches of equal speed: that speed."""
    rate = TokenRate()
    rate.record(1000, 2.0)
    rate.record(500, 1.0)
    assert rate.per_worker_s() == 500


def test_the_rate_follows_a_change() -> None:
    """After some batches at a new speed the old one hardly counts."""
    rate = TokenRate()
    rate.record(1000, 1.0)
    for _ in range(20):
        rate.record(100, 1.0)
    assert 100 < rate.per_worker_s() < 115


def test_a_retry_is_told_the_time_that_the_tokens_need() -> None:
    """Rounded up to whole seconds, shared by the workers."""
    rate = TokenRate()
    rate.record(1000, 1.0)
    assert rate.retry_after_s(4500, workers=1) == 5
    assert rate.retry_after_s(4500, workers=3) == 2


def test_a_retry_is_neither_at_once_nor_never() -> None:
    """At least a second, at most two minutes."""
    rate = TokenRate()
    rate.record(1000, 1.0)
    assert rate.retry_after_s(1, workers=2) == 1
    assert rate.retry_after_s(10**9, workers=2) == 120


def test_before_any_measurement_there_is_a_guess() -> None:
    """A fresh server that is flooded still answers with a time."""
    assert TokenRate().retry_after_s(5000, workers=2) == 5


def test_a_batch_that_took_no_time_does_not_break_the_rate() -> None:
    """A coarse clock can show the same time twice."""
    rate = TokenRate()
    rate.record(10, 0.0)
    assert rate.per_worker_s() > 0
