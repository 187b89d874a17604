"""The public Python surface is what ``__all__`` lists, and nothing happens at import."""

from __future__ import annotations

import subprocess
import sys

import dragoman
from dragoman import errors


def test_every_listed_name_can_be_imported() -> None:
    """Each name of ``__all__`` is there, lazily loaded ones included."""
    for name in dragoman.__all__:
        assert getattr(dragoman, name) is not None


def test_every_error_is_public_and_drawn_in_the_tree() -> None:
    """The docstring of ``errors`` draws exactly the errors that exist, and all are exported."""
    classes = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.DragomanError)
    }
    drawn = {
        line.split("──", 1)[1].split()[0]
        for line in (errors.__doc__ or "").splitlines()
        if "──" in line
    }
    assert drawn | {"DragomanError"} == classes
    assert classes <= set(dragoman.__all__)


def test_error_codes_are_unique() -> None:
    """A program that matches on ``code`` never meets two errors of one code."""
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.DragomanError)
    ]
    codes = [kind.code for kind in classes]
    assert len(set(codes)) == len(codes)


def test_import_loads_nothing_heavy() -> None:
    """``import dragoman`` brings neither engine nor web framework nor extraction."""
    heavy = "torch transformers ctranslate2 fastapi trafilatura lxml huggingface_hub numpy"
    code = (
        f"import sys, dragoman; print([name for name in '{heavy}'.split() if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
