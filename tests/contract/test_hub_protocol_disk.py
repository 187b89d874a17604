"""Pulling to a disk that is full, or that cannot be written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from dragoman.errors import DiskFull, HubError
from dragoman.inference.hub import HubOptions, HuggingFaceClient, Wanted, pull
from dragoman.inference.hub.download import Machine
from dragoman.inference.store import ModelStore
from support.hub import Hub, serving
from support.model_directories import FILES, model_directory

NAME = "owner/opus-mt-en-fr"
WEIGHTS = "model.safetensors"


class FullDisk(OSError):
    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "No space left on device")


class SmallDisk:
    """A disk with room for so many bytes, as `open` of a Machine."""

    def __init__(self, room: int) -> None:
        self.room = room

    def open(self, path: Path, mode: str) -> IO[bytes]:
        file = path.open(mode)
        write = file.write

        def limited(data: bytes) -> int:
            self.room -= len(data)
            if self.room < 0:
                raise FullDisk
            return write(data)

        file.write = limited  # type: ignore[method-assign,assignment]  # this disk's own write
        return file


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with serving() as running:
        running.add(NAME, model_directory(tmp_path / "upstream"))
        yield running


def convert(model: Path, output: Path) -> None:
    output.mkdir()
    (output / "model.bin").write_bytes(b"converted")


def convert_on_a_full_disk(model: Path, output: Path) -> None:
    output.mkdir()
    (output / "model.bin").write_bytes(b"conv")
    raise FullDisk


def everything_below(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.mark.parametrize("room", [0, 60, sum(map(len, FILES.values())) // 2])
def test_a_disk_that_fills_up_leaves_nothing_behind(hub: Hub, tmp_path: Path, room: int) -> None:
    """Wherever the disk fills up, the pull says so and gives back all the room that it took."""
    store = ModelStore([tmp_path / "models"])
    machine = Machine(open=SmallDisk(room).open)

    with pytest.raises(DiskFull, match="Make room"):
        pull(Wanted(NAME), store, HuggingFaceClient(HubOptions(hub.url)), convert, machine=machine)

    assert store.installed() == []
    assert store.broken() == []
    assert everything_below(tmp_path / "models") == []


def test_a_disk_that_fills_up_in_conversion_leaves_nothing_behind(hub: Hub, tmp_path: Path) -> None:
    """The same when the last bytes were those of the converted model."""
    store = ModelStore([tmp_path / "models"])
    client = HuggingFaceClient(HubOptions(hub.url))

    with pytest.raises(DiskFull):
        pull(Wanted(NAME), store, client, convert_on_a_full_disk)

    assert everything_below(tmp_path / "models") == []


def test_a_full_disk_keeps_the_model_that_is_installed(hub: Hub, tmp_path: Path) -> None:
    """An update for which there is no room leaves the old revision as it was."""
    store = ModelStore([tmp_path / "models"])
    client = HuggingFaceClient(HubOptions(hub.url))
    old = pull(Wanted(NAME), store, client, convert)
    hub.add(NAME, hub.repositories[NAME].files | {WEIGHTS: b"new weights"})

    machine = Machine(open=SmallDisk(3).open)
    with pytest.raises(DiskFull):
        pull(Wanted(NAME, update=True), store, client, convert, machine=machine)

    assert store.get(NAME) == old
    assert store.verify() == []


def test_too_little_room_is_noticed_before_anything_is_downloaded(hub: Hub, tmp_path: Path) -> None:
    """A model that will not fit is refused after its listing, with both sizes."""
    store = ModelStore([tmp_path / "models"])
    machine = Machine(free_bytes=lambda _: 10)

    with pytest.raises(DiskFull, match="MB free"):
        pull(Wanted(NAME), store, HuggingFaceClient(HubOptions(hub.url)), convert, machine=machine)

    assert [asked.path for asked in hub.asked] == [f"/api/models/{NAME}"]


def test_a_resumed_pull_needs_room_for_the_rest_only(hub: Hub, tmp_path: Path) -> None:
    """Bytes that have arrived are not counted again."""
    store = ModelStore([tmp_path / "models"])
    client = HuggingFaceClient(HubOptions(hub.url))
    hub.fail(WEIGHTS, status=404, headers={"X-Error-Code": "EntryNotFound"})
    with pytest.raises(HubError):
        pull(Wanted(NAME), store, client, convert)
    arrived = sum(path.stat().st_size for path in everything_below(tmp_path / "models"))
    total = arrived + len(FILES[WEIGHTS])
    machine = Machine(free_bytes=lambda _: total + total // 2 - arrived)

    assert pull(Wanted(NAME), store, client, convert, machine=machine).id == NAME


def test_a_directory_that_cannot_be_made_is_an_error_in_words(hub: Hub, tmp_path: Path) -> None:
    """A models directory below a file names the setting to correct."""
    (tmp_path / "file").write_text("")
    store = ModelStore([tmp_path / "file" / "models"])

    with pytest.raises(HubError, match="DRAGOMAN_MODELS_DIR"):
        pull(Wanted(NAME), store, HuggingFaceClient(HubOptions(hub.url)), convert)
