"""Tensors from ``model.safetensors``, mapped instead of read, so that they cost no memory twice.

The format: 8 bytes with the header's length, a JSON header, and the numbers
(https://github.com/huggingface/safetensors#format). Read here because the library has no numpy
form of bfloat16.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.inference.convert.refusal import corrupt, refused
from dragoman.inference.convert.widths import BFLOAT16, widen

_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": BFLOAT16,
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U8": "<u1",
    "BOOL": "?",
}
_LONGEST_HEADER = 100_000_000


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Arrays by name, writable without changing the file; bfloat16 widened to float32.

    Raises ModelCorrupt for a broken file, ModelRefused for number formats that are not known.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(_LONGEST_HEADER, size - 8):
                raise ValueError("its header is longer than itself")
            header = json.loads(file.read(length))
        data = np.memmap(path, np.uint8, "c", offset=8 + length)
        header.pop("__metadata__", None)
        return {name: _tensor(data, entry) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise corrupt(f"{path.name} is not a readable safetensors file ({error}).") from error


def _tensor(data: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype = _DTYPES.get(entry["dtype"])
    if dtype is None:
        raise refused(f"The model holds numbers of type {entry['dtype']}.")
    start, end = entry["data_offsets"]
    count = math.prod(entry["shape"])
    if not 0 <= start <= end <= len(data) or end - start != count * np.dtype(dtype).itemsize:
        raise ValueError("a tensor reaches outside the file")
    return widen(np.asarray(data[start:end]).view(dtype).reshape(entry["shape"]), dtype)
