"""Which pairs are trained together, and in which order: the same for the same seed and epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dragoman.training.corpus import Array, Corpus

_NOISE = 0.1
"""Lengths vary by this share when they are sorted, so that batches differ from epoch to epoch."""


def plan_epoch(corpus: Corpus, batch_tokens: int, *, seed: int, epoch: int) -> list[Array]:
    """Cut all pairs into batches of similar length, in random order.

    Rows times the longest side stays within ``batch_tokens``, except for a pair that is longer
    alone. Every pair comes once.
    """
    random = np.random.default_rng([seed, epoch])
    longest = np.maximum(np.diff(corpus.source_starts), np.diff(corpus.target_starts))
    order = np.argsort(-longest * random.uniform(1, 1 + _NOISE, len(longest)), kind="stable")
    batches = list(_cut(order, longest[order], batch_tokens))
    return [batches[number] for number in random.permutation(len(batches))]


def _cut(order: Array, lengths: Array, batch_tokens: int) -> Iterator[Array]:
    at = 0
    while at < len(order):
        # Noise may have put longer pairs behind the first one, but none beyond this.
        longest = int(lengths[at : at + max(1, batch_tokens // int(lengths[at]))].max())
        size = max(1, batch_tokens // longest)
        yield order[at : at + size]
        at += size
