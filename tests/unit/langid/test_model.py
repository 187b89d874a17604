"""py3langid's model, mapped instead of loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from py3langid.langid import MODEL_FILE
from py3langid.langid import LanguageIdentifier as Original

from dragoman.langid.model import open_ranker

TEXTS = ["The minister spoke.", "Der Minister sprach.", "", "да", "今日", "\ud800", "12"]
RESIDENT = """
import psutil
def resident_mb():
    return psutil.Process().memory_info().rss / 1e6
import numpy, lzma, zipfile, tempfile
import py3langid.langid
before = resident_mb()
from dragoman.langid import LanguageIdentifier
found = LanguageIdentifier().identify("The minister spoke to the fishermen on Monday.")
print(found.language, resident_mb() - before)
"""


def test_the_mapped_model_answers_as_the_library_does() -> None:
    """Mapping changes where the numbers are kept and nothing else."""
    ours, original = open_ranker(), Original.from_model_file(MODEL_FILE, norm_probs=True)
    assert [ours.rank(text) for text in TEXTS] == [original.rank(text) for text in TEXTS]
    ours.release()
    assert ours.rank(TEXTS[0]) == original.rank(TEXTS[0])


def test_the_library_loads_its_model_where_ours_cannot() -> None:
    """A temporary directory that cannot be written costs memory, not the answer."""

    def refused() -> IO[bytes]:
        raise OSError(30, os.strerror(30))

    assert open_ranker(refused).rank("The minister spoke.")[0][0] == "en"


def test_identifying_keeps_little_memory() -> None:
    """After an answer less than 40 MB more are resident; the library alone keeps 77."""
    source_root = Path(__file__).parents[3] / "service"
    output = subprocess.run(
        [sys.executable, "-c", RESIDENT],
        env={**os.environ, "PYTHONPATH": str(source_root)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert output[0] == "en"
    assert float(output[1]) < 40
