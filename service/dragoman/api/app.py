"""The HTTP application: endpoints inside, layers around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dragoman.api.articles import article_routes
from dragoman.api.auth import Authorisation
from dragoman.api.description import DescribedApp, docs_page
from dragoman.api.health import health_routes
from dragoman.api.languages import language_routes
from dragoman.api.last_resort import LastResort
from dragoman.api.limits import BodyLimit, Drain, Draining
from dragoman.api.metrics import Metrics, Observed
from dragoman.api.models import model_routes
from dragoman.api.options import ApiOptions
from dragoman.api.ports import Services
from dragoman.api.problems import problem_of
from dragoman.api.readiness import Readiness
from dragoman.api.request_id import RequestIds
from dragoman.api.texts import text_routes
from dragoman.api.waiting import abandon
from dragoman.errors import DragomanError
from dragoman.observability import get_logger
from dragoman.version import __version__

ENDPOINTS = frozenset(
    {
        "/v1/articles/translate",
        "/v1/texts/translate",
        "/v1/languages/detect",
        "/v1/languages",
        "/v1/models",
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs",
        "/openapi.json",
    }
)
"""What logs and metrics name; every other path is one label."""


def create_app(
    services: Services, options: ApiOptions | None = None, drain: Drain | None = None
) -> FastAPI:
    """The application over opened services. It closes nothing.

    ``drain`` is how whoever runs it says that the end is near.
    """
    options = options or ApiOptions()
    drain = drain or Drain()
    metrics = Metrics(services.translator)
    readiness = Readiness(services.translator, drain, options)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.ensure_future(_warm_up(services, readiness))
        try:
            yield
        finally:
            await abandon(warming)

    app = DescribedApp(
        title="Dragoman",
        version=__version__,
        summary="Translates and summarises news. See docs/api.md.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(RequestIds),
            Middleware(Observed, metrics, ENDPOINTS),
            Middleware(LastResort),
            Middleware(Draining, drain),
            Middleware(Authorisation, options.tokens),
            Middleware(BodyLimit, options.max_body_bytes, options.request_timeout_s),
        ],
    )
    for error in (DragomanError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, _answer_problem)
    app.include_router(article_routes(services, options))
    app.include_router(text_routes(services, options))
    app.include_router(language_routes(services, options))
    app.include_router(model_routes(services))
    app.include_router(health_routes(readiness, metrics))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(docs_page(app.openapi()))

    return app


async def _warm_up(services: Services, readiness: Readiness) -> None:
    """Load what the first request would wait for: a model, and the language identifier's."""
    try:
        await readiness.check()
        await services.texts.identify(["Good morning, dear readers."])
    except DragomanError as error:
        get_logger(__name__).warning("not_ready", code=error.code, reason=str(error))


async def _answer_problem(request: Request, error: Exception) -> Response:
    return problem_of(error).response(request.scope)
