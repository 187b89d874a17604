"""From weights in training to a model that can be installed, or a refusal.

The model is written beside the vocabulary in the opus-mt layout, in float16, and then in
CTranslate2's form. A model on which the two engines disagree is refused: it has been taught
something that one of them does not compute, such as a pad row that is not zero.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.article import LanguagePair
from dragoman.errors import ModelRefused
from dragoman.inference.convert import convert
from dragoman.inference.engines import EngineOptions, open_engine
from dragoman.inference.engines.base import DecodingOptions, Engine, Request
from dragoman.inference.model import InstalledModel

CONVERTED = "ct2-int8"
MOST_DIFFERENT = 0.02
"""The largest share of sentences on which the engines may differ."""

_BATCH = 16
_TABLES = ("shared.weight", "embed_tokens.weight")
_REBUILT = ("embed_positions.weight", "embed_tokens.weight", "lm_head.weight")


@dataclass(frozen=True, slots=True)
class Agreement:
    """On how many of the sentences both engines gave the same text."""

    same: int
    sentences: int


def write_weights(network: Any, directory: Path, state: Mapping[str, Any] | None = None) -> None:
    """Write model.safetensors (float16), config.json and generation_config.json.

    ``state`` takes the place of the network's own weights, by their names. Raises ModelRefused
    when a weight is not a number or too large for float16, or the row of ``<pad>`` is not zero.
    """
    import torch
    from safetensors.torch import save

    weights = dict(network.state_dict()) | dict(state or {})
    tensors = {
        name: tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in weights.items()
        if not _is_rebuilt(name, network)
    }
    broken = sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all())
    if broken:
        raise ModelRefused(
            f"The training has gone astray: {broken[0]} holds what is not a number.",
            hint="Start again with a lower learning rate.",
        )
    pad = network.config.pad_token_id
    tables = [tensors[name] for name in tensors if name.endswith(_TABLES)]
    if any(table[pad].any() for table in tables):
        raise ModelRefused(
            "The embedding of <pad> is not zero.",
            hint="Zero it after every step: the decoder starts from it.",
        )
    # Not save_file, which makes a file that only its owner can read.
    (directory / "model.safetensors").write_bytes(save(tensors, {"format": "pt"}))
    _write_configuration(network, directory)


def convert_checked(
    directory: Path,
    direction: LanguagePair,
    sentences: Sequence[str],
    compare: Callable[[Path, LanguagePair, Sequence[str]], Agreement] | None = None,
) -> Agreement:
    """Compare the engines on ``sentences``, then write the int8 form beside the weights.

    Raises ModelRefused when they differ on more than 2 of 100 (float32, greedy).
    ``compare`` asks the engines; ``compare_engines`` unless given.
    """
    agreement = (compare or compare_engines)(directory, direction, sentences)
    if agreement.sentences - agreement.same > MOST_DIFFERENT * agreement.sentences:
        raise ModelRefused(
            f"CTranslate2 and transformers agree on only {agreement.same} of "
            f"{agreement.sentences} sentences.",
            hint="Train longer, and see that the row of <pad> is zero.",
        )
    convert(directory, directory / CONVERTED, "int8")
    return agreement


def compare_engines(
    directory: Path, direction: LanguagePair, sentences: Sequence[str]
) -> Agreement:
    """Translate with both engines in float32, greedily."""
    with tempfile.TemporaryDirectory() as folder:
        model = as_installed(directory, direction, Path(folder) / "ct2")
        convert(directory, Path(folder) / "ct2", "float32")
        first, second = (
            translate(model, sentences, engine=name, beam_size=1, exact=True)
            for name in ("ctranslate2", "transformers")
        )
    same = sum(one == other for one, other in zip(first, second, strict=True))
    return Agreement(same, len(sentences))


def translate(
    model: InstalledModel,
    sentences: Sequence[str],
    *,
    engine: Any = "ctranslate2",
    beam_size: int = 4,
    exact: bool = False,
) -> list[str]:
    """The translations, in order, on one thread of the CPU; ``exact`` decodes in float32."""
    options = EngineOptions(engine, "cpu", workers=1, deterministic=exact)
    opened = open_engine(model, options)
    try:
        return _translated(opened, sentences, DecodingOptions(beam_size=beam_size))
    finally:
        opened.close()


def as_installed(directory: Path, direction: LanguagePair, converted: Path) -> InstalledModel:
    """The model in ``directory`` as the engines want to be told of it."""
    return InstalledModel(
        id=directory.name,
        directory=directory,
        ctranslate2_directory=converted,
        digest="0" * 64,
        pairs=frozenset([direction]),
        size_bytes=0,
    )


def _translated(engine: Engine, sentences: Sequence[str], options: DecodingOptions) -> list[str]:
    prepared = engine.prepare([Request(sentence, options) for sentence in sentences])
    fitting = [one for one in prepared if one.tokens <= engine.max_source_tokens]
    ordered = sorted(fitting, key=lambda one: one.tokens)
    texts = {}
    for at in range(0, len(ordered), _BATCH):
        batch = ordered[at : at + _BATCH]
        found = engine.finish(batch, engine.run(batch))
        texts.update({id(one): each[0].text for one, each in zip(batch, found, strict=True)})
    return [texts.get(id(one), "") for one in prepared]


def _is_rebuilt(name: str, network: Any) -> bool:
    """True for sinusoids and for the other names of a shared table."""
    if name.endswith(_REBUILT[0]):
        return True
    shared = network.config.share_encoder_decoder_embeddings
    if name.endswith(_REBUILT[1]):
        return bool(shared)
    return name == _REBUILT[2] and bool(network.config.tie_word_embeddings)


def _write_configuration(network: Any, directory: Path) -> None:
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    config.pop("transformers_version", None)
    config |= {"dtype": "float16", "torch_dtype": "float16"}
    pad = network.config.pad_token_id
    generation = {
        "bad_words_ids": [[pad]],
        "bos_token_id": 0,
        "decoder_start_token_id": network.config.decoder_start_token_id,
        "eos_token_id": network.config.eos_token_id,
        "forced_eos_token_id": network.config.eos_token_id,
        "max_length": network.config.max_position_embeddings,
        "num_beams": 4,
        "pad_token_id": pad,
    }
    for name, content in (("config.json", config), ("generation_config.json", generation)):
        fresh = directory / f".{name}.new"
        fresh.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        shutil.move(fresh, directory / name)
