"""Word alignment on a language small enough to know the truth."""

from __future__ import annotations

import numpy as np
import pytest

from dragoman.training.alignment import Aligner, Pieces, learn_alignment

WORDS = 40


def swapped(count: int, seed: int = 0) -> list[Pieces]:
    """Word n is translated n + 40; every second and third word change places."""
    random = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        source = random.permutation(WORDS)[: random.integers(3, 9)]
        target = source + WORDS
        target[[1, 2]] = target[[2, 1]]
        pairs.append((source.astype(np.int32), target.astype(np.int32)))
    return pairs


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return learn_alignment(swapped(400), 2 * WORDS, 2 * WORDS)


def test_words_are_linked_to_their_translations(aligner: Aligner) -> None:
    """At least 98 of 100 links are right and as many are found, also where the order changes."""
    pairs = swapped(50, seed=1)
    right = found = wanted = 0
    for (source, target), aligned in zip(pairs, aligner.align(pairs), strict=True):
        right += sum(target[t] == source[s] + WORDS for t, s in aligned.links.tolist())
        found += len(aligned.links)
        wanted += len(source)
    assert right >= 0.98 * found
    assert right >= 0.98 * wanted


def test_links_are_in_order_and_fit_their_pair(aligner: Aligner) -> None:
    """Target places first, rising, and within the pair, whatever its neighbours are."""
    pairs = swapped(5, seed=2)
    together = aligner.align(pairs)
    for pair, aligned in zip(pairs, together, strict=True):
        (alone,) = aligner.align([pair])
        assert alone.links.tolist() == aligned.links.tolist() == sorted(aligned.links.tolist())
        assert alone.score == pytest.approx(aligned.score)


def test_pairs_that_do_not_match_score_lowest(aligner: Aligner) -> None:
    """Targets of other sources are told from real ones."""
    pairs = swapped(40, seed=3)
    shifted = [
        (pair[0], other[1]) for pair, other in zip(pairs, pairs[1:] + pairs[:1], strict=True)
    ]
    real = [aligned.score for aligned in aligner.align(pairs)]
    false = [aligned.score for aligned in aligner.align(shifted)]
    assert sum(score < min(real) for score in false) >= 36


def test_an_unknown_piece_is_linked_to_its_copy(aligner: Aligner) -> None:
    """Names and numbers are the same piece on both sides, even if never seen."""
    learnt = learn_alignment(swapped(100), 200, 200)
    pair = (np.array([1, 150, 2]), np.array([41, 150, 42]))
    assert [1, 1] in learnt.align([pair])[0].links.tolist()


def test_a_repeated_word_is_linked_to_its_neighbour(aligner: Aligner) -> None:
    """The diagonal tells two occurrences apart."""
    source = np.array([1, 2, 3, 4, 5, 1])
    assert [
        link
        for link in aligner.align([(source, source + WORDS)])[0].links.tolist()
        if link[0] in (0, 5)
    ] == [[0, 0], [5, 5]]


def test_a_link_needs_both_directions(aligner: Aligner) -> None:
    """A word that nothing explains is not given to a neighbour that has its own translation."""
    unseen = learn_alignment(swapped(400), 200, 200)
    source, target = np.array([1, 2, 3]), np.array([41, 150, 42, 43])
    links = unseen.align([(source, target)])[0].links.tolist()
    assert links == [[0, 0], [2, 1], [3, 2]]


def test_an_empty_side_has_no_links(aligner: Aligner) -> None:
    """It scores below everything, and its neighbours are not moved."""
    nothing = np.zeros(0, np.int32)
    whole = swapped(1, seed=4)[0]
    empty, other, full = aligner.align([(whole[0], nothing), (nothing, whole[1]), whole])
    assert len(empty.links) == len(other.links) == 0
    assert empty.score == other.score == -np.inf
    assert len(full.links) == len(whole[0])


def test_threads_change_nothing(aligner: Aligner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order and links are the same from many chunks on two threads."""
    monkeypatch.setattr("dragoman.training.alignment._CELLS", 100)
    pairs = swapped(30, seed=5)
    one, two = aligner.align(pairs), aligner.align(pairs, threads=2)
    assert [a.links.tolist() for a in one] == [a.links.tolist() for a in two]
