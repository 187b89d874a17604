"""Reading what the user names on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from dragoman.pipeline.files import read_file

STANDARD_INPUT = Path("-")


def read_input(path: Path) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises UnreadableInput."""
    return sys.stdin.buffer.read() if path == STANDARD_INPUT else read_file(path)
