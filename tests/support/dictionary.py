"""Models that translate word for word and are right: their weights are worked out, not trained.

A test of routes and pivots wants translations that it can predict from real engines. So the
weights of one layer are chosen such that the decoder, at step *i*, looks at source word *i* (the
sines and cosines of the positions agree best there), takes the code of that word, and turns it
by one matrix into the code of its translation. ``</s>`` translates to itself, which ends the
sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from support.models import (
    random_arrays,
    write_config,
    write_pieces,
    write_vocabularies,
    write_weights,
)

_WIDTH = 512
_POSITION_COLUMNS = 64
"""Columns at the start of each half, whose sines and cosines turn fast enough to tell places."""
_CODE_COLUMNS = slice(120, 250)
"""Columns whose sines stay near zero over a short sentence, so that codes can live there."""
_ZERO_COLUMN = 254
"""Near zero until layer normalisation takes the mean off every column: it shows the mean."""


def write_dictionary_model(directory: Path, words: Mapping[str, str], seed: int = 0) -> Path:
    """A model that turns each key into its value, one word for one, at most 60 words long.

    Words are separated by spaces; a word that is not in the dictionary is lost.
    """
    directory.mkdir(parents=True, exist_ok=True)
    source = write_pieces(directory / "source.spm", list(words), 8000, "word")
    target = write_pieces(directory / "target.spm", list(words.values()), 8000, "word")
    pieces = list(dict.fromkeys([*source, *target]))
    sizes = write_vocabularies(directory, pieces)
    config = write_config(directory, sizes, width=_WIDTH, layers=(1, 1), heads=1, inner=8)
    random = np.random.default_rng(seed)
    arrays = {name: np.zeros_like(array) for name, array in random_arrays(config, random).items()}
    for name in arrays:
        if name.endswith("layer_norm.weight"):
            arrays[name] += 1
    codes = _codes(sizes[0], random)
    arrays["model.shared.weight"] = codes
    numbers = {piece: number for number, piece in enumerate(["</s>", "<unk>", *pieces, "<pad>"])}
    pairs = {f"▁{word}": f"▁{translation}" for word, translation in words.items()}
    cross = "model.decoder.layers.0.encoder_attn"
    arrays[f"{cross}.q_proj.weight"] = 20 * _keep(_position_columns())
    arrays[f"{cross}.k_proj.weight"] = 20 * _keep(_position_columns())
    arrays[f"{cross}.v_proj.weight"] = _keep(range(_CODE_COLUMNS.start, _CODE_COLUMNS.stop))
    arrays[f"{cross}.out_proj.weight"] = 50 * _turn(codes, numbers, pairs)
    write_weights(directory, arrays)
    return directory


def _position_columns() -> list[int]:
    return [half + column for half in (0, _WIDTH // 2) for column in range(_POSITION_COLUMNS)]


def _keep(columns: Iterable[int]) -> np.ndarray:
    """The matrix that keeps these columns, gives them their mean back, and clears the rest."""
    kept = np.zeros((_WIDTH, _WIDTH), np.float32)
    for column in columns:
        kept[column, column] = 1
        kept[column, _ZERO_COLUMN] = -1
    return kept


def _codes(count: int, random: np.random.Generator) -> np.ndarray:
    """One code of length 1 for each piece; zeros for ``<pad>``, the last."""
    columns = _CODE_COLUMNS.stop - _CODE_COLUMNS.start
    if count > columns:
        raise ValueError(f"at most {columns} pieces")
    square, _ = np.linalg.qr(random.normal(size=(columns, columns)))
    codes = np.zeros((count, _WIDTH), np.float32)
    codes[:, _CODE_COLUMNS] = square[:count]
    codes[-1] = 0
    return codes


def _turn(codes: np.ndarray, numbers: Mapping[str, int], pairs: Mapping[str, str]) -> np.ndarray:
    """The matrix that turns the code of each word into that of its translation."""
    turn = np.outer(codes[0], codes[0])
    for word, translation in pairs.items():
        turn += np.outer(codes[numbers[translation]], codes[numbers[word]])
    return turn.astype(np.float32)
