"""Which segments of a queue that is sorted by length make a batch.

While the queue is deep, a full batch of like lengths around a given segment. When it is shallow,
the whole queue is shared out: batches equally dear, as many as there are idle workers (or a
multiple), so that no worker stands idle while another has the lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from dragoman.article import BatchPolicy

STEP_OVERHEAD_ROWS = 3
"""What a decoding step costs beside its rows, counted in rows: it reads all weights once.

Measured with CTranslate2 4.8 int8 on one thread at beam 4: 1.8 on an opus-mt-sized model and 1.1
on the starter with rows of equal length, 3 to 5 on articles, where rows end one after the other.
"""

_BALANCED_ROUNDS = 2
"""A queue of at most this many batches for each idle worker is shared out evenly."""


def enough(policy: BatchPolicy, idle_workers: int) -> int:
    """A queue of so many segments is deep, however short they are."""
    return _BALANCED_ROUNDS * idle_workers * policy.max_batch_segments + 1


def is_deep(lengths: Sequence[int], policy: BatchPolicy, idle_workers: int) -> bool:
    """True if there is work for more rounds than are worth planning.

    The longest ``enough`` of the queue tell as much as all of it.
    """
    return len(_full(lengths, policy)) > _BALANCED_ROUNDS * idle_workers


def neighbourhood(index: int, policy: BatchPolicy) -> slice:
    """The part of a deep queue that ``around`` needs to see: four batches on either side."""
    reach = 4 * policy.max_batch_segments
    return slice(max(0, index - reach), index + reach)


def around(lengths: Sequence[int], index: int, policy: BatchPolicy) -> range:
    """The full batch with the segment at ``index`` in it that is best for its neighbourhood.

    ``lengths`` are tokens, longest first. Of all such batches, the one for which it and batches
    cut from what is left are cheapest: so it neither pads much itself nor leaves gaps behind.
    """
    starts = range(max(0, index + 1 - policy.max_batch_segments), index + 1)
    batches = [range(start, _full_stop(lengths, start, policy)) for start in starts]

    def total(batch: range) -> int:
        chosen = lengths[batch.start : batch.stop]
        left = [*lengths[: batch.start], *lengths[batch.stop :]]
        parts = [left[some.start : some.stop] for some in _full(left, policy)]
        return sum(cost(sum(part), len(part), part[0]) for part in (chosen, *parts))

    return min((batch for batch in batches if index in batch), key=total)


def share(lengths: Sequence[int], policy: BatchPolicy, workers: int) -> list[range]:
    """Cut the whole queue into a multiple of ``workers`` batches that are equally dear.

    ``lengths`` are tokens, longest first. Every batch keeps to the policy's padded tokens and
    segments, except that a single segment longer than the budget gets a batch of its own.
    """
    if not lengths:
        return []
    full = _full(lengths, policy)
    return _balance(lengths, policy, min(len(lengths), -(-len(full) // workers) * workers))


def cost(tokens: int, rows: int, longest: int) -> int:
    """What decoding a batch costs, in half the time that a row takes for a token.

    Rows that have ended cost little, but a translation's length is not known before: so a row
    counts half for its own tokens and half for those of the longest.
    """
    return tokens + (rows + 2 * STEP_OVERHEAD_ROWS) * longest


def _full(lengths: Sequence[int], policy: BatchPolicy) -> list[range]:
    """Full batches from the longest segment down, as a global sort would make them."""
    batches = []
    start = 0
    while start < len(lengths):
        batches.append(range(start, _full_stop(lengths, start, policy)))
        start = batches[-1].stop
    return batches


def _full_stop(lengths: Sequence[int], start: int, policy: BatchPolicy) -> int:
    """Where a full batch ends that begins at ``start``; it has at least one segment."""
    rows = max(1, min(policy.max_batch_segments, policy.max_batch_tokens // max(1, lengths[start])))
    return min(len(lengths), start + rows)


def _balance(lengths: Sequence[int], policy: BatchPolicy, shares: int) -> list[range]:
    """The cut into at most ``shares`` batches whose dearest batch is cheapest.

    Bisection over the greatest cost that a batch may have; filling greedily needs the fewest
    batches for a given bound, so the smallest bound that needs no more than ``shares`` is best.
    """
    until = [0, *accumulate(lengths)]

    def filled(bound: int) -> list[range]:
        batches = []
        start = 0
        while start < len(lengths):
            stop = _full_stop(lengths, start, policy)
            while stop > start + 1 and dearness(start, stop) > bound:
                stop -= 1
            batches.append(range(start, stop))
            start = stop
        return batches

    def dearness(start: int, stop: int) -> int:
        return cost(until[stop] - until[start], stop - start, lengths[start])

    low, high = 0, cost(until[-1], len(lengths), lengths[0])
    while low < high:
        middle = (low + high) // 2
        if len(filled(middle)) <= shares:
            high = middle
        else:
            low = middle + 1
    return filled(high)
