from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.article import BatchPolicy
from dragoman.inference.batching.cutting import around, cost, is_deep, share

POLICY = BatchPolicy(max_batch_tokens=100, max_batch_segments=8)
LENGTHS = st.lists(st.integers(1, 150), max_size=60).map(lambda some: sorted(some, reverse=True))


def dearness(lengths: list[int], batch: range) -> int:
    return cost(sum(lengths[batch.start : batch.stop]), len(batch), lengths[batch.start])


def keeps_to_the_policy(lengths: list[int], batch: range) -> bool:
    return len(batch) == 1 or (
        len(batch) <= POLICY.max_batch_segments
        and len(batch) * lengths[batch.start] <= POLICY.max_batch_tokens
    )


@given(LENGTHS, st.integers(1, 4))
def test_shares_tile_the_queue_and_keep_to_the_budget(lengths: list[int], idle: int) -> None:
    """Every segment is in one batch, and no batch of two or more breaks the policy."""
    batches = share(lengths, POLICY, idle)
    assert [index for batch in batches for index in batch] == list(range(len(lengths)))
    assert all(keeps_to_the_policy(lengths, batch) for batch in batches)


@given(LENGTHS.filter(bool), st.data())
def test_a_batch_around_a_segment_has_it_and_keeps_to_the_budget(
    lengths: list[int], data: st.DataObject
) -> None:
    """Whatever stands beside it."""
    index = data.draw(st.integers(0, len(lengths) - 1))
    batch = around(lengths, index, POLICY)
    assert index in batch
    assert batch.stop <= len(lengths)
    assert keeps_to_the_policy(lengths, batch)


def test_a_batch_around_a_segment_takes_those_of_its_own_length() -> None:
    """It is full, and not padded while there are others like it."""
    lengths = [20] * 10 + [12] * 8 + [3] * 10
    assert around(lengths, 14, POLICY) == range(10, 18)


def test_a_lone_long_segment_takes_no_short_ones_along_in_a_deep_queue() -> None:
    """A row in its batch would cost as much as a long one."""
    assert around([90, *[5] * 40], 0, POLICY) == range(0, 1)


def test_a_short_queue_is_not_deep() -> None:
    """Two rounds for all idle workers are planned; more are not."""
    assert not is_deep([10] * 32, POLICY, 2)
    assert is_deep([10] * 33, POLICY, 2)


@pytest.mark.parametrize("idle", [1, 2, 3, 4])
def test_one_article_is_shared_by_all_idle_workers(idle: int) -> None:
    """A short queue becomes as many batches as there are idle workers."""
    lengths = sorted((9, 12, 5, 7, 11, 8, 6, 10), reverse=True)
    assert len(share(lengths, BatchPolicy(), idle)) == idle


def test_the_number_of_batches_is_a_multiple_of_the_idle_workers() -> None:
    """Three batches for two workers would leave one of them idle for a whole round."""
    assert len(share([10] * 20, POLICY, 2)) == 4


def test_a_segment_longer_than_the_budget_goes_alone() -> None:
    """What no batch has room for is not refused and not held back."""
    assert share([500, 10, 10], POLICY, 1)[0] == range(0, 1)


def test_one_segment_is_one_batch() -> None:
    """There is nothing to share out."""
    assert share([7], POLICY, 4) == [range(0, 1)]


def test_nothing_is_no_batch() -> None:
    """An empty queue gives no batch."""
    assert share([], POLICY, 2) == []


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(1, 4))
def test_shares_are_as_equal_as_any_cut_could_make_them(lengths: list[int], idle: int) -> None:
    """No other cut of a short queue into so many batches has a cheaper dearest batch."""
    lengths = sorted(lengths, reverse=True)
    policy = BatchPolicy(max_batch_tokens=10_000, max_batch_segments=100)
    batches = share(lengths, policy, idle)
    dearest = max(dearness(lengths, batch) for batch in batches)
    shares = min(idle, len(lengths))
    others = (
        [range(start, end) for start, end in itertools.pairwise((0, *places, len(lengths)))]
        for places in itertools.combinations(range(1, len(lengths)), shares - 1)
    )
    assert dearest == min(max(dearness(lengths, batch) for batch in other) for other in others)


def test_a_batch_costs_more_than_its_rows_and_less_than_its_padding() -> None:
    """One row costs more than half of two, and short rows less than long ones."""
    assert cost(10, 1, 10) > cost(20, 2, 10) / 2
    assert cost(15, 2, 10) < cost(20, 2, 10)
