"""What all shapes share."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dragoman.langid import is_rtl

Direction = Literal["ltr", "rtl"]


class Shape(BaseModel):
    """Unknown fields are refused: a misspelt option must not be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelInfo(Shape):
    """A model that took part in a translation."""

    id: str = Field(examples=["starter/en-fr"])
    digest: str = Field(description="`sha256:` and 64 hex digits over all files of the model.")
    source: str = Field(examples=["en"])
    target: str = Field(examples=["fr"])


class FlagInfo(Shape):
    """A finding about one segment."""

    code: str = Field(examples=["numbers"])
    severity: Literal["blocking", "advisory"]
    message: str = Field(description="In words, for an editor.")


def direction(code: str) -> Direction:
    """Which way a language is written, for the attribute ``dir``."""
    return "rtl" if is_rtl(code) else "ltr"
