"""``dragoman detect``: which language is this."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from dragoman.cli import exits
from dragoman.cli.reading import complain, read_input
from dragoman.errors import DragomanError
from dragoman.pipeline.files import writing

if TYPE_CHECKING:
    from dragoman.facade import Dragoman


def detect(
    files: Annotated[
        list[Path], typer.Argument(help="Files of any accepted format; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Say which language each file is in."""
    from dragoman.facade import Dragoman

    code = exits.OK
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    with Dragoman() as dragoman:
        for path in files:
            try:
                line = _line(dragoman, path, as_json=as_json)
            except DragomanError as error:
                complain(path, error, console)
                code = code or exits.exit_code(error)
                continue
            with writing("Standard output"):
                print(line)
    sys.exit(code)


def _line(dragoman: Dragoman, path: Path, *, as_json: bool) -> str:
    from dragoman.formats.registry import sniff
    from dragoman.langid import language_name

    data = read_input(path)
    article = dragoman.services.reader.parse(sniff(data, path.name), data)
    found = dragoman.detect("\n".join(block.text for block in article.blocks))
    name = language_name(found.language)
    if not as_json:
        return f"{path}\t{found.language}\t{name}\t{found.confidence:.2f}"
    answer = {
        "file": str(path),
        "language": found.language,
        "name": name,
        "confidence": round(found.confidence, 4),
        "reliable": found.reliable,
    }
    return json.dumps(answer, ensure_ascii=False)
