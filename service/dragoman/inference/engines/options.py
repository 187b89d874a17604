"""How an engine is opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

EngineName = Literal["ctranslate2", "transformers", "fake"]
Device = Literal["auto", "cpu", "cuda"]
ComputeType = Literal["auto", "int8", "float16", "bfloat16", "float32"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which engine, on what, how precise.

    ``workers`` batches are decoded at once, each on ``threads_per_worker`` threads; 0 workers
    means as many as the cores allow. ``deterministic`` decodes in float32, so that a segment has
    the same answer in any batch; it wins over ``compute_type``.
    """

    engine: EngineName = "ctranslate2"
    device: Device = "auto"
    compute_type: ComputeType = "auto"
    workers: int = 0
    threads_per_worker: int = 1
    deterministic: bool = False

    def cpu_workers(self) -> int:
        """Batches at once on a CPU: as asked, or one for every ``threads_per_worker`` cores."""
        return self.workers or max(1, usable_cores() // self.threads_per_worker)


def usable_cores() -> int:
    """Cores that this process may run on, which a container can make fewer than there are."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
