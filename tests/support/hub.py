"""A small hub on this machine: it speaks as much of the Hugging Face hub's protocol as pulling
uses, serves real files, and fails to order.

Served are ``/api/models/{repo}/revision/{revision}`` with sizes and digests, and HEAD and GET of
``/{repo}/resolve/{revision}/{file}`` with byte ranges. Large files (Git LFS) are redirected to
another origin, as the hub redirects them to its content network.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".bin", ".spm")


@dataclass
class Repository:
    """Files of one model, by name. ``token`` is needed to see it; ``plain`` hides the digests."""

    files: dict[str, bytes]
    token: str | None = None
    plain: bool = False

    @property
    def revision(self) -> str:
        listing = "".join(f"{name}{len(self.files[name])}" for name in sorted(self.files))
        whole = listing.encode() + b"".join(self.files[name] for name in sorted(self.files))
        return hashlib.sha1(whole).hexdigest()


@dataclass
class Fault:
    """What to do wrong with the next ``times`` requests whose path contains ``path``."""

    path: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    wrong_bytes: bool = False
    extra: bytes = b""
    ignore_range: bool = False
    times: int = 1


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]


class Gate:
    """Holds requests back: ``reached`` is set when one waits, ``open()`` lets them all through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        self.reached.set()
        self._opened.wait(timeout=60)


class Hub:
    """Repositories to serve, faults to order, and everything that was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.elsewhere = f"http://localhost:{port}"
        self.repositories: dict[str, Repository] = {}
        self.asked: list[Asked] = []
        self.gates: dict[str, Gate] = {}
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, name: str, files: Mapping[str, bytes] | Path, **options: object) -> Repository:
        """Serve the files, or those directly in a directory."""
        if isinstance(files, Path):
            files = {path.name: path.read_bytes() for path in files.iterdir() if path.is_file()}
        self.repositories[name] = Repository(dict(files), **options)  # type: ignore[arg-type]  # passed on as it came
        return self.repositories[name]

    def fail(self, path: str, **how: object) -> Fault:
        """Order a fault."""
        fault = Fault(path, **how)  # type: ignore[arg-type]  # passed on as it came
        self._faults.append(fault)
        return fault

    def forget_faults(self) -> None:
        """Work from now on."""
        self._faults.clear()

    def hold(self, path: str) -> Gate:
        """Make requests whose path ends so wait."""
        return self.gates.setdefault(path, Gate())

    def downloads(self, name: str) -> list[Asked]:
        """The GET requests for a file's bytes, wherever they were sent."""
        place = "/cdn/" if name.endswith(LARGE) else "/resolve/"
        return [
            asked
            for asked in self.asked
            if asked.method == "GET" and asked.path.endswith(f"/{name}") and place in asked.path
        ]

    def take_fault(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.path in path and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None


@contextmanager
def serving() -> Iterator[Hub]:
    """Run a hub until the block ends."""

    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.hub = Hub(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Handler.hub
    finally:
        for gate in Handler.hub.gates.values():
            gate.open()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: 40 ms each otherwise
    hub: Hub

    def do_HEAD(self) -> None:  # the base class names it so
        self._answer(body=False)

    def do_GET(self) -> None:  # the base class names it so
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.asked.append(Asked(self.command, path, headers))
        for end, gate in self.hub.gates.items():
            if path.endswith(end):
                gate.pass_through()
        fault = self.hub.take_fault(path)
        if fault and fault.status:
            self._send(fault.status, b"", fault.headers)
        elif found := re.fullmatch(r"/api/models/(.+?)(?:/revision/(.+))?", path):
            self._send_listing(found.group(1), found.group(2))
        elif found := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
            self._send_file(self.hub.repositories[found.group(1)], found.group(2), fault, body=body)
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(*found.groups(), fault, body=body)
        else:
            self._send(404, b"")

    def _visible(self, name: str) -> Repository | None:
        repository = self.hub.repositories.get(name)
        if repository is None:
            self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
            return None
        if repository.token and self.headers.get("Authorization") != f"Bearer {repository.token}":
            self._send(401, b"", {"X-Error-Code": "GatedRepo"})
            return None
        return repository

    def _send_listing(self, name: str, revision: str | None) -> None:
        repository = self._visible(name)
        if repository is None:
            return
        if revision not in (None, "main", repository.revision):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
            return
        siblings = [_sibling(repository, file) for file in sorted(repository.files)]
        document = {"id": name, "sha": repository.revision, "siblings": siblings}
        self._send(200, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def _resolve(
        self, name: str, revision: str, file: str, fault: Fault | None, *, body: bool
    ) -> None:
        repository = self._visible(name)
        if repository is None:
            return
        if file not in repository.files or revision not in ("main", repository.revision):
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        elif file.endswith(LARGE):
            content = repository.files[file]
            headers = _metadata(repository, file) | {
                "Location": f"{self.hub.elsewhere}/cdn/{name}/{file}",
                "X-Linked-Size": str(len(content)),
                "X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            }
            self._send(302, b"", headers)
        else:
            self._send_file(repository, file, fault, body=body)

    def _send_file(
        self, repository: Repository, file: str, fault: Fault | None, *, body: bool
    ) -> None:
        content = repository.files[file]
        headers = _metadata(repository, file) | {"Accept-Ranges": "bytes"}
        fault = fault or Fault("")
        if fault.wrong_bytes:
            content = bytes(byte ^ 1 for byte in content)
        content += fault.extra
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted.group(1)) if wanted and not fault.ignore_range else 0
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.send_response(206 if start else 200)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            part = content[start:]
            self.wfile.write(part if fault.cut_after is None else part[: fault.cut_after])
            self.close_connection = self.close_connection or fault.cut_after is not None

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def _sibling(repository: Repository, file: str) -> dict[str, object]:
    content = repository.files[file]
    if repository.plain:
        return {"rfilename": file}
    found: dict[str, object] = {"rfilename": file, "size": len(content), "blobId": _blob(content)}
    if file.endswith(LARGE):
        digest = hashlib.sha256(content).hexdigest()
        found["lfs"] = {"size": len(content), "sha256": digest, "pointerSize": 134}
    return found


def _metadata(repository: Repository, file: str) -> dict[str, str]:
    etag = _blob(repository.files[file])
    return {"X-Repo-Commit": repository.revision, "ETag": f'"{etag}"'}


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
