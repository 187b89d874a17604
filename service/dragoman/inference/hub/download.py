"""One file from a hub to the disk: resumed where it broke off, and checked when it is whole."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from dragoman.errors import DiskFull, DownloadFailed
from dragoman.inference.hub.client import HubClient, Listing, RemoteFile, TryAgain

_Answer = TypeVar("_Answer")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_BYTES = 1 << 20


def _open(path: Path, mode: str) -> IO[bytes]:
    return path.open(mode)


def _free_bytes(directory: Path) -> int:
    return shutil.disk_usage(directory).free


@dataclass(frozen=True, slots=True)
class Machine:
    """What downloading needs of the machine: writing, free bytes of a directory, waiting."""

    open: Callable[[Path, str], IO[bytes]] = _open
    free_bytes: Callable[[Path], int] = _free_bytes
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try again when nothing arrived; any byte that arrives starts the count anew.

    The wait doubles from ``first_wait_s``, unless the hub says how long to wait.
    """

    attempts: int = 5
    first_wait_s: float = 0.5


def patiently(
    action: Callable[[], _Answer],
    patience: Patience,
    machine: Machine,
    progress: Callable[[], int] = lambda: 0,
) -> _Answer:
    """Repeat ``action`` while it raises TryAgain. ``progress`` grows when it got somewhere.

    Raises DownloadFailed with the last reason.
    """
    failures, reached = 0, progress()
    while True:
        try:
            return action()
        except TryAgain as error:
            failures = 1 if progress() > reached else failures + 1
            reached = max(reached, progress())
            if failures >= patience.attempts:
                raise DownloadFailed(
                    f"After {failures} attempts: {error}.",
                    hint="Pull again: what has arrived is kept.",
                ) from error
            wait_s = error.wait_s
            machine.sleep(patience.first_wait_s * 2 ** (failures - 1) if wait_s is None else wait_s)


@dataclass(frozen=True, slots=True)
class Download:
    """Fetches files of one listing to ``directory``; what is not whole lies in ``partial``."""

    client: HubClient
    listing: Listing
    directory: Path
    partial: Path
    machine: Machine = Machine()
    patience: Patience = Patience()

    def fetch(self, file: RemoteFile, report: Callable[[int], None]) -> None:
        """Get one file, unless it is there already. ``report`` is told its bytes so far.

        A file with a wrong digest is fetched once more from the start. Raises DownloadFailed,
        OSError, or what the client raises.
        """
        target = self.directory / file.name
        if target.is_file() and is_intact(target, file):
            report(target.stat().st_size)
            return
        target.unlink(missing_ok=True)
        part = self.partial / _part_name(self.listing, file)
        for _ in range(2):
            self._fill(part, file, report)
            if is_intact(part, file):
                os.replace(part, target)
                return
            part.unlink()
        raise DownloadFailed(
            f"{file.name} of {self.listing.repository} arrived twice with the wrong digest.",
            hint="Something between here and the hub changes files; try another hub or network.",
        )

    def _fill(self, part: Path, file: RemoteFile, report: Callable[[int], None]) -> None:
        def size() -> int:
            return part.stat().st_size if part.exists() else 0

        def go_on() -> None:
            if file.size is None or size() > file.size:
                part.unlink(missing_ok=True)
            if size() != file.size:
                self._append(part, file, size(), report)

        patiently(go_on, self.patience, self.machine, size)

    def _append(
        self, part: Path, file: RemoteFile, start: int, report: Callable[[int], None]
    ) -> None:
        with self.client.read(self.listing, file.name, start) as stream:
            done = stream.start
            with self.machine.open(part, "ab" if done else "wb") as output:
                for chunk in stream.chunks:
                    output.write(chunk)
                    done += len(chunk)
                    report(done)
                    if file.size is not None and done > file.size:
                        break  # more than was announced: the digest will be wrong
        if file.size is not None and done < file.size:
            raise TryAgain(f"{file.name} broke off at {done} of {file.size} bytes")


@contextmanager
def saving(directory: Path) -> Iterator[None]:
    """Turn the disk's complaint that it is full into DiskFull, and let all else through."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(
            f"The disk of {directory} is full.",
            hint="Make room, or set DRAGOMAN_MODELS_DIR to another disk, then pull again.",
        ) from error


def is_intact(path: Path, file: RemoteFile) -> bool:
    """True when size and digest are what the hub says. Raises OSError."""
    if file.size is not None and path.stat().st_size != file.size:
        return False
    if file.sha256:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    return not file.git_sha1 or _git_sha1(path) == file.git_sha1


def _git_sha1(path: Path) -> str:
    """The name that git gives a blob: SHA-1 over a header with its size, and its content."""
    found = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as content:
        while block := content.read(_READ_BYTES):
            found.update(block)
    return found.hexdigest()


def _part_name(listing: Listing, file: RemoteFile) -> str:
    # Named for its content, so that a newer revision never goes on with an older one's bytes.
    content = file.sha256 or file.git_sha1 or listing.revision
    return f"{file.name}.{content[:16]}"
