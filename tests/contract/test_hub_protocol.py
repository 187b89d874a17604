"""Pulling against a server that speaks the hub's protocol: what is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import (
    ModelRefused,
    NotOnHub,
)
from dragoman.inference.hub import (
    Progress,
    Stage,
)
from dragoman.inference.store.lock import LOCK_FILE, read_lock
from support.pulling import CONTENT, NAME, WEIGHTS, Puller, pulling

HALF = len(CONTENT) // 2


@pytest.fixture
def puller(tmp_path: Path) -> Iterator[Puller]:
    with pulling(tmp_path) as ready:
        yield ready


def test_a_pulled_model_is_installed_whole(puller: Puller) -> None:
    """A pull downloads the model's files, converts it once, and the store finds and verifies it."""
    model = puller()

    assert model == puller.store.get(NAME)
    assert model.directory == puller.shelf / "Helsinki-NLP" / "opus-mt-en-fr"
    assert model.pairs == frozenset({LanguagePair("en", "fr")})
    assert model.licence == "cc-by-4.0"
    assert model.ctranslate2_directory is not None
    assert (model.directory / WEIGHTS).read_bytes() == CONTENT
    assert puller.store.verify() == []
    assert puller.left_behind == []


def test_the_lock_records_revision_and_every_digest(puller: Puller) -> None:
    """The lock file names hub, repository, commit and the sha256 of every installed file."""
    model = puller()

    lock = read_lock(model.directory)

    assert lock is not None
    assert (lock.hub, lock.repository) == (puller.hub.url, NAME)
    assert lock.revision == model.revision == puller.hub.repositories[NAME].revision
    installed = {p.relative_to(model.directory).as_posix() for p in model.directory.rglob("*.*")}
    assert set(lock.files) == installed - {LOCK_FILE}
    assert "ct2-int8/model.bin" in lock.files
    assert "dragoman.json" in lock.files


def test_only_files_of_a_model_are_downloaded(puller: Puller) -> None:
    """Code, other frameworks' weights and the second form of the weights are never asked for."""
    puller.files["pytorch_model.bin"] = b"pickle"

    model = puller()

    asked = {asked.path.rsplit("/", 1)[-1] for asked in puller.hub.asked[1:]}
    assert asked == {
        "README.md",
        "config.json",
        WEIGHTS,
        "source.spm",
        "target.spm",
        "tokenizer_config.json",
        "vocab.json",
    }
    assert not list(model.directory.glob("*.py"))


def test_the_older_form_of_the_weights_is_taken_where_there_is_no_other(puller: Puller) -> None:
    """A repository with pytorch_model.bin alone is pulled too."""
    puller.files["pytorch_model.bin"] = puller.files.pop(WEIGHTS)

    def convert(model: Path, output: Path) -> None:
        output.mkdir()
        (output / "model.bin").write_bytes((model / "pytorch_model.bin").read_bytes())

    puller.converter = convert

    assert puller().ctranslate2_directory is not None


def test_progress_counts_the_bytes_of_the_whole_model(puller: Puller) -> None:
    """Progress never falls, knows the total from the start, and ends with conversion."""
    seen: list[Progress] = []

    puller(progress=seen.append)

    downloads = [step for step in seen if step.stage is Stage.DOWNLOADING]
    counts = [step.done_bytes for step in downloads]
    assert counts == sorted(counts)
    assert {step.total_bytes for step in downloads} == {counts[-1]}
    assert seen[-1].stage is Stage.CONVERTING


def test_an_installed_model_is_not_downloaded_again(puller: Puller) -> None:
    """A second pull asks nobody, so it also works offline."""
    first = puller()
    puller.hub.asked.clear()
    puller.options["offline"] = True

    assert puller() == first
    assert puller.hub.asked == []


def test_an_update_takes_a_new_revision(puller: Puller) -> None:
    """With update the hub is asked, and a newer revision replaces the installed one whole."""
    old = puller()
    puller.hub.asked.clear()
    assert puller(update=True) == old
    assert [asked.path for asked in puller.hub.asked] == [f"/api/models/{NAME}"]
    puller.hub.add(NAME, puller.files | {WEIGHTS: b"new weights"})

    new = puller(update=True)

    assert new.revision != old.revision
    assert (new.directory / WEIGHTS).read_bytes() == b"new weights"
    assert (new.directory / "ct2-int8" / "model.bin").read_bytes() == b"converted new weights"
    assert puller.store.verify() == []
    assert puller.left_behind == []


def test_a_broken_installation_is_replaced(puller: Puller) -> None:
    """Pulling repairs a model of which a file was lost."""
    (puller().directory / "source.spm").unlink()

    puller()

    assert puller.store.verify() == []


def test_a_revision_can_be_asked_for(puller: Puller) -> None:
    """A commit is pulled when it is named, and one that is not there is an error."""
    revision = puller.hub.repositories[NAME].revision

    assert puller(revision=revision).revision == revision
    with pytest.raises(NotOnHub, match="revision"):
        puller(revision="0" * 40, update=True)


def test_a_model_whose_languages_nobody_knows_is_refused(puller: Puller) -> None:
    """Without a hint the pull asks for the pair; with it the model is installed for that pair."""
    name = "owner/my-news-model"
    files = dict(puller.files)
    del files["tokenizer_config.json"]
    puller.hub.add(name, files)

    with pytest.raises(ModelRefused, match="--pair"):
        puller(name)

    pair = LanguagePair("en", "pt-BR")
    assert puller(name, pairs=frozenset({pair})).pairs == {pair}
