"""Batching across requests: a queue, and the threads that run it."""

from dragoman.inference.batching.job import Hypotheses, Priority
from dragoman.inference.batching.scheduler import Scheduler
from dragoman.inference.batching.snapshot import SchedulerSnapshot

__all__ = ["Hypotheses", "Priority", "Scheduler", "SchedulerSnapshot"]
