"""Threads that run a loop until it returns, and are replaced when it dies."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Crew:
    """Daemon threads of one scheduler. ``on_death`` is called in the thread that dies."""

    def __init__(self, on_death: Callable[[Callable[[], None]], None]) -> None:
        self._on_death = on_death
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, loop: Callable[[], None]) -> None:
        """Run ``loop`` in a thread of its own. Raises RuntimeError when no thread can start."""
        thread = threading.Thread(
            target=self._guard, args=(loop,), name=f"dragoman-{name}", daemon=True
        )
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive() or not one.ident]
            self._threads.append(thread)
        thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait at most so long in all for the threads, whose loops have been told to return."""
        until = time.monotonic() + timeout_s
        with self._lock:
            threads = [one for one in self._threads if one is not threading.current_thread()]
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _guard(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except BaseException as death:  # SystemExit too: whoever waits for this thread must hear
            # Only the type: the message may quote the text that was being translated.
            _log.error("a scheduler thread died of %s", type(death).__name__)
            self._on_death(loop)
