"""The joint vocabulary of a new model: SentencePiece unigram pieces, and text as their numbers.

Its layout is that of opus-mt: ``</s>`` is 0, ``<unk>`` 1, then the pieces in SentencePiece's own
order, ``<pad>`` last. Digits stand one by one, because a model that knows "283" as one piece
cannot copy 284. Every character of ``characters.txt`` is a piece. The text is not normalised
(Unicode's NFKC would make "..." of "…"), only cleaned as the engines do it.

Unigram model: Kudo 2018, "Subword Regularization".
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.article import LanguagePair
from dragoman.errors import InputError, ModelRefused
from dragoman.inference.engines.layout import END, PAD, UNKNOWN, read_layout
from dragoman.inference.engines.vocabulary import Vocabulary

VOCABULARY_FILES = ("source.spm", "target.spm", "vocab.json")
_KEPT_FILES = (*VOCABULARY_FILES, "config.json", "target_vocab.json", "tokenizer_config.json")
_LONGEST_LINE_BYTES = 4_000

Ids = NDArray[np.int32]


def required_characters() -> str:
    """The characters of ``characters.txt``, each once."""
    text = files("dragoman.training").joinpath("characters.txt").read_text(encoding="utf-8")
    rows = [line.partition("\t")[2] for line in text.splitlines()[1:]]
    return "".join(dict.fromkeys("".join(rows)))


def train_vocabulary(
    sentences: Iterable[str], size: int, directory: Path, direction: LanguagePair, *, seed: int = 0
) -> None:
    """Write source.spm, target.spm, vocab.json and tokenizer_config.json into ``directory``.

    ``size`` counts all pieces; small text gives fewer. Raises InputError when the sentences are
    too few for any vocabulary, or ``size`` too small for the characters.
    """
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.set_random_generator_seed(seed)
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="unigram",
            vocab_size=size - 1,  # <pad> is ours
            hard_vocab_limit=False,
            character_coverage=0.9999,
            required_chars=required_characters(),
            split_digits=True,
            normalization_rule_name="identity",
            max_sentence_length=_LONGEST_LINE_BYTES,
            bos_id=-1,
            eos_id=0,
            unk_id=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise InputError(
            f"No vocabulary of {size} pieces can be made from this text.",
            hint="Give more text, or another vocabulary size.",
        ) from error
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("source.spm", "target.spm"):
        (directory / name).write_bytes(model.getvalue())
    _write_numbers(directory, model.getvalue(), direction)


def _write_numbers(directory: Path, model: bytes, direction: LanguagePair) -> None:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    numbers = {piece: number for number, piece in enumerate([*pieces, PAD])}
    (directory / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    settings = {
        "source_lang": direction.source,
        "target_lang": direction.target,
        "tokenizer_class": "MarianTokenizer",
        "model_max_length": 512,
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def copy_vocabulary(origin: Path, directory: Path) -> None:
    """Keep the vocabulary and the shape of a model.

    Raises ModelCorrupt, or ModelRefused for a model of several target languages.
    """
    layout = read_layout(origin)
    if any(piece.startswith(">>") and piece.endswith("<<") for piece in layout.source.ids):
        raise ModelRefused(
            f"{origin.name} translates into several languages.",
            hint="Give a model of one direction.",
        )
    directory.mkdir(parents=True, exist_ok=True)
    for name in _KEPT_FILES:
        if (origin / name).is_file():
            shutil.copyfile(origin / name, directory / name)


def piece_origins(fresh: Path, old: Path) -> list[list[int]]:
    """For each piece of a new joint vocabulary, the numbers of the old pieces that spell it.

    Both are directories of models. Raises ModelCorrupt or ModelRefused.
    """
    import sentencepiece

    numbers = read_layout(old).source.ids
    speller: Any = sentencepiece.SentencePieceProcessor(model_file=str(old / "source.spm"))
    unknown = numbers[UNKNOWN]

    def spelt(piece: str) -> list[int]:
        if piece in numbers:
            return [numbers[piece]]
        pieces = speller.encode(piece.replace("▁", " ").strip(), out_type=str)
        if not piece.startswith("▁"):  # SentencePiece begins every text with a word's beginning
            pieces[0] = pieces[0].removeprefix("▁")
        return [numbers[one] for one in pieces if one in numbers] or [unknown]

    return [spelt(piece) for piece in json.loads((fresh / "vocab.json").read_text("utf-8"))]


class PieceNumbers:
    """Text to the numbers of a model's pieces, in bulk; both sides end with ``</s>``.

    ``directory`` holds vocabulary and config.json. Raises ModelCorrupt or ModelRefused.
    """

    def __init__(self, directory: Path) -> None:
        layout = read_layout(directory)
        self.source = _Side(directory / "source.spm", layout.source)
        self.target = _Side(directory / "target.spm", layout.target)


class _Side:
    """One side. ``size`` counts its pieces, ``pad`` is the number of ``<pad>``."""

    def __init__(self, model_file: Path, vocabulary: Vocabulary) -> None:
        import sentencepiece

        self._vocabulary = vocabulary
        self._processor: Any = sentencepiece.SentencePieceProcessor(model_file=str(model_file))
        self._ids = vocabulary.ids
        self._end = vocabulary.ids[END]
        self.size = len(vocabulary.ids)
        self.pad = vocabulary.ids.get(PAD, self.size - 1)
        self._texts = {number: piece for piece, number in vocabulary.ids.items()}

    def decode(self, numbers: Ids) -> list[str]:
        """The pieces with these numbers, as SentencePiece writes them."""
        return [self._texts[int(number)] for number in numbers]

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """The pieces of each text with ``</s>``; one the model lacks is cut as engines do."""
        return [
            np.array([*self._numbers(text, pieces), self._end], np.int32)
            for text, pieces in zip(texts, self._pieces(texts), strict=True)
        ]

    def _pieces(self, texts: Sequence[str]) -> Iterator[list[str]]:
        yield from self._processor.encode(list(texts), out_type=str)

    def _numbers(self, text: str, pieces: Sequence[str]) -> list[int]:
        numbers = [self._ids.get(piece, -1) for piece in pieces]
        if -1 in numbers:
            return [self._ids[piece] for piece in self._vocabulary.encode(text).pieces]
        return numbers
