"""Plain text in, the same plain text out in another language."""

from dragoman.formats.text.format import TextFormat, TextSkeleton, parse_text, render_text

__all__ = ["TextFormat", "TextSkeleton", "parse_text", "render_text"]
