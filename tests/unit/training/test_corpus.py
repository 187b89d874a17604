"""Pairs as numbers, and padded batches of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dragoman.training.batches import plan_epoch
from dragoman.training.corpus import IGNORED, Corpus, join_pairs, open_corpus, save_corpus


def corpus(seed: int = 1, count: int = 200) -> Corpus:
    random = np.random.default_rng(seed)
    sides = [
        tuple(random.integers(1, 90, random.integers(1, 30)).astype(np.int32) for _ in range(2))
        for _ in range(count)
    ]
    return join_pairs([(source, target) for source, target in sides])


SMALL = join_pairs(
    [
        (np.array([5, 6, 0]), np.array([7, 0])),
        (np.array([8, 0]), np.array([9, 10, 11, 0])),
    ],
    [
        np.array([[0, 0], [0, 1], [1, 2]], np.int16),
        np.array([[2, 0]], np.int16),
    ],
)


def test_a_batch_is_padded_and_the_decoder_starts_before_the_target() -> None:
    """Labels ignore padding; the decoder sees the target one place later."""
    batch = SMALL.batch(np.array([0, 1]), pad=99, start=98)
    assert batch.source.tolist() == [[5, 6, 0], [8, 0, 99]]
    assert batch.decoder.tolist() == [[98, 7, 0, 99], [98, 9, 10, 11]]
    assert batch.labels.tolist() == [[7, 0, IGNORED, IGNORED], [9, 10, 11, 0]]
    assert batch.tokens == 6


def test_links_follow_their_rows_and_share_a_target_place() -> None:
    """In a batch of other order they name the new rows; two links of one place count half."""
    batch = SMALL.batch(np.array([1, 0]), pad=99, start=98)
    assert batch.links.tolist() == [[0, 2, 0], [1, 0, 0], [1, 0, 1], [1, 1, 2]]
    assert batch.shares.tolist() == [1.0, 0.5, 0.5, 1.0]


def test_a_corpus_comes_back_from_disk(tmp_path: Path) -> None:
    """What is mapped is what was saved, also over an older one."""
    save_corpus(corpus(), tmp_path / "corpus")
    save_corpus(SMALL, tmp_path / "corpus")
    opened = open_corpus(tmp_path / "corpus")
    assert len(opened) == 2
    assert [side.tolist() for side in opened.pair(1)] == [[8, 0], [9, 10, 11, 0]]
    assert opened.links.tolist() == SMALL.links.tolist()


def test_every_pair_comes_once_in_an_epoch() -> None:
    """No pair is left out, none comes twice."""
    plan = plan_epoch(corpus(), 100, seed=1, epoch=0)
    assert sorted(np.concatenate(plan).tolist()) == list(range(200))


def test_batches_stay_within_their_tokens() -> None:
    """Rows times the longest side; only a single pair may be larger."""
    pairs = corpus()
    for rows in plan_epoch(pairs, 100, seed=1, epoch=0):
        longest = max(len(side) for row in rows for side in pairs.pair(row))
        assert len(rows) == 1 or len(rows) * longest <= 100


def test_batches_hold_pairs_of_similar_length() -> None:
    """Little of a batch is padding."""
    pairs = corpus()
    plan = plan_epoch(pairs, 100, seed=1, epoch=0)
    batches = [pairs.batch(rows, pad=99, start=98) for rows in plan]
    longest = np.maximum(np.diff(pairs.source_starts), np.diff(pairs.target_starts))
    spent = sum(len(rows) * longest[rows].max() for rows in plan)
    assert spent < 1.25 * longest.sum()
    assert sum(batch.tokens for batch in batches) == pairs.target_tokens


def test_the_order_depends_on_seed_and_epoch_only() -> None:
    """So a resumed training finds its place again."""

    def order(seed: int, epoch: int) -> list[list[int]]:
        return [rows.tolist() for rows in plan_epoch(corpus(), 100, seed=seed, epoch=epoch)]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)
