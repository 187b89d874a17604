"""Request bodies are JSON in UTF-8, strictly: what else comes is refused before it is parsed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from dragoman.api.problems import RequestRefused

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class JsonRequest(Request):
    """A request whose ``json`` is stricter than the default.

    Not accepted: UTF-16, NaN, lone surrogates, nesting that exhausts the stack.
    """

    async def json(self) -> Any:
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            raise RequestRefused(
                400,
                f"The body is not JSON in UTF-8: {error}.",
                "Send one JSON object. Text from elsewhere has to be decoded first.",
            ) from None


class JsonRoute(APIRoute):
    """A route whose body, if it has one, must say that it is JSON.

    Asking for the content type is also what keeps pages of other sites from posting here with a
    reader's browser: it makes the browser ask first (CORS preflight).
    """

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            strict = JsonRequest(request.scope, request.receive)
            if self.body_field is not None:
                _check_headers(strict)
                if not await strict.body():
                    raise RequestRefused(
                        400, "The body is empty.", "Send a JSON object; /docs has examples."
                    )
            return await handler(strict)

        return handle


def _check_headers(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise RequestRefused(
            415, "The body must be JSON.", "Send the header `Content-Type: application/json`."
        )
    charset = parameters.strip().lower().removeprefix("charset=").strip("\"' ")
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise RequestRefused(
            415, "JSON is always in UTF-8 here.", "Encode the body in UTF-8 and leave charset out."
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RequestRefused(
            415, "Compressed bodies are not accepted.", "Send the body without Content-Encoding."
        )
