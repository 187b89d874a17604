"""One table from exceptions to problems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import errors
from dragoman.api.problems import RequestRefused, problem_of

API_PAGE = Path(__file__).parents[3] / "docs" / "api.md"

STATUS = {
    "bad-input": 422,
    "empty-input": 422,
    "unreadable-input": 422,
    "input-too-large": 413,
    "unsupported-input": 422,
    "language-undetermined": 422,
    "not-installed": 422,
    "pair-not-installed": 422,
    "model-not-installed": 422,
    "unavailable": 503,
    "queue-full": 429,
    "shutting-down": 503,
    "worker-died": 503,
    "out-of-time": 504,
    "deadline-exceeded": 504,
    "extraction-timeout": 504,
    "cancelled": 503,
    "model-error": 502,
    "model-corrupt": 502,
    "model-refused": 502,
    "decoding-failed": 502,
    "not-authorised": 401,
}


def kinds(base: type[errors.DragomanError]) -> Iterator[type[errors.DragomanError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.mark.parametrize("kind", list(kinds(errors.DragomanError)), ids=lambda kind: kind.__name__)
def test_every_error_has_its_status(kind: type[errors.DragomanError]) -> None:
    """What a caller can do about it decides; what no caller can cause is 500 and says nothing."""
    problem = problem_of(kind("What happened.", hint="What to do."))
    expected = STATUS.get(kind.code, 500)
    assert problem.status == expected
    if expected == 500:
        assert (problem.code, "What happened." in problem.detail) == ("internal-error", False)
    else:
        assert (problem.code, problem.detail, problem.hint) == (
            kind.code,
            "What happened.",
            "What to do.",
        )


@pytest.mark.parametrize("kind", list(kinds(errors.Unavailable)), ids=lambda kind: kind.__name__)
def test_what_passes_says_when_to_come_back(kind: type[errors.Unavailable]) -> None:
    """429 and 503 carry Retry-After in whole seconds, at least one."""
    for given, header in ((0, "1"), (7, "7")):
        assert problem_of(kind("", retry_after_s=given)).headers["Retry-After"] == header


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RequestRefused(400, "Not JSON.", "Send JSON."), 400, "unreadable-request"),
        (RequestRefused(415, "Not JSON.", "Send JSON."), 415, "unsupported-media-type"),
        (KeyError("text of an article"), 500, "internal-error"),
    ],
)
def test_other_errors_have_codes_too(error: Exception, status: int, code: str) -> None:
    """Refusals of the edge, and whatever was not foreseen."""
    problem = problem_of(error)
    assert (problem.status, problem.code) == (status, code)
    assert "text of an article" not in problem.detail


def test_every_code_is_in_the_contract() -> None:
    """A code that docs/api.md does not name cannot be matched by anybody."""
    page = API_PAGE.read_text(encoding="utf-8")
    abstract = {"not-installed", "out-of-time"}
    missing = [code for code in STATUS if f"`{code}`" not in page and code not in abstract]
    assert missing == []
