"""The shape of every error, for the OpenAPI description."""

from __future__ import annotations

from pydantic import Field

from dragoman.api.schemas.base import Shape


class FieldError(Shape):
    """What is wrong with one field of the request."""

    field: str = Field(examples=["targets[0]"])
    message: str


class ProblemShape(Shape):
    """RFC 9457 problem details. Match on `code`."""

    type: str = Field(examples=["urn:dragoman:problem:pair-not-installed"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["pair-not-installed"])
    hint: str | None
    request_id: str
    errors: list[FieldError] | None = None
