"""The models on this machine: those that came with the program and those that were pulled."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from dragoman.errors import InputError, ModelCorrupt, ModelNotInstalled
from dragoman.inference.model import InstalledModel
from dragoman.inference.store.bundled import bundled_models_directory, recorded_digests
from dragoman.inference.store.installing import Installation, installation
from dragoman.inference.store.lock import (
    Finding,
    Problem,
    compare,
    file_names,
    hash_files,
    read_lock,
)
from dragoman.inference.store.reading import looks_like_a_model, read_model

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class BrokenModel:
    """A directory that should hold a model and does not. ``reason`` is for people."""

    id: str
    directory: Path
    reason: str
    bundled: bool


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    directory: Path
    bundled: bool


class ModelStore:
    """Finds, verifies and removes models in ``directories`` and in ``bundled``.

    A model's id is its path below the directory it lies in, ``owner/name`` for pulled ones. Where
    an id lies in several, the first directory wins and ``bundled`` comes last. Pulled models go
    to the first directory. Nothing is kept open and nothing is cached but digests, so a model
    that another process installs is seen at once.
    """

    def __init__(self, directories: Sequence[Path], *, bundled: Path | None = None) -> None:
        self._directories = tuple(directories)
        self._bundled = bundled
        self._hashes: dict[Path, tuple[Signature, Mapping[str, str]]] = {}

    def installed(self) -> list[InstalledModel]:
        """Every whole model, by id. Broken ones are left out: see ``broken``."""
        return [model for model in self._read_all() if isinstance(model, InstalledModel)]

    def broken(self) -> list[BrokenModel]:
        """What lies in a model's place and cannot be used, by id."""
        return [model for model in self._read_all() if isinstance(model, BrokenModel)]

    def get(self, model_id: str) -> InstalledModel:
        """Raises ModelNotInstalled, or ModelCorrupt when it is there and broken."""
        place = self._place(model_id)
        return read_model(place.directory, place.id, self._hash, bundled=place.bundled)

    def path(self, model_id: str) -> Path:
        """The model's directory, also of a broken one. Raises ModelNotInstalled."""
        return self._place(model_id).directory

    def remove(self, model_id: str) -> None:
        """Delete a pulled model. Raises ModelNotInstalled, InputError for a bundled one."""
        place = self._place(model_id)
        if place.bundled:
            raise InputError(
                f"{model_id} came with the program and cannot be removed.",
                hint="Remove models that `dragoman models list` does not call bundled.",
            )
        if place.directory.is_symlink():
            place.directory.unlink()
            return
        # Out of sight in one step, so that nobody loads half a model; then deleted at leisure.
        doomed = place.directory.with_name(f".removed-{uuid.uuid4().hex}")
        place.directory.rename(doomed)
        shutil.rmtree(doomed)
        with suppress(OSError):
            place.directory.parent.rmdir()

    def installing(
        self, model_id: str, waiting: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[Installation]:
        """Reserve ``model_id`` for whoever fills it; a second one waits until the first is done.

        ``waiting`` is called once before such a wait. Raises InputError without a directory to
        install to, and OSError.
        """
        if not self._directories:
            raise InputError("There is no directory to install models to.")
        return installation(self._directories[0], model_id, waiting)

    def verify(self, model_id: str | None = None) -> list[Finding]:
        """Read every byte of one model, or of all, and say what differs from its installation.

        Pulled models are compared with their lock file, bundled ones with the record of the
        installed wheel. Raises ModelNotInstalled.
        """
        places = [self._place(model_id)] if model_id else list(self._places())
        return [finding for place in places for finding in _verify(place)]

    def _read_all(self) -> list[InstalledModel | BrokenModel]:
        return [self._read(place) for place in self._places()]

    def _read(self, place: _Place) -> InstalledModel | BrokenModel:
        try:
            return read_model(place.directory, place.id, self._hash, bundled=place.bundled)
        except (ModelCorrupt, OSError) as error:
            reason = error.message if isinstance(error, ModelCorrupt) else str(error)
            return BrokenModel(place.id, place.directory, reason, place.bundled)

    def _place(self, model_id: str) -> _Place:
        for place in self._places():
            if place.id == model_id:
                return place
        raise ModelNotInstalled(
            f"The model {model_id} is not installed.",
            hint=f"Run `dragoman models pull {model_id}`, or see `dragoman models list`.",
        )

    def _places(self) -> Iterator[_Place]:
        seen: dict[str, _Place] = {}
        for directory in self._directories:
            for model_id, path in _models_below(directory):
                seen.setdefault(model_id, _Place(model_id, path, bundled=False))
        if self._bundled:
            for model_id, path in _models_below(self._bundled):
                seen.setdefault(model_id, _Place(model_id, path, bundled=True))
        yield from sorted(seen.values(), key=lambda place: place.id)

    def _hash(self, directory: Path) -> Mapping[str, str]:
        """Hash a model that has no lock file, again only when a file's size or time changed."""
        names = file_names(directory)
        stats = [(directory / name).stat() for name in names]
        signature = tuple(
            (name, stat.st_size, stat.st_mtime_ns) for name, stat in zip(names, stats, strict=True)
        )
        known = self._hashes.get(directory)
        if known and known[0] == signature:
            return known[1]
        hashes = hash_files(directory, names)
        self._hashes[directory] = (signature, hashes)
        return hashes


def open_models(models_dir: Path) -> ModelStore:
    """The models of this installation: pulled ones in ``models_dir``, and the bundled ones."""
    return ModelStore([models_dir], bundled=bundled_models_directory())


def _models_below(directory: Path) -> Iterator[tuple[str, Path]]:
    for owner in _subdirectories(directory):
        if looks_like_a_model(owner):
            yield owner.name, owner
            continue
        for path in _subdirectories(owner):
            if looks_like_a_model(path):
                yield f"{owner.name}/{path.name}", path


def _subdirectories(directory: Path) -> list[Path]:
    # Hidden ones are half-done installations and removals.
    try:
        found = [path for path in directory.iterdir() if not path.name.startswith(".")]
        return sorted(path for path in found if path.is_dir())
    except OSError:
        return []


def _verify(place: _Place) -> list[Finding]:
    try:
        lock = read_lock(place.directory)
    except ModelCorrupt:
        return [Finding(place.id, "dragoman.lock.json", Problem.UNREADABLE)]
    if lock:
        expected: Mapping[str, str] = {name: file.sha256 for name, file in lock.files.items()}
    else:
        expected = recorded_digests(place.directory) if place.bundled else {}
    if not expected:
        return [Finding(place.id, "", Problem.UNLOCKED)]
    return compare(place.id, place.directory, expected)
