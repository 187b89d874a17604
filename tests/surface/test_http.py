"""The real server on the bundled model, as a client on the network meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from support.server import RunningServer, running_server

ARTICLE = (
    "Harbour bridge reopens\n\n"
    "The bridge over the harbour was closed for nine weeks while workers replaced the cables. "
    "Trams run again from this morning, the city said.\n\n"
    "About 40,000 people cross the bridge on a working day."
)
PATH = "/v1/articles/translate"
BODY = {"text": ARTICLE, "targets": ["fr"]}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(settings={"DRAGOMAN_BEAM_SIZE": "1"}) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as opened:
        yield opened


def test_an_article_is_translated(client: httpx.Client) -> None:
    """English is found, every block is translated by the bundled model, numbers survive."""
    answer = client.post(PATH, json=BODY)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    result = answer.json()
    assert (result["source"]["language"], result["source"]["found_by"]) == ("en", "content")
    (target,) = result["translations"]
    assert [block["kind"] for block in target["blocks"]] == ["headline", "paragraph", "paragraph"]
    assert all(block["translated"] for block in target["blocks"])
    assert target["headline"] == target["blocks"][0]["translation"].strip()
    assert "pont" in target["document"]
    assert target["models"][0]["id"] == "starter/en-fr"
    assert result["request_id"] == answer.headers["X-Request-ID"]


def test_an_article_is_streamed(client: httpx.Client) -> None:
    """The same request as events, over a real socket."""
    with client.stream("POST", PATH, json=BODY, headers={"Accept": "text/event-stream"}) as answer:
        lines = [line for line in answer.iter_lines() if line]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-length" not in answer.headers
    assert names == ["article", "block", "block", "block", "summary", "report", "done"]
    assert data[1]["block"]["kind"] == "headline"


def test_texts_are_translated(client: httpx.Client) -> None:
    """Plain strings come back in French."""
    body = {"texts": ["The bridge is open.", "The bridge is open."], "targets": ["fr"]}
    (target,) = client.post("/v1/texts/translate", json={**body, "source": "en"}).json()[
        "translations"
    ]
    first, second = target["texts"]
    assert "pont" in first["translation"]
    assert first == second


def test_a_request_s_id_is_in_its_answer_and_in_the_log(
    server: RunningServer, client: httpx.Client
) -> None:
    """The operator finds the request that a client complains about, and none of its text."""
    answer = client.post(PATH, json={"text": 1}, headers={"X-Request-ID": "complaint-42"})
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "complaint-42"
    client.post(PATH, json={"text": "Zanzibar!", "targets": ["zz"]})
    log = server.log.read_text()
    (line,) = [json.loads(line) for line in log.splitlines() if "complaint-42" in line]
    assert (line["endpoint"], line["status"], line["problem"]) == (PATH, 422, "bad-request")
    assert "Zanzibar" not in log
    assert "127.0.0.1" not in log


def test_probes_and_metrics_answer(client: httpx.Client) -> None:
    """Alive, ready, and counted."""
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert "dragoman_segments_total" in client.get("/metrics").text


def test_unknown_addresses_and_methods_are_problems(client: httpx.Client) -> None:
    """404 and 405 have the shape of every other error."""
    for method, path, status, code in (
        ("GET", "/v2/translate", 404, "not-found"),
        ("POST", "/v1/models/", 404, "not-found"),
        ("GET", PATH, 405, "method-not-allowed"),
        ("DELETE", "/v1/models", 405, "method-not-allowed"),
    ):
        answer = client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(PATH).headers["Allow"] == "POST"
