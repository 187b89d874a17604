"""From a model of the hub to the form that CTranslate2 runs, once, at install, without torch."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from dragoman.errors import DiskFull
from dragoman.inference.convert.pickled import read_pickled
from dragoman.inference.convert.refusal import corrupt, refused
from dragoman.inference.convert.safe import read_safetensors
from dragoman.inference.convert.specification import END, UNKNOWN, describe
from dragoman.inference.convert.weights import Weights

__all__ = ["Quantization", "convert"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Quantization = Literal["int8", "int8_float32", "int8_float16", "int16", "float16", "float32"]


def convert(
    model_directory: Path, output_directory: Path, quantization: Quantization = "int8"
) -> None:
    """Write the CTranslate2 form of a MarianMT model; what stood there before is replaced.

    Needs about twice the size of the weights in memory. Appears in one piece: it is written
    beside ``output_directory`` and renamed. Raises ModelCorrupt (files missing or broken),
    ModelRefused (a layout that is not known, or a pickle that does more than hold tensors) or
    DiskFull.
    """
    config = _read_object(model_directory / "config.json")
    source = _read_pieces(model_directory / "vocab.json")
    separate = _settings(model_directory).get("separate_vocabs")
    target = _read_pieces(model_directory / "target_vocab.json") if separate else source
    arrays = _read_weights(model_directory)
    if not arrays:
        raise corrupt(f"{model_directory.name} holds no weights.")
    weights = Weights(arrays)
    spec = describe(config, weights, source, target)
    try:
        spec.validate()
    except ValueError as error:
        raise refused(f"The weights do not make a whole model: {error}.") from error
    spec.optimize(quantization=quantization)
    _write(spec, output_directory)


def _write(spec: Any, output_directory: Path) -> None:
    mark = f"{os.getpid()}.{threading.get_ident()}"
    fresh = output_directory.with_name(f".{output_directory.name}.{mark}.new")
    stale = output_directory.with_name(f".{output_directory.name}.{mark}.old")
    try:
        fresh.mkdir(parents=True)
        spec.save(str(fresh))
        if output_directory.exists():
            output_directory.rename(stale)
        fresh.rename(output_directory)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(
            f"The disk is full: {output_directory.name} could not be written.",
            hint="Free some space and pull the model again.",
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(stale, ignore_errors=True)


def _read_weights(directory: Path) -> dict[str, NDArray[Any]]:
    safe, pickled = directory / "model.safetensors", directory / "pytorch_model.bin"
    if safe.is_file():
        return read_safetensors(safe)
    if pickled.is_file():
        return read_pickled(pickled)
    raise corrupt(f"{directory.name} has neither model.safetensors nor pytorch_model.bin.")


def _read_pieces(path: Path) -> list[str]:
    """The vocabulary in the order of its ids, which must be 0, 1, 2 and so on."""
    ids = _read_object(path)
    if sorted(ids.values(), key=repr) != sorted(range(len(ids)), key=repr):
        raise refused(f"The ids in {path.name} are not 0 to {len(ids) - 1}.")
    if END not in ids or UNKNOWN not in ids:
        raise refused(f"{path.name} lacks {END} or {UNKNOWN}.")
    return sorted(ids, key=lambda piece: int(ids[piece]))


def _settings(directory: Path) -> dict[str, Any]:
    path = directory / "tokenizer_config.json"
    return _read_object(path) if path.is_file() else {}


def _read_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise corrupt(f"{path.name} is missing or is not JSON.") from error
    if not isinstance(value, dict):
        raise corrupt(f"{path.name} is not a JSON object.")
    return value
