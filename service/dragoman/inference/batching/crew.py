"""Threads that run a loop until it returns, and are replaced when it dies."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

Loop = Callable[[], None]

_log = logging.getLogger(__name__)


class Crew:
    """Daemon threads of one scheduler. ``on_death(name, loop)`` is called in the one that dies."""

    def __init__(self, on_death: Callable[[str, Loop], None]) -> None:
        self._on_death = on_death
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, loop: Loop) -> None:
        """Run ``loop`` in a thread of its own. Raises RuntimeError when no thread can start."""
        thread = threading.Thread(
            target=self._guard, args=(name, loop), name=f"dragoman-{name}", daemon=True
        )
        with self._lock:
            thread.start()
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def join(self, timeout_s: float) -> None:
        """Wait at most so long in all for the threads, whose loops have been told to return."""
        until = time.monotonic() + timeout_s
        with self._lock:
            threads = [one for one in self._threads if one is not threading.current_thread()]
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _guard(self, name: str, loop: Loop) -> None:
        try:
            loop()
        except BaseException as death:  # SystemExit too: whoever waits for this thread must hear
            # Only the type: the message may quote the text that was being translated.
            _log.error("the scheduler's %s died of %s", name, type(death).__name__)
            self._on_death(name, loop)
