"""The real program below the HTTP edge, with a fake engine in the place of a model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dragoman.inference.engines.fake import FakeEngine
from dragoman.settings import Settings
from dragoman.wiring import Services, open_services


@contextmanager
def services_on(
    engine: FakeEngine, directory: Path, *gates: threading.Event, **settings: Any
) -> Iterator[Services]:
    """Everything real but the engine, which stands in for each installed model.

    ``gates`` are opened at the end, so that a test that fails leaves no thread behind one.
    """
    chosen = {"beam_size": 1, "repair": False, "drain_timeout_s": 1, "max_wait_ms": 0}
    with open_services(
        Settings(models_dir=directory / "models", **(chosen | settings)), lambda _: engine
    ) as services:
        try:
            yield services
        finally:
            engine.release()
            for gate in gates:
                gate.set()
