"""Pulling what is cut, changed, missing or not a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.errors import (
    DownloadFailed,
    ModelRefused,
)
from dragoman.inference.hub import (
    Progress,
)
from support.pulling import CONTENT, NAME, WEIGHTS, Puller, pulling

HALF = len(CONTENT) // 2


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Puller]:
    with pulling(tmp_path) as ready:
        yield ready


def test_a_download_that_breaks_off_goes_on_by_itself(puller: Puller) -> None:
    """A connection that breaks in the middle is resumed at the byte that it broke at."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=HALF)

    model = puller()

    first, second = puller.hub.downloads(WEIGHTS)
    assert "range" not in first.headers
    assert second.headers["range"] == f"bytes={HALF}-"
    assert (model.directory / WEIGHTS).read_bytes() == CONTENT


def test_an_interrupted_pull_goes_on_next_time(puller: Puller) -> None:
    """What had arrived before the user pressed Ctrl-C is not downloaded again."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=HALF)
    small = sum(len(puller.files[name]) for name in ("source.spm",))

    def interrupt(step: Progress) -> None:
        if step.file == WEIGHTS and step.done_bytes > small:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        puller(progress=interrupt)
    assert puller.store.installed() == []
    assert puller.store.broken() == []
    puller.hub.asked.clear()

    puller()

    (resumed,) = puller.hub.downloads(WEIGHTS)
    assert resumed.headers["range"] == f"bytes={HALF}-"
    assert puller.hub.downloads("source.spm") == []
    assert puller.store.verify() == []


def test_a_hub_that_cannot_resume_sends_it_all(puller: Puller) -> None:
    """An answer that ignores the range starts the file anew instead of doubling its beginning."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=HALF)
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", ignore_range=True)

    assert (puller().directory / WEIGHTS).read_bytes() == CONTENT
    assert len(puller.hub.downloads(WEIGHTS)) == 2


def test_bytes_of_an_older_revision_are_not_gone_on_with(puller: Puller) -> None:
    """When the file changes between two attempts, the second starts at its first byte."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=HALF)
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=0, times=99)
    with pytest.raises(DownloadFailed):
        puller()
    changed = CONTENT.upper()
    puller.hub.add(NAME, puller.files | {WEIGHTS: changed})
    puller.hub.forget_faults()
    puller.hub.asked.clear()

    assert (puller().directory / WEIGHTS).read_bytes() == changed
    assert ["range" in asked.headers for asked in puller.hub.downloads(WEIGHTS)] == [False]


def test_files_that_the_hub_dropped_meanwhile_are_not_installed(puller: Puller) -> None:
    """What an earlier attempt fetched and the newer revision has no more is thrown away."""
    puller.files["pytorch_model.bin"] = puller.files.pop(WEIGHTS)
    puller.files["generation_config.json"] = b"{}"

    def die(model: Path, output: Path) -> None:
        output.mkdir()
        (output / "stale.bin").write_bytes(b"")
        raise KeyboardInterrupt

    whole, puller.converter = puller.converter, die
    with pytest.raises(KeyboardInterrupt):
        puller()
    puller.converter = whole
    puller.files[WEIGHTS] = puller.files.pop("pytorch_model.bin")
    del puller.files["generation_config.json"]

    installed = {path.name for path in puller().directory.rglob("*.*")}
    assert installed.isdisjoint({"pytorch_model.bin", "generation_config.json", "stale.bin"})


def test_a_bad_line_is_put_up_with_as_long_as_bytes_arrive(puller: Puller) -> None:
    """A download may break off any number of times when each attempt gets further."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=2, times=8)

    assert (puller().directory / WEIGHTS).read_bytes() == CONTENT
    assert len(puller.hub.downloads(WEIGHTS)) == 9


def test_a_hub_that_never_gets_further_is_given_up(puller: Puller) -> None:
    """After five attempts without a new byte the pull fails, and what arrived is kept."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", cut_after=0, times=99)

    with pytest.raises(DownloadFailed, match=r"5 attempts.*Pull again"):
        puller()

    assert puller.waits == [0.5, 1.0, 2.0, 4.0]
    assert puller.store.installed() == []
    assert "source.spm" in puller.left_behind


@pytest.mark.parametrize("name", [WEIGHTS, "vocab.json", "config.json"])
def test_a_wrong_digest_is_fetched_once_more(puller: Puller, name: str) -> None:
    """A file that arrives changed, large or small, is downloaded again and then right."""
    puller.hub.fail(name, wrong_bytes=True, **({"times": 2} if name == WEIGHTS else {}))

    model = puller()

    assert (model.directory / name).read_bytes() == puller.files[name]
    assert len(puller.hub.downloads(name)) == 2


def test_a_digest_that_stays_wrong_fails(puller: Puller) -> None:
    """A file that arrives changed twice is refused, and nothing of the model is installed."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", wrong_bytes=True, times=99)

    with pytest.raises(DownloadFailed, match="wrong digest"):
        puller()

    assert len(puller.hub.downloads(WEIGHTS)) == 2
    assert puller.store.installed() == []
    assert not [name for name in puller.left_behind if name.startswith(WEIGHTS)]


def test_more_bytes_than_announced_are_refused(puller: Puller) -> None:
    """A file that is longer than the hub's listing says is not the file."""
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", extra=bytes(20_000_000), times=99)
    seen: list[int] = []

    with pytest.raises(DownloadFailed, match="wrong digest"):
        puller(progress=lambda step: seen.append(step.done_bytes))

    assert max(seen) < 10_000_000, "it did not stop at the announced size"


def test_digests_are_asked_for_where_the_listing_has_none(puller: Puller) -> None:
    """A mirror whose listing names files only is still checked, by what it says of each file."""
    puller.hub.repositories[NAME].plain = True
    puller.hub.fail(f"/cdn/{NAME}/{WEIGHTS}", wrong_bytes=True)

    model = puller()

    assert len(puller.hub.downloads(WEIGHTS)) == 2
    assert (model.directory / WEIGHTS).read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["source.spm", "vocab.json", WEIGHTS])
def test_a_repository_without_a_needed_file_is_refused(puller: Puller, name: str) -> None:
    """The error names the file that the layout lacks, and nothing was downloaded."""
    del puller.files[name]

    with pytest.raises(ModelRefused, match=name):
        puller()

    assert len(puller.hub.asked) == 1


def test_a_listed_file_that_is_missing_is_an_error(puller: Puller) -> None:
    """A hub that lists a file and answers 404 for it fails the pull in words."""
    puller.hub.fail("vocab.json", status=404, headers={"X-Error-Code": "EntryNotFound"})

    with pytest.raises(DownloadFailed, match="does not have"):
        puller()

    assert puller.store.installed() == []


def test_another_kind_of_model_is_refused_before_its_weights(puller: Puller) -> None:
    """A BERT is refused after its configuration, not after 400 MB."""
    files = puller.files
    files["config.json"] = json.dumps({"model_type": "bert"}).encode()

    with pytest.raises(ModelRefused, match="type bert"):
        puller()

    assert puller.hub.downloads(WEIGHTS) == []
    assert puller.left_behind == []


def test_a_refused_conversion_leaves_nothing(puller: Puller) -> None:
    """When the converter refuses a model, neither shelf nor workshop holds anything of it."""

    def refuse(model: Path, output: Path) -> None:
        raise ModelRefused("It would run code.")

    puller.converter = refuse

    with pytest.raises(ModelRefused, match="run code"):
        puller()

    assert puller.store.installed() == []
    assert puller.left_behind == []


def test_a_pull_that_dies_in_conversion_is_not_seen_and_goes_on(puller: Puller) -> None:
    """A half-converted model is nowhere to be seen, and the next pull downloads nothing again."""
    whole = puller.converter

    def die(model: Path, output: Path) -> None:
        whole(model, output)
        raise KeyboardInterrupt

    puller.converter = die
    with pytest.raises(KeyboardInterrupt):
        puller()
    assert puller.store.installed() == []
    assert puller.store.broken() == []
    puller.hub.asked.clear()
    puller.converter = whole

    assert puller().ctranslate2_directory is not None
    assert [asked.path for asked in puller.hub.asked] == [f"/api/models/{NAME}"]
