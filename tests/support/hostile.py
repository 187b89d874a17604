"""Strings that break programs: for property tests of everything that takes an article's text."""

from __future__ import annotations

from hypothesis import strategies as st

AWKWARD = (
    "\0", "\ud800", "\udfff", "\u200f", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u200d",
    "👩‍👩‍👧", "🇫🇷", "e\u0301\u0323", "İ", "ß", "ﬁ", "\r\n", "\n\n", "\u2028", "\u2029", "\u00a0",
    "\u202f", "«", "»", "“", "”",
    '"', "'", "...", "…", "?!", "M. ", "U.S. ", "8. ", "EE. UU. ",
    "。", "」", "।", "։", "เขา ", "မြန်။", "{{x}}", "%1$s", "http://x.y/?a=1. ", "@a_b",
    "#c", "10:30",
    "1.234,5", "<b>", "&amp;",
)  # fmt: skip
"""Controls, lone surrogates, direction marks, joined emoji, marks, stops, titles, placeholders."""

hostile_text = st.lists(
    st.one_of(
        st.sampled_from(AWKWARD),
        st.sampled_from(("The end. ", "Oui ! ", "wort ", "Слово. ", "句子。", "A", "a", " ", ".")),
        st.text(st.characters(), max_size=6),
    ),
    max_size=40,
).map("".join)
"""Any code points, lone surrogates included, mixed with what sentences are made of."""

LANGUAGES = ("en", "fr", "de", "es", "ru", "ar", "zh", "ja", "th", "my", "hy", "tr", "und", "xx")
