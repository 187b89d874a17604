"""Which pieces of a pair translate each other: a word aligner in numpy.

IBM model 2 (Brown et al. 1993) with the log-linear diagonal prior of fast_align (Dyer et al.
2013), learnt in both directions. A link holds where both agree: the geometric mean of their
posteriors is high (Liang et al. 2006, "Alignment by Agreement"). The mean log-probability of a
pair's pieces, both ways, is its score: misaligned pairs have the lowest.

Everything is computed over cells: every (source place, target place) of many pairs in one flat
array. The translation table is hashed to ``2 ** bits`` slots, so that its memory does not grow
with the vocabulary; rare pieces that share a slot lose a little sharpness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dragoman.training.corpus import Array

Pieces = tuple[Array, Array]
"""A pair's source and target pieces, without their end tokens."""

_EMPTY_SHARE = 0.08
_TENSION = 4.0
_TENSIONS = (0.1, 14.0)
_TENSION_RATE = 20.0
_FLOOR = 1e-7
_COPIED = 0.02
_CELLS = 1_000_000
_BITS = (14, 25)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class _Cells(NamedTuple):
    """Per cell: the owning pair, the places in it, and in all pieces of a side; distance 0..1."""

    owner: Array
    source_place: Array
    target_place: Array
    source_at: Array
    target_at: Array
    distance: Array


class _Side(NamedTuple):
    """One direction's view: ``made`` pieces are explained by ``given`` ones."""

    given: Array
    made: Array
    made_at: Array
    distance: Array


@dataclass(slots=True)
class _Model:
    """One direction. ``counts`` by slot, over ``totals`` by given piece, are P(made | given).

    Several pairs of pieces may share a slot; each divides its count by its own total.
    ``empty`` is P(made) from nothing.
    """

    counts: Array
    totals: Array
    empty: Array
    tension: float = _TENSION

    @property
    def bits(self) -> int:
        """The logarithm of the number of slots."""
        return len(self.counts).bit_length() - 1

    def prior(self, side: _Side) -> Array:
        """P(given place | made place), without the share of nothing."""
        weights = np.exp(-self.tension * side.distance)
        totals = np.bincount(side.made_at, weights, len(side.made))
        return np.asarray((1 - _EMPTY_SHARE) * weights / totals[side.made_at])

    def explain(self, side: _Side, prior: Array) -> tuple[Array, Array, Array]:
        """Posteriors of each cell and, for each piece, of nothing; each piece's log-probability."""
        made = side.made[side.made_at]
        slots = _slots(side.given, made, self.bits)
        likelihood = np.maximum(self.counts[slots] / self.totals[side.given], _FLOOR)
        likelihood = np.where(side.given == made, np.maximum(likelihood, _COPIED), likelihood)
        joint = prior * likelihood
        nothing = _EMPTY_SHARE * np.maximum(self.empty[side.made], _FLOOR)
        totals = np.bincount(side.made_at, joint, len(side.made)) + nothing
        return joint / totals[side.made_at], nothing / totals, np.log(totals)


@dataclass(frozen=True, slots=True)
class Aligned:
    """``links`` (n, 2) are target and source places in order; ``score`` is below 0."""

    links: Array
    score: float


@dataclass(frozen=True, slots=True)
class Aligner:
    """Learnt in both directions; gives the same answer for the same pair."""

    forward: _Model
    backward: _Model

    def align(
        self, pairs: Sequence[Pieces], *, threshold: float = 0.4, threads: int = 1
    ) -> list[Aligned]:
        """Links and score of each pair; one with an empty side has no links and scores -inf.

        A link holds where the mean of both posteriors reaches ``threshold``.
        """
        with ThreadPoolExecutor(threads) as pool:
            chunks = pool.map(lambda chunk: list(self._align(chunk, threshold)), _chunks(pairs))
            return [aligned for chunk in chunks for aligned in chunk]

    def _align(self, pairs: Sequence[Pieces], threshold: float) -> Iterator[Aligned]:
        cells, (forward, backward) = _views(pairs)
        first, _, target_logs = self.forward.explain(forward, self.forward.prior(forward))
        second, _, source_logs = self.backward.explain(backward, self.backward.prior(backward))
        kept = np.flatnonzero(np.sqrt(first * second) >= threshold)
        places = np.stack([cells.target_place[kept], cells.source_place[kept]], 1)
        bounds = np.searchsorted(cells.owner[kept], np.arange(len(pairs) + 1))
        targets = np.cumsum([0, *(len(target) for _, target in pairs)])
        sources = np.cumsum([0, *(len(source) for source, _ in pairs)])
        for number in range(len(pairs)):
            made = target_logs[targets[number] : targets[number + 1]]
            given = source_logs[sources[number] : sources[number + 1]]
            score = (made.mean() + given.mean()) / 2 if len(made) and len(given) else -np.inf
            links = places[bounds[number] : bounds[number + 1]].astype(np.int16)
            yield Aligned(links, float(score))


def learn_alignment(
    pairs: Sequence[Pieces], source_size: int, target_size: int, *, rounds: int = 5
) -> Aligner:
    """Learn from pairs of pieces by expectation maximisation. The sizes count pieces.

    Takes four tables of up to 128 MiB, as large as the pairs have cells.
    """
    cells = sum(len(source) * len(target) for source, target in pairs)
    bits = min(max(cells.bit_length(), _BITS[0]), _BITS[1])
    sizes = (source_size, target_size)
    models = [_blank(1 << bits, given, made) for given, made in (sizes, sizes[::-1])]
    for _ in range(rounds):
        sums = [_Sums(model) for model in models]
        for chunk in _chunks(pairs):
            for side, model, found in zip(_views(chunk)[1], models, sums, strict=True):
                found.add(model, side)
        models = [found.learnt(model) for found, model in zip(sums, models, strict=True)]
    return Aligner(*models)


def _blank(slots: int, given: int, made: int) -> _Model:
    """Everything translates everything: the first round counts what occurs together."""
    return _Model(np.ones(slots, np.float32), np.ones(given, np.float32), np.full(made, 1 / made))


class _Sums:
    """What one round expects of one direction, summed over the chunks."""

    def __init__(self, model: _Model) -> None:
        self._counts = np.zeros_like(model.counts)
        self._totals = np.zeros(len(model.totals))
        self._empty = np.zeros(len(model.empty))
        self._pieces = 0
        self._closer = 0.0
        """By how much the posteriors are nearer to the diagonal than the prior, in all."""

    def add(self, model: _Model, side: _Side) -> None:
        """Count what the model expects of a chunk."""
        prior = model.prior(side)
        posterior, empty, _ = model.explain(side, prior)
        slots = _slots(side.given, side.made[side.made_at], model.bits)
        np.add.at(self._counts, slots, posterior.astype(np.float32))
        self._totals += np.bincount(side.given, posterior, len(self._totals))
        self._empty += np.bincount(side.made, empty, len(self._empty))
        self._pieces += len(side.made)
        self._closer += float(((prior - posterior) * side.distance).sum())

    def learnt(self, model: _Model) -> _Model:
        """The model of the next round; its tension moves along the gradient, as fast_align's."""
        step = _TENSION_RATE * self._closer / max(self._pieces, 1)
        return _Model(
            counts=self._counts,
            totals=np.maximum(self._totals, _FLOOR).astype(np.float32),
            empty=self._empty / max(self._empty.sum(), _FLOOR),
            tension=float(np.clip(model.tension + step, *_TENSIONS)),
        )


def _slots(given: Array, made: Array, bits: int) -> Array:
    keys = given.astype(np.uint64) << np.uint64(32) | made.astype(np.uint64)
    return np.asarray((keys * _MIX >> np.uint64(64 - bits)).astype(np.int64))


def _chunks(pairs: Sequence[Pieces]) -> Iterator[Sequence[Pieces]]:
    """Neighbouring pairs that have about ``_CELLS`` cells together."""
    start = cells = 0
    for number, (source, target) in enumerate(pairs):
        size = len(source) * len(target)
        if cells + size > _CELLS and number > start:
            yield pairs[start:number]
            start, cells = number, 0
        cells += size
    if start < len(pairs):
        yield pairs[start:]


def _views(pairs: Sequence[Pieces]) -> tuple[_Cells, tuple[_Side, _Side]]:
    """The cells of the pairs, ordered by pair and target place, and both directions' views."""
    sources = np.array([len(source) for source, _ in pairs])
    targets = np.array([len(target) for _, target in pairs])
    counts = sources * targets
    owner = np.repeat(np.arange(len(pairs)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    width = sources[owner]
    target_place, source_place = within // width, within % width
    distance = np.abs((target_place + 0.5) / targets[owner] - (source_place + 0.5) / width)
    source_at = (np.cumsum(sources) - sources)[owner] + source_place
    target_at = (np.cumsum(targets) - targets)[owner] + target_place
    source = np.concatenate([one for one, _ in pairs])
    target = np.concatenate([other for _, other in pairs])
    cells = _Cells(owner, source_place, target_place, source_at, target_at, distance)
    forward = _Side(source[source_at], target, target_at, distance)
    backward = _Side(target[target_at], source, source_at, distance)
    return cells, (forward, backward)
