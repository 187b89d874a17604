from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dragoman.inference.catalogue import load_catalogue
from dragoman.inference.store import ModelStore, bundled_models_directory

CHECKOUT = Path(__file__).parents[3]


def test_a_checkout_has_its_models_beside_service(tmp_path: Path) -> None:
    """An editable install finds models/ two levels above the package."""
    package = tmp_path / "service" / "dragoman"
    (tmp_path / "models" / "starter").mkdir(parents=True)

    assert bundled_models_directory(package) == tmp_path / "models"


def test_a_strangers_models_directory_is_not_taken(tmp_path: Path) -> None:
    """A directory that merely is called models is not ours."""
    (tmp_path / "models").mkdir()

    assert bundled_models_directory(tmp_path / "lib" / "dragoman") is None


def test_a_wheel_has_its_models_inside_the_package(tmp_path: Path) -> None:
    """The copy inside the package comes first."""
    package = tmp_path / "service" / "dragoman"
    (package / "_models").mkdir(parents=True)
    (tmp_path / "models" / "starter").mkdir(parents=True)

    assert bundled_models_directory(package) == package / "_models"


@pytest.fixture(scope="module")
def installed_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real wheel of this checkout, unpacked as an installer would."""
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, timeout=120)
    (wheel,) = built.glob("*.whl")
    site = built / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run_in(site: Path, code: str) -> str:
    """Run Python with only that installation of ours on its path."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{code}"]
    done = subprocess.run(command, cwd=site, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def test_the_wheel_carries_the_models(installed_wheel: Path) -> None:
    """What is installed from a wheel finds the same bundled models as the checkout."""
    found = run_in(
        installed_wheel,
        "from dragoman.inference.store import ModelStore, bundled_models_directory as d\n"
        "print(d()); print([m.digest for m in ModelStore([], bundled=d()).installed()])",
    ).splitlines()
    here = ModelStore([], bundled=bundled_models_directory())

    assert found[0] == str(installed_wheel / "dragoman" / "_models")
    assert found[1] == str([model.digest for model in here.installed()])


def test_the_wheel_carries_the_catalogue(installed_wheel: Path) -> None:
    """What is installed from a wheel knows the same repositories as the checkout."""
    count = (
        "from dragoman.inference.catalogue import load_catalogue\n"
        "from dragoman.inference.store import bundled_models_directory\n"
        "print(len(load_catalogue(bundled_models_directory()).entries))"
    )

    assert run_in(installed_wheel, count) == str(
        len(load_catalogue(bundled_models_directory()).entries)
    )


def test_bundled_models_are_verified_against_the_wheels_record(installed_wheel: Path) -> None:
    """Verification of an installed wheel is silent when whole and finds one changed byte."""
    verify = (
        "from dragoman.inference.store import ModelStore, bundled_models_directory as d\n"
        "print([(f.file, f.problem.value) for f in ModelStore([], bundled=d()).verify()])"
    )
    assert run_in(installed_wheel, verify) == "[]"

    store = ModelStore([], bundled=installed_wheel / "dragoman" / "_models")
    vocabulary = store.installed()[0].directory / "vocab.json"
    content = vocabulary.read_bytes()
    vocabulary.write_bytes(content[:-1] + b" ")

    assert run_in(installed_wheel, verify) == "[('vocab.json', 'changed')]"
    vocabulary.write_bytes(content)


def test_record_hashes_are_what_the_standard_says(installed_wheel: Path) -> None:
    """The record's urlsafe base64 without padding is the sha256 that the store computes."""
    (record,) = installed_wheel.glob("*.dist-info/RECORD")
    line = next(row for row in record.read_text().splitlines() if "vocab.json" in row)
    name, value, _ = line.split(",")
    digest = hashlib.sha256((installed_wheel / name).read_bytes()).digest()

    assert value == "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
