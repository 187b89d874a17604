"""Read articles out of JSON-LD as the web has it: graphs, lists, and often not valid JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

_TYPE = re.compile(r"(?:article|blogposting|report|review|posting)$", re.IGNORECASE)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = r'"((?:[^"\\\n]|\\.)*+)"'
_FIELDS = ("headline", "description", "url", "datePublished")
_MOST_OBJECTS = 5_000


def read_articles(text: str) -> Iterator[dict[str, str]]:
    """The articles in one script: headline, description, url, datePublished and author, as text.

    What is missing is absent. Where the JSON is broken, the fields are picked out of the text.
    """
    data = _load(text)
    if data is None:
        yield from _picked(text)
        return
    for found in _objects(data):
        kinds = found.get("@type", "")
        if any(_TYPE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield _article(found)


def _load(text: str) -> Any:
    bare = _WRAPPING.sub("", _WRAPPING.sub("", text))
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """All objects in document order, whether in lists, in a graph, or as a page's main entity."""
    waiting, seen = [data], 0
    while waiting and seen < _MOST_OBJECTS:
        found = waiting.pop()
        seen += 1
        if isinstance(found, list):
            waiting.extend(reversed(found))
        elif isinstance(found, dict):
            yield found
            waiting.extend(
                found[name]
                for name in ("mainEntity", "@graph")
                if isinstance(found.get(name), dict | list)
            )


def _article(found: dict[str, Any]) -> dict[str, str]:
    article = {name: _text(found.get(name)) for name in _FIELDS}
    article["author"] = ", ".join(_names(found.get("author")))
    if not article["headline"]:
        article["headline"] = _text(found.get("name"))
    return {name: value for name, value in article.items() if value}


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("@id") or ""
    return html.unescape(value).strip() if isinstance(value, str) else ""


def _names(value: Any) -> list[str]:
    """Names of persons; organisations are who published, not who wrote."""
    names: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            name = "" if one.get("@type") == "Organization" else _text(one.get("name"))
        else:
            name = _text(one)
        if name and name not in names:
            names.append(name)
    return names


def _picked(text: str) -> Iterator[dict[str, str]]:
    article: dict[str, str] = {}
    for name in _FIELDS:
        match = re.search(rf'"{name}"\s*:\s*{_STRING}', text)
        if match:
            article[name] = _unquoted(match[1])
    author = re.search(rf'"author"\s*:\s*[\[{{\s]*[^\]}}]*?"name"\s*:\s*{_STRING}', text)
    if author:
        article["author"] = _unquoted(author[1])
    if article.get("headline"):
        yield article


def _unquoted(text: str) -> str:
    try:
        return html.unescape(str(json.loads(f'"{text}"', strict=False))).strip()
    except ValueError:
        return text
