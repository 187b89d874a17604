"""Tensors from ``pytorch_model.bin`` without torch, and without running what is in it.

A pickle is a program. This reader runs it with nothing but the few names that rebuild tensors;
any other name is refused. Both of torch's forms are read: the zip archive (since 1.6) and the
older sequence of pickles, which the first opus-mt models have. The formats are those of
``torch.serialization`` (``_load`` and ``_legacy_load``).
"""

from __future__ import annotations

import math
import pickle  # only through the restricted unpickler below
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dragoman.errors import DragomanError
from dragoman.inference.convert.refusal import corrupt, refused
from dragoman.inference.convert.widths import BFLOAT16, widen

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_STORAGE_TYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "BFloat16Storage": BFLOAT16,
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
_MALFORMED = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    EOFError,
    AttributeError,
    ImportError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    OverflowError,
    RecursionError,
    MemoryError,
    NotImplementedError,
)


def read_pickled(path: Path) -> dict[str, NDArray[Any]]:
    """Read a state dictionary: arrays by name, writable, bfloat16 widened to float32.

    Raises ModelRefused for any name beyond those of tensors, ModelCorrupt for a broken file.
    """
    try:
        with path.open("rb") as file:
            state = _read_zip(path) if zipfile.is_zipfile(file) else _read_legacy(file)
        return _arrays(state)
    except DragomanError:
        raise
    except _MALFORMED as error:
        raise corrupt(f"{path.name} is not a readable PyTorch file ({error}).") from error


@dataclass(frozen=True, slots=True)
class _StorageType:
    dtype: str


@dataclass(slots=True)
class _Storage:
    """A flat array; legacy files give its numbers only after every tensor that uses it."""

    dtype: str
    size: int
    numbers: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        """The tensor's numbers. Refuses one that reaches outside its storage."""
        numbers = self.storage.numbers
        if numbers is None or len(self.shape) != len(self.strides):
            raise ValueError("a tensor has no numbers")
        sizes_and_steps = list(zip(self.shape, self.strides, strict=True))
        last = self.offset + sum((size - 1) * step for size, step in sizes_and_steps)
        small = min((self.offset, *self.shape, *self.strides)) >= 0
        count = math.prod(self.shape)
        if not small or count > len(numbers) or (count and last >= len(numbers)):
            raise ValueError("a tensor reaches outside its storage")
        width = numbers.dtype.itemsize
        view = np.lib.stride_tricks.as_strided(
            numbers[self.offset :], self.shape, [step * width for step in self.strides]
        )
        return widen(np.ascontiguousarray(view), self.storage.dtype)


class _RebuildTensor:
    """``torch._utils._rebuild_tensor`` and ``_rebuild_tensor_v2``.

    An object without attributes, so that a pickle cannot change it for those who come later.
    """

    __slots__ = ()

    def __call__(
        self, storage: _Storage, offset: int, shape: Any, strides: Any, *_: object
    ) -> _Tensor:
        if not isinstance(storage, _Storage):
            raise TypeError("a tensor without a storage")
        return _Tensor(storage, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))


class _RebuildParameter:
    """``torch._utils._rebuild_parameter``: the tensor is all that we want of it."""

    __slots__ = ()

    def __call__(self, data: _Tensor, *_: object) -> _Tensor:
        return data


_PERMITTED: Mapping[tuple[str, str], object] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _RebuildTensor(),
    ("torch._utils", "_rebuild_tensor_v2"): _RebuildTensor(),
    ("torch._utils", "_rebuild_parameter"): _RebuildParameter(),
    **{("torch", name): _StorageType(dtype) for name, dtype in _STORAGE_TYPES.items()},
}


class _RestrictedUnpickler(pickle.Unpickler):
    """Knows the names in ``_PERMITTED`` and nothing else."""

    def __init__(self, file: IO[bytes], storage: Callable[[Any], _Storage]) -> None:
        super().__init__(file, encoding="utf-8")
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _PERMITTED[module, name]
        except KeyError:
            raise refused(
                f"pytorch_model.bin is not safe to read: it calls {module}.{name}."
            ) from None

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage_type, key, _, size, *view = pid
        if kind != "storage" or not isinstance(storage_type, _StorageType) or any(view):
            raise pickle.UnpicklingError("unknown kind of storage")
        return self._storage((str(key), storage_type.dtype, int(size)))


def _read_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        folder = next(
            (name.removesuffix("data.pkl") for name in archive.namelist() if _is_program(name)),
            None,
        )
        if folder is None:
            raise corrupt(f"{path.name} holds no tensors.")
        order = folder + "byteorder"
        if order in archive.namelist() and archive.read(order).strip() != b"little":
            raise refused(f"{path.name} was written on a big-endian machine.")
        known: dict[str, _Storage] = {}

        def storage(pid: tuple[str, str, int]) -> _Storage:
            key, dtype, size = pid
            if key not in known:
                entry = archive.getinfo(f"{folder}data/{key}")
                with archive.open(entry) as file:
                    known[key] = _fill(_Storage(dtype, size), file, entry.file_size)
            return known[key]

        with archive.open(folder + "data.pkl") as program:
            return _RestrictedUnpickler(program, storage).load()


def _is_program(name: str) -> bool:
    return name == "data.pkl" or (name.endswith("/data.pkl") and name.count("/") == 1)


def _read_legacy(file: IO[bytes]) -> Any:
    file.seek(0, 2)
    end = file.tell()
    file.seek(0)
    known: dict[str, _Storage] = {}

    def storage(pid: tuple[str, str, int]) -> _Storage:
        key, dtype, size = pid
        return known.setdefault(key, _Storage(dtype, size))

    def load() -> Any:
        return _RestrictedUnpickler(file, storage).load()

    if load() != _LEGACY_MAGIC:
        raise pickle.UnpicklingError("it does not begin as a PyTorch file")
    load()  # protocol version
    if not load().get("little_endian", True):
        raise refused("pytorch_model.bin was written on a big-endian machine.")
    state = load()
    for key in load():
        size = int.from_bytes(file.read(8), "little")
        if size != known[key].size:
            raise ValueError("a storage has another size than its tensors say")
        _fill(known[key], file, end - file.tell())
    return state


def _fill(storage: _Storage, file: IO[bytes], available: int) -> _Storage:
    """Read the storage's numbers, not trusting its size further than the file reaches."""
    dtype = np.dtype(storage.dtype)
    if not 0 <= storage.size * dtype.itemsize <= available:
        raise ValueError("a storage is larger than its file")
    data = bytearray(file.read(storage.size * dtype.itemsize))
    storage.numbers = np.frombuffer(data, dtype)
    if len(storage.numbers) != storage.size:
        raise EOFError("the file ends inside a storage")
    return storage


def _arrays(state: Any) -> dict[str, NDArray[Any]]:
    """The tensors of a state dictionary, whatever its pickle made of its methods."""
    if not isinstance(state, dict):
        raise refused("pytorch_model.bin holds no dictionary of tensors.")
    entries = dict.items(state)
    return {str(name): value.array() for name, value in entries if isinstance(value, _Tensor)}
