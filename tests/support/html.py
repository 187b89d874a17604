"""HTML for tests: a soup of tags, an outline of what a parser builds, blocks in a short form."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import html5lib
from hypothesis import strategies as st

from dragoman.article import Article, Block, Mark, TranslatedBlock
from dragoman.formats.base import ParseLimits
from dragoman.formats.html import FragmentFormat

LIMITS = ParseLimits()
_PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", '<a href="x">', "</a>",
    "<span class=q>", "</span>", "<em>", "</em>", "<table>", "</table>", "<tr>", "<td>", "</td>",
    "<ul>", "<li>", "</ul>", "<br>", "<img src=a>", "words ", "more", ". ", "&amp;", "&lt;b&gt;",
    "<!-- c -->", "<!--", "-->", '<script>if(a<b)x="</p>"</script>', "<code>c</code>", "\n", "\n\n",
    "<h2>", "</h2>", "<pre>", "</pre>", "<svg>", "</svg>", "<path/>", "<title>", "</title>",
    "<select>", "<option>", "</select>", "</br>", "</>", "<?x?>", "<![CDATA[x]]>", "<a", '"', "'",
    ">", "<", "=", '<p title="a>b">', "<font color=red>", "</font>", "<iframe>", "</iframe>",
    "<figure>", "<figcaption>", "</figcaption>", "</figure>", "<span class=caption>", "<caption>",
    "<noscript>", "</noscript>", "<textarea>", "</textarea>", "[gallery ids=1]", "<button>",
)  # fmt: skip

soup = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
"""Tags opened, closed and crossed in any order, with text between."""

Outline = list[tuple[str, tuple[tuple[str, str], ...], int]]


def outline(source: str) -> Outline:
    """Every element and comment that html5lib builds: name, attributes, depth; no text."""
    found: Outline = []
    waiting = [(_tree(source), 0)]
    while waiting:
        element, depth = waiting.pop()
        name = element.tag if isinstance(element.tag, str) else f"<!--{element.text}-->"
        attributes = {str(key): str(value) for key, value in element.attrib.items()}
        found.append((name, tuple(sorted(attributes.items())), depth))
        waiting.extend((child, depth + 1) for child in reversed(list(element)))
    return found


def shown_text(source: str) -> str:
    """All text that html5lib builds, in document order."""
    return "".join(_tree(source).itertext())


def _tree(source: str):  # type: ignore[no-untyped-def]  # ElementTree as html5lib builds it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that are not XML names are renamed, and said so
        return html5lib.parse(source, treebuilder="etree", namespaceHTMLElements=False)


def read(source: str) -> Article:
    return FragmentFormat().parse(source.encode(), LIMITS)


def kinds(article: Article) -> list[tuple[str, str]]:
    return [(str(block.kind), block.text) for block in article.blocks]


def texts(source: str) -> list[str]:
    return [block.text for block in read(source).blocks]


def translated(block: Block, text: str, marks: tuple[Mark, ...] | None = None) -> TranslatedBlock:
    return TranslatedBlock(block, text, block.marks if marks is None else marks, (), ())


def rewritten(source: str, translations: Mapping[str, TranslatedBlock], target: str = "xx") -> str:
    return FragmentFormat().render(read(source), translations, target).decode()


def shouted(source: str) -> str:
    """The fragment with every text in capitals, its marks where they were."""
    article = read(source)
    blocks = {block.id: translated(block, block.text.upper()) for block in article.blocks}
    return FragmentFormat().render(article, blocks, "xx").decode()
