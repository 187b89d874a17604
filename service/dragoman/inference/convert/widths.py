"""Number formats that numpy lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BFLOAT16 = "<u2"
"""How bfloat16 is held until it is widened: no other tensor of a model is uint16."""


def widen(array: NDArray[Any], dtype: str) -> NDArray[Any]:
    """bfloat16 is the upper half of a float32; float64 is more than any model needs."""
    if dtype == BFLOAT16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    return array
