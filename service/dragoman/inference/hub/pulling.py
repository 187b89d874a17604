"""Pulling a model: choose its files, download, convert once, put it on the shelf."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dragoman.article import LanguagePair
from dragoman.errors import (
    DiskFull,
    HubError,
    ModelCorrupt,
    ModelError,
    ModelNotInstalled,
    ModelRefused,
)
from dragoman.inference.hub.client import HubClient, Listing, RemoteFile
from dragoman.inference.hub.download import Download, Machine, Patience, patiently, saving
from dragoman.inference.hub.options import Progress, Stage
from dragoman.inference.model import InstalledModel

CONFIG = "config.json"
NEEDED = (CONFIG, "source.spm", "target.spm", "vocab.json")
WELCOME = (
    "generation_config.json",
    "tokenizer_config.json",
    "target_vocab.json",
    "README.md",
    "LICENSE",
)
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""The first that is there is taken: safetensors cannot carry code."""

Converter = Callable[[Path, Path], object]
"""Writes the CTranslate2 form of a model's directory to another one.

Raises ModelError for what is not safe or not known.
"""


class Site(Protocol):
    """Where one model is being installed: the store's half of a pull."""

    @property
    def directory(self) -> Path: ...
    @property
    def partial(self) -> Path: ...
    @property
    def converted(self) -> Path: ...
    def open(self) -> None: ...
    def discard(self) -> None: ...
    def finish(
        self, *, repository: str, revision: str, hub: str, pairs: Iterable[LanguagePair]
    ) -> None: ...


class Shelf(Protocol):
    """What pulling needs of the store."""

    def get(self, model_id: str) -> InstalledModel: ...
    def installing(
        self, model_id: str, waiting: Callable[[], None]
    ) -> AbstractContextManager[Site]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to pull. ``pairs`` are the directions when they are known from elsewhere.

    ``update`` asks the hub even when the model is installed, and pulls it again when the hub's
    revision is another one.
    """

    repository: str
    revision: str | None = None
    pairs: frozenset[LanguagePair] = frozenset()
    update: bool = False


def pull(
    wanted: Wanted,
    shelf: Shelf,
    client: HubClient,
    convert: Converter,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    machine: Machine | None = None,
    patience: Patience | None = None,
) -> InstalledModel:
    """Install a model from the hub, or give back the one that is installed.

    Of two pulls of one model at once the second waits, and finds it done. An interrupted pull
    goes on where it was. A refused model and a full disk leave nothing behind.

    Raises NotOnHub, DownloadFailed, DiskFull, Offline, ModelRefused.
    """
    pulling = _Pulling(
        wanted, client, convert, progress, machine or Machine(), patience or Patience()
    )
    repository = wanted.repository
    try:
        with shelf.installing(
            repository, lambda: progress(Progress(Stage.WAITING, repository))
        ) as site:
            installed = _installed(shelf, repository)
            if installed is None or wanted.update:
                pulling.install(site, installed)
            return shelf.get(repository)
    except OSError as error:
        raise HubError(
            f"{repository} cannot be installed: {error}.",
            hint="Check that DRAGOMAN_MODELS_DIR can be written to.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Pulling:
    wanted: Wanted
    client: HubClient
    convert: Converter
    progress: Callable[[Progress], None]
    machine: Machine
    patience: Patience

    def install(self, site: Site, installed: InstalledModel | None) -> None:
        listing = patiently(
            lambda: self.client.listing(self.wanted.repository, self.wanted.revision),
            self.patience,
            self.machine,
        )
        if installed and installed.revision == listing.revision:
            return
        try:
            with saving(site.directory):
                self._fill(site, listing)
        except (ModelError, DiskFull):
            # Neither gets better by being kept, and a full disk needs its room back.
            site.discard()
            raise

    def _fill(self, site: Site, listing: Listing) -> None:
        files = [self._described(listing, name) for name in choose_files(listing)]
        site.open()
        self._download(site, listing, files)
        self._tell(Stage.CONVERTING, None, 0, None)
        self.convert(site.directory, site.converted)
        site.finish(
            repository=listing.repository,
            revision=listing.revision,
            hub=self.client.url,
            pairs=self.wanted.pairs,
        )

    def _described(self, listing: Listing, name: str) -> RemoteFile:
        file = listing.files[name]
        if file.size is not None and (file.sha256 or file.git_sha1):
            return file
        return patiently(lambda: self.client.describe(listing, name), self.patience, self.machine)

    def _download(self, site: Site, listing: Listing, files: Sequence[RemoteFile]) -> None:
        _sweep(site.directory, {file.name for file in files})
        total = _total(files)
        self._check_room(site, total)
        download = Download(
            self.client, listing, site.directory, site.partial, self.machine, self.patience
        )
        done = 0
        for file in files:

            def report(so_far: int, before: int = done, name: str = file.name) -> None:
                self._tell(Stage.DOWNLOADING, name, before + so_far, total)

            download.fetch(file, report)
            if file.name == CONFIG:
                check_config(site.directory / CONFIG, listing.repository)
            done += (site.directory / file.name).stat().st_size

    def _check_room(self, site: Site, total: int | None) -> None:
        # The converted form takes a quarter of float32 weights and half of float16 ones.
        needed = total + total // 2 - _bytes_below(site.directory, site.partial) if total else 0
        free = self.machine.free_bytes(site.directory)
        if free < needed:
            raise DiskFull(
                f"{self.wanted.repository} needs about {needed // 1_000_000} MB more and the disk "
                f"of {site.directory} has {free // 1_000_000} MB free.",
                hint="Make room, or set DRAGOMAN_MODELS_DIR to another disk.",
            )

    def _tell(self, stage: Stage, file: str | None, done: int, total: int | None) -> None:
        self.progress(Progress(stage, self.wanted.repository, file, done, total))


def choose_files(listing: Listing) -> list[str]:
    """What to download, small files first; never code. Raises ModelRefused for another layout."""
    missing = [name for name in NEEDED if name not in listing.files]
    weights = [name for name in WEIGHTS if name in listing.files][:1]
    if not weights:
        missing.append(" or ".join(WEIGHTS))
    if missing:
        raise ModelRefused(
            f"{listing.repository} is not a model in the layout of opus-mt: "
            f"it lacks {', '.join(missing)}.",
            hint="Pull a MarianMT model, such as those of Helsinki-NLP.",
        )
    welcome = [name for name in WELCOME if name in listing.files]
    return [*NEEDED, *welcome, *weights]


def check_config(path: Path, repository: str) -> None:
    """Raises ModelRefused unless it describes a MarianMT model."""
    try:
        config = json.loads(path.read_bytes())
    except ValueError as error:
        raise ModelRefused(f"The {CONFIG} of {repository} cannot be read: {error}.") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "marian":
        raise ModelRefused(
            f"{repository} is a model of type {kind}, and Dragoman runs marian ones.",
            hint="Pull a MarianMT model, such as those of Helsinki-NLP.",
        )


def _installed(shelf: Shelf, repository: str) -> InstalledModel | None:
    try:
        return shelf.get(repository)
    except (ModelNotInstalled, ModelCorrupt):
        return None  # a broken one is replaced


def _total(files: Sequence[RemoteFile]) -> int | None:
    sizes = [file.size for file in files]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _sweep(directory: Path, wanted: Collection[str]) -> None:
    """Delete what an earlier attempt left there and this one does not want."""
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in wanted:
            path.unlink()


def _bytes_below(*directories: Path) -> int:
    return sum(
        path.stat().st_size
        for directory in directories
        for path in directory.rglob("*")
        if path.is_file()
    )
