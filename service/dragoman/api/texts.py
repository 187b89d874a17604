"""POST /v1/texts/translate."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from dragoman.api.answers import PROBLEMS, json_answer
from dragoman.api.inputs import checked_texts, source, targets
from dragoman.api.json_route import JsonRoute
from dragoman.api.options import ApiOptions
from dragoman.api.ports import Services
from dragoman.api.problems import request_id
from dragoman.api.schemas.requests import TextsBody
from dragoman.api.schemas.texts import TextsAnswer, TextsTranslation
from dragoman.api.waiting import while_wanted
from dragoman.inference.translator import Priority


def text_routes(
    services: Services, options: ApiOptions, clock: Callable[[], float] = time.monotonic
) -> APIRouter:
    """The endpoint for plain strings."""
    router = APIRouter(route_class=JsonRoute, tags=["texts"])

    @router.post("/v1/texts/translate", response_model=TextsAnswer, responses=PROBLEMS)
    async def translate_texts(
        request: Request,
        body: Annotated[TextsBody, Body(openapi_examples=TextsBody.examples)],
    ) -> Response:
        """Translate plain strings, each on its own, in the order they came."""
        start = clock()
        timeout_s = options.timeout_s(body.timeout_s)
        work = services.texts.translate(
            checked_texts(body.texts, options),
            targets(body.targets, options),
            source=source(body.source),
            priority=Priority[body.priority.upper()],
            deadline=start + timeout_s,
        )
        results = await while_wanted(work, request.receive, timeout_s)
        answer = TextsAnswer(
            request_id=request_id(request.scope),
            translations=[TextsTranslation.of(result) for result in results],
            timings_ms={"total": round((clock() - start) * 1000, 1)},
        )
        return json_answer(answer)

    return router
