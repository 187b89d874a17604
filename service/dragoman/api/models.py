"""GET /v1/models."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dragoman.api.answers import json_answer
from dragoman.api.ports import Services
from dragoman.api.schemas.languages import ModelDescription, ModelsAnswer


def model_routes(services: Services) -> APIRouter:
    """The endpoint for installed models."""
    router = APIRouter(tags=["models"])

    @router.get("/v1/models", response_model=ModelsAnswer)
    async def models() -> Response:
        """Installed models, with digests."""
        loaded = {model.id for model in services.translator.statistics().models}
        return json_answer(
            ModelsAnswer(
                models=[
                    ModelDescription.of(model, loaded=model.id in loaded)
                    for model in services.translator.models()
                ]
            )
        )

    return router
