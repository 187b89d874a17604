"""Where the models are that came with the program."""

from __future__ import annotations

import base64
import importlib.metadata
from collections.abc import Mapping
from pathlib import Path

IN_WHEEL = "_models"
IN_CHECKOUT = "models"
CATALOGUE = "catalogue.toml"


def bundled_models_directory(package: Path | None = None) -> Path | None:
    """The directory of the models that came with the program, or None.

    A wheel carries them inside the package. An editable install has no such copy, so a checkout
    is searched as well: ``models/`` two levels above the package, recognised by its catalogue or
    its starter models, because any directory may be called ``models``.
    """
    package = package or Path(__file__).parents[2]
    in_wheel = package / IN_WHEEL
    if in_wheel.is_dir():
        return in_wheel
    in_checkout = package.parent.parent / IN_CHECKOUT
    if (in_checkout / CATALOGUE).is_file() or (in_checkout / "starter").is_dir():
        return in_checkout
    return None


def recorded_digests(directory: Path) -> Mapping[str, str]:
    """What the installed wheel's own record says of the files below ``directory``.

    Maps each relative name to its sha256 (hex). Empty in a checkout, where git knows the files.
    The record is that of PEP 376 and PEP 427.
    """
    try:
        files = importlib.metadata.files("dragoman") or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    root = directory.resolve()
    found: dict[str, str] = {}
    for file in files:
        path = Path(str(file.locate())).resolve()
        if file.hash and file.hash.mode == "sha256" and path.is_relative_to(root):
            found[path.relative_to(root).as_posix()] = _hex(file.hash.value)
    return found


def _hex(value: str) -> str:
    padding = "=" * (-len(value) % 4)
    return base64.urlsafe_b64decode(value + padding).hex()
