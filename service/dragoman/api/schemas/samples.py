"""Examples for /docs. A test posts each of them, so they are never wrong."""

from __future__ import annotations

from typing import Any

ARTICLES: dict[str, Any] = {
    "text": {
        "summary": "Plain text",
        "value": {
            "text": (
                "Harbour bridge reopens\n\nThe bridge was closed for nine weeks. Trams run again."
            ),
            "source": "en",
            "targets": ["fr"],
        },
    },
    "page": {
        "summary": "A whole HTML page",
        "value": {
            "page": (
                '<!doctype html><html lang="en"><head><title>Harbour bridge reopens</title></head>'
                "<body><nav><a href='/'>Home</a></nav><article><h1>Harbour bridge reopens</h1>"
                "<p>The bridge over the harbour was closed for nine weeks while workers replaced "
                "the old cables. <b>Trams run again</b> from this morning, the city said.</p>"
                "<p>About forty thousand people cross the bridge on a working day. Many of them "
                "had to take a ferry during the summer.</p></article></body></html>"
            ),
            "targets": ["fr"],
            "summary": True,
        },
    },
    "fragment": {
        "summary": "Body HTML of a CMS",
        "value": {
            "fragment": '<p>Trams <a href="/timetable">run again</a> from this morning.</p>',
            "source": "en",
            "targets": ["fr"],
            "summary": False,
        },
    },
    "markdown": {
        "summary": "Markdown",
        "value": {
            "markdown": "# Harbour bridge reopens\n\nTrams *run again* from this morning.\n",
            "source": "en",
            "targets": ["fr"],
        },
    },
    "fields": {
        "summary": "A CMS record",
        "value": {
            "fields": {
                "headline": "Harbour bridge reopens",
                "standfirst": "Trams run again after nine weeks.",
                "body_html": "<p>The bridge was closed for nine weeks.</p>",
                "captions": ["The first tram on the bridge."],
                "byline": "Ana Example",
            },
            "source": "en",
            "targets": ["fr"],
            "priority": "bulk",
            "timeout_s": 60,
        },
    },
}

TEXTS: dict[str, Any] = {
    "texts": {
        "summary": "Two sentences",
        "value": {
            "texts": ["Good morning.", "Trams run again."],
            "targets": ["fr"],
            "source": "en",
        },
    }
}

DETECT: dict[str, Any] = {
    "german": {
        "summary": "German",
        "value": {"texts": ["Guten Morgen, liebe Leserinnen und Leser, die Brücke ist offen."]},
    }
}
