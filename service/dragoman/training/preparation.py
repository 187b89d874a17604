"""From files of pairs to a vocabulary and a corpus of numbers, once for each training."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dragoman.article import LanguagePair
from dragoman.errors import InputError
from dragoman.inference.engines.options import usable_cores
from dragoman.langid import LanguageIdentifier, primary_subtag
from dragoman.training.alignment import Aligned, Pieces, learn_alignment
from dragoman.training.augmentation import augment, restore_ligatures
from dragoman.training.cleaning import Reason, clean, language_judge, worst
from dragoman.training.corpus import Array, Corpus, join_pairs, open_corpus, save_corpus
from dragoman.training.network import write_config
from dragoman.training.options import TrainingOptions
from dragoman.training.pairs import Pair, read_pairs
from dragoman.training.phrase_quotes import quote_phrase
from dragoman.training.vocabulary import PieceNumbers, copy_vocabulary, train_vocabulary

Tell = Callable[[str], None]
SAMPLE = 100
"""Sentences on which the engines must agree."""

_DONE = "prepared.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """``model`` is a directory with vocabulary and config.json, ``corpus`` what to learn.

    ``counts`` say what became of the pairs, ``sample`` are source sentences for checks.
    """

    model: Path
    corpus: Corpus
    counts: dict[str, int]
    sample: tuple[str, ...]


def prepare(options: TrainingOptions, directory: Path, tell: Tell) -> Prepared:
    """Prepare in ``directory``, or find there what was prepared before from the same input.

    Raises InputError for files that hold nothing to learn, or when ``directory`` was prepared
    from other files or settings.
    """
    identity = _identity(options)
    if (directory / _DONE).is_file():
        return _opened(directory, identity)
    shutil.rmtree(directory / "model", ignore_errors=True)
    random_ = random.Random(options.seed)  # noqa: S311 - varies text, guards nothing
    tell("Reading and cleaning the pairs.")
    dropped: Counter[Reason] = Counter()
    pairs = _fit_pairs(options, dropped)
    tell(f"{len(pairs):,} pairs to learn from; making the vocabulary.")
    numbers = _vocabulary(options, pairs, directory / "model", random_)
    tell("Encoding and aligning.")
    corpus = _corpus(options, pairs, numbers, random_, dropped)
    counts = {"read": len(pairs) + _early(dropped), "learnt": len(corpus)}
    counts |= {reason.value: count for reason, count in sorted(dropped.items()) if count}
    save_corpus(corpus, directory / "corpus")
    sample = [pair.source for pair in random_.sample(pairs, min(SAMPLE, len(pairs)))]
    document = {"identity": identity, "counts": counts, "sample": sample}
    fresh = directory / f".{_DONE}.new"
    fresh.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    fresh.replace(directory / _DONE)
    return _opened(directory, identity)


def _opened(directory: Path, identity: str) -> Prepared:
    document = json.loads((directory / _DONE).read_text(encoding="utf-8"))
    if document["identity"] != identity:
        raise InputError(
            "There is a training here already, of other files or settings.",
            hint="Give another --out, or the files and settings that it began with.",
        )
    corpus = open_corpus(directory / "corpus")
    return Prepared(directory / "model", corpus, document["counts"], tuple(document["sample"]))


def _identity(options: TrainingOptions) -> str:
    """A digest of everything that the corpus, and a place in it, depend on."""
    files = [(file.name, file.stat().st_size if file.is_file() else -1) for file in options.files]
    facts: Any = {
        "files": files,
        "direction": str(options.direction),
        "init": options.init.name if options.init else None,
        "seed": options.seed,
        "shape": asdict(options.shape),
        "data": asdict(options.data),
        "batch_tokens": options.learning.batch_tokens,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _early(dropped: Counter[Reason]) -> int:
    """Pairs that were dropped before they were counted as pairs to learn from."""
    late = (Reason.TOO_LONG, Reason.MISALIGNED)
    return sum(count for reason, count in dropped.items() if reason not in late)


def _fit_pairs(options: TrainingOptions, dropped: Counter[Reason]) -> list[Pair]:
    judge = language_judge(LanguageIdentifier()) if options.data.identify_languages else None
    pairs = clean(
        read_pairs(options.files, options.direction),
        options.direction,
        max_ratio=options.data.max_ratio,
        judge=judge,
        dropped=dropped,
    )
    found = [_restored(pair, options.direction) for pair in pairs]
    if not found:
        raise InputError("The files hold no pair that is fit to learn from.")
    return found


def _restored(pair: Pair, direction: LanguagePair) -> Pair:
    sides = zip(pair, (direction.source, direction.target), strict=True)
    return Pair(
        *(
            restore_ligatures(text) if primary_subtag(language) == "fr" else text
            for text, language in sides
        )
    )


def _vocabulary(
    options: TrainingOptions, pairs: Sequence[Pair], directory: Path, chooser: random.Random
) -> PieceNumbers:
    if options.init is not None:
        copy_vocabulary(options.init, directory)
        return PieceNumbers(directory)
    count = min(len(pairs), options.data.vocabulary_sentences // 2)
    some = chooser.sample(pairs, count)
    # Varied copies bring the capitals and signs that the vocabulary must spell well.
    varied = augment(some, options.direction, options.data.augmented / 2, chooser)
    sentences = [text for pair in (*some, *varied) for text in pair]
    shape = options.shape
    train_vocabulary(sentences, shape.vocabulary, directory, options.direction, seed=options.seed)
    pieces = len(json.loads((directory / "vocab.json").read_text(encoding="utf-8")))
    write_config(shape, pieces, directory)
    return PieceNumbers(directory)


def _corpus(
    options: TrainingOptions,
    pairs: Sequence[Pair],
    numbers: PieceNumbers,
    chooser: random.Random,
    dropped: Counter[Reason],
) -> Corpus:
    """Encode, drop what is too long or misaligned, and add varied copies of the rest."""
    data = options.data
    encoded = [_body(pair) for pair in _encoded(pairs, numbers)]
    short = [number for number, pair in enumerate(encoded) if _fits(pair, data.max_tokens)]
    dropped[Reason.TOO_LONG] += len(pairs) - len(short)
    kept = [encoded[number] for number in short]
    texts = [pairs[number] for number in short]
    if not kept:
        raise InputError("No pair is short enough to learn from.")
    aligner = None
    links: list[Array] | None = None
    if data.align:
        some = chooser.sample(kept, min(len(kept), data.aligner_pairs))
        aligner = learn_alignment(some, numbers.source.size, numbers.target.size)
        aligned = aligner.align(kept, threads=usable_cores())
        unfit = worst([one.score for one in aligned], data.drop_worst)
        dropped[Reason.MISALIGNED] += int(unfit.sum())
        fit = [number for number, is_unfit in enumerate(unfit) if not is_unfit]
        kept, texts = [kept[n] for n in fit], [texts[n] for n in fit]
        links = _with_ends([aligned[n] for n in fit], kept)
    varied = _encoded(list(augment(texts, options.direction, data.augmented, chooser)), numbers)
    copies = [body for body in map(_body, varied) if _fits(body, data.max_tokens)]
    if aligner is not None and links is not None:
        links += _with_ends(aligner.align(copies, threads=usable_cores()), copies)
        marked = [
            body
            for body in map(
                _body, _encoded(_quoted(options, kept, links, numbers, chooser), numbers)
            )
            if _fits(body, data.max_tokens)
        ]
        links += _with_ends(aligner.align(marked, threads=usable_cores()), marked)
        copies += marked
    everything = [*kept, *copies]
    return join_pairs([_ended(pair) for pair in everything], links)


def _quoted(
    options: TrainingOptions,
    pairs: Sequence[Pieces],
    links: Sequence[Array],
    numbers: PieceNumbers,
    chooser: random.Random,
) -> list[Pair]:
    """Copies of some pairs with a phrase in quotation marks; the links' last row is the ends'."""
    found = (
        quote_phrase(
            numbers.source.decode(source),
            numbers.target.decode(target),
            own[:-1],
            options.direction,
            chooser,
        )
        for (source, target), own in zip(pairs, links, strict=False)
        if chooser.random() < options.data.quoted_phrases
    )
    return [pair for pair in found if pair is not None]


def _encoded(pairs: Sequence[Pair], numbers: PieceNumbers) -> list[Pieces]:
    sources = numbers.source.encode([pair.source for pair in pairs])
    targets = numbers.target.encode([pair.target for pair in pairs])
    return list(zip(sources, targets, strict=True))


def _body(pair: Pieces) -> Pieces:
    """Without the end tokens, which are each other's translation and need no aligner."""
    return pair[0][:-1], pair[1][:-1]


def _fits(pair: Pieces, most: int) -> bool:
    return all(0 < len(side) < most for side in pair)


def _ended(pair: Pieces) -> Pieces:
    end = np.zeros(1, np.int32)
    return np.concatenate([pair[0], end]), np.concatenate([pair[1], end])


def _with_ends(aligned: Sequence[Aligned], pairs: Sequence[Pieces]) -> list[Array]:
    return [
        np.concatenate([one.links, np.array([[len(target), len(source)]], np.int16)])
        for one, (source, target) in zip(aligned, pairs, strict=True)
    ]
