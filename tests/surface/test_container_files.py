"""What the image promises can be read off its files; container/smoke.py tries a built one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dragoman.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["container/build", "container/base", "container/smoke.py"]


@pytest.fixture(scope="module")
def runtime() -> list[tuple[str, str]]:
    """The last stage of the Dockerfile, as (instruction, rest) with line ends joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    lines = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    last = max(index for index, line in enumerate(lines) if line[0] == "FROM")
    return [(line[0], line[1]) for line in lines[last:]]


def _last(stage: list[tuple[str, str]], instruction: str) -> str:
    return [rest for name, rest in stage if name == instruction][-1]


def test_the_server_does_not_run_as_root(runtime: list[tuple[str, str]]) -> None:
    """The last user is a number other than 0, which an orchestrator can check."""
    user = _last(runtime, "USER").split(":")[0]
    assert user.isdigit()
    assert int(user) >= 1000


@pytest.mark.parametrize("instruction", ["ENTRYPOINT", "CMD"])
def test_signals_reach_the_server(runtime: list[tuple[str, str]], instruction: str) -> None:
    """Exec form: no shell stands between the engine's SIGTERM and the server."""
    assert all(isinstance(word, str) for word in json.loads(_last(runtime, instruction)))


def test_the_image_sets_only_settings_that_exist(runtime: list[tuple[str, str]]) -> None:
    """An unknown variable of ours would keep the server from starting."""
    ours = re.findall(rf"\b({PREFIX}[A-Z_]+)=", _last(runtime, "ENV"))
    assert ours
    assert {name.removeprefix(PREFIX).lower() for name in ours} <= set(Settings.model_fields)


def test_the_health_check_is_the_script_that_the_image_copies(
    runtime: list[tuple[str, str]],
) -> None:
    """The command of the health check names a file that the stage brings along."""
    command = json.loads(_last(runtime, "HEALTHCHECK").split("CMD", 1)[1])
    assert ("COPY", f"container/health.py {command[-1]}") in runtime


def test_everything_that_the_wheel_is_made_of_may_enter_the_build() -> None:
    """The build context shuts all out but a list; the wheel's ingredients are on it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *(package.split("/")[0] for package in wheel["packages"]),
        *(path.split("/")[0] for path in wheel["force-include"]),
    ]
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert "*" in rules
    assert [path for path in needed if f"!{path}" not in rules] == []


def test_the_dependencies_of_the_image_leave_torch_out() -> None:
    """The image installs no extra; without one, neither torch nor transformers is asked for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [re.split(r"[^A-Za-z0-9_-]", line)[0] for line in project["project"]["dependencies"]]
    assert "ctranslate2" in names
    assert not {"torch", "transformers"} & set(names)
    assert ".whl[" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_called(script: str) -> None:
    """Each script is executable and explains itself."""
    done = subprocess.run([ROOT / script, "--help"], capture_output=True, text=True, check=False)
    assert os.access(ROOT / script, os.X_OK)
    assert (done.returncode, done.stderr) == (0, "")
    assert script in done.stdout or "usage" in done.stdout


def test_an_unknown_option_stops_the_build() -> None:
    """A misspelt option is refused before anything is built."""
    done = subprocess.run(
        [ROOT / "container/build", "--modles", "en-de"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == ("container: Unknown option: --modles\n  See container/build --help.\n")


@contextmanager
def _server(status: int) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(b"the worker died")

        def log_message(self, *args: object) -> None:
            """Keep standard error for what is tested."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _health(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-IS", ROOT / "container/health.py"],
        env={"DRAGOMAN_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_ready_server_is_healthy() -> None:
    """Exit code 0 when /readyz answers 200."""
    with _server(200) as port:
        assert _health(port).returncode == 0


def test_a_server_whose_worker_died_is_unhealthy_and_says_why() -> None:
    """Exit code 1 when /readyz answers 503, with its reason."""
    with _server(503) as port:
        done = _health(port)
    assert done.returncode == 1
    assert "503" in done.stderr
    assert "the worker died" in done.stderr


def test_a_silent_port_is_unhealthy() -> None:
    """Exit code 1, in words and not a traceback, when nothing listens."""
    with _server(200) as port:
        pass
    done = _health(port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"No answer on port {port}")
