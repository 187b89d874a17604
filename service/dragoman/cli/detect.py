"""``dragoman detect``: which language is this."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dragoman.cli.reading import read_input


def detect(
    files: Annotated[
        list[Path], typer.Argument(help="Files of any accepted format; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Say which language each file is in."""
    from dragoman.facade import Dragoman
    from dragoman.formats.registry import sniff
    from dragoman.langid import language_name

    with Dragoman() as dragoman:
        for path in files:
            data = read_input(path)
            reader = dragoman.services.reader
            article = reader.parse(sniff(data, path.name), data)
            found = dragoman.detect("\n".join(block.text for block in article.blocks))
            if as_json:
                answer = {
                    "file": str(path),
                    "language": found.language,
                    "name": language_name(found.language),
                    "confidence": round(found.confidence, 4),
                    "reliable": found.reliable,
                }
                print(json.dumps(answer, ensure_ascii=False))
            else:
                name = language_name(found.language)
                print(f"{path}\t{found.language}\t{name}\t{found.confidence:.2f}")
