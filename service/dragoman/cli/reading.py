"""Reading what the user names on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from dragoman.errors import DragomanError
from dragoman.pipeline.files import read_file

STANDARD_INPUT = Path("-")


def read_input(path: Path) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises UnreadableInput."""
    return sys.stdin.buffer.read() if path == STANDARD_INPUT else read_file(path)


def complain(path: Path, error: DragomanError, console: Console) -> None:
    """Say what is wrong with one of several inputs, and what to do."""
    name = "standard input" if path == STANDARD_INPUT else path
    console.print(f"dragoman: {name}: {error.message}", markup=False)
    if error.hint:
        console.print(f"  {error.hint}", markup=False)
