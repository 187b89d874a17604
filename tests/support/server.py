"""The real server in a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

SERVICE = Path(__file__).parents[2] / "service"
_READY_ATTEMPTS = 30
_END_TIMEOUT_S = 60


@dataclass(frozen=True)
class RunningServer:
    """A server that is ready. ``log`` is its standard error."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=headers, timeout=120)

    def terminate(self) -> None:
        """Ask it to end, as an init system does."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        return self.process.wait(_END_TIMEOUT_S)


def environment(**settings: str) -> dict[str, str]:
    """The environment of this process with just these settings of Dragoman."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("DRAGOMAN_")
    }
    path = os.pathsep.join(filter(None, [str(SERVICE), inherited.get("PYTHONPATH", "")]))
    return {**inherited, "PYTHONPATH": path, **settings}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dragoman", "serve", *arguments]


@contextmanager
def running_server(
    *arguments: str, settings: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """Start ``dragoman serve`` on a free port, wait until it is ready, and end it."""
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "log"
        chosen = {"DRAGOMAN_MODELS_DIR": f"{directory}/models", "DRAGOMAN_OFFLINE": "true"}
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command("--port", "0", *arguments),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment(**chosen, **(settings or {})),
            ) as process,
        ):
            try:
                yield _ready(process, log)
            finally:
                process.terminate()
                try:
                    process.wait(_END_TIMEOUT_S)
                finally:
                    process.kill()


def _ready(process: subprocess.Popen[str], log: Path) -> RunningServer:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Listening on "), log.read_text()
    server = RunningServer(process, line.removeprefix("Listening on ").strip(), log)
    with server.client() as client:
        for _ in range(_READY_ATTEMPTS):  # each waits in the server, so this loop does not spin
            if client.get("/readyz").status_code == 200:
                return server
    raise AssertionError(f"not ready: {log.read_text()}")
