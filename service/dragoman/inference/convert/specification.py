"""From MarianMT weights to CTranslate2's description of a Transformer.

Does what CTranslate2's own converter (``MarianMTLoader``) does, with numpy in the place of torch;
a test holds the two equal. It departs from it in two points, both for models that the official
one gets wrong: separate vocabularies, and decoders that do not start from zeros.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec
from numpy.typing import NDArray

from dragoman.inference.convert.refusal import refused
from dragoman.inference.convert.shape import Shape, read_shape
from dragoman.inference.convert.weights import Weights

END = "</s>"
UNKNOWN = "<unk>"
PAD = "<pad>"

_ACTIVATIONS = {
    "swish": common_spec.Activation.SWISH,
    "silu": common_spec.Activation.SWISH,
    "relu": common_spec.Activation.RELU,
    "gelu": common_spec.Activation.GELU,
    "gelu_new": common_spec.Activation.GELUTanh,
}
_NEVER = np.float32(-1e9)


def describe(
    config: Mapping[str, Any],
    weights: Weights,
    source_pieces: list[str],
    target_pieces: list[str],
) -> transformer_spec.TransformerSpec:
    """Build the description. Raises ModelRefused for weights that do not fit ``config``."""
    shape = read_shape(config)
    if shape.activation not in _ACTIVATIONS:
        raise refused(f"The activation {shape.activation} is not known.")
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers),
        shape.heads,
        pre_norm=False,
        activation=_ACTIVATIONS[shape.activation],
        layernorm_embedding=False,
    )
    _set_embeddings(spec, shape, weights, len(source_pieces), len(target_pieces))
    _set_layers(spec.encoder, "model.encoder", shape, weights, decoder=False)
    _set_layers(spec.decoder, "model.decoder", shape, weights, decoder=True)
    weights.refuse_rest()
    _set_start(spec, shape, source_pieces, target_pieces)
    return spec


def _set_embeddings(spec: Any, shape: Shape, weights: Weights, source: int, target: int) -> None:
    """Embeddings, output layer and positions; ``source`` and ``target`` count pieces.

    The positions are as precise as the embeddings, which is what the official converter does.
    """
    encoder, decoder, output = _embedding_names(shape, weights)
    spec.encoder.embeddings[0].weight = weights.take(encoder, source, shape.width)
    spec.decoder.embeddings.weight = weights.take(decoder, target, shape.width)
    spec.decoder.projection.weight = weights.take(output, target, shape.width)
    if weights.has("final_logits_bias"):
        bias = weights.take("final_logits_bias", 1, target)[0]
        if bias.any():
            spec.decoder.projection.bias = bias
    for side, name in ((spec.encoder, "model.encoder"), (spec.decoder, "model.decoder")):
        table = _positions(f"{name}.embed_positions.weight", shape, weights)
        side.position_encodings.encodings = table.astype(spec.decoder.embeddings.weight.dtype)
        side.scale_embeddings = math.sqrt(shape.width) if shape.scaled else 1.0


def _embedding_names(shape: Shape, weights: Weights) -> tuple[str, str, str]:
    """Where encoder, decoder and output layer find their embeddings."""
    shared = "model.shared.weight"
    encoder, decoder = (f"model.{side}.embed_tokens.weight" for side in ("encoder", "decoder"))
    output = "lm_head.weight"
    if shape.shared:
        name = weights.first(shared, encoder, decoder)
        return name, name, weights.first(name, output) if shape.tied else output
    weights.first(shared)
    return encoder, decoder, weights.first(decoder, output) if shape.tied else output


def _set_layers(spec: Any, name: str, shape: Shape, weights: Weights, *, decoder: bool) -> None:
    inner = shape.decoder_inner if decoder else shape.encoder_inner
    for index, layer in enumerate(spec.layer):
        here = f"{name}.layers.{index}"
        _set_self_attention(layer.self_attention, f"{here}.self_attn", shape.width, weights)
        if decoder:
            _set_cross_attention(layer.attention, f"{here}.encoder_attn", shape.width, weights)
        _set_linear(layer.ffn.linear_0, f"{here}.fc1", inner, shape.width, weights)
        _set_linear(layer.ffn.linear_1, f"{here}.fc2", shape.width, inner, weights)
        _set_norm(layer.ffn.layer_norm, f"{here}.final_layer_norm", shape.width, weights)


def _set_self_attention(spec: Any, name: str, width: int, weights: Weights) -> None:
    _set_projections(spec.linear[0], name, "qkv", width, weights)
    _set_linear(spec.linear[1], f"{name}.out_proj", width, width, weights)
    _set_norm(spec.layer_norm, f"{name}_layer_norm", width, weights)


def _set_cross_attention(spec: Any, name: str, width: int, weights: Weights) -> None:
    _set_projections(spec.linear[0], name, "q", width, weights)
    _set_projections(spec.linear[1], name, "kv", width, weights)
    _set_linear(spec.linear[2], f"{name}.out_proj", width, width, weights)
    _set_norm(spec.layer_norm, f"{name}_layer_norm", width, weights)


def _set_projections(spec: Any, name: str, which: str, width: int, weights: Weights) -> None:
    """Queries, keys and values, those that have the same input in one matrix."""
    names = [f"{name}.{letter}_proj" for letter in which]
    spec.weight = np.concatenate([weights.take(f"{one}.weight", width, width) for one in names])
    spec.bias = np.concatenate([weights.take(f"{one}.bias", width) for one in names])


def _set_linear(spec: Any, name: str, rows: int, columns: int, weights: Weights) -> None:
    spec.weight = weights.take(f"{name}.weight", rows, columns)
    spec.bias = weights.take(f"{name}.bias", rows)


def _set_norm(spec: Any, name: str, width: int, weights: Weights) -> None:
    spec.gamma = weights.take(f"{name}.weight", width)
    spec.beta = weights.take(f"{name}.bias", width)


def _positions(name: str, shape: Shape, weights: Weights) -> NDArray[Any]:
    """Sines in the left half, cosines in the right, unless the model brings its own table."""
    if weights.has(name):
        return weights.take(name, shape.positions, shape.width)
    columns = np.arange(shape.width)
    rates = np.power(10000, 2 * (columns // 2) / shape.width)
    angles = np.arange(shape.positions)[:, None] / rates
    table = np.concatenate([np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])], axis=1)
    return table.astype(np.float32)


def _set_start(
    spec: transformer_spec.TransformerSpec, shape: Shape, source: list[str], target: list[str]
) -> None:
    """Say what the decoder starts from, and register the vocabularies.

    In opus-mt it is the embedding of ``<pad>``, the last piece, and that is zero: CTranslate2 has
    a switch for it and does without the piece. A model that was trained further may have moved
    that row; then the piece stays, the decoder starts from it, and nothing ever generates it.
    """
    if not 0 <= shape.start < len(target):
        raise refused(f"The decoder starts from piece {shape.start} of {len(target)}.")
    start_is_zero = not spec.decoder.embeddings.weight[shape.start].any()
    pad_is_last = source[-1] == target[-1] == PAD and shape.start == len(target) - 1
    spec.config.eos_token = END
    spec.config.unk_token = UNKNOWN
    if start_is_zero and pad_is_last:
        _drop_last_row(spec)
        source, target = source[:-1], target[:-1]
        spec.decoder.start_from_zero_embedding = True
        spec.config.decoder_start_token = END
    else:
        _forbid(spec.decoder.projection, shape.start, len(target))
        spec.config.decoder_start_token = target[shape.start]
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)


def _drop_last_row(spec: transformer_spec.TransformerSpec) -> None:
    for layer in (spec.encoder.embeddings[0], spec.decoder.embeddings, spec.decoder.projection):
        layer.weight = layer.weight[:-1]
    if spec.decoder.projection.has_bias():
        spec.decoder.projection.bias = spec.decoder.projection.bias[:-1]


def _forbid(projection: Any, piece: int, pieces: int) -> None:
    bias = projection.bias if projection.has_bias() else np.zeros(pieces)
    projection.bias = bias.astype(np.float32)
    projection.bias[piece] = _NEVER
