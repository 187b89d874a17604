"""py3langid's model, opened without holding it in memory.

Loaded by the library itself it takes 77 MB, and 106 MB while loading, because it keeps a dense
table and a byte automaton. We unpack the same file to an unnamed temporary file and map it: 16 MB
stay, up to 60 MB more are touched while a text is ranked, and ``release`` gives them back to
the system (which costs the next text half a millisecond).
"""

from __future__ import annotations

import lzma
import math
import mmap
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

Scratch = Callable[[], IO[bytes]]


class Ranker(Protocol):
    """Ranks languages. Thread-safe."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All languages that it knows with their probabilities, best first."""

    def release(self) -> None:
        """Give back memory that is needed only while ranking; safe at any time."""


class UnknownLayout(Exception):
    """The model file is not laid out as this module knows it."""


def open_ranker(scratch: Scratch = tempfile.TemporaryFile) -> Ranker:
    """Open py3langid's own model with probabilities (about half a second, mostly unpacking).

    ``scratch`` gives an unnamed temporary file. Where none can be written, or the library has
    another layout, the library loads its model its own way, which costs memory and nothing else.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    try:
        return _mapped_ranker(Path(MODEL_DIR) / MODEL_FILE, scratch)
    except Exception:  # whatever another version of the library changed
        loaded = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        return _Ranker(loaded, None)


class _Ranker:
    def __init__(self, identifier: Any, mapped: mmap.mmap | None) -> None:
        self._identifier = identifier
        self._mapped = mapped

    def rank(self, text: str) -> list[tuple[str, float]]:
        ranked: list[tuple[str, float]] = self._identifier.rank(text)
        return ranked

    def release(self) -> None:
        if self._mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def _mapped_ranker(path: Path, scratch: Scratch) -> Ranker:
    from py3langid.langid import LanguageIdentifier

    entries = _mapped(path, scratch)
    identifier = LanguageIdentifier(
        entries["ptc"].array(),
        np.array(entries["pc"].array()),
        entries["classes"].array().tolist(),
        entries["nextmove"].view(),
        entries["out_feat"].view(),
        norm_probs=True,
        tk_row=entries["nextmove_row"].view(),
    )
    ranker = _Ranker(identifier, entries["ptc"].whole)
    ranker.rank("A first text shows whether the parts fit.")
    return ranker


@dataclass(frozen=True, slots=True)
class _Entry:
    """One array of the mapped file, at ``offset`` bytes."""

    whole: mmap.mmap
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    def array(self) -> Any:
        count = math.prod(self.shape)
        return np.frombuffer(self.whole, self.dtype, count, self.offset).reshape(self.shape)

    def view(self) -> Any:
        """Indexed by the automaton byte by byte, which numpy does four times slower.

        A cast view, because the arrays in the file are not aligned and numpy's are refused then.
        """
        size = math.prod(self.shape) * self.dtype.itemsize
        code: Any = self.dtype.char
        return memoryview(self.whole)[self.offset : self.offset + size].cast(code)


def _mapped(path: Path, scratch: Scratch) -> dict[str, _Entry]:
    """The arrays of an npz file inside LZMA, mapped read-only."""
    with scratch() as unpacked:
        with lzma.open(path) as packed:
            shutil.copyfileobj(packed, unpacked, length=1 << 20)
        unpacked.flush()
        whole = mmap.mmap(unpacked.fileno(), 0, access=mmap.ACCESS_READ)
        with zipfile.ZipFile(unpacked) as archive:
            return {
                member.filename.removesuffix(".npy"): _entry(unpacked, whole, member)
                for member in archive.infolist()
            }


def _entry(unpacked: IO[bytes], whole: mmap.mmap, member: zipfile.ZipInfo) -> _Entry:
    if member.compress_type != zipfile.ZIP_STORED:
        raise UnknownLayout(member.filename)
    unpacked.seek(member.header_offset + 26)
    name_length = int.from_bytes(unpacked.read(2), "little")
    extra_length = int.from_bytes(unpacked.read(2), "little")
    unpacked.seek(name_length + extra_length, 1)
    if np.lib.format.read_magic(unpacked) != (1, 0):
        raise UnknownLayout(member.filename)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(unpacked)
    if fortran or dtype.hasobject or not dtype.isnative:
        raise UnknownLayout(member.filename)
    return _Entry(whole, unpacked.tell(), dtype, shape)
