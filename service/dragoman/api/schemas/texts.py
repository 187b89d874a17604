"""Answers about plain strings."""

from __future__ import annotations

from pydantic import Field

from dragoman.api.schemas.articles import flag_info, model_infos
from dragoman.api.schemas.base import FlagInfo, ModelInfo, Shape
from dragoman.article import Origin
from dragoman.pipeline.values import TranslatedText, TranslatedTexts


class TextTranslation(Shape):
    """One string and its translation."""

    source_language: str = Field(description="`und` where there was too little to tell.")
    source: str
    translation: str
    origin: Origin
    flags: list[FlagInfo]

    @classmethod
    def of(cls, text: TranslatedText) -> TextTranslation:
        return cls(
            source_language=text.source_language,
            source=text.source,
            translation=text.translation.text,
            origin=text.translation.origin,
            flags=[flag_info(flag) for flag in text.translation.flags],
        )


class TextsTranslation(Shape):
    """All strings in one target language, in the order they came."""

    target: str
    texts: list[TextTranslation]
    models: list[ModelInfo]

    @classmethod
    def of(cls, result: TranslatedTexts) -> TextsTranslation:
        return cls(
            target=result.target,
            texts=[TextTranslation.of(text) for text in result.texts],
            models=model_infos(result.models),
        )


class TextsAnswer(Shape):
    """The answer of POST /v1/texts/translate."""

    request_id: str
    translations: list[TextsTranslation]
    timings_ms: dict[str, float]
