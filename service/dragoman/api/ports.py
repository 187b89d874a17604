"""What the HTTP edge needs of the program below it. The composition root provides it."""

from __future__ import annotations

from typing import Protocol

from dragoman.inference.translator import Translator
from dragoman.pipeline.articles import ArticleTranslator
from dragoman.pipeline.texts import TextTranslator


class Services(Protocol):
    """Opened parts; whoever opened them closes them after the last request."""

    @property
    def articles(self) -> ArticleTranslator: ...

    @property
    def texts(self) -> TextTranslator: ...

    @property
    def translator(self) -> Translator: ...
