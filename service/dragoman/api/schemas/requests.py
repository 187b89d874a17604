"""What comes in."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, JsonValue, StringConstraints, model_validator

from dragoman.api.schemas import samples
from dragoman.api.schemas.base import Shape

INPUTS = ("page", "fragment", "text", "markdown", "fields")

LanguageCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35),
    Field(description="BCP 47.", examples=["fr"]),
]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Targets = Annotated[list[LanguageCode], Field(min_length=1, description="At most max_targets.")]


class Work(Shape):
    """What every request for translation says."""

    targets: Targets
    source: LanguageCode | None = Field(None, description="Found when not given.")
    priority: Literal["interactive", "bulk"] = Field(
        "interactive", description="`bulk` waits for those who read."
    )
    timeout_s: Seconds | None = Field(
        None, description="Deadline in seconds; the server's request_timeout_s if that is less."
    )


class ArticleBody(Work):
    """An article: exactly one of `page`, `fragment`, `text`, `markdown` and `fields`."""

    page: str | None = Field(None, description="A whole HTML page: the article in it is found.")
    fragment: str | None = Field(None, description="Body HTML of a CMS: all of it.")
    text: str | None = Field(None, description="Plain text, also a page saved as text.")
    markdown: str | None = Field(None, description="CommonMark with tables.")
    fields: dict[str, JsonValue] | None = Field(
        None, description="A CMS record: headline, standfirst, body_html, captions, byline, …"
    )
    summary: bool = Field(True, description="Headline and summary sentences in each target.")

    examples: ClassVar[dict[str, Any]] = samples.ARTICLES

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        given = [name for name in INPUTS if getattr(self, name) is not None]
        if len(given) != 1:
            said = f"These are given: {', '.join(given)}." if given else "None is given."
            raise ValueError(f"Exactly one of {', '.join(INPUTS)} is needed. {said}")
        return self

    @property
    def input(self) -> str:
        """The name of the one input, which is also the name of its format."""
        return next(name for name in INPUTS if getattr(self, name) is not None)


class TextsBody(Work):
    """Plain strings, each on its own."""

    texts: list[str] = Field(min_length=1, description="At most max_texts.")

    examples: ClassVar[dict[str, Any]] = samples.TEXTS


class DetectBody(Shape):
    """Strings whose language is wanted."""

    texts: list[str] = Field(min_length=1, description="At most max_texts.")

    examples: ClassVar[dict[str, Any]] = samples.DETECT
