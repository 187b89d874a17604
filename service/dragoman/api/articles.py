"""POST /v1/articles/translate: the whole answer at once, or events as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from dragoman.api.answers import PROBLEMS, json_answer
from dragoman.api.inputs import article_request
from dragoman.api.json_route import JsonRoute
from dragoman.api.options import ApiOptions
from dragoman.api.ports import Services
from dragoman.api.problems import request_id
from dragoman.api.schemas.articles import (
    ArticleAnswer,
    ArticleTranslation,
    BlockTranslation,
    SourceBlock,
    SourceInfo,
    SummaryInfo,
)
from dragoman.api.schemas.events import (
    ArticleEvent,
    BlockEvent,
    DoneEvent,
    SummaryEvent,
    report_event,
)
from dragoman.api.schemas.requests import ArticleBody
from dragoman.api.streaming import MEDIA_TYPE, EventStream, wants_stream
from dragoman.api.waiting import while_wanted
from dragoman.pipeline.values import (
    AllTranslated,
    ArticleRead,
    ArticleRequest,
    BlockTranslated,
    Event,
    Summarised,
    TargetTranslated,
)

_STREAM_EXAMPLE = (
    'id: 0\nevent: article\ndata: {"request_id": "5f0c…", "input": "text", …}\n\n'
    'id: 1\nevent: block\ndata: {"target": "fr", "block": {"kind": "headline", …}}\n\n'
)


def article_routes(
    services: Services, options: ApiOptions, clock: Callable[[], float] = time.monotonic
) -> APIRouter:
    """The endpoint for articles."""
    router = APIRouter(route_class=JsonRoute, tags=["articles"])

    @router.post(
        "/v1/articles/translate",
        response_model=ArticleAnswer,
        responses={
            200: {"content": {MEDIA_TYPE: {"example": _STREAM_EXAMPLE}}},
            **PROBLEMS,
        },
    )
    async def translate_article(
        request: Request,
        body: Annotated[ArticleBody, Body(openapi_examples=ArticleBody.examples)],
    ) -> Response:
        """Translate an article into one or several languages.

        With `Accept: text/event-stream` the answer is a stream of events, the headline first.
        """
        timeout_s = options.timeout_s(body.timeout_s)
        deadline = clock() + timeout_s
        work = article_request(body, options, deadline)
        if not wants_stream(request.headers.get("accept", "")):
            return await _whole(services, request, work, timeout_s)
        events = services.articles.stream(work)
        first = await while_wanted(anext(events), request.receive, timeout_s)
        return EventStream(
            first,
            events,
            _encoder(request_id(request.scope), work.format),
            remaining_s=max(0.0, deadline - clock()),
            timeout_s=timeout_s,
            keep_alive_s=options.keep_alive_s,
        )

    return router


async def _whole(
    services: Services, request: Request, work: ArticleRequest, timeout_s: float
) -> Response:
    results, last = await while_wanted(
        services.articles.translate(work), request.receive, timeout_s
    )
    answer = ArticleAnswer(
        request_id=request_id(request.scope),
        input=work.format,
        source=SourceInfo.of(results[0].source),
        translations=[ArticleTranslation.of(result) for result in results],
        timings_ms=dict(last.timings_ms),
    )
    return json_answer(answer)


def _encoder(identifier: str, input_name: str) -> Callable[[Event], tuple[str, str]]:
    """Events of the use case to events of docs/api.md: a name and JSON."""

    def encode(event: Event) -> tuple[str, str]:
        match event:
            case ArticleRead(source, targets, blocks):
                article = ArticleEvent(
                    request_id=identifier,
                    input=input_name,
                    source=SourceInfo.of(source),
                    targets=list(targets),
                    blocks=[SourceBlock.of(block) for block in blocks],
                )
                return "article", article.model_dump_json()
            case BlockTranslated(target, block):
                done = BlockEvent(target=target, block=BlockTranslation.of(block))
                return "block", done.model_dump_json()
            case Summarised(target, summary):
                return (
                    "summary",
                    SummaryEvent(target=target, summary=SummaryInfo.of(summary)).model_dump_json(),
                )
            case TargetTranslated(result):
                return "report", report_event(ArticleTranslation.of(result))
            case AllTranslated(timings_ms):
                last = DoneEvent(request_id=identifier, timings_ms=dict(timings_ms))
                return "done", last.model_dump_json()

    return encode
