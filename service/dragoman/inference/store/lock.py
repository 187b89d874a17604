"""The lock file of a model: where it came from and the digest of every one of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dragoman.errors import ModelCorrupt

LOCK_FILE = "dragoman.lock.json"
FORMAT = 1
_HASHING_THREADS = 4


@dataclass(frozen=True, slots=True)
class LockedFile:
    """The sha256 (hex) and the size in bytes that a file had when it was installed."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Lock:
    """``files`` maps each path below the model's directory, with ``/``, to what it was."""

    files: Mapping[str, LockedFile]
    repository: str | None = None
    revision: str | None = None
    hub: str | None = None


class Problem(StrEnum):
    """What is wrong with a file of an installed model."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    UNREADABLE = "unreadable"
    UNLOCKED = "unlocked"
    """There is nothing to compare with: the model was put there by hand, or is a checkout's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that verification found. ``file`` is relative to the model's directory."""

    model_id: str
    file: str
    problem: Problem

    @property
    def is_damage(self) -> bool:
        """False for a note that does not say that the model is bad."""
        return self.problem is not Problem.UNLOCKED


def file_names(directory: Path) -> list[str]:
    """Every file below ``directory`` but the lock itself, sorted, hidden ones included."""
    return sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if (path.is_file() or path.is_symlink()) and path != directory / LOCK_FILE
    )


def hash_files(directory: Path, names: Iterable[str]) -> dict[str, str]:
    """The sha256 (hex) of each file. Raises OSError."""
    names = list(names)
    with ThreadPoolExecutor(_HASHING_THREADS) as pool:
        return dict(zip(names, pool.map(lambda name: sha256(directory / name), names), strict=True))


def sha256(path: Path) -> str:
    """The sha256 (hex) of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(files: Mapping[str, str]) -> str:
    """One sha256 (hex) over the sorted (name, sha256) of a model's files."""
    listing = "".join(f"{name}\0{files[name]}\n" for name in sorted(files))
    return hashlib.sha256(listing.encode()).hexdigest()


def take_stock(
    directory: Path,
    *,
    repository: str | None = None,
    revision: str | None = None,
    hub: str | None = None,
) -> Lock:
    """Hash everything in ``directory`` as it is now. Raises OSError."""
    hashes = hash_files(directory, file_names(directory))
    files = {
        name: LockedFile(value, (directory / name).stat().st_size) for name, value in hashes.items()
    }
    return Lock(files, repository, revision, hub)


def write_lock(directory: Path, lock: Lock) -> None:
    """Write the lock file. Raises OSError."""
    document = {
        "format": FORMAT,
        "repository": lock.repository,
        "revision": lock.revision,
        "hub": lock.hub,
        "files": {
            name: {"sha256": file.sha256, "size": file.size}
            for name, file in sorted(lock.files.items())
        },
    }
    (directory / LOCK_FILE).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read_lock(directory: Path) -> Lock | None:
    """The lock file, or None where there is none. Raises ModelCorrupt when it cannot be read."""
    path = directory / LOCK_FILE
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_bytes())
        return _lock(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(
            f"The lock file {path} cannot be read: {error}.", hint="Remove and pull the model."
        ) from error


def _lock(document: Any) -> Lock:
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']} is not known")
    files = {
        str(name): LockedFile(str(file["sha256"]), int(file["size"]))
        for name, file in document["files"].items()
    }
    return Lock(files, document["repository"], document["revision"], document["hub"])


def compare(model_id: str, directory: Path, expected: Mapping[str, str]) -> list[Finding]:
    """Every file that was changed, went missing or was added, by name."""
    present = set(file_names(directory))
    findings = [Finding(model_id, name, Problem.ADDED) for name in present.difference(expected)]
    for name, value in expected.items():
        problem = _problem(directory / name, value) if name in present else Problem.MISSING
        if problem:
            findings.append(Finding(model_id, name, problem))
    return sorted(findings, key=lambda finding: finding.file)


def _problem(path: Path, expected: str) -> Problem | None:
    try:
        return None if sha256(path) == expected else Problem.CHANGED
    except OSError:
        return Problem.UNREADABLE
