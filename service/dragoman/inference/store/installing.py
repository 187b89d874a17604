"""Putting a model on the shelf: filled where nobody looks, then moved there in one step."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dragoman.article import LanguagePair
from dragoman.errors import ModelRefused
from dragoman.inference.store.directions import detect_directions, write_manifest
from dragoman.inference.store.lock import take_stock, write_lock
from dragoman.inference.store.reading import CT2_DIRECTORY

WORKSHOP = ".staging"


@dataclass(frozen=True, slots=True)
class Installation:
    """A model being installed, while its lock is held.

    ``directory`` is filled with the model's files, ``partial`` with what is not whole yet. Both
    survive a failure, so that the next attempt goes on from there, until ``discard``.
    """

    model_id: str
    directory: Path
    partial: Path
    shelf: Path

    @property
    def converted(self) -> Path:
        """Where the CTranslate2 form belongs."""
        return self.directory / CT2_DIRECTORY

    def open(self) -> None:
        """Make the directories. Raises OSError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.partial.mkdir(parents=True, exist_ok=True)

    def discard(self) -> None:
        """Delete everything of this installation; what is on the shelf stays."""
        shutil.rmtree(self.directory.parent, ignore_errors=True)

    def finish(
        self, *, repository: str, revision: str, hub: str, pairs: Iterable[LanguagePair] = ()
    ) -> None:
        """Write manifest and lock, then move the model to its place, instead of an older one.

        ``pairs`` are taken as they are; without them the model itself must tell its languages.
        Raises ModelRefused when it does not, and OSError.
        """
        directions = detect_directions(self.directory, self.model_id, pairs=pairs)
        if directions is None:
            raise ModelRefused(
                f"It cannot be told which languages {self.model_id} translates.",
                hint="Say it: `dragoman models pull OWNER/NAME --pair en-de`.",
            )
        write_manifest(self.directory, directions)
        write_lock(
            self.directory,
            take_stock(self.directory, repository=repository, revision=revision, hub=hub),
        )
        _flush(self.directory)
        _publish(self.directory, self.shelf / self.model_id)
        self.discard()


@contextmanager
def installation(shelf: Path, model_id: str, waiting: Callable[[], None]) -> Iterator[Installation]:
    """Hold the model's lock. ``waiting`` is called once if somebody else holds it now.

    Raises OSError when the shelf cannot be written.
    """
    from filelock import FileLock, Timeout

    workshop = shelf / WORKSHOP
    workshop.mkdir(parents=True, exist_ok=True)
    name = model_id.replace("/", "--")
    lock = FileLock(workshop / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield Installation(model_id, workshop / name / "model", workshop / name / "partial", shelf)
    finally:
        lock.release()


def _flush(directory: Path) -> None:
    # A rename can reach the disk before the bytes do; after a power cut the model would be empty.
    for path in directory.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _publish(directory: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    old = directory.with_name(f"old-{uuid.uuid4().hex}")
    if place.exists():
        place.rename(old)
    try:
        directory.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
