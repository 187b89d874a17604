"""How answers are written, and which problems every endpoint may answer with."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from dragoman.api.problems import MEDIA_TYPE
from dragoman.api.schemas.problem import ProblemShape

_STATUSES = {
    400: "Not JSON in UTF-8",
    401: "No valid token",
    413: "Over a limit",
    415: "Not announced as JSON",
    422: "A field is wrong, the input is unusable, or the pair is not installed",
    429: "Too much work waiting; Retry-After says when to try again",
    500: "Our fault",
    502: "A model failed",
    503: "Unavailable for a moment",
    504: "Out of time",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "model": ProblemShape,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShape"}}},
    }
    for status, description in _STATUSES.items()
}
"""For the OpenAPI description."""


def json_answer(model: BaseModel) -> Response:
    """Written once: the framework would validate the model again before writing it."""
    return Response(model.model_dump_json(), media_type="application/json")
