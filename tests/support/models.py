"""Small models in the opus-mt layout, and the bundled one, for tests that need real weights."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import sentencepiece
from numpy.typing import NDArray
from safetensors.numpy import save_file

from dragoman.article import LanguagePair
from dragoman.inference.convert import Quantization, convert
from dragoman.inference.model import InstalledModel
from support.sentences import SENTENCES

REPOSITORY = Path(__file__).parents[2]
STARTER = REPOSITORY / "models" / "starter" / "en-fr"
EN_FR = LanguagePair("en", "fr")

WeightsFile = Literal["safetensors", "zip pickle", "legacy pickle"]
Arrays = dict[str, NDArray[Any]]


def starter() -> InstalledModel:
    """The bundled English-French model, with its int8 form."""
    return installed_model(STARTER, [EN_FR], ctranslate2_directory=STARTER / "ct2-int8")


def installed_model(
    directory: Path,
    pairs: Iterable[LanguagePair],
    *,
    target_tokens: Mapping[str, str] | None = None,
    ctranslate2_directory: Path | None = None,
    quantization: Quantization = "float32",
) -> InstalledModel:
    """The model in ``directory``, converted into ``ct2`` beside its weights if it is not yet."""
    converted = ctranslate2_directory or directory / "ct2"
    if not converted.is_dir():
        convert(directory, converted, quantization)
    return InstalledModel(
        id=directory.name,
        directory=directory,
        ctranslate2_directory=converted,
        digest="0" * 64,
        pairs=frozenset(pairs),
        size_bytes=sum(path.stat().st_size for path in converted.iterdir()),
        target_tokens=target_tokens or {},
    )


def write_random_model(
    directory: Path,
    *,
    seed: int = 0,
    width: int = 64,
    layers: tuple[int, int] = (2, 1),
    weights: WeightsFile = "safetensors",
    dtype: str = "float32",
    target_tokens: Sequence[str] = (),
    target_pieces: int = 0,
    trained_start: bool = False,
    sentences: Sequence[str] = SENTENCES,
) -> Path:
    """A MarianMT model with random weights: it talks nonsense, but always the same nonsense.

    ``target_tokens`` such as ``>>fra<<`` join the vocabulary. ``target_pieces`` gives the target
    a vocabulary of its own, with so many pieces (300 are as many as the source has).
    ``trained_start`` gives ``<pad>``, where the decoder starts, an embedding that is not zero.
    """
    directory.mkdir(parents=True, exist_ok=True)
    source = _filled(write_pieces(directory / "source.spm", sentences, 300), 300)
    target: list[str] = []
    if target_pieces:
        shouted = [sentence.upper() for sentence in sentences]
        target = write_pieces(directory / "target.spm", shouted, target_pieces)
        target = _filled(target, target_pieces)
    else:
        (directory / "target.spm").write_bytes((directory / "source.spm").read_bytes())
    sizes = write_vocabularies(directory, [*source, *target_tokens], target)
    shared = not target_pieces
    config = write_config(directory, sizes, width=width, layers=layers, shared=shared)
    arrays = random_arrays(config, np.random.default_rng(seed), trained_start=trained_start)
    write_weights(directory, {k: v.astype(dtype) for k, v in arrays.items()}, weights)
    return directory


def _filled(pieces: Sequence[str], size: int) -> list[str]:
    return [*pieces, *(f"▁unused{number}" for number in range(len(pieces), size))]


def write_pieces(
    path: Path, sentences: Sequence[str], size: int, kind: str = "unigram"
) -> list[str]:
    """Train a SentencePiece model on the sentences; gives its pieces without the special ones."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        vocab_size=size,
        model_type=kind,
        hard_vocab_limit=False,
        character_coverage=1.0,
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [pieces.id_to_piece(number) for number in range(2, pieces.get_piece_size())]


def write_vocabularies(
    directory: Path, source: Sequence[str], target: Sequence[str] = ()
) -> tuple[int, int]:
    """``vocab.json``, and ``target_vocab.json`` if there are target pieces; their sizes."""
    settings = {"tokenizer_class": "MarianTokenizer", "separate_vocabs": bool(target)}
    (directory / "tokenizer_config.json").write_text(json.dumps(settings))
    sizes = []
    for name, pieces in (("vocab.json", source), ("target_vocab.json", target)):
        if pieces:
            ordered = dict.fromkeys(["</s>", "<unk>", *pieces, "<pad>"])
            text = json.dumps({piece: number for number, piece in enumerate(ordered)})
            (directory / name).write_text(text)
            sizes.append(len(ordered))
    return sizes[0], sizes[-1]


def write_config(
    directory: Path,
    sizes: tuple[int, int],
    *,
    width: int,
    layers: tuple[int, int],
    heads: int = 4,
    inner: int = 128,
    shared: bool = True,
) -> dict[str, Any]:
    """``config.json`` as opus-mt models have it."""
    config = {
        "model_type": "marian",
        "architectures": ["MarianMTModel"],
        "activation_function": "swish",
        "d_model": width,
        "encoder_layers": layers[0],
        "decoder_layers": layers[1],
        "encoder_attention_heads": heads,
        "decoder_attention_heads": heads,
        "encoder_ffn_dim": inner,
        "decoder_ffn_dim": inner,
        "max_position_embeddings": 512,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "share_encoder_decoder_embeddings": shared,
        "tie_word_embeddings": True,
        "vocab_size": sizes[0],
        "decoder_vocab_size": sizes[1],
        "bos_token_id": 0,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "pad_token_id": sizes[0] - 1,
        "decoder_start_token_id": sizes[1] - 1,
        "is_encoder_decoder": True,
    }
    (directory / "config.json").write_text(json.dumps(config))
    return config


def random_arrays(
    config: Mapping[str, Any], random: np.random.Generator, *, trained_start: bool = False
) -> Arrays:
    """Every weight that the configuration calls for, under its name in MarianMT."""
    arrays: Arrays = {}
    for name, shape in weight_shapes(config).items():
        spread = 0.1 if len(shape) == 1 else shape[-1] ** -0.5
        arrays[name] = random.normal(0, spread, shape).astype(np.float32)
        if name.endswith("layer_norm.weight"):
            arrays[name] += 1
        elif "embed" in name or "shared" in name:
            arrays[name][-1] *= trained_start
    arrays["final_logits_bias"][0, -1] = 0
    return arrays


def weight_shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a MarianMT model's weights, those that tying makes needless left out."""
    width = config["d_model"]
    if config["share_encoder_decoder_embeddings"]:
        shapes = {"model.shared.weight": (config["vocab_size"], width)}
    else:
        shapes = {
            "model.encoder.embed_tokens.weight": (config["vocab_size"], width),
            "model.decoder.embed_tokens.weight": (config["decoder_vocab_size"], width),
        }
    shapes["final_logits_bias"] = (1, config["decoder_vocab_size"])
    for side, attentions in (("encoder", ["self"]), ("decoder", ["self", "encoder"])):
        inner = config[f"{side}_ffn_dim"]
        for layer in range(config[f"{side}_layers"]):
            here = f"model.{side}.layers.{layer}"
            linear = {f"{a}_attn.{p}_proj": (width, width) for a in attentions for p in "qkv"}
            linear |= {f"{a}_attn.out_proj": (width, width) for a in attentions}
            linear |= {"fc1": (inner, width), "fc2": (width, inner)}
            norms = [*(f"{a}_attn_layer_norm" for a in attentions), "final_layer_norm"]
            for name, shape in linear.items():
                shapes |= {f"{here}.{name}.weight": shape, f"{here}.{name}.bias": shape[:1]}
            for name in norms:
                shapes |= {f"{here}.{name}.weight": (width,), f"{here}.{name}.bias": (width,)}
    return shapes


def write_weights(directory: Path, arrays: Arrays, kind: WeightsFile = "safetensors") -> None:
    """``model.safetensors``, or ``pytorch_model.bin`` in one of its two forms."""
    if kind == "safetensors":
        save_file(arrays, directory / "model.safetensors", metadata={"format": "pt"})
        return
    import torch

    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    torch.save(
        tensors,
        directory / "pytorch_model.bin",
        _use_new_zipfile_serialization=kind == "zip pickle",
    )
