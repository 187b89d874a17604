"""How fast tokens leave, for telling refused callers when to come again."""

from __future__ import annotations

import math

_MEMORY = 0.8
"""Weight of what was measured before, at each batch: the last five or so decide."""
_GUESS_PER_S = 500.0
"""Before anything has been measured: a slow processor with a large model."""
_LONGEST_RETRY_S = 120


class TokenRate:
    """An exponentially weighted mean over batches. Not thread-safe."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._seconds = 0.0

    def record(self, tokens: int, seconds: float) -> None:
        """One worker decoded a batch of so many source tokens in so many seconds."""
        self._tokens = self._tokens * _MEMORY + tokens
        self._seconds = self._seconds * _MEMORY + max(seconds, 1e-6)

    def per_worker_s(self) -> float:
        """Source tokens per second of one worker."""
        return self._tokens / self._seconds if self._seconds else _GUESS_PER_S

    def retry_after_s(self, tokens: int, workers: int) -> int:
        """Whole seconds until ``workers`` have decoded ``tokens``; at least 1."""
        seconds = tokens / (self.per_worker_s() * max(1, workers))
        return min(_LONGEST_RETRY_S, max(1, math.ceil(seconds)))
