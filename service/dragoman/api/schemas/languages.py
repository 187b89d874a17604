"""Answers about languages and models."""

from __future__ import annotations

from pydantic import Field

from dragoman.api.schemas.base import Direction, Shape
from dragoman.inference.model import InstalledModel


class Candidate(Shape):
    """A language that a text could be in."""

    language: str
    confidence: float


class Detected(Shape):
    """What one text is in."""

    language: str = Field(description="`und` where there is too little to tell.")
    name: str
    confidence: float
    reliable: bool
    installed: bool = Field(description="Whether it can be translated from here.")
    candidates: list[Candidate]
    hint: str | None = Field(description="What to run when it is not installed.")


class DetectAnswer(Shape):
    """The answer of POST /v1/languages/detect."""

    request_id: str
    results: list[Detected]


class TargetLanguage(Shape):
    """A language to translate into."""

    code: str
    name: str
    autonym: str = Field(description="What its speakers call it.")
    dir: Direction
    via: str | None = Field(description="The language in between where no model goes directly.")


class SourceLanguageInfo(Shape):
    """A language to translate from."""

    code: str
    name: str
    autonym: str
    dir: Direction
    targets: list[TargetLanguage]


class LanguagesAnswer(Shape):
    """The answer of GET /v1/languages."""

    languages: list[SourceLanguageInfo]


class Pair(Shape):
    source: str
    target: str


class ModelDescription(Shape):
    """An installed model."""

    id: str
    pairs: list[Pair]
    digest: str
    revision: str | None
    licence: str | None
    bundled: bool
    loaded: bool = Field(description="Whether it is in memory now.")
    size_bytes: int = Field(description="Memory that it takes when loaded, about.")

    @classmethod
    def of(cls, model: InstalledModel, *, loaded: bool) -> ModelDescription:
        pairs = sorted(model.pairs, key=str)
        return cls(
            id=model.id,
            pairs=[Pair(source=pair.source, target=pair.target) for pair in pairs],
            digest=f"sha256:{model.digest}",
            revision=model.revision,
            licence=model.licence,
            bundled=model.bundled,
            loaded=loaded,
            size_bytes=model.size_bytes,
        )


class ModelsAnswer(Shape):
    """The answer of GET /v1/models."""

    models: list[ModelDescription]
