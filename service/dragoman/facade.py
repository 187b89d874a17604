"""The public Python API: everything that Dragoman does, as plain blocking calls.

with Dragoman() as dragoman:
    article = dragoman.translate_article(html, to="fr")
    print(article.headline, article.report.publishable)
"""

from __future__ import annotations

import codecs
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from dragoman.article import Summary
from dragoman.errors import InputError
from dragoman.formats.registry import sniff
from dragoman.langid import Identified, language_code
from dragoman.pipeline.values import ArticleRequest, TranslatedArticle, TranslatedTexts
from dragoman.settings import Settings, load_settings
from dragoman.wiring import Services, open_services

Result = TypeVar("Result")


class Dragoman:
    """An opened Dragoman: models are loaded when first needed and freed on exit.

    Use it as a context manager. All methods may be called from any number of threads at once;
    their segments share batches.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings if settings is not None else load_settings()
        self._stack = ExitStack()
        self._services: Services | None = None
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        self._services = self._stack.enter_context(open_services(self._settings))
        self._portal = self._stack.enter_context(start_blocking_portal())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # With the error in flight, what still runs is cancelled and not waited for.
        self._stack.__exit__(kind, error, traceback)
        self._services = self._portal = None

    @property
    def services(self) -> Services:
        """The opened parts, for the command line. Raises RuntimeError outside ``with``."""
        if self._services is None:
            raise RuntimeError("Use it as a context manager: `with Dragoman() as dragoman:`.")
        return self._services

    def translate_article(
        self,
        article: str | bytes | Mapping[str, Any],
        *,
        to: str,
        source: str | None = None,
        format: str = "auto",  # noqa: A002 - the field's word, as on the command line
        filename: str | None = None,
        summary: bool = True,
        timeout_s: float | None = None,
    ) -> TranslatedArticle:
        """Translate a page, fragment, text, Markdown file or CMS record (also as a mapping).

        ``source`` is found when not given. ``format`` is a name of ``docs/api.md``, or auto.
        Raises InputError, NotInstalled, Unavailable, OutOfTime or ModelError.
        """
        data = _bytes(article)
        if isinstance(article, Mapping) and format == "auto":
            format = "fields"  # noqa: A001 - the argument above
        request = ArticleRequest(
            data=data,
            format=sniff(data, filename) if format == "auto" else format,
            targets=(language_code(to),),
            source=None if source is None else language_code(source),
            summary=summary,
            deadline=self._deadline(timeout_s),
        )

        async def translate() -> TranslatedArticle:
            results, _ = await self.services.articles.translate(request)
            return results[0]

        return self.run(translate)

    def translate_texts(
        self,
        texts: Sequence[str],
        *,
        to: str,
        source: str | None = None,
        timeout_s: float | None = None,
    ) -> TranslatedTexts:
        """Translate plain strings, each on its own; same order, same length."""
        if isinstance(texts, str):
            raise InputError("texts is one string.", hint="Pass a list of strings.")
        if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
            raise InputError("texts must be strings.", hint="Pass a list of strings.")
        target = language_code(to)
        spoken = None if source is None else language_code(source)

        async def translate() -> tuple[TranslatedTexts, ...]:
            return await self.services.texts.translate(
                texts, (target,), source=spoken, deadline=self._deadline(timeout_s)
            )

        return self.run(translate)[0]

    def summarise(
        self,
        article: str | bytes | Mapping[str, Any],
        *,
        to: str,
        source: str | None = None,
        format: str = "auto",  # noqa: A002 - the field's word, as on the command line
        filename: str | None = None,
    ) -> Summary:
        """Headline and summary sentences in the language ``to``.

        Raises EmptyInput when the article has no sentence to summarise.
        """
        result = self.translate_article(
            article, to=to, source=source, format=format, filename=filename
        )
        if result.summary is None:
            raise InputError("There is no sentence to summarise in this article.")
        return result.summary

    def detect(self, text: str) -> Identified:
        """Which language is this; ``und`` when there is too little to tell."""

        async def identify() -> tuple[Identified, ...]:
            return await self.services.texts.identify([text])

        return self.run(identify)[0]

    def _deadline(self, timeout_s: float | None) -> float | None:
        return None if timeout_s is None else time.monotonic() + timeout_s

    def run(self, use_case: Callable[[], Awaitable[Result]]) -> Result:
        """Run an asynchronous use case on the event loop of this object and wait for it."""
        if self._portal is None:
            raise RuntimeError("Use it as a context manager: `with Dragoman() as dragoman:`.")
        return self._portal.call(use_case)


def _bytes(article: object) -> bytes:
    if isinstance(article, str):
        return _marked(article)
    if isinstance(article, bytes | bytearray | memoryview):
        return bytes(article)
    if isinstance(article, Mapping):
        try:
            return json.dumps(dict(article)).encode()
        except (TypeError, ValueError) as error:
            raise InputError(
                f"The record cannot be written as JSON: {error}.",
                hint="Use strings, numbers, lists and None as values.",
            ) from None
    raise InputError(
        f"An article cannot be made of {type(article).__name__}.",
        hint="Pass its text as a string, the bytes of a file, or a record as a dictionary.",
    )


def _marked(article: str) -> bytes:
    """A string is decoded already: the mark keeps a ``<meta charset>``, or a NUL that looks like
    UTF-16, from decoding it a second time."""
    return codecs.BOM_UTF8 + article.encode("utf-8", "replace")
