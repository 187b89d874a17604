#!/usr/bin/env python3
"""Run an image and see that it does its job; builds nothing, needs only Python and the engine.

    container/smoke.py [IMAGE]       default: dragoman

The server runs on a free loopback port with a bearer token, and once it says that it is ready, an
article is posted. Prints one line for each claim and the translated headline. Exit code 0: all is
well; 1: a claim does not hold; 2: the container never became ready. IMAGE_BUILDER=docker or
buildah decides what runs it.
"""

from __future__ import annotations

import argparse
import http
import json
import secrets
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines import Container, chosen_container

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT / "seeds/defence-visit/article.txt"
PAGE = ROOT / "seeds/defence-visit/article.html"
READY_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 120.0
MAX_MEGABYTES = 700


def main() -> int:
    options = _parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        token = secrets.token_urlsafe(24)
        token_file = Path(folder, "tokens")
        token_file.write_text(token + "\n", encoding="utf-8")
        Path(folder).chmod(0o755)  # the container's user is neither us nor root
        container = chosen_container(options.image, _free_port(), token_file)
        container.start()
        try:
            return _check(Visitor(container.port, token), container, options.to)
        finally:
            container.close()


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run an image and see that it does its job.")
    parser.add_argument("image", nargs="?", default="dragoman")
    parser.add_argument("--to", default="fr", help="target language (default: fr)")
    return parser.parse_args()


def _check(visitor: Visitor, container: Container, target: str) -> int:
    if not _until_ready(visitor, container):
        print(container.log(), file=sys.stderr)
        print(f"FAILED  ready within {READY_TIMEOUT_S:.0f} s; the log is above")
        return 2
    article = ARTICLE.read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    headlines: list[str] = []

    def translates(field: str, content: str) -> bool:
        status, answer = visitor.post({field: content, "targets": [target]})
        if status != http.HTTPStatus.OK:
            print(answer, file=sys.stderr)
            return False
        headlines.append(answer["translations"][0]["headline"] or "")
        return headlines[-1] != "" and headlines[-1] not in content

    claims: list[tuple[str, Callable[[], bool]]] = [
        ("runs as a user that is not root", lambda: container.user_id() != 0),
        ("its own health check passes", lambda: container.health() == 0),
        ("refuses a call without a token", lambda: visitor.post({}, token=None)[0] == 401),
        ("translates an article given as text", lambda: translates("text", article)),
        ("translates an article given as a web page", lambda: translates("page", page)),
        ("has no torch in it", lambda: not container.has_module("torch")),
        (f"is under {MAX_MEGABYTES} MB", lambda: container.megabytes() < MAX_MEGABYTES),
        (
            "finishes the request in flight on SIGTERM, then exits 0",
            lambda: _drains(visitor, container, article, target),
        ),
    ]
    results = [_claim(words, holds) for words, holds in claims]
    print(f"image: {container.megabytes():.0f} MB; headline: {headlines[0] if headlines else None}")
    return 0 if all(results) else 1


def _claim(words: str, holds: Callable[[], bool]) -> bool:
    result = holds()
    print(f"{'ok' if result else 'FAILED':7} {words}", flush=True)
    return result


def _until_ready(visitor: Visitor, container: Container) -> bool:
    began = time.monotonic()
    while time.monotonic() - began < READY_TIMEOUT_S and container.is_running():
        if visitor.is_ready():
            print(f"ok      ready after {time.monotonic() - began:.1f} s", flush=True)
            return True
        time.sleep(0.1)
    return False


def _drains(visitor: Visitor, container: Container, article: str, target: str) -> bool:
    statuses: list[int] = []
    long_text = "\n\n".join([article] * 10)
    caller = threading.Thread(
        target=lambda: statuses.append(visitor.post({"text": long_text, "targets": [target]})[0])
    )
    caller.start()
    time.sleep(0.5)  # the request is with the server by now, and takes much longer than this
    in_flight = caller.is_alive()
    exit_code = container.stop()
    caller.join(ANSWER_TIMEOUT_S)
    seen = (in_flight, statuses, exit_code)
    if seen != (True, [http.HTTPStatus.OK], 0):
        print(f"in flight, answers, exit code: {seen}\n{container.log()}", file=sys.stderr)
        return False
    return True


class Visitor:
    """What a client outside the container sees."""

    def __init__(self, port: int, token: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._token = token

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._base}/readyz", timeout=5) as response:  # noqa: S310 - our own loopback address
                return bool(response.status == 200)
        except OSError:
            return False

    def post(self, body: dict[str, object], token: str | None = "") -> tuple[int, dict[str, Any]]:
        """The status (0: no answer) and the decoded body; ``token`` None sends none."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self._token}"
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self._base}/v1/articles/translate", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S) as response:  # noqa: S310 - as above
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, {"error": error.read().decode("utf-8", "replace")}
        except OSError as error:
            return 0, {"error": str(error)}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
