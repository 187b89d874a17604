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

HOSTILE = {
    "nul": "before\0after",
    "lone-surrogates": "high \ud83d low \udc4d end",
    "surrogate-pair": "whole \ud83d\udc4d pair",
    "controls": "bell\x07 escape\x1b[31m delete\x7f",
    "right-to-left": "\u200fשלום\u200e and \u202eesrever\u202c \u2067isolated\u2069",
    "arabic": "قال الوزير: «لا تعليق»، ثم غادر.",
    "joined-emoji": "👩🏽‍🚒 👨‍👩‍👧‍👦 🏴‍☠️ 🇪🇺 ❤️‍🔥",
    "piled-marks": "Z" + "\u0301\u0325\u0347\u0489" * 20 + "algo",
    "invisible": "zero\u200bwidth\u2060joiner\ufeffmark\u00adhyphen\u180evowel",
    "line-separators": "one\u2028two\u2029three\x85four\x0bfive\x0csix",
    "script": "</p><script>alert('owned')</script><p>",
    "event-handler": '"><img src=x onerror=alert(1)><"',
    "entities": "AT&T &amp; &lt;b&gt; &#39;x&#39; &copy &notit;",
    "comment": "<!-- not a comment --> --> <![CDATA[ text ]]>",
    "half-tags": "a < b and c > d, <p <a href= </",
    "braces": "{{ user.password }} {% include 'x' %} ${jndi:ldap://x} #{7*7} <%= 1 %>",
    "format-signs": "%s %1$s %n %x {0} {name!r:>10} 100% sure",
    "sql": "Robert'); DROP TABLE articles;-- ' OR '1'='1",
    "shell": "$(rm -rf /) `reboot` ; cat /etc/passwd | mail x && true",
    "markdown": "# not *a* _heading_ [link](javascript:x) ![i](x) `code` **b** ~~s~~"
    " > - 1. | a | \\\\ ",
    "list-start": "1. not a list",
    "rule": "---",
    "fence": "```not code```",
    "quotes": "\"double\" 'single' “typographic” «guillemets» ‹single› `tick´",
    "backslashes": "C:\\new\\table \\u0041 \\x00 \\\\",
    "json": '{"headline": "inside", "a": [1, null]} ", "b": "',
    "url": "https://user:pw@example.org:8080/a_b_(c)?q=1&amp;r=%20#x_y",
    "one-long-word": "Donaudampfschiff" * 2000,
    "long-sentence": "word " * 20_000 + "end",
    "no-spaces": "新闻" * 5000,
    "combining-first": "\u0301 begins with a mark",
    "case-traps": "İstanbul ıssız straße ﬁnal ΟΔΟΣ ǆ",
    "numbers": "283,82 € 1 234.5 −7 ½ ٣٤ Ⅻ 10:30 1e9 0x1F",
    "private-use": "\ue000 \uf8ff \U0010fffd \ufffe \uffff",
}
"""Whole texts that programs break on, each with a name. Written for this project."""
