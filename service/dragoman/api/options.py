"""What the operator decides about the HTTP edge."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dragoman.api.auth import BearerTokens


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """Limits are inclusive. ``tokens`` None means that everybody may call."""

    tokens: BearerTokens | None = None
    max_body_bytes: int = 5_000_000
    max_characters: int = 200_000
    max_texts: int = 1000
    max_targets: int = 8
    request_timeout_s: float = 120.0
    keep_alive_s: float = 15.0
    probe_timeout_s: float = 2.0
    probe_lasts_s: float = 1.0

    def timeout_s(self, asked: float | None) -> float:
        """The smaller of what the caller asked for and what the server allows."""
        return min(self.request_timeout_s, math.inf if asked is None else asked)
