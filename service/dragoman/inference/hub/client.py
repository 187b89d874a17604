"""The port to a hub: what a repository holds, and the bytes of one of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub describes it. ``sha256`` is set for large files (Git LFS), ``git_sha1``
    for small ones: it is git's object name. A mirror may know neither, nor the size in bytes."""

    name: str
    size: int | None = None
    sha256: str | None = None
    git_sha1: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one ``revision``, which is a commit and so cannot change any more."""

    repository: str
    revision: str
    files: Mapping[str, RemoteFile]


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes of a file from ``start`` on, which is 0 when the hub cannot go on in the middle."""

    start: int
    chunks: Iterator[bytes]


class TryAgain(Exception):
    """The hub or the way to it failed in a manner that passes: too busy, broken off, too slow."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class HubClient(Protocol):
    """Both methods raise TryAgain, or a HubError that another attempt will not change."""

    url: str

    def listing(self, repository: str, revision: str | None) -> Listing:
        """Resolve ``revision`` (None: the newest) and list its files. Raises NotOnHub, Offline."""

    def describe(self, listing: Listing, name: str) -> RemoteFile:
        """Ask for one file's size and digest, for hubs that leave them out of the listing."""

    def read(self, listing: Listing, name: str, start: int) -> AbstractContextManager[Stream]:
        """Open a file at ``start``. Iterating may raise TryAgain too."""
