"""GET /v1/languages and POST /v1/languages/detect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from dragoman.api.answers import PROBLEMS, json_answer
from dragoman.api.inputs import checked_texts
from dragoman.api.json_route import JsonRoute
from dragoman.api.options import ApiOptions
from dragoman.api.ports import Services
from dragoman.api.problems import request_id
from dragoman.api.schemas.base import direction
from dragoman.api.schemas.languages import (
    Candidate,
    DetectAnswer,
    Detected,
    LanguagesAnswer,
    SourceLanguageInfo,
    TargetLanguage,
)
from dragoman.api.schemas.requests import DetectBody
from dragoman.api.waiting import while_wanted
from dragoman.article import UNDETERMINED, LanguagePair
from dragoman.inference.translator import Translator
from dragoman.langid import Identified, autonym, language_name, primary_subtag


def language_routes(services: Services, options: ApiOptions) -> APIRouter:
    """The endpoints for languages."""
    router = APIRouter(route_class=JsonRoute, tags=["languages"])

    @router.get("/v1/languages", response_model=LanguagesAnswer)
    async def languages() -> Response:
        """What can be translated into what."""
        translator = services.translator
        return json_answer(
            LanguagesAnswer(
                languages=[
                    _source(translator, code, targets)
                    for code, targets in translator.languages().items()
                ]
            )
        )

    @router.post("/v1/languages/detect", response_model=DetectAnswer, responses=PROBLEMS)
    async def detect(
        request: Request,
        body: Annotated[DetectBody, Body(openapi_examples=DetectBody.examples)],
    ) -> Response:
        """Say which language each text is in."""
        work = services.texts.identify(checked_texts(body.texts, options))
        found = await while_wanted(work, request.receive, options.request_timeout_s)
        answer = DetectAnswer(
            request_id=request_id(request.scope),
            results=[_detected(item, services.translator) for item in found],
        )
        return json_answer(answer)

    return router


def _source(translator: Translator, code: str, targets: Sequence[str]) -> SourceLanguageInfo:
    return SourceLanguageInfo(
        code=code,
        name=language_name(code),
        autonym=autonym(code),
        dir=direction(code),
        targets=[_target(translator, LanguagePair(code, target)) for target in targets],
    )


def _target(translator: Translator, pair: LanguagePair) -> TargetLanguage:
    first, *others = translator.route(pair).steps
    return TargetLanguage(
        code=pair.target,
        name=language_name(pair.target),
        autonym=autonym(pair.target),
        dir=direction(pair.target),
        via=first.pair.target if others else None,
    )


def _detected(found: Identified, translator: Translator) -> Detected:
    """``installed`` means that something can be translated from it here."""
    known = found.language != UNDETERMINED
    installed = known and _is_source(found.language, translator.languages())
    pivot = translator.pivot_language
    wanted = known and not installed and found.language != pivot
    return Detected(
        language=found.language,
        name=language_name(found.language),
        confidence=round(found.confidence, 4),
        reliable=found.reliable,
        installed=installed,
        candidates=[
            Candidate(language=language, confidence=round(confidence, 4))
            for language, confidence in found.candidates
        ],
        hint=f"Run `dragoman models pull {found.language}-{pivot}`." if wanted else None,
    )


def _is_source(language: str, sources: Collection[str]) -> bool:
    """A model for Portuguese translates Brazilian Portuguese too."""
    return language in sources or primary_subtag(language) in sources
