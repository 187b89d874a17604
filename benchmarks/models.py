"""The models that are measured: the bundled starter, and one of opus-mt's size.

The second has random weights in opus-mt's shape (6+6 layers, 512 wide, feed-forward 2,048, 8
heads, 54,688 pieces): speed depends on shape, not on what was learnt. Its lengths are forced (see
engine.py). Its tokeniser is the starter's, so that token counts are those of real text.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from dragoman.article import LanguagePair
from dragoman.inference.convert import convert
from dragoman.inference.model import InstalledModel
from dragoman.inference.store import ModelStore, bundled_models_directory

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "dragoman-benchmarks"
PIECES = 54_688


def starter() -> InstalledModel:
    directory = bundled_models_directory()
    if directory is None:
        raise SystemExit("The bundled models were not found; run from a checkout.")
    return ModelStore([directory]).get("starter/en-fr")


def opus_sized() -> InstalledModel:
    """Made once and kept in the user's cache directory (about 300 MB)."""
    directory = CACHE / "opus-sized"
    converted = directory / "ct2-int8"
    if not converted.exists():
        shutil.rmtree(directory, ignore_errors=True)
        _make(directory)
        convert(directory, converted)
    return InstalledModel(
        id="benchmark/opus-sized",
        directory=directory,
        ctranslate2_directory=converted,
        digest=hashlib.sha256((converted / "model.bin").read_bytes()).hexdigest(),
        pairs=frozenset({LanguagePair("en", "fr")}),
        size_bytes=(converted / "model.bin").stat().st_size,
    )


def _make(directory: Path) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    source = starter().directory
    directory.mkdir(parents=True)
    for name in ("source.spm", "target.spm"):
        shutil.copy(source / name, directory / name)
    known = json.loads((source / "vocab.json").read_text(encoding="utf-8"))
    pieces = sorted((piece for piece in known if piece != "<pad>"), key=known.__getitem__)
    filler = [f"\u2581filler{number}" for number in range(PIECES - 1 - len(pieces))]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, *filler, "<pad>"])}
    (directory / "vocab.json").write_text(
        json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8"
    )
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"source_lang": "en", "target_lang": "fr"}), encoding="utf-8"
    )
    config = MarianConfig(
        vocab_size=PIECES,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        max_position_embeddings=512,
        activation_function="swish",
        static_position_embeddings=True,
        scale_embedding=True,
        pad_token_id=PIECES - 1,
        decoder_start_token_id=PIECES - 1,
        eos_token_id=vocabulary["</s>"],
        forced_eos_token_id=vocabulary["</s>"],
    )
    model = MarianMTModel(config)
    with torch.no_grad():
        model.get_input_embeddings().weight[PIECES - 1].zero_()
    model.save_pretrained(directory)
