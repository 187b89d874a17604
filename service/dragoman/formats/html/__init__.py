"""HTML: a content system's fragment, and a whole page."""

from __future__ import annotations

from dragoman.formats.html.fragment import FragmentFormat
from dragoman.formats.html.page import PageFormat

__all__ = ["FragmentFormat", "PageFormat"]
