"""The description that /docs shows."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dragoman.api.app import create_app
from dragoman.api.schemas import samples
from dragoman.inference.engines.fake import FakeEngine
from support.asgi import client_of
from support.services import services_on

pytestmark = pytest.mark.anyio
EXAMPLES = [
    (path, name, example["value"])
    for path, examples in (
        ("/v1/articles/translate", samples.ARTICLES),
        ("/v1/texts/translate", samples.TEXTS),
        ("/v1/languages/detect", samples.DETECT),
    )
    for name, example in examples.items()
]


@pytest.mark.parametrize(("path", "name", "value"), EXAMPLES, ids=lambda value: str(value)[:24])
async def test_every_example_works(tmp_path: Path, path: str, name: str, value: Any) -> None:
    """Who copies an example from /docs gets an answer."""
    with services_on(FakeEngine(), tmp_path) as services:
        app = create_app(services)
        async with client_of(app) as client:
            answer = await client.post(path, json=value)
            described = (await client.get("/openapi.json")).json()
    body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    assert body["examples"][name]["value"] == value
    assert answer.status_code == 200, answer.text


async def test_errors_are_described_as_problems(tmp_path: Path) -> None:
    """Every error of every endpoint with a body is application/problem+json and nothing else."""
    with services_on(FakeEngine(), tmp_path) as services:
        described = create_app(services).openapi()
    for path, _, _ in EXAMPLES:
        responses = described["paths"][path]["post"]["responses"]
        refused = {status: answer for status, answer in responses.items() if status >= "400"}
        assert {"400", "401", "413", "415", "422", "429", "500", "502", "503", "504"} == set(
            refused
        )
        for answer in refused.values():
            assert list(answer["content"]) == ["application/problem+json"]


async def test_the_stream_is_described(tmp_path: Path) -> None:
    """An article can be answered as JSON or as events."""
    with services_on(FakeEngine(), tmp_path) as services:
        described = create_app(services).openapi()
    answer = described["paths"]["/v1/articles/translate"]["post"]["responses"]["200"]
    assert set(answer["content"]) == {"application/json", "text/event-stream"}


async def test_docs_stand_alone(tmp_path: Path) -> None:
    """A person finds endpoints and examples at /docs, also on a machine without a network."""
    with services_on(FakeEngine(), tmp_path) as services:
        app = create_app(services)
        async with client_of(app) as client:
            answer = await client.get("/docs")
    page = unescape(answer.text)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    for path, _, value in EXAMPLES:
        assert path in page
        assert json.dumps(value, indent=2, ensure_ascii=False) in page
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", answer.text) == []
