"""Markdown in, the same Markdown out in another language."""

from dragoman.formats.markdown.format import MarkdownFormat, MarkdownSkeleton

__all__ = ["MarkdownFormat", "MarkdownSkeleton"]
