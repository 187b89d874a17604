"""Cuts a queue that is sorted by length into batches.

While the queue is deep the cut is that of a global sort: full batches from the longest segment
down. When it is shallow, the batches are made equally dear instead, as many as there are idle
workers (or a multiple), so that no worker stands idle while another has the lot. Decoding a batch
costs about its tokens and ``STEP_OVERHEAD_ROWS`` for each step, of which there are as many as the
longest segment is long: a step reads all weights once, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from dragoman.article import BatchPolicy

STEP_OVERHEAD_ROWS = 3
"""What a decoding step costs beside its rows, counted in rows."""

_BALANCED_ROUNDS = 2
"""A queue of at most this many batches for each idle worker is shared out evenly."""

_Fits = Callable[[int, int], bool]
"""Whether the segments from the first index up to the second, exclusive, make a batch."""


def cut(lengths: Sequence[int], policy: BatchPolicy, idle_workers: int) -> list[range]:
    """Cut ``lengths`` (tokens, longest first) into ranges of indices, one for each batch.

    Every batch keeps to the policy's padded tokens and segments, except that a single segment
    longer than the whole budget gets a batch of its own.
    """
    if not lengths:
        return []
    full = _fill(len(lengths), _within(lengths, policy))
    workers = max(1, idle_workers)
    if len(full) > _BALANCED_ROUNDS * workers:
        return full
    shares = min(len(lengths), -(-len(full) // workers) * workers)
    return _balance(lengths, policy, shares)


def cost(tokens: int, longest: int) -> int:
    """What decoding a batch of ``tokens`` costs, in the time that a row takes for a token."""
    return tokens + STEP_OVERHEAD_ROWS * longest


def _within(lengths: Sequence[int], policy: BatchPolicy) -> _Fits:
    def fits(start: int, stop: int) -> bool:
        rows = stop - start
        padded = rows * lengths[start]
        return rows <= policy.max_batch_segments and padded <= policy.max_batch_tokens

    return fits


def _fill(count: int, fits: _Fits) -> list[range]:
    """Fill one batch after the other while it fits; a batch has always one segment."""
    batches = []
    start = 0
    for index in range(1, count):
        if not fits(start, index + 1):
            batches.append(range(start, index))
            start = index
    batches.append(range(start, count))
    return batches


def _balance(lengths: Sequence[int], policy: BatchPolicy, shares: int) -> list[range]:
    """The cut into at most ``shares`` batches whose dearest batch is cheapest.

    Bisection over the greatest cost that a batch may have; filling greedily needs the fewest
    batches for a given bound, so the smallest bound that needs no more than ``shares`` is best.
    """
    within = _within(lengths, policy)
    until = [0, *accumulate(lengths)]

    def filled(bound: int) -> list[range]:
        def fits(start: int, stop: int) -> bool:
            tokens = until[stop] - until[start]
            return cost(tokens, lengths[start]) <= bound and within(start, stop)

        return _fill(len(lengths), fits)

    low, high = 0, cost(until[-1], lengths[0])
    while low < high:
        middle = (low + high) // 2
        if len(filled(middle)) <= shares:
            high = middle
        else:
            low = middle + 1
    return filled(high)
