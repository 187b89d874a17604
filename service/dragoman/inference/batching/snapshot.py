"""What the scheduler tells about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchedulerSnapshot:
    """Counts at one moment. Totals only grow; tokens are source tokens, with the end token.

    ``tokens_total / padded_tokens_total`` is the share of the encoder's work that is not padding.
    """

    queued_tokens: int = 0
    queued_segments: int = 0
    running_batches: int = 0
    workers: int = 0
    batches_total: int = 0
    segments_total: int = 0
    tokens_total: int = 0
    padded_tokens_total: int = 0
    shared_segments_total: int = 0
    failed_segments_total: int = 0
    dead_workers_total: int = 0
    tokens_per_worker_s: float = 0.0
