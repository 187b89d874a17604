"""Reading what surrounds the weights of a MarianMT model: configuration and vocabularies.

The layout is that of the opus-mt models on the Hugging Face hub. ``vocab.json`` serves both
sides unless ``tokenizer_config.json`` says ``separate_vocabs``; then ``target_vocab.json`` is
the target's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.errors import ModelCorrupt, ModelRefused
from dragoman.inference.engines.vocabulary import Vocabulary

END = "</s>"
UNKNOWN = "<unk>"
PAD = "<pad>"
_SPECIAL = frozenset({END, UNKNOWN, PAD, "<s>"})

_SPARE_POSITIONS = 12
"""Kept free of the model's positions, for the target token and for safety."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A model's vocabularies and limits. ``positions`` bounds both input and output, in tokens."""

    config: Mapping[str, Any]
    source: Vocabulary
    target: Vocabulary
    positions: int

    @property
    def max_source_tokens(self) -> int:
        return max(1, self.positions - _SPARE_POSITIONS)


def read_layout(directory: Path) -> Layout:
    """Read a model's directory.

    Raises ModelCorrupt (a file is missing or broken) or ModelRefused (not a MarianMT model).
    """
    config = read_object(directory / "config.json")
    if config.get("model_type") != "marian":
        raise ModelRefused(
            f"{directory.name} is a {config.get('model_type', 'nameless')} model, not MarianMT.",
            hint="Pull a model in the layout of opus-mt.",
        )
    tokenizer = directory / "tokenizer_config.json"
    separate = tokenizer.is_file() and read_object(tokenizer).get("separate_vocabs")
    source_ids = _read_ids(directory / "vocab.json")
    target_ids = _read_ids(directory / "target_vocab.json") if separate else source_ids
    return Layout(
        config=config,
        source=Vocabulary(directory / "source.spm", source_ids, _SPECIAL),
        target=Vocabulary(directory / "target.spm", target_ids, _SPECIAL),
        positions=int(config.get("max_position_embeddings", 512)),
    )


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises ModelCorrupt."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelCorrupt(
            f"{path.parent.name}/{path.name} is missing or is not JSON.",
            hint="Remove and pull the model.",
        ) from error
    if not isinstance(value, dict):
        raise ModelCorrupt(
            f"{path.parent.name}/{path.name} is not a JSON object.",
            hint="Remove and pull the model.",
        )
    return value


def _read_ids(path: Path) -> dict[str, int]:
    ids = read_object(path)
    if END not in ids or UNKNOWN not in ids:
        raise ModelRefused(
            f"{path.parent.name}/{path.name} lacks {END} or {UNKNOWN}.",
            hint="Pull a model in the layout of opus-mt.",
        )
    return ids
