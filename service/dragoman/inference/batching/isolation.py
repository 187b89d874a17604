"""Runs a stage of an engine so that one poisonous segment fails alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dragoman.errors import DecodingFailed, DragomanError

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made(Generic[R]):
    """What a stage made of one item."""

    value: R


def isolate(
    stage: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T]
) -> list[Made[R] | DragomanError]:
    """Run ``stage`` over ``items``; where it raises or miscounts, over each half, down to one.

    The answer has the length and the order of ``items``; an item fails with DecodingFailed, or
    with the error of ours that the engine raised (DeadlineExceeded). Costs one call when all
    goes well and about ``2 log2(n)`` calls for one bad item among ``n``.
    """
    if not items:
        return []
    try:
        made = stage(items)
        if len(made) == len(items):
            return [Made(value) for value in made]
        failure: DragomanError = _failed(f"gave {len(made)} outputs for {len(items)} inputs")
    except DragomanError as error:
        failure = error
    except Exception as error:  # whatever a library raises; its message may quote the text
        failure = _failed(f"raised {type(error).__name__}")
    if len(items) == 1:
        _log.warning("a segment failed: %s", failure.message)
        return [failure]
    middle = len(items) // 2
    return isolate(stage, items[:middle]) + isolate(stage, items[middle:])


def finished(
    stage: Callable[[Sequence[T], Sequence[Any]], Sequence[R]],
    items: Sequence[T],
    outputs: Sequence[Made[Any] | DragomanError],
) -> list[Made[R] | DragomanError]:
    """Isolate the second stage over the items that came through the first one."""
    good = [
        (item, output.value)
        for item, output in zip(items, outputs, strict=True)
        if isinstance(output, Made)
    ]
    ends = iter(isolate(lambda pairs: stage(*_unzip(pairs)), good))
    return [next(ends) if isinstance(output, Made) else output for output in outputs]


def _failed(what: str) -> DecodingFailed:
    return DecodingFailed(
        f"The engine {what}.",
        hint="Run `dragoman models verify`; if all is well, report the segment.",
    )


def _unzip(pairs: Sequence[tuple[T, Any]]) -> tuple[list[T], list[Any]]:
    return [item for item, _ in pairs], [output for _, output in pairs]
