"""One container, run by Docker or by buildah, behind the same few calls."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

STOP_TIMEOUT_S = 60
TOKENS = "/run/secrets/dragoman_tokens"
_SCRIPTS = Path(__file__).resolve().parent


class Container(Protocol):
    """A server in a container; ``port`` is where it answers on 127.0.0.1."""

    port: int

    def start(self) -> None: ...

    def is_running(self) -> bool: ...

    def user_id(self) -> int:
        """Of the server's process."""

    def health(self) -> int:
        """Exit code of the image's own health check."""

    def has_module(self, name: str) -> bool:
        """Whether the image's Python would find a module."""

    def megabytes(self) -> float:
        """Size of the image, uncompressed, in 10^6 bytes."""

    def stop(self) -> int:
        """Send SIGTERM, wait, and give the exit code."""

    def log(self) -> str: ...

    def close(self) -> None:
        """Remove the container, running or not."""


def chosen_container(image: str, port: int, token_file: Path) -> Container:
    """With the engine that the build would choose."""
    script = f". {_SCRIPTS}/engine && choose_engine"
    engine = _output("bash", "-c", script)
    return (
        Docker(image, port, token_file) if engine == "docker" else Buildah(image, port, token_file)
    )


class Docker:
    """As in production: read-only root, a memory file system for /tmp, no capabilities."""

    def __init__(self, image: str, port: int, token_file: Path) -> None:
        self.port = port
        self._image = image
        self._token_file = token_file
        self._id = ""

    def start(self) -> None:
        self._id = _output(
            *("docker", "run", "--detach", "--read-only", "--tmpfs", "/tmp"),  # noqa: S108 - in the container
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
            *("--publish", f"127.0.0.1:{self.port}:8080"),
            *("--volume", f"{self._token_file}:{TOKENS}:ro"),
            *("--env", f"DRAGOMAN_TOKENS_FILE={TOKENS}", self._image),
        )

    def is_running(self) -> bool:
        return self._inspect("{{.State.Running}}") == "true"

    def user_id(self) -> int:
        return int(_output("docker", "exec", self._id, "id", "-u"))

    def health(self) -> int:
        test = json.loads(self._inspect("{{json .Config.Healthcheck.Test}}"))
        return _code("docker", "exec", self._id, *test[1:])

    def has_module(self, name: str) -> bool:
        return _found("docker", "exec", self._id, *_finding(name))

    def megabytes(self) -> float:
        return int(_output("docker", "image", "inspect", "-f", "{{.Size}}", self._image)) / 1e6

    def stop(self) -> int:
        _output("docker", "stop", "--time", str(STOP_TIMEOUT_S), self._id)
        return int(self._inspect("{{.State.ExitCode}}"))

    def log(self) -> str:
        done = _run("docker", "logs", self._id)
        return done.stdout + done.stderr

    def close(self) -> None:
        _run("docker", "rm", "--force", self._id)

    def _inspect(self, what: str) -> str:
        return _output("docker", "inspect", "-f", what, self._id)


class Buildah:
    """`buildah run` in chroot isolation: the host's network and processes, the image's files.

    It knows neither entry point nor published ports, and does not pass signals on, so that the
    server's own process is found among its descendants.
    """

    def __init__(self, image: str, port: int, token_file: Path) -> None:
        os.environ.setdefault("STORAGE_DRIVER", "vfs")  # as container/engine has it
        os.environ.setdefault("BUILDAH_ISOLATION", "chroot")
        self.port = port
        self._image = image
        self._token_file = token_file
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in close()
        self._container = _output("buildah", "from", image)
        self._config = json.loads(_output("buildah", "inspect", self._container))["Docker"][
            "config"
        ]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [*self._config["Entrypoint"], *self._config["Cmd"]]
        self._process = subprocess.Popen(  # noqa: S603 - the image's own command
            self._running(*command), stdout=self._log, stderr=self._log, text=True
        )

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def user_id(self) -> int:
        return Path(f"/proc/{self._server()}").stat().st_uid

    def health(self) -> int:
        return _code(*self._running(*self._config["Healthcheck"]["Test"][1:]))

    def has_module(self, name: str) -> bool:
        return _found(*self._running(*_finding(name)))

    def megabytes(self) -> float:
        root = Path(_output("buildah", "mount", self._container))
        inodes = {}
        for folder, _, files in os.walk(root):
            for name in files:
                status = os.lstat(os.path.join(folder, name))
                inodes[status.st_ino] = status.st_size
        return sum(inodes.values()) / 1e6

    def stop(self) -> int:
        assert self._process is not None  # noqa: S101 - for the type checker; start() came before
        os.kill(self._server(), signal.SIGTERM)
        return self._process.wait(STOP_TIMEOUT_S)

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)
        _run("buildah", "rm", self._container)
        self._log.close()

    def _running(self, *command: str) -> list[str]:
        return [
            *("buildah", "run", "--volume", f"{self._token_file}:{TOKENS}:ro"),
            *("--env", f"DRAGOMAN_TOKENS_FILE={TOKENS}", "--env", f"DRAGOMAN_PORT={self.port}"),
            *(self._container, "--", *command),
        ]

    def _server(self) -> int:
        """The process that buildah's innermost wrapper started."""
        assert self._process is not None  # noqa: S101 - as in stop()
        process = self._process.pid
        while True:
            wrapped = (
                Path(f"/proc/{process}/cmdline").read_bytes().startswith(b"buildah-chroot-exec")
            )
            process = _first_child(process)
            if wrapped:
                return process


def _first_child(process: int) -> int:
    for task in Path(f"/proc/{process}/task").iterdir():
        if children := (task / "children").read_text().split():
            return int(children[0])
    raise LookupError(f"process {process} has no child")


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - commands of this file


def _output(*command: str) -> str:
    done = _run(*command)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout.strip()


def _code(*command: str) -> int:
    return _run(*command).returncode


def _finding(module: str) -> list[str]:
    script = f"import importlib.util as u; print(u.find_spec({module!r}) is not None)"
    return ["python3", "-c", script]


def _found(*command: str) -> bool:
    return _output(*command) == "True"
