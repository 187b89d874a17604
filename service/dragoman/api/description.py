"""The OpenAPI description, and the page that shows it.

The page is our own: the usual ones load their scripts from a server on the internet, which a
machine without a network cannot reach and a newsroom may not want to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from fastapi import FastAPI

Schema = Mapping[str, Any]


class DescribedApp(FastAPI):
    """A FastAPI application whose errors are problems and nothing else in its description."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        for _, _, operation in _operations(described):
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"].pop("application/json", None)
        return described


def docs_page(described: Schema) -> str:
    """HTML that stands alone: every endpoint with its fields and examples, to be tried out."""
    sections = "".join(
        _section(path, method, operation, described)
        for path, method, operation in _operations(described)
    )
    title = f"{described['info']['title']} {described['info']['version']}"
    page = files("dragoman.api").joinpath("docs.html").read_text(encoding="utf-8")
    return Template(page).substitute(title=escape(title), sections=sections)


def _operations(described: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _section(path: str, method: str, operation: Schema, described: Schema) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = {
        example["summary"]: example["value"] for example in content.get("examples", {}).values()
    }
    reference = content.get("schema", {}).get("$ref", "")
    fields = _fields(described["components"]["schemas"].get(reference.split("/")[-1], {}))
    return _SECTION.format(
        method=method.upper(),
        path=escape(path),
        says=escape(operation.get("description", "")),
        fields=fields,
        form=_form(examples) if examples else "",
    )


def _fields(schema: Schema) -> str:
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(field)}</td>"
        f"<td>{'required. ' if name in required else ''}{escape(field.get('description', ''))}"
        "</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    return f"<table>{rows}</table>" if rows else ""


def _kind(field: Schema) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(kind) for kind in field["anyOf"])
    if "enum" in field:
        return escape(" or ".join(json.dumps(value) for value in field["enum"]))
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}"
    return escape(str(field.get("type", "value")))


def _form(examples: Mapping[str, Any]) -> str:
    options = "".join(
        f'<option value="{escape(json.dumps(value, indent=2, ensure_ascii=False))}">'
        f"{escape(name)}</option>"
        for name, value in examples.items()
    )
    first = escape(json.dumps(next(iter(examples.values())), indent=2, ensure_ascii=False))
    return _FORM.format(options=options, first=first)


_SECTION = """<section data-method="{method}" data-path="{path}">
<h2><b>{method}</b> {path}</h2><p>{says}</p>{fields}{form}
<p><button type="button">Send</button> <output></output></p><pre hidden></pre></section>
"""
_FORM = """<p><label>Example <select>{options}</select></label></p>
<textarea rows="10" spellcheck="false" aria-label="Request">{first}</textarea>"""
