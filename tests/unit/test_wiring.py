"""Opening and closing of all parts together."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from pathlib import Path

from dragoman.article import LanguagePair
from dragoman.errors import ShuttingDown
from dragoman.inference.engines.fake import FakeEngine
from dragoman.inference.translator import Decoding
from dragoman.settings import Settings
from dragoman.wiring import open_services


def test_an_error_does_not_wait_for_what_is_queued(tmp_path: Path) -> None:
    """Leaving by an exception fails what is open at once, though a drain may take ten minutes."""
    gate = threading.Event()
    engine = FakeEngine(gate=gate)
    futures: list[Future[Decoding]] = []

    def interrupted() -> None:
        settings = Settings(models_dir=tmp_path, drain_timeout_s=600)
        with (
            contextlib.suppress(KeyboardInterrupt),
            open_services(settings, lambda _: engine) as services,
        ):
            ticket = services.translator.submit(["The bridge"], LanguagePair("en", "fr"))
            futures.extend(ticket.futures)
            raise KeyboardInterrupt

    thread = threading.Thread(target=interrupted, daemon=True)
    thread.start()
    thread.join(20)
    try:
        assert not thread.is_alive()
        assert isinstance(futures[0].exception(0), ShuttingDown)
    finally:
        gate.set()
        thread.join()
