"""Kinds of the parts of plain texts, English and French, and prose that must stay prose."""

from __future__ import annotations

import pytest

from dragoman.formats.base import ParseLimits
from dragoman.formats.text import parse_text

STORY = (
    "The bridge over the river was opened again on Monday after nine weeks of work, the city said.",
    "The mayor thanked the engineers and promised that the trams would follow in the spring.",
)
BODY = "\n\n".join(STORY)


def blocks(text: str, *, body_only: bool = False) -> list[tuple[str, str]]:
    article = parse_text(text, ParseLimits(), body_only=body_only)
    return [(str(block.kind), block.text) for block in article.blocks]


def kinds(text: str) -> list[str]:
    return [kind for kind, _ in blocks(text)]


def kind_of(text: str, wanted: str) -> str:
    return next(kind for kind, found in blocks(text) if found == wanted)


@pytest.mark.parametrize(
    "text",
    [
        "One sentence.",
        "Translate",
        "Menu",
        "Source: my own eyes",
        "BREAKING NEWS",
        "By Jane Doe",
        "Home > News",
        "A title without a text below it",
        "Dear Sir,\n\n" + BODY + "\n\nYours sincerely,\n\nJane Doe",
        "Hello Anna\n\n" + BODY,
        "Bonjour Madame Petit\n\n" + BODY,
        STORY[0] + " " * 50 + STORY[1],
        "word " * 3000,
        "Roses are red,\nviolets are blue,\nthis is no list\nand no headline too.",
    ],
)
def test_ordinary_text_is_paragraphs(text: str) -> None:
    """A letter, a sentence, a word, a verse or one long line is never taken for a page."""
    assert set(kinds(text)) == {"paragraph"}


def test_a_headline_needs_a_blank_line_and_prose_below() -> None:
    """A short first line without a stop is the headline of what follows it."""
    assert kinds("Bridge opens again\n\n" + BODY) == ["headline", "paragraph", "paragraph"]
    assert kinds("Is the bridge safe?\n\n" + BODY)[0] == "headline"
    assert kinds("The bridge opens again.\n\n" + BODY)[0] == "paragraph"
    assert kinds("Bridge opens again\n" + BODY)[0] == "paragraph"


@pytest.mark.parametrize(
    ("trail", "title"),
    [
        ("Home » Bridge opens after nine weeks", "Bridge opens after nine weeks"),
        ("Accueil › Ville › Le pont rouvre enfin", "Le pont rouvre enfin"),
        ("Startseite > Stadt > Die Brücke ist wieder offen", "Die Brücke ist wieder offen"),
        ("News | City | Bridge opens after nine weeks", "Bridge opens after nine weeks"),
        (
            "Home / City / Bridge opens after nine weeks of…",
            "Bridge opens after nine weeks of work on both banks",
        ),
    ],
)
def test_a_breadcrumb_names_the_headline(trail: str, title: str) -> None:
    """The trail and what stands between it and the title are labels; the title is the headline."""
    text = f"{trail}\nCity Traffic Featured Global News\n\n{title}\n\n{BODY}"
    assert kinds(text) == ["label", "label", "headline", "paragraph", "paragraph"]


def test_a_breadcrumb_is_not_joined_with_the_line_below() -> None:
    """However long it is, and in a text that is wrapped."""
    title = "Bridge opens after nine weeks of work in which two hundred people took part"
    text = f"Home » City » {title}\nCity Traffic\n\n{title}\n\n{BODY}"
    assert blocks(text)[:3] == [
        ("label", f"Home » City » {title}"),
        ("label", "City Traffic"),
        ("headline", title),
    ]


def test_a_title_that_stands_twice_is_a_title_and_a_headline() -> None:
    """The window's title comes first, with the site's name; the headline is the second."""
    text = (
        f"Bridge opens after nine weeks - City Post\nMenu\nBridge opens after nine weeks\n\n{BODY}"
    )
    assert kinds(text)[:3] == ["title", "label", "headline"]


def test_questions_that_come_again_are_no_titles() -> None:
    """Only what stands above the story, and at most twice, is taken for the page's title."""
    question = "What made you start this work?"
    text = "\n\n".join([STORY[0], question, STORY[1], question, STORY[0], question, STORY[1]])
    assert "headline" not in kinds(text)
    assert "label" not in kinds(text)


@pytest.mark.parametrize(
    "line",
    [
        "Source", "Translate", "Share this article", "Read more »", "Tags: bridge, city",
        "Traduire", "Partager", "À lire aussi", "Étiquettes : pont, ville", "Lecture 4 min",
        "5 min read", "Source : mairie", "© 2025 City Post. All rights reserved", "S’abonner",
    ],
)  # fmt: skip
def test_furniture_behind_an_article_is_a_label(line: str) -> None:
    """Controls of the page at its end are kept, not translated as prose."""
    assert kind_of(f"Bridge opens again\n\n{BODY}\n\n{line}\n", line) == "label"


def test_furniture_words_inside_a_story_are_headings() -> None:
    """In a text that is no page, a heading such as "Sources" is translated."""
    assert kind_of(f"{BODY}\n\nSources\n\n{BODY}", "Sources") == "heading"


@pytest.mark.parametrize(
    "line",
    [
        "By Jane Doe",
        "By JANE DOE and John Roe",
        "By Jane Doe, Political Editor",
        "Par Amélie Rousseau, envoyée spéciale à Tunis",
        "Von Anna Schmidt",
        "By AFP",
    ],
)
def test_a_byline_below_the_headline_is_kept(line: str) -> None:
    """Names behind "By" and its like are a byline."""
    assert kind_of(f"Bridge opens again\n\n{line}\n\n{BODY}", line) == "byline"


@pytest.mark.parametrize("line", ["By the river", "By Friday", "Par ici la sortie", "By and by"])
def test_words_behind_by_are_no_names(line: str) -> None:
    """A line that only begins like a byline is translated."""
    assert kind_of(f"Bridge opens again\n\n{line}\n\n{BODY}", line) not in {"byline", "label"}


@pytest.mark.parametrize(
    "line",
    [
        "3 March 2025, 14:05 GMT",
        "Published: March 3, 2025",
        "Publié le 3 mars 2025 à 18h05, mis à jour à 19h10",
        "2025-03-03",
        "Jane Doe | 3 March 2025",
    ],
)
def test_a_date_below_the_headline_is_kept(line: str) -> None:
    """A line that is a date is not translated."""
    assert kind_of(f"Bridge opens again\n\n{line}\n\n{BODY}", line) == "dateline"


@pytest.mark.parametrize(
    "line",
    [
        "City to pay half of the nine million; trams follow in the spring",
        "La ville paiera la moitié des neuf millions, et les trams suivront au printemps",
    ],
)
def test_a_lead_in_without_a_stop_is_the_standfirst(line: str) -> None:
    """The line between the headline and the story is the standfirst, however long it is."""
    long = line + " " + " ".join(["and"] * 20) + " so on"
    assert kind_of(f"Bridge opens again\n\n{line}\n\n{BODY}", line) == "standfirst"
    assert kind_of(f"Bridge opens again\n\n{long}\n\n{BODY}", long) == "standfirst"


def test_a_lead_in_with_a_stop_is_told_by_the_dateline_behind_it() -> None:
    """Where a dateline shows that the story begins later, the sentence before is a standfirst."""
    text = f"Bridge opens again\n\n{STORY[1]}\n\nLYON (AP) — {STORY[0]}\n\n{STORY[0]}"
    assert kinds(text) == ["headline", "standfirst", "dateline", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("dateline", "dash"),
    [
        ("PARIS (AP)", " — "),
        ("BERLIN, 3 March (Reuters)", " - "),
        ("LYON, le 3 mars", " — "),
        ("WASHINGTON", " – "),
        ("NEW YORK/LONDON, March 3 (Reuters)", " - "),
        ("Paris, 3 mars 2025 (AFP)", " – "),
        ("GENEVA, Switzerland (AP)", " — "),
        ("BUFFALO, N.Y.", " — "),
        ("RIGA, March 3 (Northern Press)", " -- "),
        ("(Reuters)", " - "),
    ],
)
def test_a_dateline_is_split_from_the_story(dateline: str, dash: str) -> None:
    """Place, date and agency before the dash are kept; the paragraph begins behind it."""
    assert blocks(f"Bridge opens again\n\n{dateline}{dash}{STORY[0]}")[1:] == [
        ("dateline", dateline),
        ("paragraph", STORY[0]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "NATO – which was founded in 1949 – has asked all of its members to send help at once.",
        "BREAKING — Police have closed the bridge and asked everybody to stay at home tonight.",
        "The mayor - a former engineer - has promised that the bridge will be open by the summer.",
        "In 2024 (Reuters) - as some said - the bridge was closed for more than half of the year.",
        "Macron – Le président a promis une aide rapide à toutes les communes de la vallée.",
    ],
)
def test_a_dash_does_not_make_a_dateline(text: str) -> None:
    """Prose with a dash near its start stays whole."""
    assert blocks(text) == [("paragraph", text)]


@pytest.mark.parametrize(
    ("caption", "between", "credit", "behind"),
    [
        ("The bridge in Lyon, July 19, 2024.", " (", "City Office via AP", ")"),
        ("The bridge in Lyon, July 19, 2024.", " (", "Jane Doe/Flash90", ")"),
        ("Le pont de Lyon, en juillet.", " (", "Photo : Jean Petit", ")"),
        ("Le pont de Lyon, en juillet.", " ", "© Jean Petit / AFP", ""),
        ("The bridge in Lyon.", " ", "Photo: Jane Doe", ""),
        ("The bridge in Lyon.", " [", "AP Photo/Jane Doe", "]"),
        ("The bridge in Lyon", " | ", "Credit: Getty Images", ""),
        ("The bridge in Lyon.", " (", "file photo", ")"),
    ],
)
def test_a_caption_gives_up_its_credit(
    caption: str, between: str, credit: str, behind: str
) -> None:
    """The caption is translated, the credit is kept, the brackets belong to neither."""
    text = f"{STORY[0]}\n\n{caption}{between}{credit}{behind}\n\n{STORY[1]}"
    assert blocks(text)[1:3] == [("caption", caption), ("credit", credit)]


def test_a_credit_on_the_next_line_makes_a_caption() -> None:
    """A short text directly above a line of credit is the picture's caption."""
    text = f"{STORY[0]}\n\nThe bridge on Monday\nPhoto: Jane Doe/AFP\n\n{STORY[1]}"
    assert blocks(text)[1:3] == [
        ("caption", "The bridge on Monday"),
        ("credit", "Photo: Jane Doe/AFP"),
    ]


@pytest.mark.parametrize("agency", ["AFP", "Reuters", "avec AFP", "AP/dpa", "with Northern Press"])
def test_an_agency_behind_the_last_paragraph_signs_it(agency: str) -> None:
    """It is kept, and the paragraph stays a paragraph."""
    assert blocks(f"{STORY[0]}\n\n{STORY[1]} ({agency})")[1:] == [
        ("paragraph", STORY[1]),
        ("credit", agency),
    ]


@pytest.mark.parametrize(
    "ending",
    [
        "(see the letter of 3 March)",
        "(and/or later)",
        "(the mayor)",
        "(2024)",
        "(CDU/CSU)",
        "(laughs)",
    ],
)
def test_other_brackets_are_part_of_the_sentence(ending: str) -> None:
    """Prose that ends in brackets is not cut."""
    text = f"Nobody has told us anything about that in the last nine weeks, he said {ending}"
    assert blocks(f"{STORY[0]}\n\n{text}\n\n{STORY[1]}")[1] == ("paragraph", text)


def test_headings_lists_quotes_and_sign_off() -> None:
    """The other shapes of a wire story come out as what they are."""
    text = (
        f"Bridge opens again\n\n{STORY[0]}\n\nWhat happens next?\n\n{STORY[1]}\n\n"
        "- one bridge\n- two trams,\n  both new\n• three boats\n\n1. first\n2. second\n\n"
        "> It holds,\n> he said.\n\nTHE COSTS\n=========\nNine million, less than was planned.\n\n"
        f"{STORY[1]}\n\n(Reporting by Jane Doe; editing by John Roe)"
    )
    assert blocks(text)[2:] == [
        ("heading", "What happens next?"),
        ("paragraph", STORY[1]),
        ("list_item", "one bridge"),
        ("list_item", "two trams, both new"),
        ("list_item", "three boats"),
        ("list_item", "first"),
        ("list_item", "second"),
        ("quote", "It holds, he said."),
        ("heading", "THE COSTS"),
        ("paragraph", "Nine million, less than was planned."),
        ("paragraph", STORY[1]),
        ("byline", "(Reporting by Jane Doe; editing by John Roe)"),
    ]


def test_rows_between_tabs_are_cells() -> None:
    """A table copied from a page has a block for each cell."""
    text = f"{STORY[0]}\n\nCity\tCost\nLyon\t2.10\n\n{STORY[1]}"
    assert blocks(text)[1:5] == [
        ("table_cell", "City"),
        ("table_cell", "Cost"),
        ("table_cell", "Lyon"),
        ("table_cell", "2.10"),
    ]


def test_the_body_of_a_record_has_no_headline_or_furniture() -> None:
    """Its first short line is a heading, its last word is a heading or prose, never a label."""
    text = f"What happened\n\n{BODY}\n\nSource"
    assert [kind for kind, _ in blocks(text, body_only=True)] == [
        "heading", "paragraph", "paragraph", "paragraph",
    ]  # fmt: skip
