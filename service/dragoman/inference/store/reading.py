"""Reading one model's directory into an InstalledModel."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from dragoman.errors import ModelCorrupt
from dragoman.inference.model import InstalledModel
from dragoman.inference.store.card import read_card
from dragoman.inference.store.directions import read_directions
from dragoman.inference.store.lock import Lock, digest, read_lock

CT2_DIRECTORY = "ct2-int8"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
REQUIRED = ("config.json", "source.spm", "target.spm", "vocab.json")

Hasher = Callable[[Path], Mapping[str, str]]
"""Gives the sha256 (hex) of every file below a directory, by relative name."""


def looks_like_a_model(directory: Path) -> bool:
    """True when anything in it belongs to a model, whole or broken."""
    return any((directory / name).exists() for name in (*REQUIRED, *WEIGHTS, CT2_DIRECTORY))


def read_model(directory: Path, model_id: str, hasher: Hasher, *, bundled: bool) -> InstalledModel:
    """Read what is installed in ``directory``.

    The digest comes from the lock file where there is one, so no weights are read. Raises
    ModelCorrupt when a file is missing, unreadable or not of its locked size.
    """
    _check_layout(directory, model_id)
    lock = read_lock(directory)
    if lock:
        _check_sizes(directory, model_id, lock)
    converted = _converted(directory)
    try:
        hashes = (
            {name: file.sha256 for name, file in lock.files.items()} if lock else hasher(directory)
        )
        size = _weight_bytes(converted or directory)
    except OSError as error:
        raise ModelCorrupt(f"{model_id} cannot be read: {error}.") from error
    directions = read_directions(directory, model_id)
    return InstalledModel(
        id=model_id,
        directory=directory,
        ctranslate2_directory=converted,
        digest=digest(hashes),
        pairs=directions.pairs,
        size_bytes=size,
        target_tokens=directions.target_tokens,
        licence=read_card(directory).licence,
        revision=lock.revision if lock else None,
        bundled=bundled,
    )


def _check_layout(directory: Path, model_id: str) -> None:
    missing = [name for name in REQUIRED if not (directory / name).is_file()]
    if missing:
        raise _corrupt(model_id, f"{', '.join(missing)} missing")
    has_weights = any((directory / name).is_file() for name in WEIGHTS)
    if not has_weights and _converted(directory) is None:
        raise _corrupt(model_id, "no weights")
    try:
        config = json.loads((directory / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise _corrupt(model_id, f"config.json cannot be read ({error})") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "marian":
        raise _corrupt(model_id, f"a model of type {kind}, not marian")


def _check_sizes(directory: Path, model_id: str, lock: Lock) -> None:
    # Cheap enough for every start; `verify` reads every byte.
    for name, file in lock.files.items():
        try:
            size = (directory / name).stat().st_size
        except OSError:
            raise _corrupt(model_id, f"{name} missing") from None
        if size != file.size:
            raise _corrupt(model_id, f"{name} has {size} bytes, not {file.size}")


def _corrupt(model_id: str, what: str) -> ModelCorrupt:
    return ModelCorrupt(
        f"The model {model_id} is broken: {what}.",
        hint=f"Run `dragoman models remove {model_id}` and pull it again.",
    )


def _converted(directory: Path) -> Path | None:
    converted = directory / CT2_DIRECTORY
    return converted if (converted / "model.bin").is_file() else None


def _weight_bytes(directory: Path) -> int:
    for name in ("model.bin", *WEIGHTS):
        if (directory / name).is_file():
            return (directory / name).stat().st_size
    raise FileNotFoundError(f"no weights in {directory}")
