"""How the server starts, who may call it, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from dragoman.cli import exits
from support.server import RunningServer, command, environment, running_server

ARTICLES = "/v1/articles/translate"
TEXTS = {"texts": ["The bridge is open."], "targets": ["fr"], "source": "en"}
STREAM = {"Accept": "text/event-stream"}


def long_article(sentences: int) -> dict[str, object]:
    text = "\n\n".join(
        f"The bridge number {n} over the harbour was closed for {n} weeks while workers replaced "
        "the old cables, and trams run again from this morning, the city said."
        for n in range(2, sentences + 2)
    )
    return {"text": text, "source": "en", "targets": ["fr"]}


def refused(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("--port", "0", *arguments),
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_off_loopback_it_does_not_start_without_tokens(host: str) -> None:
    """It says what to set and exits with the code for settings; nothing listens."""
    result = refused("--host", host)
    assert result.returncode == exits.USAGE
    assert "DRAGOMAN_TOKENS" in result.stderr
    assert "--trust-gateway" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_empty_token_file_is_refused(tmp_path: Path) -> None:
    """A list without a token is a mistake, not an open door."""
    file = tmp_path / "tokens"
    file.write_text("\n")
    result = refused("--host", "0.0.0.0", "--tokens-file", str(file))
    assert result.returncode == exits.USAGE
    assert "tokens_file" in result.stderr


def test_behind_a_gateway_it_starts_without_tokens() -> None:
    """The operator has said that somebody else checks who calls."""
    with running_server("--host", "0.0.0.0", "--trust-gateway") as server:
        port = server.url.rsplit(":", 1)[1]
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/models")
    assert answer.status_code == 200


def test_tokens_come_from_the_setting_and_from_the_file(tmp_path: Path) -> None:
    """Both open the door, nothing else does, and the log never holds one."""
    file = tmp_path / "tokens"
    file.write_text("token-of-the-file\n")
    with running_server(
        "--tokens-file", str(file), settings={"DRAGOMAN_TOKENS": "token-of-the-setting"}
    ) as server:
        statuses = {}
        for token in ("token-of-the-file", "token-of-the-setting", "another", ""):
            with server.client(Authorization=f"Bearer {token}".strip()) as client:
                statuses[token] = client.post("/v1/texts/translate", json=TEXTS).status_code
                statuses[f"{token} for metrics"] = client.get("/metrics").status_code
        log = server.log.read_text()
    assert statuses == {
        "token-of-the-file": 200,
        "token-of-the-file for metrics": 200,
        "token-of-the-setting": 200,
        "token-of-the-setting for metrics": 200,
        "another": 401,
        "another for metrics": 401,
        "": 401,
        " for metrics": 401,
    }
    assert "token-of" not in log


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server(settings={"DRAGOMAN_BEAM_SIZE": "1"}) as running:
        yield running


def test_a_shutdown_finishes_what_is_in_flight(server: RunningServer) -> None:
    """After SIGTERM a stream runs to its end, new requests get 503, and the exit is clean."""
    with (
        server.client() as other,
        server.client() as reader,
        reader.stream("POST", ARTICLES, json=long_article(150), headers=STREAM) as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == "id: 0"
        server.terminate()
        while other.get("/readyz").status_code == 200:
            pass  # the signal is on its way
        new = other.post("/v1/texts/translate", json=TEXTS)
        alive = other.get("/healthz")
        events = [line for line in lines if line.startswith("event: ")]
    assert (new.status_code, new.json()["code"]) == (503, "shutting-down")
    assert int(new.headers["Retry-After"]) >= 1
    assert alive.status_code == 200
    assert events.count("event: block") == 150
    assert events[-1] == "event: done"
    assert server.wait() == 0


def test_a_shutdown_does_not_wait_for_ever() -> None:
    """What is not done when the drain ends is cut off, and the server still ends well."""
    events: list[str] = []
    with (
        running_server(settings={"DRAGOMAN_DRAIN_TIMEOUT_S": "0.1"}) as server,
        server.client() as client,
        client.stream("POST", ARTICLES, json=long_article(600), headers=STREAM) as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == "id: 0"
        server.terminate()
        assert server.wait() == 0
        with suppress(httpx.RemoteProtocolError):  # the stream was closed in its middle
            events += [line for line in lines if line.startswith("event: ")]
    assert "event: done" not in events


def test_an_interrupt_ends_it_too(server: RunningServer) -> None:
    """Ctrl-C on a terminal is a clean end."""
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0


def test_serving_loads_no_torch_and_stays_small(server: RunningServer) -> None:
    """Pages are taken apart in another process; weights are all that is large here."""
    page = (
        "<html><body><article><h1>The bridge is open</h1><p>Trams run again from this morning, "
        "and people cross the bridge on foot as well, the city said on Monday.</p></article>"
        "</body></html>"
    )
    with server.client() as client:
        for body in ({"page": page, "targets": ["fr"]}, long_article(20)):
            assert client.post(ARTICLES, json=body).status_code == 200
    process = psutil.Process(server.process.pid)
    loaded = {Path(mapped.path).parts for mapped in process.memory_maps()}
    packages = {part for parts in loaded for part in parts}
    assert "ctranslate2" in packages
    assert packages.isdisjoint({"torch", "transformers", "tokenizers", "lxml"})
    assert process.memory_info().rss < 300_000_000


def test_it_logs_json_lines_where_nobody_looks(server: RunningServer) -> None:
    """Every line of the log can be read by a program, those of the libraries too."""
    with server.client() as client:
        assert client.get("/v1/models").status_code == 200
    server.terminate()
    server.wait()
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {"dragoman.api.metrics", "uvicorn.error"} <= {line["logger"] for line in lines}
