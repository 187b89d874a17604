"""Whatever comes in, the answer is clear and the server goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from support.server import RunningServer, running_server

ARTICLES = "/v1/articles/translate"
TEXTS = "/v1/texts/translate"
JSON = {"Content-Type": "application/json"}
GOOD = {"texts": ["The bridge is open."], "targets": ["fr"], "source": "en"}
SETTINGS = {
    "DRAGOMAN_BEAM_SIZE": "1",
    "DRAGOMAN_MAX_BODY_BYTES": "6000000",
    "DRAGOMAN_MAX_TEXTS": "50",
    "DRAGOMAN_MAX_TARGETS": "3",
    "DRAGOMAN_MAX_HTML_NODES": "20000",
    "DRAGOMAN_MAX_CHARACTERS": "20000",
}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(settings=SETTINGS) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """After each test the server must still translate."""
    with server.client() as opened:
        yield opened
        assert opened.post(TEXTS, json=GOOD).status_code == 200


def article(**fields: Any) -> bytes:
    return json.dumps({"source": "en", "targets": ["fr"], **fields}).encode()


NOT_A_REQUEST = {
    "empty": (b"", 400, "unreadable-request"),
    "not JSON": (b"text=hello", 400, "unreadable-request"),
    "half an object": (b'{"text": "hel', 400, "unreadable-request"),
    "Latin-1": ('{"text": "café"}'.encode("latin-1"), 400, "unreadable-request"),
    "UTF-16": ('{"text": "cafe"}'.encode("utf-16"), 400, "unreadable-request"),
    "binary": (bytes(range(256)) * 50, 400, "unreadable-request"),
    "raw NUL": (b'{"text": "a\x00b", "targets": ["fr"]}', 400, "unreadable-request"),
    "lone surrogate": (rb'{"text": "a\ud800b", "targets": ["fr"]}', 400, "unreadable-request"),
    "lone surrogate in a name": (rb'{"\udfff": 1}', 400, "unreadable-request"),
    "not a number": (article(text="a").replace(b'"a"', b"NaN"), 400, "unreadable-request"),
    "nested lists": (b"[" * 100_000, 400, "unreadable-request"),
    "nested objects": (b'{"a":' * 50_000, 400, "unreadable-request"),
    "huge integer": (b'{"timeout_s": ' + b"9" * 10_000 + b"}", 400, "unreadable-request"),
    "a list": (b"[]", 422, "bad-request"),
    "a string": (b'"text"', 422, "bad-request"),
    "null": (b"null", 422, "bad-request"),
    "no input": (article(), 422, "bad-request"),
    "two inputs": (article(text="a", page="<p>a"), 422, "bad-request"),
    "no targets": (b'{"text": "a"}', 422, "bad-request"),
    "an empty list of targets": (article(text="a", targets=[]), 422, "bad-request"),
    "a string of targets": (article(text="a", targets="fr"), 422, "bad-request"),
    "too many targets": (
        article(text="a b c", targets=["fr", "de", "es", "it"]),
        413,
        "input-too-large",
    ),
    "a target that is no language": (article(text="a", targets=["../x"]), 422, "bad-request"),
    "an unknown field": (article(text="a", target="fr"), 422, "bad-request"),
    "an unknown format": (article(docx="a"), 422, "bad-request"),
    "a number for a text": (article(text=1), 422, "bad-request"),
    "an object for a page": (article(page={"html": "a"}), 422, "bad-request"),
    "a string for fields": (article(fields="a"), 422, "bad-request"),
    "an unknown priority": (article(text="a", priority="urgent"), 422, "bad-request"),
    "a timeout of zero": (article(text="a", timeout_s=0), 422, "bad-request"),
    "a timeout below zero": (article(text="a", timeout_s=-1), 422, "bad-request"),
    "a timeout in words": (article(text="a", timeout_s="soon"), 422, "bad-request"),
    "an endless timeout": (
        article(text="a").replace(b"}", b', "timeout_s": 1e999}'),
        422,
        "bad-request",
    ),
}


@pytest.mark.parametrize("name", NOT_A_REQUEST)
def test_what_is_no_request_is_refused(client: httpx.Client, name: str) -> None:
    """Each broken request gets its status, its code and a hint."""
    content, status, code = NOT_A_REQUEST[name]
    answer = client.post(ARTICLES, content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["detail"]
    assert answer.json()["hint"]


def test_wrong_fields_are_named(client: httpx.Client) -> None:
    """All of them, with their places in the request, and without their content."""
    body = {"texts": ["a", 1], "targets": ["fr"], "sorce": "unpublished"}
    answer = client.post(TEXTS, json=body)
    assert {error["field"] for error in answer.json()["errors"]} == {"texts[1]", "sorce"}
    assert "unpublished" not in answer.text


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({}, "Content-Type"),
        ({"Content-Type": "text/plain"}, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Content-Type": "application/json; charset=iso-8859-1"}, "UTF-8"),
        ({**JSON, "Content-Encoding": "gzip"}, "Content-Encoding"),
    ],
)
def test_other_media_types_are_refused(
    client: httpx.Client, headers: dict[str, str], word: str
) -> None:
    """415, and the hint says which header to send."""
    answer = client.post(TEXTS, content=json.dumps(GOOD), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert word in answer.json()["hint"]


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8

UNUSABLE = {
    "empty text": ({"text": ""}, "empty-input"),
    "white space": ({"text": " \n\t\u00a0\u2003\n"}, "empty-input"),
    "empty page": ({"page": ""}, "empty-input"),
    "page without text": ({"page": "<html><body><script>1</script></body></html>"}, "empty-input"),
    "empty fields": ({"fields": {}}, "empty-input"),
    "bytes as a text": ({"text": PNG.decode("latin-1")}, "unreadable-input"),
    "bytes as a page": ({"page": PNG.decode("latin-1")}, "unreadable-input"),
    "bytes read as UTF-8": ({"text": PNG.decode("utf-8", "replace")}, "unreadable-input"),
    "control characters": (
        {"text": "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f" * 20},
        "unreadable-input",
    ),
    "PDF as a page": ({"page": "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj"}, "unreadable-input"),
    "unknown field of a record": ({"fields": {"headlin": "a"}}, "unsupported-input"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_no_article_is_refused(client: httpx.Client, name: str) -> None:
    """422 with the reason."""
    fields, code = UNUSABLE[name]
    answer = client.post(ARTICLES, content=article(**fields), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


LARGE = {
    "more than the body's limit": {"text": "word " * 1_300_000},
    "5 MB of one line": {"text": "word " * 1_000_000},
    "5 MB of one word": {"text": "x" * 5_000_000},
    "too many nodes": {"fragment": "<p>a</p>" * 30_000},
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_refused(client: httpx.Client, name: str) -> None:
    """413, in words that name the limit, and the client sees the answer."""
    answer = client.post(ARTICLES, content=article(**LARGE[name]), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "input-too-large")


def test_a_page_of_one_endless_line_ends_too(client: httpx.Client) -> None:
    """By the limit of characters, or by that of time where the machine is slow."""
    page = f"<html><body><p>{'word ' * 1_000_000}</p></body></html>"
    answer = client.post(ARTICLES, content=article(page=page), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) in {
        (413, "input-too-large"),
        (504, "extraction-timeout"),
    }


def test_too_many_texts_are_refused(client: httpx.Client) -> None:
    """The limit of texts is a limit like the others."""
    answer = client.post(TEXTS, json={**GOOD, "texts": ["a"] * 51})
    assert (answer.status_code, answer.json()["code"]) == (413, "input-too-large")


STRANGE = {
    "broken HTML": {"fragment": "<p>The <b>bridge <i>is</b> open</i>.<td>Trams<p></div>run."},
    "deep nesting": {"fragment": "<div>" * 3_000 + "The bridge is open." + "</div>" * 3_000},
    "escaped NUL": {"text": "The bridge\x00 is open."},
    "NUL in HTML": {"fragment": "<p>The bridge\x00 is open.</p>"},
    "right-to-left marks": {"text": "The \u202ebridge\u202c is\u200f open \u2067now\u2069."},
    "a byte order mark": {"text": "\ufeffThe bridge is open."},
    "line separators": {"text": "The bridge is open.\u2028Trams run again.\u2029Everybody came."},
    "not characters": {"text": "The bridge \ufffe is open \U0010ffff."},
    "a declared encoding": {
        "page": '<html><head><meta charset="utf-16"></head><body><article><h1>The bridge</h1>'
        "<p>The bridge is open. Trams run again from this morning, and people cross the bridge "
        "on foot as well, the city said.</p></article></body></html>"
    },
    "a lone surrogate in JSON-LD": {
        "page": '<html><head><script type="application/ld+json">'
        r'{"@type": "NewsArticle", "headline": "The bridge \ud83d is open"}</script></head>'
        "<body><article><h1>The bridge is open</h1><p>Trams run again from this morning, and "
        "people cross the bridge on foot as well.</p></article></body></html>"
    },
    "a numeric surrogate": {"fragment": "<p>The bridge &#xD83D; is open.</p>"},
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_only_strange_is_translated(client: httpx.Client, name: str) -> None:
    """Odd characters and broken markup are no reason to refuse an article."""
    answer = client.post(ARTICLES, content=article(**STRANGE[name]), headers=JSON)
    assert answer.status_code == 200, answer.text
    (target,) = answer.json()["translations"]
    assert any(block["translated"] for block in target["blocks"])


def test_a_language_that_cannot_be_found_is_asked_for(client: httpx.Client) -> None:
    """Without a source and with too little to tell, the hint says what to send."""
    answer = client.post(ARTICLES, json={"text": "Zxqv 42", "targets": ["fr"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "language-undetermined")
    assert "source" in answer.json()["hint"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /healthz\r\n\r\n",
        b"POST " + ARTICLES.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST " + ARTICLES.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n",
    ],
)
def test_what_is_no_http_does_no_harm(
    server: RunningServer, client: httpx.Client, raw: bytes
) -> None:
    """A TLS hello, half a request, endless headers: the server goes on."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(raw)
    assert client.get("/healthz").status_code == 200
