"""Directories in the opus-mt layout whose weights are a few bytes: enough to be found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

FILES: Mapping[str, bytes] = {
    "config.json": json.dumps({"model_type": "marian", "vocab_size": 3}).encode(),
    "source.spm": b"source pieces",
    "target.spm": b"target pieces",
    "model.safetensors": b"weights of the model",
    "ct2-int8/config.json": b"{}",
    "ct2-int8/model.bin": b"converted weights",
}


def model_directory(
    directory: Path,
    *,
    languages: tuple[str, str] | None = ("en", "fr"),
    tokens: Sequence[str] = (),
    card: str | None = None,
    without: Sequence[str] = (),
) -> Path:
    """Write one; ``languages`` go to the tokenizer's settings, ``tokens`` to the vocabulary."""
    pieces = ["</s>", "<unk>", *(f">>{token}<<" for token in tokens), "▁word", "<pad>"]
    files = dict(FILES) | {"vocab.json": json.dumps({p: i for i, p in enumerate(pieces)}).encode()}
    if languages:
        settings = {"source_lang": languages[0], "target_lang": languages[1]}
        files["tokenizer_config.json"] = json.dumps(settings).encode()
    if card is not None:
        files["README.md"] = card.encode()
    for name, content in files.items():
        if name not in without:
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return directory
