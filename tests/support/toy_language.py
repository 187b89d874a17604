"""A toy language pair with a fixed word order, so small that a network learns it in seconds."""

from __future__ import annotations

import random
from pathlib import Path

from dragoman.training.pairs import Pair

WORDS = {
    "the": "le",
    "minister": "ministre",
    "dog": "chien",
    "baker": "boulanger",
    "river": "fleuve",
    "teacher": "maître",
    "sees": "voit",
    "follows": "suit",
    "helps": "aide",
    "old": "vieux",
    "great": "grand",
}
_NOUNS = ("minister", "dog", "baker", "river", "teacher")
_VERBS = ("sees", "follows", "helps")
_QUALITIES = ("old", "great")


def toy_pairs(count: int, seed: int = 0) -> list[Pair]:
    """Sentences such as "the old dog sees the baker." with their translation, word for word."""
    chooser = random.Random(seed)
    return [_pair(chooser) for _ in range(count)]


def write_tsv(path: Path, pairs: list[Pair]) -> Path:
    """The pairs as ``source<TAB>target``."""
    rows = [f"{pair.source}\t{pair.target}\n" for pair in pairs]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def _pair(chooser: random.Random) -> Pair:
    words: list[str] = []
    for part in range(2):
        words.append("the")
        if chooser.random() < 0.5:
            words.append(chooser.choice(_QUALITIES))
        words.append(chooser.choice(_NOUNS))
        if part == 0:
            words.append(chooser.choice(_VERBS))
    return Pair(" ".join(words) + ".", " ".join(WORDS[word] for word in words) + ".")
