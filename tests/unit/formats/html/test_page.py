from __future__ import annotations

import pytest

from dragoman.article import Article
from dragoman.errors import EmptyInput, InputTooLarge
from dragoman.formats.base import ParseLimits
from dragoman.formats.html import PageFormat
from support.html import LIMITS, kinds, outline, translated

STORY = (
    "<p>The ferry between the two islands runs again after the storm, its owner said on Monday.</p>"
    "<p>Engineers had worked for nine days and nights to mend the landing stage in the harbour.</p>"
    "<p>Islanders can cross twice a day until the larger boat comes back from the yard in May.</p>"
)
TEXTS = [("paragraph", text) for text in STORY.replace("</p>", "").removeprefix("<p>").split("<p>")]
HEADLINE = ("headline", "Ferry runs again after nine days")
H1 = "<h1>Ferry runs again after nine days</h1>"


def page(body: str, head: str = "<title>Ferry runs again after nine days</title>") -> Article:
    source = f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'
    return PageFormat().parse(source.encode(), LIMITS)


def article(inside: str) -> list[tuple[str, str]]:
    return kinds(page(f"<nav><a href=/>Home</a></nav><main><article>{inside}</article></main>"))


def test_the_article_is_found_and_its_furniture_is_not() -> None:
    """Menus, boxes, teasers, comments and footers give no blocks, in front, between and behind."""
    found = page(
        "<nav><a href=/>Home</a> <a href=/sea>Sea</a></nav>"
        f"<main><article>{H1}<div class=share><a href=x>Share</a></div>{STORY[:96]}</p>"
        '<aside class="newsletter"><p>Get our letter every morning before breakfast.</p></aside>'
        f"{STORY}<p><a href=/more>Read this next: the bus that runs at night</a></p>"
        '<section class="related"><h2>More</h2><ul><li><a href=/b>Bus runs</a></ul></section>'
        "</article></main><section id=comments><p>First! I have been on that ferry many times.</p>"
        "</section><footer><p>© The Post. All rights reserved.</p></footer>"
    )
    prose = {text for kind, text in kinds(found) if kind == "paragraph"}
    assert kinds(found)[0] == HEADLINE
    assert {kind for kind, _ in kinds(found)} == {"headline", "paragraph"}
    assert prose >= {text for _, text in TEXTS}
    assert not any(word in " ".join(prose) for word in ("letter", "Read this", "First!", "rights"))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("<p class=standfirst>Boats sail twice.</p>", ("standfirst", "Boats sail twice.")),
        ("<h2>Boats sail twice a day</h2>", ("standfirst", "Boats sail twice a day")),
        ("<p class=byline>By Ann Lee</p>", ("byline", "By Ann Lee")),
        ("<div class=author-name>Ann Lee</div>", ("byline", "Ann Lee")),
        ("<time>3 February 2025, 9:15</time>", ("dateline", "3 February 2025, 9:15")),
        ("<figure><img><figcaption>The ferry.</figcaption></figure>", ("caption", "The ferry.")),
        ("<div><img><span class=caption>The ferry.</span></div>", ("caption", "The ferry.")),
    ],
)  # fmt: skip
def test_what_stands_between_headline_and_story_is_typed(
    before: str, expected: tuple[str, str]
) -> None:
    """Standfirst, byline, date and the first picture, by element, class or place."""
    assert article(f"<header>{H1}{before}</header>{STORY}") == [HEADLINE, expected, *TEXTS]


def test_the_headline_is_the_one_that_the_metadata_quote() -> None:
    """Of several first-level headings, one is the site's name and one is the headline."""
    found = page(f"<h1>The Evening Post</h1><main>{H1}{STORY}</main>")
    assert kinds(found)[0] == HEADLINE
    assert found.meta["title"] == "Ferry runs again after nine days"


def test_a_headline_may_differ_a_little_from_what_the_metadata_quote() -> None:
    """The page's own headline is longer than the one made for sharing."""
    found = page(
        f"<h1>The Evening Post</h1><main>{H1}{STORY}</main>",
        '<meta property="og:title" content="Ferry runs again after nine…">',
    )
    assert kinds(found)[0] == HEADLINE


def test_an_element_that_holds_the_article_is_no_furniture() -> None:
    """Content systems name all their boxes on the body and the article itself."""
    found = page(
        '<div class="has-sidebar comments-open"><article class="post tag-news tags">'
        f"<header class=share>{H1}<figure><img><figcaption>The ferry.</figcaption></figure>"
        f"</header><div class='content related-off popular'>{STORY}</div></article></div>"
    )
    assert kinds(found) == [HEADLINE, ("caption", "The ferry."), *TEXTS]


def test_furniture_keeps_its_declared_language() -> None:
    """Only elements around translated text say the target language."""
    source = f"<html lang=en><nav lang=en>Home</nav><article lang=en>{H1}{STORY}</article>"
    found = PageFormat().parse(source.encode(), LIMITS)
    blocks = {block.id: translated(block, block.text.upper()) for block in found.blocks}
    result = PageFormat().render(found, blocks, "fr").decode()
    assert "<nav lang=en>" in result
    assert '<article lang="fr">' in result


def test_a_page_without_any_element_is_read() -> None:
    """Where no article is found, all that is no furniture is the article."""
    found = PageFormat().parse(b"Only a few words", LIMITS)
    assert kinds(found) == [("paragraph", "Only a few words")]


def test_what_extraction_leaves_out_of_an_article_is_filled_in() -> None:
    """Short headings, lists, quotes and tables between paragraphs belong to the story."""
    inside = (
        f"{H1}{STORY}<h2>Prices</h2><ul><li>Adults: nine crowns</ul>"
        "<aside class=pull-quote><p>“We waited long.”</p></aside>"
        f"<table><tr><th>Day<td>Monday</table>{STORY.replace('ferry', 'boat')}"
    )
    found = article(inside)
    assert [pair for pair in found if pair not in TEXTS and "boat" not in pair[1]] == [
        HEADLINE,
        ("heading", "Prices"),
        ("list_item", "Adults: nine crowns"),
        ("quote", "“We waited long.”"),
        ("table_cell", "Day"),
        ("table_cell", "Monday"),
    ]


def test_captions_and_credits_in_the_story_are_typed_and_teasers_are_not() -> None:
    """A figure that links to a larger picture has a caption; a link to another article has not."""
    figure = (
        "<a href=big.jpg><figure><img><figcaption>Boats. (Ann Lee/Coast)</figcaption></figure></a>"
    )
    teaser = "<figure><a href=/bus><img><figcaption>The bus at night</figcaption></a></figure>"
    found = article(f"{H1}{STORY}{figure}{teaser}{STORY.replace('ferry', 'boat')}")
    extra = [pair for pair in found if pair[0] in ("caption", "credit")]
    assert extra == [("caption", "Boats."), ("credit", "Ann Lee/Coast")]


def test_a_page_laid_out_in_tables_has_paragraphs() -> None:
    """A cell that holds the whole story is no table cell, and double breaks end paragraphs."""
    lines = "<br><br>".join(text for _, text in TEXTS)
    assert kinds(page(f"<table><tr><td><font>{lines}</font></td></tr></table>")) == TEXTS


def test_a_short_page_is_read_too() -> None:
    """A headline and one sentence are an article, too short for any extraction rule."""
    assert kinds(page("<h1>Hello</h1><p>Good morning.</p>", "")) == [
        ("headline", "Hello"),
        ("paragraph", "Good morning."),
    ]


def test_a_page_without_an_article_is_told() -> None:
    """A page of furniture alone is no article, and the hint says what to send."""
    with pytest.raises(EmptyInput) as caught:
        page("<nav><a href=/>Home</a></nav><footer>Imprint</footer>")
    assert "fragment" in str(caught.value.hint)


def test_the_page_says_what_it_knows_of_itself() -> None:
    """Language, title, author, date and address; what is unknown is absent."""
    found = page(
        f"<article>{H1}{STORY}</article>",
        '<meta property="og:title" content="Ferry runs again after nine days">'
        '<meta name=author content="Ann Lee"><link rel=canonical href="https://p.example/f">'
        '<meta property="article:published_time" content="2025-02-03T09:15:00+00:00">',
    )
    assert found.language == "en-GB"
    assert dict(found.meta) == {
        "title": "Ferry runs again after nine days",
        "author": "Ann Lee",
        "date": "2025-02-03",
        "url": "https://p.example/f",
        "encoding": "utf-8",
    }


def test_rendering_changes_text_and_language_alone() -> None:
    """Elements and attributes stay; the root says the target language and its direction."""
    body = f"<nav><a href=/ title='a>b'>Home</a></nav><main><article>{H1}{STORY}</article></main>"
    found = page(body)
    blocks = {block.id: translated(block, block.text.upper()) for block in found.blocks}
    result = PageFormat().render(found, blocks, "he").decode()
    plain = PageFormat().render(found, {}, "he").decode()
    assert outline(result)[1:] == outline(plain)[1:]
    assert outline(result)[0] == ("html", (("dir", "rtl"), ("lang", "he")), 0)
    assert outline(plain)[0] == ("html", (("lang", "en-GB"),), 0)
    assert "FERRY RUNS AGAIN" in result
    assert "<a href=/ title='a>b'>Home</a>" in result


def test_a_root_that_is_not_written_is_declared_too() -> None:
    """Behind the doctype, and without disturbing what the parser makes of the page."""
    source = f"<!doctype html><!-- c --><title>Ferry</title>{H1}{STORY}"
    found = PageFormat().parse(source.encode(), LIMITS)
    blocks = {block.id: translated(block, block.text.upper()) for block in found.blocks}
    result = PageFormat().render(found, blocks, "fr").decode()
    assert result.startswith(
        '<!doctype html><!-- c --><html lang="fr" dir="ltr"><title>Ferry</title>'
    )
    assert outline(result)[1:] == outline(source)[1:]


def test_the_node_limit_comes_before_extraction() -> None:
    """A page over the limit is refused by its size alone."""
    source = f"<article>{STORY * 100}</article>".encode()
    with pytest.raises(InputTooLarge, match="more than 500 nodes"):
        PageFormat().parse(source, ParseLimits(max_nodes=500))
    assert PageFormat().parse(source, ParseLimits(max_nodes=1000)).blocks
