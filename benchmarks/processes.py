"""Starting a server in a process of its own, and clients that call it at once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Server:
    """A running server; ``ready_s`` is the time from start to the first good /readyz."""

    url: str
    process: subprocess.Popen[bytes]
    ready_s: float

    def resident_mb(self) -> float:
        """The process and its children, in MiB."""
        main = psutil.Process(self.process.pid)
        everyone = [main, *main.children(recursive=True)]
        return sum(process.memory_info().rss for process in everyone) / 2**20

    def has_loaded(self, library: str) -> bool:
        """Whether a shared library of this name is mapped (Linux)."""
        maps = Path(f"/proc/{self.process.pid}/maps").read_text(encoding="utf-8")
        return library in maps


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, limit_s: float = 120) -> Iterator[Server]:
    """Start it, wait until /readyz answers 200, stop it at the end."""
    start = time.perf_counter()
    quiet = {**os.environ, "DRAGOMAN_LOG_LEVEL": "error"}
    process = subprocess.Popen(command, cwd=HERE.parent, env=quiet, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _ready(url):
            if process.poll() is not None or time.perf_counter() - start > limit_s:
                raise SystemExit(f"The server did not become ready: {' '.join(command)}")
            time.sleep(0.02)
        yield Server(url, process, time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait(60)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def post(url: str, body: dict[str, Any]) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def seconds_for(url: str, bodies: Sequence[dict[str, Any]], clients: int) -> float:
    """Wall-clock seconds until ``clients`` concurrent clients have got all answers."""
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(lambda body: post(url, body), bodies))
    return time.perf_counter() - start


def benchmark_server(name: str, port: int) -> list[str]:
    return [sys.executable, str(HERE / "server.py"), name, str(port)]


def starter_server(port: int) -> list[str]:
    return [sys.executable, "-m", "dragoman", "serve", "--port", str(port)]
