"""Dragoman translates and summarises news, on your own machine.

from dragoman import Dragoman

with Dragoman() as dragoman:
    print(dragoman.translate_article("The bridge reopens.", to="fr").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dragoman.article import (
    AlignedSpan,
    Article,
    BatchPolicy,
    Block,
    BlockKind,
    Flag,
    LanguagePair,
    Mark,
    MarkKind,
    Origin,
    Report,
    Route,
    Segment,
    SegmentFlag,
    Severity,
    Step,
    Summary,
    TranslatedBlock,
    Translation,
)
from dragoman.errors import (
    Cancelled,
    DeadlineExceeded,
    DecodingFailed,
    DiskFull,
    DownloadFailed,
    DragomanError,
    EmptyInput,
    ExtractionTimeout,
    HubError,
    InputError,
    InputTooLarge,
    LanguageUndetermined,
    ModelCorrupt,
    ModelError,
    ModelNotInstalled,
    ModelRefused,
    NotAuthorised,
    NotInstalled,
    NotOnHub,
    Offline,
    OutOfTime,
    PairNotInstalled,
    QueueFull,
    SettingsError,
    ShuttingDown,
    Unavailable,
    UnreadableInput,
    UnsupportedInput,
    WorkerDied,
)
from dragoman.version import __version__

if TYPE_CHECKING:
    from dragoman.facade import Dragoman
    from dragoman.langid import Identified
    from dragoman.pipeline.values import (
        ModelUse,
        SourceLanguage,
        TranslatedArticle,
        TranslatedText,
        TranslatedTexts,
    )
    from dragoman.settings import Settings

# Loaded on first use: the values and errors above are light, these bring the whole program.
_LAZY = {
    "Dragoman": "dragoman.facade",
    "Identified": "dragoman.langid",
    "ModelUse": "dragoman.pipeline.values",
    "Settings": "dragoman.settings",
    "SourceLanguage": "dragoman.pipeline.values",
    "TranslatedArticle": "dragoman.pipeline.values",
    "TranslatedText": "dragoman.pipeline.values",
    "TranslatedTexts": "dragoman.pipeline.values",
}

__all__ = [
    "AlignedSpan",
    "Article",
    "BatchPolicy",
    "Block",
    "BlockKind",
    "Cancelled",
    "DeadlineExceeded",
    "DecodingFailed",
    "DiskFull",
    "DownloadFailed",
    "Dragoman",
    "DragomanError",
    "EmptyInput",
    "ExtractionTimeout",
    "Flag",
    "HubError",
    "Identified",
    "InputError",
    "InputTooLarge",
    "LanguagePair",
    "LanguageUndetermined",
    "Mark",
    "MarkKind",
    "ModelCorrupt",
    "ModelError",
    "ModelNotInstalled",
    "ModelRefused",
    "ModelUse",
    "NotAuthorised",
    "NotInstalled",
    "NotOnHub",
    "Offline",
    "Origin",
    "OutOfTime",
    "PairNotInstalled",
    "QueueFull",
    "Report",
    "Route",
    "Segment",
    "SegmentFlag",
    "Settings",
    "SettingsError",
    "Severity",
    "ShuttingDown",
    "SourceLanguage",
    "Step",
    "Summary",
    "TranslatedArticle",
    "TranslatedBlock",
    "TranslatedText",
    "TranslatedTexts",
    "Translation",
    "Unavailable",
    "UnreadableInput",
    "UnsupportedInput",
    "WorkerDied",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'dragoman' has no attribute {name!r}")
