"""GET /metrics and the access log."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from dragoman.api.app import ENDPOINTS, create_app
from dragoman.api.auth import BearerTokens
from dragoman.api.options import ApiOptions
from dragoman.inference.engines.fake import FakeEngine
from support.asgi import client_of
from support.services import services_on

pytestmark = pytest.mark.anyio
TEXTS = "/v1/texts/translate"
SECRET = "unpublished"
BODY = {"texts": [f"The {SECRET} story is here"], "targets": ["fr"], "source": "en"}


def samples(exposition: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


async def test_requests_are_counted_by_endpoint_and_status(tmp_path: Path) -> None:
    """Also refused ones, with what was wrong; work below is counted too."""
    with services_on(FakeEngine(), tmp_path) as services:
        async with client_of(create_app(services)) as client:
            await client.post(TEXTS, json=BODY)
            await client.post(TEXTS, json={})
            await client.get(TEXTS)
            exposition = (await client.get("/metrics")).text
    found = samples(exposition)

    def value(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    assert value("dragoman_requests_total", endpoint=TEXTS, status="200") == 1
    assert value("dragoman_requests_total", endpoint=TEXTS, status="422") == 1
    assert value("dragoman_requests_total", endpoint=TEXTS, status="405") == 1
    assert value("dragoman_problems_total", endpoint=TEXTS, code="bad-request") == 1
    assert value("dragoman_request_seconds_count", endpoint=TEXTS) == 3
    assert value("dragoman_segments_total") == 1
    assert value("dragoman_batches_total") == 1
    assert value("dragoman_tokens_total") > 1
    assert value("dragoman_queued_segments") == 0
    assert value("dragoman_models_loaded") == 1
    assert value("dragoman_alive") == 1
    assert value("dragoman_requests_in_flight") == 1  # the one that asks


async def test_labels_and_logs_hold_nothing_of_anybody(tmp_path: Path) -> None:
    """No text, key, address or path that a client made up; unknown paths are one label."""
    options = ApiOptions(tokens=BearerTokens(["t0ken"]))
    with services_on(FakeEngine(), tmp_path) as services, structlog.testing.capture_logs() as lines:
        async with client_of(create_app(services, options), authorization="Bearer t0ken") as client:
            await client.post(TEXTS, json=BODY)
            await client.post(TEXTS, json={SECRET: 1})
            await client.post(f"{TEXTS}?q={SECRET}", content=SECRET)
            for path in (f"/{SECRET}", f"/v1/{SECRET}", "/v1/models/x"):
                await client.get(path)
            exposition = (await client.get("/metrics")).text
    endpoints = {
        dict(labels)["endpoint"] for name, labels in samples(exposition) if "requests_total" in name
    }
    assert endpoints == {TEXTS, "unknown"}
    for secret in (SECRET, "t0ken", "127.0.0.1", "192.0.2"):
        assert secret not in exposition
        assert secret not in str(lines)
    assert len(lines) == 7


async def test_the_access_log_names_the_request(tmp_path: Path) -> None:
    """One line a request: endpoint, status, time, what was wrong."""
    with services_on(FakeEngine(), tmp_path) as services, structlog.testing.capture_logs() as lines:
        async with client_of(create_app(services)) as client:
            await client.post(TEXTS, json={})
    (line,) = lines
    assert (line["event"], line["endpoint"], line["status"]) == ("request", TEXTS, 422)
    assert line["problem"] == "bad-request"
    assert line["ms"] >= 0


async def test_every_endpoint_is_a_label(tmp_path: Path) -> None:
    """A new endpoint must not disappear among the unknown paths."""
    with services_on(FakeEngine(), tmp_path) as services:
        app = create_app(services)
    assert set(app.openapi()["paths"]) <= ENDPOINTS
