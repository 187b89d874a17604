"""Plain strings: each is identified, split, translated and joined on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from dataclasses import dataclass

from dragoman.article import (
    UNDETERMINED,
    Block,
    BlockKind,
    Flag,
    LanguagePair,
    Origin,
    Segment,
    Translation,
)
from dragoman.errors import PairNotInstalled
from dragoman.fidelity.casing import CaseModel
from dragoman.inference.translator import Priority, Translator
from dragoman.langid import Identified, LanguageIdentifier, language_name
from dragoman.pipeline.jobs import Job
from dragoman.pipeline.report import model_uses
from dragoman.pipeline.segments import COPIED_SIGNATURE, Pending, SegmentTranslator
from dragoman.pipeline.values import ModelUse, TranslatedText, TranslatedTexts
from dragoman.segmentation import split


@dataclass(frozen=True, slots=True)
class _Item:
    """One string: where it stands in the request, its language and its sentences."""

    index: int
    text: str
    language: str
    segments: tuple[Segment, ...]


class TextTranslator:
    """Translates and identifies plain strings."""

    def __init__(
        self,
        identifier: LanguageIdentifier,
        translator: Translator,
        segments: SegmentTranslator,
        executor: Executor,
    ) -> None:
        self._identifier = identifier
        self._translator = translator
        self._segments = segments
        self._executor = executor

    async def translate(
        self,
        texts: Sequence[str],
        targets: Sequence[str],
        *,
        source: str | None = None,
        priority: Priority = Priority.INTERACTIVE,
        deadline: float | None = None,
    ) -> tuple[TranslatedTexts, ...]:
        """One result for each target. A string of unknown language is copied.

        Raises PairNotInstalled before any work when one of the pairs cannot be served.
        """
        loop = asyncio.get_running_loop()
        items = await loop.run_in_executor(self._executor, self._read, texts, source)
        languages = sorted({item.language for item in items} - {UNDETERMINED})
        for target in targets:
            for language in languages:
                self._check(LanguagePair(language, target))
        return tuple(
            [
                await self._to_target(items, languages, target, priority, deadline)
                for target in targets
            ]
        )

    async def identify(self, texts: Sequence[str]) -> tuple[Identified, ...]:
        """Which language each string is in."""
        loop = asyncio.get_running_loop()
        installed = tuple(self._translator.languages())
        return tuple(
            await loop.run_in_executor(
                self._executor,
                lambda: [self._identifier.identify(text, installed=installed) for text in texts],
            )
        )

    def _read(self, texts: Sequence[str], source: str | None) -> list[_Item]:
        installed = tuple(self._translator.languages())
        items = []
        for index, text in enumerate(texts):
            language = source or self._identifier.identify(text, installed=installed).language
            block = Block(f"t{index}", BlockKind.PARAGRAPH, text)
            items.append(_Item(index, text, language, split(block, language)))
        return items

    def _check(self, pair: LanguagePair) -> None:
        if pair.source == pair.target:
            return
        try:
            self._translator.route(pair)
        except PairNotInstalled as error:
            source, target = language_name(pair.source), language_name(pair.target)
            raise PairNotInstalled(
                f"A text is in {source}; {source} to {target} is not installed.",
                hint=error.hint,
            ) from None

    async def _to_target(
        self,
        items: Sequence[_Item],
        languages: Sequence[str],
        target: str,
        priority: Priority,
        deadline: float | None,
    ) -> TranslatedTexts:
        translated: dict[int, TranslatedText] = {
            item.index: _copy(item) for item in items if item.language == UNDETERMINED
        }
        models: list[ModelUse] = []
        async with AsyncExitStack() as stack:
            work: list[tuple[list[_Item], Pending]] = []
            for language in languages:
                mine = [item for item in items if item.language == language]
                pair = LanguagePair(language, target)
                jobs = [Job(segment) for item in mine for segment in item.segments]
                pending = await self._segments.submit(
                    jobs, pair, CaseModel.learn((), language), priority=priority, deadline=deadline
                )
                stack.callback(pending.cancel)
                work.append((mine, pending))
                if language != target:
                    models.extend(model_uses(self._translator.route(pair), self._translator))
            for mine, pending in work:
                outcomes = iter(pending.outcomes)
                for item in mine:
                    parts = [(await next(outcomes)).translation for _ in item.segments]
                    translated[item.index] = TranslatedText(item.language, item.text, _join(parts))
        ordered = tuple(translated[index] for index in range(len(items)))
        return TranslatedTexts(target, ordered, tuple(dict.fromkeys(models)))


def _copy(item: _Item) -> TranslatedText:
    """Nothing to go by, and nothing lost: '42' and ':-)' need no translation."""
    return TranslatedText(
        UNDETERMINED, item.text, Translation(item.text, Origin.COPIED, COPIED_SIGNATURE)
    )


def _join(parts: Sequence[Translation]) -> Translation:
    """One translation for the whole string; its flags are those of its sentences."""
    flags: tuple[Flag, ...] = tuple(flag for part in parts for flag in part.flags)
    made = next((part for part in parts if part.origin is not Origin.COPIED), None)
    if made is None:
        text = "".join(part.text for part in parts)
        return Translation(text, Origin.COPIED, COPIED_SIGNATURE, flags)
    return Translation("".join(part.text for part in parts), made.origin, made.signature, flags)
