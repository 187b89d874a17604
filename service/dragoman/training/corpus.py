"""Pairs as numbers on disk: flat arrays and where each pair begins, mapped instead of read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
IGNORED = -100
"""The label of padding, which no loss counts."""


class Batch(NamedTuple):
    """Padded pairs: ``source`` (rows, longest source), the others (rows, longest target).

    ``decoder`` is the target moved right by one behind the start token; ``labels`` has
    ``IGNORED`` for padding. ``links`` (n, 3) are row, target place and source place;
    ``shares`` (n,) sum to 1 over the links of one target place.
    """

    source: Array
    decoder: Array
    labels: Array
    links: Array
    shares: Array
    tokens: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Encoded pairs. Pair n's source is ``source[source_starts[n]:source_starts[n + 1]]``.

    So are its target and its ``links``, rows of (target place, source place), which may be none.
    """

    source: Array
    source_starts: Array
    target: Array
    target_starts: Array
    links: Array
    link_starts: Array

    def __len__(self) -> int:
        return len(self.source_starts) - 1

    @property
    def target_tokens(self) -> int:
        """Target pieces of all pairs, with their end tokens."""
        return len(self.target)

    def pair(self, number: int) -> tuple[Array, Array]:
        """One pair's pieces."""
        source, target = self.source_starts, self.target_starts
        return (
            self.source[source[number] : source[number + 1]],
            self.target[target[number] : target[number + 1]],
        )

    def batch(self, rows: Array, *, pad: int, start: int) -> Batch:
        """Pad the pairs with these numbers. ``start`` is the token that decoders begin with."""
        source, _ = _padded(self.source, self.source_starts, rows, pad)
        target, lengths = _padded(self.target, self.target_starts, rows, pad)
        labels = np.where(np.arange(target.shape[1]) < lengths[:, None], target, IGNORED)
        first = np.full((len(rows), 1), start, np.int64)
        decoder = np.concatenate([first, target[:, :-1]], 1)
        links, shares = self._links(rows, target.shape[1])
        return Batch(source, decoder, labels, links, shares, int(lengths.sum()))

    def _links(self, rows: Array, width: int) -> tuple[Array, Array]:
        counts = self.link_starts[rows + 1] - self.link_starts[rows]
        owners = np.repeat(np.arange(len(rows)), counts)
        firsts = np.repeat(self.link_starts[rows] - (np.cumsum(counts) - counts), counts)
        places = self.links[firsts + np.arange(len(owners))].astype(np.int64)
        links = np.concatenate([owners[:, None], places.reshape(-1, 2)], 1)
        _, which, shared = np.unique(
            links[:, 0] * width + links[:, 1], return_inverse=True, return_counts=True
        )
        return links, (1.0 / shared[which]).astype(np.float32)


def join_pairs(
    pairs: Iterable[tuple[Array, Array]], links: Iterable[Array] | None = None
) -> Corpus:
    """A corpus of (source, target) pieces; ``links`` gives each pair's, in the same order."""
    both = list(pairs)
    source, source_starts = _joined([one for one, _ in both], np.zeros(0, np.int32))
    target, target_starts = _joined([other for _, other in both], np.zeros(0, np.int32))
    nothing = np.zeros((0, 2), np.int16)
    found = [nothing] * len(both) if links is None else list(links)
    joined, link_starts = _joined(found, nothing)
    return Corpus(source, source_starts, target, target_starts, joined, link_starts)


def save_corpus(corpus: Corpus, directory: Path) -> None:
    """Write the arrays; the directory appears in one piece, instead of an older one."""
    fresh = directory.with_name(f".{directory.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in Corpus.__slots__:
        np.save(fresh / f"{name}.npy", getattr(corpus, name))
    shutil.rmtree(directory, ignore_errors=True)
    fresh.rename(directory)


def open_corpus(directory: Path) -> Corpus:
    """Map the arrays that ``save_corpus`` wrote. Raises OSError or ValueError."""
    return Corpus(
        **{name: np.load(directory / f"{name}.npy", mmap_mode="r") for name in Corpus.__slots__}
    )


def _joined(parts: list[Array], nothing: Array) -> tuple[Array, Array]:
    starts = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=starts[1:])
    return (np.concatenate(parts) if parts else nothing), starts


def _padded(flat: Array, starts: Array, rows: Array, pad: int) -> tuple[Array, Array]:
    """The rows as (rows, longest) and their lengths (rows,)."""
    lengths = starts[rows + 1] - starts[rows]
    places = np.arange(int(lengths.max()))
    inside = places < lengths[:, None]
    gathered = flat[np.where(inside, starts[rows][:, None] + places, 0)]
    return np.where(inside, gathered, pad).astype(np.int64), lengths
