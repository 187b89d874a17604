"""GET /healthz, /readyz and /metrics: for probes and monitoring."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from dragoman.api.metrics import Metrics
from dragoman.api.readiness import Readiness
from dragoman.api.schemas.base import Shape


class Status(Shape):
    """What a probe wants to know. Otherwise it gets a problem."""

    status: Literal["alive", "ready"]


def health_routes(readiness: Readiness, metrics: Metrics) -> APIRouter:
    """The endpoints for probes and monitoring."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    async def healthz() -> Status:
        """The process is alive."""
        return Status(status="alive")

    @router.get("/readyz")
    async def readyz() -> Status:
        """A worker really answered, a moment ago at most; else 503 with the reason."""
        await readiness.check()
        return Status(status="ready")

    @router.get("/metrics", response_class=Response)
    async def prometheus() -> Response:
        """Prometheus metrics."""
        return Response(metrics.text(), media_type=metrics.content_type)

    return router
