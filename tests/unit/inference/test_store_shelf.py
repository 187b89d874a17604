from __future__ import annotations

import os
from pathlib import Path

import pytest

from dragoman.article import LanguagePair
from dragoman.errors import InputError, ModelCorrupt, ModelNotInstalled
from dragoman.inference.store import ModelStore, Problem, bundled_models_directory
from dragoman.inference.store.lock import LOCK_FILE, take_stock, write_lock
from support.model_directories import model_directory


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "models"


def locked(directory: Path, revision: str = "abc") -> Path:
    write_lock(directory, take_stock(directory, repository="owner/name", revision=revision))
    return directory


def ids(store: ModelStore) -> list[str]:
    return [model.id for model in store.installed()]


def test_pulled_and_bundled_models_are_found(shelf: Path, tmp_path: Path) -> None:
    """The store lists pulled models and those that came with the program, and tells them apart."""
    model_directory(shelf / "owner" / "name")
    bundled = tmp_path / "bundled"
    model_directory(bundled / "starter" / "en-fr")
    (bundled / "catalogue.toml").write_text("")

    store = ModelStore([shelf], bundled=bundled)

    assert ids(store) == ["owner/name", "starter/en-fr"]
    assert [model.bundled for model in store.installed()] == [False, True]
    assert store.broken() == []


def test_a_model_is_described_by_its_directory(shelf: Path) -> None:
    """Pairs, converted form, size, licence and revision come from the files of the model."""
    directory = locked(model_directory(shelf / "a" / "b", card="---\nlicense: cc-by-4.0\n---\n"))

    model = ModelStore([shelf]).get("a/b")

    assert model.directory == directory
    assert model.ctranslate2_directory == directory / "ct2-int8"
    assert model.pairs == frozenset({LanguagePair("en", "fr")})
    assert model.size_bytes == len(b"converted weights")
    assert model.licence == "cc-by-4.0"
    assert model.revision == "abc"


def test_a_model_that_is_not_converted_yet_is_listed_without_that_form(shelf: Path) -> None:
    """A directory with hub weights alone is a model for the reference engine."""
    model_directory(shelf / "a" / "b", without=["ct2-int8/model.bin", "ct2-int8/config.json"])

    model = ModelStore([shelf]).get("a/b")

    assert model.ctranslate2_directory is None
    assert model.size_bytes == len(b"weights of the model")


def test_a_directory_copied_one_level_up_is_found(shelf: Path) -> None:
    """A model need not lie below an owner's directory."""
    model_directory(shelf / "mine-en-fr")

    assert ids(ModelStore([shelf])) == ["mine-en-fr"]


def test_a_shelf_that_does_not_exist_holds_nothing(shelf: Path) -> None:
    """Before the first pull there is no models directory, and that is no error."""
    store = ModelStore([shelf])

    assert store.installed() == []
    with pytest.raises(ModelNotInstalled, match="dragoman models pull owner/name"):
        store.get("owner/name")


def test_the_first_directory_wins(tmp_path: Path) -> None:
    """A pulled model hides a bundled one of the same id."""
    model_directory(tmp_path / "pulled" / "starter" / "en-fr")
    model_directory(tmp_path / "bundled" / "starter" / "en-fr")

    store = ModelStore([tmp_path / "pulled"], bundled=tmp_path / "bundled")

    assert [model.bundled for model in store.installed()] == [False]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda model: (model / "vocab.json").unlink(), "vocab.json missing"),
        (lambda model: (model / "config.json").write_text("{"), "config.json cannot be read"),
        (lambda model: (model / "config.json").write_text('{"model_type": "bert"}'), "type bert"),
        (lambda model: (model / LOCK_FILE).write_text("[]"), "lock file"),
        (lambda model: (model / "source.spm").write_bytes(b"cut"), "source.spm has 3 bytes"),
        (lambda model: (model / "target.spm").unlink(), "target.spm missing"),
        (lambda model: (model / "dragoman.json").write_text('{"pairs": 3}'), "dragoman.json"),
    ],
)
def test_a_broken_model_is_reported_and_hides_no_other(shelf: Path, damage, reason: str) -> None:
    """A broken directory is reported with its reason, and every whole model is still listed."""
    damage(locked(model_directory(shelf / "a" / "broken")))
    model_directory(shelf / "a" / "whole")
    store = ModelStore([shelf])

    (broken,) = store.broken()

    assert ids(store) == ["a/whole"]
    assert broken.id == "a/broken"
    assert reason in broken.reason
    with pytest.raises(ModelCorrupt):
        store.get("a/broken")


def test_half_done_installations_are_not_seen(shelf: Path) -> None:
    """What begins with a dot is not on the shelf."""
    model_directory(shelf / ".staging" / "name")
    model_directory(shelf / "owner" / ".removed-1")

    store = ModelStore([shelf])

    assert store.installed() == []
    assert store.broken() == []


def test_other_directories_are_not_taken_for_broken_models(shelf: Path) -> None:
    """Recipes and cards beside the models are no models."""
    (shelf / "training" / "en-fr").mkdir(parents=True)
    (shelf / "training" / "en-fr" / "settings.toml").write_text("")

    assert ModelStore([shelf]).broken() == []


def test_a_pulled_model_is_removed(shelf: Path) -> None:
    """Removing deletes the files, and the owner's directory when it is empty then."""
    model_directory(shelf / "owner" / "one")
    model_directory(shelf / "owner" / "two")
    store = ModelStore([shelf])

    store.remove("owner/one")
    assert ids(store) == ["owner/two"]
    store.remove("owner/two")
    assert list(shelf.iterdir()) == []


def test_a_broken_model_can_be_removed(shelf: Path) -> None:
    """The way out of a broken installation is the same command."""
    model_directory(shelf / "owner" / "one", without=["source.spm"])

    ModelStore([shelf]).remove("owner/one")

    assert not (shelf / "owner").exists()


def test_removing_a_linked_model_leaves_the_original(shelf: Path, tmp_path: Path) -> None:
    """A model that is a symbolic link loses the link only."""
    original = model_directory(tmp_path / "elsewhere")
    (shelf / "owner").mkdir(parents=True)
    (shelf / "owner" / "linked").symlink_to(original)

    ModelStore([shelf]).remove("owner/linked")

    assert not (shelf / "owner" / "linked").exists()
    assert (original / "config.json").exists()


def test_a_bundled_model_cannot_be_removed(shelf: Path) -> None:
    """Removing a bundled model is refused in words, and nothing is deleted."""
    directory = model_directory(shelf / "starter" / "en-fr")

    with pytest.raises(InputError, match="came with the program"):
        ModelStore([], bundled=shelf).remove("starter/en-fr")

    assert (directory / "source.spm").exists()


@pytest.mark.parametrize("model_id", ["../outside", "owner/../../outside", "/outside", ""])
def test_an_id_never_leads_outside(shelf: Path, tmp_path: Path, model_id: str) -> None:
    """Only what the listing holds can be removed, whatever path the id spells."""
    model_directory(tmp_path / "outside")
    shelf.mkdir()

    with pytest.raises(ModelNotInstalled):
        ModelStore([shelf]).remove(model_id)

    assert (tmp_path / "outside" / "config.json").exists()


def test_verify_finds_every_kind_of_change(shelf: Path) -> None:
    """A flipped byte, a missing file and an added one, hidden too, are each found by name."""
    directory = locked(model_directory(shelf / "a" / "b"))
    store = ModelStore([shelf])
    assert store.verify() == []

    weights = directory / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[3] ^= 1
    weights.write_bytes(content)
    (directory / "source.spm").unlink()
    (directory / "ct2-int8" / ".extra").write_text("")

    assert [(finding.file, finding.problem) for finding in store.verify("a/b")] == [
        ("ct2-int8/.extra", Problem.ADDED),
        ("model.safetensors", Problem.CHANGED),
        ("source.spm", Problem.MISSING),
    ]


def test_verify_finds_any_single_changed_byte(shelf: Path) -> None:
    """Whichever byte of whichever file changes, that file is named."""
    directory = locked(model_directory(shelf / "a" / "b"))
    store = ModelStore([shelf])

    for name in take_stock(directory).files:
        path = directory / name
        content = path.read_bytes()
        for position in range(len(content)):
            path.write_bytes(content[:position] + b"\xff" + content[position + 1 :])
            assert [finding.file for finding in store.verify()] == [name]
        path.write_bytes(content)
    assert store.verify() == []


def test_verify_of_an_unlocked_model_says_that_it_cannot_tell(shelf: Path) -> None:
    """Without a lock file there is nothing to compare with: a note, not damage."""
    model_directory(shelf / "a" / "b")

    (finding,) = ModelStore([shelf]).verify()

    assert finding.problem is Problem.UNLOCKED
    assert not finding.is_damage


def test_verify_of_an_unknown_model_fails(shelf: Path) -> None:
    """A mistyped name is not a clean verification."""
    with pytest.raises(ModelNotInstalled):
        ModelStore([shelf]).verify("a/b")


@pytest.mark.parametrize("name", ["source.spm", "ct2-int8/model.bin", "vocab.json"])
def test_the_digest_changes_with_any_file(shelf: Path, name: str) -> None:
    """A model without a lock file gets another digest when a byte changes, size unchanged."""
    directory = model_directory(shelf / "a" / "b")
    store = ModelStore([shelf])
    before = store.get("a/b").digest

    path = directory / name
    stat = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))

    assert store.get("a/b").digest != before
    assert ModelStore([shelf]).get("a/b").digest == store.get("a/b").digest


def test_the_digest_is_the_same_with_and_without_a_lock(shelf: Path) -> None:
    """The lock only saves the reading: it does not change what a model is called."""
    directory = model_directory(shelf / "a" / "b")
    unlocked = ModelStore([shelf]).get("a/b").digest

    locked(directory)

    assert ModelStore([shelf]).get("a/b").digest == unlocked


def test_the_digest_of_a_locked_model_reads_no_weights(shelf: Path) -> None:
    """Listing a pulled model opens no weights, so 300 MB cost nothing at start."""
    directory = locked(model_directory(shelf / "a" / "b"))
    expected = ModelStore([shelf]).get("a/b").digest
    # Same size, other bytes: only something that read them could tell.
    (directory / "model.safetensors").write_bytes(b"x" * len(b"weights of the model"))

    assert ModelStore([shelf]).get("a/b").digest == expected


def test_the_bundled_starter_is_whole() -> None:
    """The starter that comes with the program is found, converted and translates something."""
    store = ModelStore([], bundled=bundled_models_directory())

    assert store.broken() == []
    assert any(model.pairs and model.ctranslate2_directory for model in store.installed())
