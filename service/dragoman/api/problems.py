"""Every error as RFC 9457 problem details, by one table from exception to status.

Details and hints are words for people and never hold the client's text; programs match ``code``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from dragoman import errors

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:dragoman:problem:"

_STATUS: tuple[tuple[type[errors.DragomanError], int], ...] = (
    (errors.InputTooLarge, 413),
    (errors.InputError, 422),
    (errors.NotInstalled, 422),
    (errors.QueueFull, 429),
    (errors.Unavailable, 503),
    (errors.Cancelled, 503),
    (errors.OutOfTime, 504),
    (errors.ModelError, 502),
    (errors.NotAuthorised, 401),
)
"""The first match counts, so subclasses stand before their bases. What is absent is our fault."""

_TITLES = {
    "bad-input": "Input refused",
    "bad-request": "Request not understood",
    "cancelled": "Work cancelled",
    "deadline-exceeded": "Out of time",
    "decoding-failed": "Translation failed",
    "empty-input": "Empty input",
    "extraction-timeout": "Page took too long to read",
    "input-too-large": "Input too large",
    "internal-error": "Internal error",
    "language-undetermined": "Language undetermined",
    "method-not-allowed": "Method not allowed",
    "model-corrupt": "Model corrupt",
    "model-error": "Model failed",
    "model-not-installed": "Model not installed",
    "model-refused": "Model refused",
    "not-authorised": "Not authorised",
    "not-found": "Not found",
    "pair-not-installed": "Language pair not installed",
    "queue-full": "Too much work waiting",
    "shutting-down": "Shutting down",
    "unavailable": "Unavailable",
    "unreadable-input": "Input unreadable",
    "unreadable-request": "Request unreadable",
    "unsupported-input": "Input not supported",
    "unsupported-media-type": "Media type not supported",
    "worker-died": "No worker answers",
}
_CODES_OF_STATUS = {
    400: "unreadable-request",
    404: "not-found",
    405: "method-not-allowed",
    415: "unsupported-media-type",
}
_MOST_FIELD_ERRORS = 20
_LONGEST_FIELD = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error looks like from outside. ``errors`` are the wrong fields of a request."""

    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def members(self, request_id: str) -> dict[str, Any]:
        """The members of the JSON object, in the order of docs/api.md."""
        members: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": _TITLES.get(self.code, "Error"),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
            "request_id": request_id,
        }
        if self.errors:
            members["errors"] = list(self.errors)
        return members

    def response(self, scope: Scope) -> Response:
        """The answer. It is noted in ``scope`` for the log and the metrics."""
        note(scope, self)
        # ASCII escapes: a field's name may hold what UTF-8 cannot, such as a lone surrogate.
        content = json.dumps(self.members(request_id(scope))).encode("ascii")
        return Response(content, self.status, dict(self.headers), MEDIA_TYPE)


def request_id(scope: Scope) -> str:
    """The id that ``RequestIds`` gave to this request."""
    identifier: str = scope["state"]["request_id"]
    return identifier


def note(scope: Scope, problem: Problem) -> None:
    """Remember what went wrong, where the access log and the metrics find it."""
    scope["state"]["problem"] = problem.code


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is, by the tables of this module."""
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, errors.DragomanError):
        for kind, status in _STATUS:
            if isinstance(error, kind):
                return Problem(
                    status, error.code, error.message, error.hint, headers=_headers(error)
                )
    return Problem(
        500,
        "internal-error",
        "Something went wrong on our side.",
        "Tell the operator this request's id: the log has it.",
    )


def _headers(error: errors.DragomanError) -> dict[str, str]:
    if isinstance(error, errors.Unavailable):
        return {"Retry-After": str(max(1, round(error.retry_after_s)))}
    if isinstance(error, errors.Cancelled):
        return {"Retry-After": "1"}
    if isinstance(error, errors.NotAuthorised):
        return {"WWW-Authenticate": 'Bearer realm="dragoman"'}
    return {}


def _http(error: HTTPException) -> Problem:
    code = _CODES_OF_STATUS.get(error.status_code, "bad-request")
    details = {
        404: ("There is nothing at this address.", "See /docs for the endpoints."),
        405: ("This address does not take this method.", "See /docs for the endpoints."),
    }
    detail, hint = details.get(error.status_code, (str(error.detail), None))
    if isinstance(error, RequestRefused):
        hint = error.hint
    return Problem(error.status_code, code, detail, hint, headers=dict(error.headers or {}))


class RequestRefused(HTTPException):
    """A request that is refused before its content is looked at: 400 or 415."""

    def __init__(self, status: int, detail: str, hint: str) -> None:
        super().__init__(status, detail)
        self.hint = hint


def _invalid(error: RequestValidationError) -> Problem:
    wrong = [
        {"field": _field(item["loc"]), "message": _message(item)}
        for item in error.errors()[:_MOST_FIELD_ERRORS]
    ]
    first = wrong[0]
    where = f"{first['field']}: " if first["field"] else ""
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Problem(
        422,
        "bad-request",
        f"{where}{first['message']}{more}",
        "See /docs for the fields of this request.",
        errors=wrong,
    )


def _field(location: Sequence[str | int]) -> str:
    """``("body", "texts", 3)`` as ``texts[3]``, cut where a client made up a long name."""
    parts = location[1:] if location and location[0] == "body" else location
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return path.removeprefix(".")[:_LONGEST_FIELD]


def _message(item: Mapping[str, Any]) -> str:
    """In our words where the validator's name Python and not JSON."""
    words = {
        "extra_forbidden": "This field is not known.",
        "missing": "This field is required.",
        "model_attributes_type": "A JSON object is expected.",
        "model_type": "A JSON object is expected.",
    }
    kind = str(item["type"])
    if kind in words:
        return words[kind]
    message = str(item["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."
