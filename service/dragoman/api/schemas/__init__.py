"""The shapes of docs/api.md: what comes in, what goes out. Nothing here decides anything."""

from dragoman.api.schemas.articles import (
    ArticleAnswer,
    ArticleTranslation,
    BlockTranslation,
    SourceBlock,
    SourceInfo,
    SummaryInfo,
)

__all__ = [
    "ArticleAnswer",
    "ArticleTranslation",
    "BlockTranslation",
    "SourceBlock",
    "SourceInfo",
    "SummaryInfo",
]
