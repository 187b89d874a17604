"""Cuts a queue that is sorted by length into batches.

Decoding a batch costs about ``(rows + STEP_OVERHEAD_ROWS) * longest`` : each step of the decoder
reads all weights once, whatever the number of rows, and then works for each row. While the queue
is deep the cut is that of a global sort: full batches from the longest segment down. When it is
shallow, the batches are made equally dear instead, as many as there are idle workers (or a
multiple), so that no worker stands idle while another has the lot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dragoman.article import BatchPolicy

STEP_OVERHEAD_ROWS = 3
"""What a decoding step costs beside its rows, counted in rows."""

_BALANCED_ROUNDS = 2
"""A queue of at most this many batches for each idle worker is shared out evenly."""


def cut(lengths: Sequence[int], policy: BatchPolicy, idle_workers: int) -> list[range]:
    """Cut ``lengths`` (tokens, longest first) into ranges of indices, one for each batch.

    Every batch keeps to the policy's padded tokens and segments, except that a single segment
    longer than the whole budget gets a batch of its own.
    """
    if not lengths:
        return []
    full = _fill(lengths, _within(policy))
    workers = max(1, idle_workers)
    if len(full) > _BALANCED_ROUNDS * workers:
        return full
    shares = min(len(lengths), -(-len(full) // workers) * workers)
    return _balance(lengths, policy, shares)


def _within(policy: BatchPolicy) -> Callable[[int, int], bool]:
    return lambda rows, longest: (
        rows <= policy.max_batch_segments and rows * longest <= policy.max_batch_tokens
    )


def _fill(lengths: Sequence[int], fits: Callable[[int, int], bool]) -> list[range]:
    """Fill one batch after the other while ``fits(rows, longest)``; always at least one row."""
    batches = []
    start = 0
    for index in range(1, len(lengths)):
        if not fits(index - start + 1, lengths[start]):
            batches.append(range(start, index))
            start = index
    batches.append(range(start, len(lengths)))
    return batches


def _balance(lengths: Sequence[int], policy: BatchPolicy, shares: int) -> list[range]:
    """The cut into at most ``shares`` batches whose dearest batch is cheapest.

    Bisection over the greatest cost that a batch may have; filling greedily needs the fewest
    batches for a given bound, so the smallest bound that needs no more than ``shares`` is best.
    """
    within = _within(policy)

    def filled(bound: int) -> list[range]:
        return _fill(
            lengths,
            lambda rows, longest: (
                within(rows, longest) and (rows + STEP_OVERHEAD_ROWS) * longest <= bound
            ),
        )

    low, high = 0, (len(lengths) + STEP_OVERHEAD_ROWS) * max(lengths)
    while low < high:
        middle = (low + high) // 2
        if len(filled(middle)) <= shares:
            high = middle
        else:
            low = middle + 1
    return filled(high)
