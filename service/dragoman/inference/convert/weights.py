"""The arrays of a model, handed out one by one and counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.inference.convert.refusal import refused


class Weights:
    """Arrays by name; each is taken once, and what is left over at the end is not understood."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self._taken: set[str] = set()

    def take(self, name: str, *shape: int) -> NDArray[Any]:
        """Raises ModelRefused if the array is missing or has another shape."""
        array = self._arrays.get(name)
        if array is None:
            raise refused(f"The model lacks the weights {name}.")
        if array.shape != shape:
            raise refused(f"The weights {name} have the shape {array.shape}, not {shape}.")
        if not np.issubdtype(array.dtype, np.floating):
            raise refused(f"The weights {name} are of type {array.dtype}.")
        if not np.isfinite(array).all():
            raise refused(f"The weights {name} hold numbers that are not finite.")
        self._taken.add(name)
        return array

    def first(self, *names: str) -> str:
        """The first name that is there; the others count as taken, being copies of it."""
        self._taken.update(names)
        return next((name for name in names if name in self._arrays), names[0])

    def has(self, name: str) -> bool:
        return name in self._arrays

    def refuse_rest(self) -> None:
        """Raises ModelRefused if any array has not been taken."""
        rest = sorted(set(self._arrays) - self._taken)
        if rest:
            raise refused(f"The model has weights that MarianMT has not: {', '.join(rest[:5])}.")
