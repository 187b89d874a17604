"""Futures made from other futures. Each one ends when they do, and cancelling it cancels them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from dragoman.inference.batching.job import resolve

T = TypeVar("T")
R = TypeVar("R")


def combine(futures: Sequence[Future[T]], make: Callable[[list[T]], R]) -> Future[R]:
    """The future of ``make(results)``; fails with the first failure, and cancels the rest then."""
    whole: Future[R] = Future()
    lock = threading.Lock()
    remaining = len(futures)

    def part_ended(part: Future[T]) -> None:
        nonlocal remaining
        error = failure(part)
        with lock:
            remaining -= 1
            last = remaining == 0
        if error:
            resolve(whole, error)
            cancel_all(futures)
        elif last and not whole.done():
            resolve(whole, _made(make, futures))

    when_cancelled(whole, lambda: cancel_all(futures))
    for future in futures:
        future.add_done_callback(part_ended)
    if not futures:
        resolve(whole, _made(make, futures))
    return whole


def failure(future: Future[T]) -> BaseException | None:
    """Why an ended future has no result; None if it has one."""
    return CancelledError() if future.cancelled() else future.exception()


def when_cancelled(future: Future[T], action: Callable[[], object]) -> None:
    """Call ``action`` if ``future`` is cancelled, and tell whoever waits for it in a group."""

    def ended(_: Future[T]) -> None:
        if future.cancelled():
            future.set_running_or_notify_cancel()  # or concurrent.futures.wait never sees it
            action()

    future.add_done_callback(ended)


def cancel_all(futures: Sequence[Future[T]]) -> None:
    for future in futures:
        future.cancel()


def _made(make: Callable[[list[T]], R], futures: Sequence[Future[T]]) -> R | BaseException:
    try:
        return make([future.result() for future in futures])
    except Exception as error:  # whatever it is, the future must end with it
        return error
